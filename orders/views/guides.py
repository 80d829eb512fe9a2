"""Ways on for who lacks something."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.refusals import NoPaymentPassword
from shop.answers import page_of, wants_json


def guide_to_payment_password(request: HttpRequest) -> HttpResponse:
    """Lead to setting the payment password, and back here (row G1); JSON says 409."""
    refusal = NoPaymentPassword()
    if wants_json(request):
        raise refusal
    messages.warning(request, str(refusal))
    query = urlencode({"next": page_of(request)})
    return redirect(f"{reverse('accounts:payment-password')}?{query}")
