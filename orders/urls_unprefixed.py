"""The addresses of orders that are the same in every language."""

from django.urls import path

from orders.views import payment

urlpatterns = [
    path("pay/<slug:gateway>/notify/", payment.notify, name="payment-notify"),
]
