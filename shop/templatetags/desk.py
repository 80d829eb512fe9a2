"""The work desk on the admin's first page."""

from django import template
from django.http import HttpRequest

from shop import desk

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_queues(context: template.Context) -> list[desk.Waiting]:
    """Return the queues of work that this member of staff may see."""
    request: HttpRequest = context["request"]
    return desk.waiting_for(request)
