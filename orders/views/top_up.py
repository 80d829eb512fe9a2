"""Filling the wallet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.requests import account_of
from accounts.throttle import reserve_hourly
from orders.forms.top_up import TopUpForm
from orders.services import top_ups
from orders.views.devices import way_of
from orders.views.gateways import go_to_gateway
from shop.answers import answer_errors
from shop.decorators import login_required, require_POST


@require_POST
@never_cache
@login_required
def top_up(request: HttpRequest) -> HttpResponse:
    """Begin to fill the wallet through a gateway."""
    user = account_of(request)
    form = TopUpForm(request.POST)
    if not form.is_valid():
        return answer_errors(request, form, "orders/top_up.html")
    reserve_hourly("top_up", str(user.pk), "top_up_hourly")
    amount, method = form.cleaned_data["amount"], form.cleaned_data["method"]
    way = way_of(request)
    return go_to_gateway(
        request, top_ups.begin(user=user, amount=amount, method=method, way=way)
    )
