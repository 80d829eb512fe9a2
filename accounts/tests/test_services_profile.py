import pytest
from django.contrib.auth.hashers import check_password

from accounts.models import User
from accounts.refusals import WeakPaymentPassword, WrongPassword
from accounts.services.passwords import set_payment_password
from accounts.services.profile import change_nickname
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_a_nickname_need_not_be_unique(alice, bob):
    change_nickname(user=bob, nickname="Alice")
    assert User.objects.filter(nickname="Alice").count() == 2


def test_the_payment_password_is_stored_hashed(alice):
    set_payment_password(user=alice, password=PASSWORD, payment_password="246813")
    alice.refresh_from_db()
    assert "246813" not in alice.payment_password
    assert check_password("246813", alice.payment_password)
    assert not alice.check_password("246813")


def test_the_payment_password_needs_the_login_password(alice):
    with pytest.raises(WrongPassword):
        set_payment_password(user=alice, password="wrong", payment_password="246813")
    alice.refresh_from_db()
    assert not alice.has_payment_password


@pytest.mark.parametrize(
    "digits",
    ["111111", "000000", "123456", "012345", "987654", "654321", "543210", "12345",
     "1234567", "abcdef", "", "٢٤٦٨١٣", "24681\n"],
)  # fmt: skip
def test_digits_that_are_easily_guessed_are_refused(alice, digits):
    with pytest.raises(WeakPaymentPassword):
        set_payment_password(user=alice, password=PASSWORD, payment_password=digits)


@pytest.mark.parametrize("digits", ["246813", "112233", "890123", "135790"])
def test_other_digits_are_fine(alice, digits):
    set_payment_password(user=alice, password=PASSWORD, payment_password=digits)


def test_the_payment_password_is_unlike_the_login_password():
    user = make_user(password="246813")
    with pytest.raises(WeakPaymentPassword):
        set_payment_password(user=user, password="246813", payment_password="246813")
