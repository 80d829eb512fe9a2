"""What a page says of one's alerts."""

from django import template
from django.template import RequestContext

from catalog.alerts import kinds_of
from catalog.models import Alert
from shop import clock

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_for(context: RequestContext, variant_id: int) -> frozenset[str]:
    """Return of what whoever asks waits to be told; nothing is asked for visitors."""
    return kinds_of(context["request"].user.pk, variant_id)


@register.filter
def has_ended(alert: Alert) -> bool:
    """Tell whether an alert does not count any more."""
    return alert.ends_at <= clock.now()
