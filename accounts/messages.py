"""The messages that accounts send."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode
from shop.messages import Kind, register


def _code(name: str, label: str | Promise, text: str | Promise) -> Kind:
    kind = Kind(name, label, subject=_("Your code"), text=text, is_secret=True)
    return register(kind)


def _change(name: str, label: str | Promise, text: str | Promise) -> Kind:
    return register(Kind(name, label, subject=_("Your account"), text=text))


REGISTER_CODE = _code(
    "register_code",
    _("code: registration"),
    _(
        "%(shop)s: your code to register is %(code)s. It is good for "
        "%(minutes)s minutes. Please tell it to nobody."
    ),
)
RESET_CODE = _code(
    "reset_code",
    _("code: new password"),
    _(
        "%(shop)s: your code for a new password is %(code)s. It is good for "
        "%(minutes)s minutes. If you did not ask for it, tell it to nobody."
    ),
)
BIND_EMAIL_CODE = _code(
    "bind_email_code",
    _("code: bound e-mail"),
    _(
        "%(shop)s: your code to bind this e-mail is %(code)s. It is good for "
        "%(minutes)s minutes. Please tell it to nobody."
    ),
)
CHANGE_PHONE_CODE = _code(
    "change_phone_code",
    _("code: other phone"),
    _(
        "%(shop)s: your code to use this phone for your account is %(code)s. It is "
        "good for %(minutes)s minutes. Please tell it to nobody."
    ),
)
PAYMENT_PASSWORD_CODE = _code(
    "payment_password_code",
    _("code: payment password"),
    _(
        "%(shop)s: your code for a new payment password is %(code)s. It is good for "
        "%(minutes)s minutes. If you did not ask for it, change your login password."
    ),
)

EMAIL_CHANGED = _change(
    "email_changed",
    _("e-mail was bound"),
    _(
        "%(shop)s: another e-mail was bound to your account. If that was not you, "
        "please change your password at once."
    ),
)
PHONE_CHANGED = _change(
    "phone_changed",
    _("phone was changed"),
    _(
        "%(shop)s: your account has another phone now; this one does not sign in any "
        "more. If that was not you, please write to us at once."
    ),
)
PASSWORD_CHANGED = _change(
    "password_changed",
    _("password was changed"),
    _(
        "%(shop)s: the password of your account was changed. If that was not you, "
        "please set a new one with “Forgot your password?”."
    ),
)
PAYMENT_PASSWORD_CHANGED = _change(
    "payment_password_changed",
    _("payment password was changed"),
    _(
        "%(shop)s: the payment password of your account was changed. If that was not "
        "you, please change your login password at once."
    ),
)
ACCOUNT_CLOSED = register(
    Kind(
        "account_closed",
        _("account was closed"),
        subject=_("Your account is closed"),
        text=_(
            "%(shop)s: your account is closed and your personal data is deleted, as "
            "you wished. This is our last message to you."
        ),
        is_farewell=True,
    )
)

Purpose = OneTimeCode.Purpose
#: What the code for each purpose is sent as.
CODE_KINDS = {
    Purpose.REGISTER.value: REGISTER_CODE,
    Purpose.RESET.value: RESET_CODE,
    Purpose.BIND_EMAIL.value: BIND_EMAIL_CODE,
    Purpose.CHANGE_PHONE.value: CHANGE_PHONE_CODE,
    Purpose.PAYMENT_PASSWORD.value: PAYMENT_PASSWORD_CODE,
}
