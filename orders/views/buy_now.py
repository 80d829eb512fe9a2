"""Buying at once, past the cart."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from orders.forms.checkout import BuyNowForm
from shop.answers import page_of
from shop.decorators import require_POST


@require_POST
@never_cache
def buy_now(request: HttpRequest) -> HttpResponse:
    """Go to the checkout of one variant. It writes nothing.

    The product page's one form has a CSRF token, which must not get into an address;
    so its button posts to here, and the checkout's address is made here.
    """
    form = BuyNowForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please enter how many you want, in digits."))
        return redirect(page_of(request))
    query = urlencode(form.cleaned_data)
    return redirect(f"{reverse('orders:checkout')}?{query}")
