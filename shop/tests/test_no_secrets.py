"""When something breaks, neither page nor log nor error report tells a secret.

The report is what Django would mail to administrators; it has the variables of every
frame, and all that was posted.
"""

import io
import logging
import re
import sys

import pytest
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.test import Client
from django.views.debug import ExceptionReporter

from accounts.models import User
from accounts.services import binding, passwords, registration
from accounts.services import payment as payment_passwords
from accounts.tests.factories import (
    PASSWORD,
    PAYMENT_PASSWORD,
    code_sent_to,
    make_user,
)
from orders.services import payment
from orders.tests.factories import make_order, set_payment_password
from shop.logs import OneLineFormatter, RequestIdFilter, masked
from shop.tests.test_all_addresses import addresses, owner  # noqa: F401, fixtures

pytestmark = pytest.mark.django_db

PHONE, NEW_PASSWORD = "13800138000", "quiet-harbour-77"
OTHER_PHONE = "13912345678"


class Ruin:
    """What is broken on purpose. The database's own words quote what was stored."""

    def __call__(self, *args, **kwargs):
        del args, kwargs  # not a frame of the shop's
        raise IntegrityError(1062, f"Duplicate entry '+86{PHONE}' for key 'phone'")


@pytest.fixture
def seen(settings):
    """Collect what leaves the shop: the log as it is printed, and the reports."""
    settings.DEBUG = False
    printed = io.StringIO()
    handler = logging.StreamHandler(printed)
    handler.setFormatter(OneLineFormatter())
    handler.addFilter(RequestIdFilter())
    reports = []

    def report(request, **kwargs):
        error = sys.exc_info()
        reports.append(ExceptionReporter(request, *error).get_traceback_html())

    got_request_exception.connect(report)
    logging.getLogger().addHandler(handler)
    yield lambda: (printed.getvalue(), "\n".join(reports))
    logging.getLogger().removeHandler(handler)
    got_request_exception.disconnect(report)


@pytest.fixture
def alice(db):
    return make_user(phone=PHONE, nickname="Alice")


def client_of(user=None):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def sign_in(monkeypatch, alice):
    monkeypatch.setattr(User, "check_password", Ruin())
    fields = {"identifier": PHONE, "password": PASSWORD}
    return client_of().post("/accounts/login/", fields), [PASSWORD]


def sign_in_of_staff(monkeypatch, alice):
    monkeypatch.setattr(User, "check_password", Ruin())
    fields = {"username": PHONE, "password": PASSWORD}
    return client_of().post("/admin/login/", fields), [PASSWORD]


def change_password(monkeypatch, alice):
    monkeypatch.setattr(passwords, "_write_password", Ruin())
    fields = {"old_password": PASSWORD}
    fields |= {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    response = client_of(alice).post("/accounts/password/change/", fields)
    return response, [PASSWORD, NEW_PASSWORD]


def change_payment_password(monkeypatch, alice):
    monkeypatch.setattr(passwords, "_write_payment_password", Ruin())
    fields = {"password": PASSWORD}
    fields |= dict.fromkeys(
        ("payment_password1", "payment_password2"), PAYMENT_PASSWORD
    )
    response = client_of(alice).post("/accounts/payment-password/", fields)
    return response, [PASSWORD, PAYMENT_PASSWORD]


def pay(monkeypatch, alice):
    set_payment_password(alice)
    order = make_order(alice)
    monkeypatch.setattr(payment, "_pay_by_balance", Ruin())
    fields = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
    response = client_of(alice).post(f"/orders/{order.number}/pay/", fields)
    return response, [PAYMENT_PASSWORD]


def pay_while_the_password_is_checked(monkeypatch, alice):
    set_payment_password(alice)
    order = make_order(alice)
    monkeypatch.setattr(payment_passwords, "check_password", Ruin())
    fields = {"method": "balance", "payment_password": PAYMENT_PASSWORD}
    response = client_of(alice).post(f"/orders/{order.number}/pay/", fields)
    return response, [PAYMENT_PASSWORD]


def register(monkeypatch, alice):
    client = client_of()
    client.post("/accounts/register/code/", {"phone": OTHER_PHONE})
    code = code_sent_to(OTHER_PHONE)
    monkeypatch.setattr(registration, "make_password", Ruin())
    fields = {"phone": OTHER_PHONE, "code": code}
    fields |= {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    # An IntegrityError there would be taken for a phone that has an account.
    monkeypatch.setattr(registration, "PhoneTaken", RuntimeError)
    return client.post("/accounts/register/", fields), [NEW_PASSWORD, code]


def change_phone(monkeypatch, alice):
    client = client_of(alice)
    client.post("/accounts/phone/code/", {"phone": OTHER_PHONE})
    code = code_sent_to(OTHER_PHONE)
    monkeypatch.setattr(binding.CodeProcess, "check", Ruin())
    fields = {"phone": OTHER_PHONE, "code": code}
    return client.post("/accounts/phone/", fields), [code]


def close_account(monkeypatch, alice):
    monkeypatch.setattr("accounts.services.closing._close", Ruin())
    response = client_of(alice).post("/accounts/close/", {"password": PASSWORD})
    return response, [PASSWORD]


@pytest.mark.parametrize(
    "deed",
    [
        sign_in,
        sign_in_of_staff,
        change_password,
        change_payment_password,
        pay,
        pay_while_the_password_is_checked,
        register,
        change_phone,
        close_account,
    ],
)
def test_a_deed_that_breaks_tells_no_secret(deed, monkeypatch, alice, seen):
    response, secrets = deed(monkeypatch, alice)
    assert response.status_code == 500
    log, report = seen()
    assert "IntegrityError" in log
    assert "IntegrityError" in report
    for secret in secrets:
        assert secret not in response.text
        assert secret not in log
        assert not re.search(rf"(?<!\d){re.escape(secret)}(?!\d)", report)
    # No phone in page and log, not even out of the database's own words.
    for phone in (PHONE, OTHER_PHONE):
        assert phone not in response.text
        assert phone not in log
    assert "138****8000" in log


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no account +8613800138000", "no account +86138****8000"),
        ("('13800138000',)", "('138****8000',)"),
        (
            "to zhang.san+x@mail.example.com: refused",
            "to z***@mail.example.com: refused",
        ),
        # An order's number is none, nor is a moment, nor a request's id.
        ("order 202611251380013800", "order 202611251380013800"),
        ("2026-11-25 13:38:00,138", "2026-11-25 13:38:00,138"),
        ("[1380013800013800]", "[1380013800013800]"),
    ],
)
def test_a_log_line_masks_phones_and_e_mails(text, shown):
    assert masked(text) == shown


# Every view that takes a secret says so

SECRET = re.compile(r"password|code|token|digits")
#: Names that sound like one.
NO_SECRET = {"token"}  # of the checkout: it tells two clicks apart


def secret_fields(response):
    """Return the names of the secrets that a page's forms ask for."""
    context = response.context or {}
    forms = [context.get(name) for name in ("form", "receive_form", "avatar_form")]
    names = {name for form in forms if form is not None for name in form.fields}
    return {name for name in names if SECRET.search(name)} - NO_SECRET


def test_every_view_that_takes_a_secret_hides_it_from_reports(
    addresses,  # noqa: F811
    owner,  # noqa: F811
):
    visitor, shopper = client_of(), client_of(owner)
    stages = client_of()
    stages.post("/accounts/password/forgot/", {"identifier": str(owner.phone)})
    found = set()
    for name, (path, is_deed, _) in addresses.items():
        if is_deed:
            continue
        for client in (visitor, shopper, stages):
            asked = secret_fields(client.get(path))
            if not asked:
                continue
            response = client.post(path, {})
            if response.status_code == 405:
                continue  # its form posts elsewhere, to a page that is met as well
            request = response.wsgi_request
            hidden = getattr(request, "sensitive_post_parameters", ())
            assert hidden == "__ALL__" or asked <= set(hidden), (name, asked)
            found.add(name)
    assert found >= {
        "accounts:login",
        "accounts:register",
        "accounts:email",
        "accounts:phone",
        "accounts:password-verify",
        "accounts:password-change",
        "accounts:payment-password",
        "accounts:payment-password-forgot",
        "accounts:close",
    }


def test_the_last_stage_of_a_reset_hides_the_new_password(alice):
    client = client_of()
    client.post("/accounts/password/forgot/", {"identifier": PHONE})
    client.post("/accounts/password/verify/send/")
    client.post("/accounts/password/verify/", {"code": code_sent_to(PHONE)})
    path = "/accounts/password/reset/"
    assert secret_fields(client.get(path)) == {"new_password1", "new_password2"}
    request = client.post(path, {}).wsgi_request
    assert request.sensitive_post_parameters == "__ALL__"


def test_paying_and_receiving_hide_the_payment_password():
    alice = make_user()
    client = client_of(alice)
    unpaid, shipped = make_order(alice), make_order(alice, status="shipped")
    for path in (
        f"/orders/{unpaid.number}/pay/",
        f"/orders/items/{shipped.items.get().pk}/receive/",
    ):
        assert secret_fields(client.get(path)) == {"payment_password"}
        request = client.post(path, {"method": "balance"}).wsgi_request
        assert "payment_password" in request.sensitive_post_parameters
