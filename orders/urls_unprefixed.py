"""The addresses of orders that are the same in every language."""

from django.urls import path

from orders.views import gateways

urlpatterns = [
    path("pay/<slug:gateway>/notify/", gateways.notify, name="payment-notify"),
]
