"""/cart/…, the cart's addresses (docs/contract.md, "Cart")."""

from django.urls import path

from cart import views

app_name = "cart"

urlpatterns = [
    path("", views.cart_detail, name="cart-detail"),
    path("add/", views.cart_add, name="cart-add"),
    path("select/", views.cart_select_all, name="cart-select-all"),
    path("clear/", views.cart_clear, name="cart-clear"),
    path("undo/", views.cart_undo, name="cart-undo"),
    path("lines/<int:line_id>/", views.line_change, name="line-change"),
    path("lines/<int:line_id>/remove/", views.line_remove, name="line-remove"),
    path("lines/<int:line_id>/favourite/", views.line_favourite, name="line-favourite"),
]
