"""/accounts/…, the addresses of accounts (docs/contract.md, "Accounts")."""

from django.urls import path

from accounts.views import addresses, profile, reset, sign_in

app_name = "accounts"

urlpatterns = [
    path("", profile.home, name="home"),
    path("register/", sign_in.register, name="register"),
    path("register/code/", sign_in.register_code, name="register-code"),
    path("login/", sign_in.login, name="login"),
    path("logout/", sign_in.logout, name="logout"),
    path("password/forgot/", reset.password_forgot, name="password-forgot"),
    path("password/verify/", reset.password_verify, name="password-verify"),
    path(
        "password/verify/send/",
        reset.password_verify_send,
        name="password-verify-send",
    ),
    path("password/reset/", reset.password_reset, name="password-reset"),
    path("profile/", profile.profile, name="profile"),
    path("avatar/", profile.avatar, name="avatar"),
    path("payment-password/", profile.payment_password, name="payment-password"),
    path("wallet/", profile.wallet, name="wallet"),
    path("addresses/", addresses.address_list, name="address-list"),
    path("addresses/new/", addresses.address_new, name="address-new"),
    path(
        "addresses/<int:address_id>/", addresses.address_change, name="address-change"
    ),
    path(
        "addresses/<int:address_id>/delete/",
        addresses.address_delete,
        name="address-delete",
    ),
    path(
        "addresses/<int:address_id>/default/",
        addresses.address_default,
        name="address-default",
    ),
]
