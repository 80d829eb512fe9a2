"""What identifies an account: a mobile phone of mainland China, or a bound e-mail.

Both have one stored spelling, so that identity never rests on a collation.
"""

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

#: What the column of an e-mail holds.
LONGEST = 254
#: Without "localhost", which Django lets pass: nobody's mail lives there.
validate_email = EmailValidator(allowlist=[])


def phone(text: str) -> str:
    """Return a mobile number as +8613800138000, however it was typed; "" if it is none.

    Spaces, hyphens, full-width digits and a leading +86 or 0086 are all right.
    """
    number = _parsed(text)
    if number is None or number.country_code != 86:
        return ""
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def any_phone(text: str) -> str:
    """Return a mobile or landline number of mainland China in its stored spelling."""
    number = _parsed(text)
    if number is None or number.country_code != 86:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """Return an e-mail in its stored spelling (lower-case, IDNA); "" if it is none."""
    folded = _folded(text).lower()
    local, _at, domain = folded.rpartition("@")
    if domain.startswith("["):
        return ""  # an address of the network, not of a person
    try:
        canonical = f"{local}@{domain.encode('idna').decode('ascii')}"
        canonical.encode("ascii")
        validate_email(canonical)
    except (UnicodeError, ValidationError):
        return ""
    return canonical if len(canonical) <= LONGEST else ""


def read(text: str) -> tuple[str, str]:
    """Tell what was typed: ("email", …), ("phone", …) or ("", "")."""
    if "@" in _folded(text):
        value = email(text)
        return ("email", value) if value else ("", "")
    value = phone(text)
    return ("phone", value) if value else ("", "")


def national_phone(stored: str) -> str:
    """Write a stored phone as people here do: 13800138000, 010 1234 5678."""
    number = _parsed(stored)
    if number is None:
        return stored
    written = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.NATIONAL
    )
    is_mobile = bool(phone(stored))
    return written.replace(" ", "") if is_mobile else written


def masked_phone(stored: str) -> str:
    """Hide the middle of a phone: 138****8000, 010****5678."""
    national = stored.removeprefix("+86")
    if len(national) <= 7:
        return "****"
    if len(national) == 11 and national.startswith("1"):  # a mobile has no area
        return f"{national[:3]}****{national[-4:]}"
    area, _space, rest = national_phone(stored).partition(" ")
    return f"{area if rest else national[:3]}****{national[-4:]}"


def masked_email(stored: str) -> str:
    """Hide an e-mail but its first letter and domain: z***@x.com."""
    local, _at, domain = stored.partition("@")
    return f"{local[:1]}***@{domain}"


def masked_address(address: str) -> str:
    """Hide the half of a network address that tells one household from another."""
    separator = ":" if ":" in address else "."
    parts = address.split(separator)
    return separator.join([*parts[:2], "*", "*"]) if len(parts) > 2 else address


def masked(typed: str) -> str:
    """Hide what somebody typed as a phone or e-mail; what is neither, altogether."""
    column, value = read(typed)
    if not column:
        return "***"
    return masked_email(value) if column == "email" else masked_phone(value)


def _folded(text: str) -> str:
    # Cut off before all else: one character can become eighteen, and more than this
    # is no identifier, only work.
    return unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip()[: LONGEST + 1]


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    folded = _folded(text)
    if len(folded) > 40:
        return None
    try:
        number = phonenumbers.parse(folded, "CN")
    except phonenumbers.NumberParseException:
        return None
    # No column keeps an extension: better refused than lost.
    return None if number.extension else number
