"""The messages that accounts send."""

from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode
from shop.messages import Kind, register

REGISTER_CODE = register(
    Kind(
        name="register_code",
        label=_("code: registration"),
        subject=_("Your code"),
        text=_(
            "%(shop)s: your code to register is %(code)s. It is good for "
            "%(minutes)s minutes. Please tell it to nobody."
        ),
        is_secret=True,
    )
)

RESET_CODE = register(
    Kind(
        name="reset_code",
        label=_("code: new password"),
        subject=_("Your code"),
        text=_(
            "%(shop)s: your code for a new password is %(code)s. It is good for "
            "%(minutes)s minutes. If you did not ask for it, somebody else tried."
        ),
        is_secret=True,
    )
)

#: What the code for each purpose is sent as.
CODE_KINDS = {
    OneTimeCode.Purpose.REGISTER.value: REGISTER_CODE,
    OneTimeCode.Purpose.RESET.value: RESET_CODE,
}
