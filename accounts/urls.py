"""/accounts/…, the addresses of accounts (docs/contract.md, "Accounts")."""

from django.urls import path

from accounts.views import (
    addresses,
    binding,
    devices,
    messages,
    password,
    payment_password,
    personal,
    profile,
    reset,
    sign_in,
    staff,
)

app_name = "accounts"

urlpatterns = [
    path("", profile.home, name="home"),
    path("register/", sign_in.register, name="register"),
    path("register/code/", sign_in.register_code, name="register-code"),
    path("login/", sign_in.login, name="login"),
    path("logout/", sign_in.logout, name="logout"),
    path("email/", binding.email, name="email"),
    path("email/code/", binding.email_code, name="email-code"),
    path("phone/", binding.phone, name="phone"),
    path("phone/code/", binding.phone_code, name="phone-code"),
    path("sessions/", devices.session_list, name="session-list"),
    path("sessions/end/", devices.session_end, name="session-end"),
    path("password/change/", password.password_change, name="password-change"),
    path("password/forgot/", reset.password_forgot, name="password-forgot"),
    path("password/verify/", reset.password_verify, name="password-verify"),
    path(
        "password/verify/send/",
        reset.password_verify_send,
        name="password-verify-send",
    ),
    path("password/reset/", reset.password_reset, name="password-reset"),
    path("password/confirm/", staff.password_confirm, name="password-confirm"),
    path("profile/", profile.profile, name="profile"),
    path("avatar/", profile.avatar, name="avatar"),
    path(
        "payment-password/", payment_password.payment_password, name="payment-password"
    ),
    path(
        "payment-password/code/",
        payment_password.payment_password_code,
        name="payment-password-code",
    ),
    path(
        "payment-password/forgot/",
        payment_password.payment_password_forgot,
        name="payment-password-forgot",
    ),
    path("wallet/", profile.wallet, name="wallet"),
    path("messages/", messages.message_list, name="message-list"),
    path("messages/settings/", messages.message_settings, name="message-settings"),
    path("messages/off/<str:token>/", messages.message_off, name="message-off"),
    path("export/", personal.export, name="export"),
    path("close/", personal.close, name="close"),
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
