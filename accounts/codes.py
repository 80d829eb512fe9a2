"""A one-time code from sending to use, for every purpose that needs one (row A2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from accounts import identifiers
from accounts.messages import CODE_KINDS
from accounts.models import CodeTarget, OneTimeCode
from accounts.models.codes import OneTimeCodeQuerySet
from accounts.refusals import WrongCode
from shop import clock, outbox, policy
from shop.models import OutgoingMessage
from shop.refusals import Throttled
from shop.retry import whole_deed

HOUR = timedelta(hours=1)
RULES = ("code_minutes", "code_tries", "code_resend_seconds", "code_hourly_per_target")
#: Where a session keeps the random mark that its codes are bound to.
SESSION_KEY = "codes"

Channel = OutgoingMessage.Channel


def session_of(request: HttpRequest) -> str:
    """Return the digest that binds codes to this browser's session.

    It is made from a random mark inside the session, so that asking for it starts a
    session, and a code outlives the rotation of session key and CSRF token.
    """
    if SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = secrets.token_hex(16)
    mark: str = request.session[SESSION_KEY]
    return salted_hmac("accounts.codes.session", mark, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class CodeProcess:
    """A code for one purpose, sent to one target, good in one session.

    `target` is a phone or e-mail in its stored spelling. First `send`; then `check`
    outside of any transaction, because a try counts even if the deed is undone; then
    `spend` inside the deed's transaction, so that the code serves one deed.
    """

    purpose: str
    target: str
    session: str

    @property
    def place(self) -> str:
        """What the rows keep of the target: they need not hold anybody's phone."""
        return salted_hmac(
            "accounts.codes.target", self.target, algorithm="sha256"
        ).hexdigest()

    def send(self, *, language: str, account_id: int | None = None) -> None:
        """Send a new code; the ones before it die.

        `account_id` is whose message it is, where there is an account already.
        Raises Throttled within the pause, or when the target had its hourly number.
        """
        # Written beforehand, so that those who come at once find a row to queue at.
        CodeTarget.objects.get_or_create(target=self.place)
        self._send(language, account_id)

    @sensitive_variables("digits")
    def check(self, digits: str) -> int:
        """Return the code's key if these are its digits; that costs a try either way.

        Raises WrongCode: wrong, used, expired, of another session, or out of tries.
        """
        code = self._codes().live_at(clock.now()).newest_first().first()
        if code is None or not _reserve_try(code.pk):
            raise WrongCode
        if not constant_time_compare(code.digest, self._digest(digits)):
            raise WrongCode
        return code.pk

    def spend(self, code: int) -> None:
        """Use up the code that `check` returned. Raises WrongCode if it is too late."""
        if not self._codes().spend(code, clock.now()):
            raise WrongCode

    @whole_deed
    def _send(self, language: str, account_id: int | None) -> None:
        CodeTarget.objects.select_for_update().get(pk=self.place)
        now = clock.now()
        rules = policy.amounts(RULES)
        self._keep_the_pace(
            now, int(rules["code_resend_seconds"]), int(rules["code_hourly_per_target"])
        )
        self._all_sessions().filter(is_over=False).update(is_over=True)
        minutes = int(rules["code_minutes"])
        digits, expires_at = self._write(now, minutes, int(rules["code_tries"]))
        self._post(digits, expires_at, minutes, language, account_id)

    @sensitive_variables("digits")
    def _write(self, now: datetime, minutes: int, tries: int) -> tuple[str, datetime]:
        digits = f"{secrets.randbelow(1_000_000):06}"
        expires_at = now + timedelta(minutes=minutes)
        OneTimeCode.objects.create(
            purpose=self.purpose,
            target=self.place,
            session=self.session,
            digest=self._digest(digits),
            tries_left=tries,
            created_at=now,
            expires_at=expires_at,
        )
        return digits, expires_at

    @sensitive_variables("digits")
    def _post(
        self,
        digits: str,
        expires_at: datetime,
        minutes: int,
        language: str,
        account_id: int | None,
    ) -> None:
        is_mail = "@" in self.target
        receiver = self.target if is_mail else identifiers.national_phone(self.target)
        outbox.write(
            CODE_KINDS[self.purpose],
            channel=Channel.MAIL if is_mail else Channel.SMS,
            recipient=receiver,
            account_id=account_id,
            language=language,
            expires_at=expires_at,
            shop=settings.SHOP_NAME,
            code=digits,
            minutes=minutes,
        )

    def _keep_the_pace(self, now: datetime, pause: int, most: int) -> None:
        newest = self._all_sessions().newest_first().first()
        if newest and newest.created_at > now - timedelta(seconds=pause):
            again_at = newest.created_at + timedelta(seconds=pause)
            raise _too_soon(_seconds(again_at - now))
        sent = list(
            OneTimeCode.objects.sent_to(self.place, now - HOUR)
            .newest_first()
            .values_list("created_at", flat=True)[:most]
        )
        if len(sent) >= most:
            raise _too_many(_seconds(sent[-1] + HOUR - now))

    def _all_sessions(self) -> OneTimeCodeQuerySet:
        return OneTimeCode.objects.filter(purpose=self.purpose, target=self.place)

    def _codes(self) -> OneTimeCodeQuerySet:
        return self._all_sessions().filter(session=self.session)

    def _digest(self, digits: str) -> str:
        value = f"{self.purpose}\n{self.target}\n{digits}"
        return salted_hmac("accounts.codes", value, algorithm="sha256").hexdigest()


@whole_deed
def _reserve_try(code: int) -> bool:
    return OneTimeCode.objects.reserve_try(code, clock.now())


def _seconds(pause: timedelta) -> int:
    return int(-(-pause.total_seconds() // 1))


def _too_soon(seconds: int) -> Throttled:
    sentence = ngettext(
        "A code was just sent. You can ask for another one in %(seconds)d second.",
        "A code was just sent. You can ask for another one in %(seconds)d seconds.",
        seconds,
    )
    return Throttled(sentence % {"seconds": seconds}, retry_after=seconds)


def _too_many(seconds: int) -> Throttled:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Many codes were sent there. You can have another one in %(minutes)d minute.",
        "Many codes were sent there. You can have another one in %(minutes)d minutes.",
        minutes,
    )
    return Throttled(sentence % {"minutes": minutes}, retry_after=seconds)
