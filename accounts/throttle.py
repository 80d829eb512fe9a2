"""How much somebody may try: passwords, codes, names of accounts (rows A4, A5)."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from accounts import identifiers
from accounts.models import Budget, User
from shop import clock, policy
from shop.network import address_of
from shop.refusals import Throttled
from shop.retry import whole_deed

RULES = ("login_tries", "login_tries_per_address", "login_minutes")
SALT = "accounts.throttle.device"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class LoginBudget:
    """The tries that a login draws on: of the account there, and of the address.

    A device that the account has signed in from has a budget of its own, so that no
    stranger, not even one behind the same address, can lock the owner out of it.
    """

    account_key: str
    #: Empty for a known device.
    address_key: str

    def reserve(self) -> None:
        """Take a try before the password is looked at. Raises Throttled."""
        prepare([key for key in (self.account_key, self.address_key) if key])
        self._reserve()

    @whole_deed
    def _reserve(self) -> None:
        rules = policy.amounts(RULES)
        now = clock.now()
        window = timedelta(minutes=int(rules["login_minutes"]))
        for key, rule in ((self.account_key, RULES[0]), (self.address_key, RULES[1])):
            if key and not Budget.objects.reserve(key, int(rules[rule]), window, now):
                raise _wait_for(key)

    @whole_deed
    def clear(self) -> None:
        """A right password: the account starts anew, the address gets its try back."""
        Budget.objects.renew(self.account_key)
        Budget.objects.give_back(self.address_key)


@contextmanager
def counted_code(address: str) -> Iterator[None]:
    """Count one asking for a code, sent or refused, to a network address.

    A refusal counts because it tells who has an account. One that only comes too soon
    is given back. Raises Throttled when the address had its hourly number.
    """
    key = reserve_hourly("codes", address, "code_hourly_per_address")
    try:
        yield
    except Throttled:
        give_back(key)
        raise


def reserve_hourly(what: str, who: str, rule: str) -> str:
    """Take one of the tries that a rule allows within an hour; return their key.

    Raises Throttled.
    """
    return _reserve_within(HOUR, key_of(what, who), rule)


def reserve_daily(what: str, who: str, rule: str) -> str:
    """Do the same within a day."""
    return _reserve_within(DAY, key_of(what, who), rule)


@whole_deed
def prepare(keys: Iterable[str]) -> None:
    """Write the budgets that are missing, before the transaction that counts."""
    Budget.objects.prepare(keys, clock.now())


def _reserve_within(window: timedelta, key: str, rule: str) -> str:
    # Nearly always it is there, and needs no transaction.
    if not Budget.objects.filter(pk=key).exists():
        prepare([key])
    _count(window, key, rule)
    return key


@whole_deed
def _count(window: timedelta, key: str, rule: str) -> None:
    if not Budget.objects.reserve(key, policy.whole(rule), window, clock.now()):
        left = Budget.objects.get(pk=key).ends_at - clock.now()
        raise Throttled(retry_after=int(left.total_seconds()))


@whole_deed
def give_back(key: str) -> None:
    """Return a try that turned out to be none."""
    Budget.objects.give_back(key)


def login_budget(
    request: HttpRequest, user: User | None, identifier: str
) -> LoginBudget:
    """Return the budget of a login as `user`, or as somebody who has no account."""
    address = address_of(request)
    device = _known_device(request, user)
    if device:
        return LoginBudget(key_of("device", device), "")
    # An unknown one is counted by what it means, like a known one however it is
    # spelt: else the number of tries would tell which of the two it is.
    meant = identifiers.read(identifier)[1] or identifier.strip().lower()
    who = ("account", str(user.pk)) if user else ("nobody", meant)
    return LoginBudget(key_of(*who, address), key_of("address", address))


def knows_password(request: HttpRequest, user: User, password: str) -> bool:
    """Tell whether the login password of who is signed in is this. Raises Throttled.

    Whoever finds an open session must not guess it there either: a wrong one is a try
    to log in.
    """
    budget = login_budget(request, user, "")
    budget.reserve()
    if not user.check_password(password):
        return False
    budget.clear()
    return True


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known to the account that has just signed in with it.

    Until the password is changed: who knew the old one is a stranger again.
    """
    device = _known_device(request, user) or secrets.token_hex(16)
    mark = {"user": user.pk, "device": device, "password": _mark_of_password(user)}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(mark, salt=SALT),
        max_age=YEAR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _known_device(request: HttpRequest, user: User | None) -> str:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        mark = signing.loads(cookie, salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return ""
    is_ours = (
        user is not None
        and mark["user"] == user.pk
        and mark.get("password") == _mark_of_password(user)
    )
    return str(mark["device"]) if is_ours else ""


def _mark_of_password(user: User) -> str:
    return user.get_session_auth_hash()[:16]


def key_of(*parts: str) -> str:
    """Return the digest under which something is counted."""
    return salted_hmac(
        "accounts.throttle", "\n".join(parts), algorithm="sha256"
    ).hexdigest()


def _wait_for(key: str) -> Throttled:
    seconds = (Budget.objects.get(pk=key).ends_at - clock.now()).total_seconds()
    minutes = max(1, int(-(-seconds // 60)))
    sentence = ngettext(
        "Too many wrong passwords. Please try again in %(minutes)d minute.",
        "Too many wrong passwords. Please try again in %(minutes)d minutes.",
        minutes,
    )
    return Throttled(sentence % {"minutes": minutes}, retry_after=int(seconds))
