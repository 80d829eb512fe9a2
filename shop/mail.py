"""Mail: what becomes of one, and the backend of `EMAIL_URL=filemail:///folder`."""

import smtplib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from shop.messages import NotSent, Undeliverable
from shop.sms.local import write_message_file


def send(*, subject: str, text: str, recipient: str) -> None:
    """Send one mail. Raises Undeliverable, NotSent or OSError.

    Django's backend checks the server's certificate, and logs in after TLS only.
    """
    mail = EmailMessage(subject, text, to=[recipient])
    _refuse_unfit(mail, recipient)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        # There was one recipient; what the server says about it may quote the mail.
        ((code, _words),) = error.recipients.values()
        raise _refusal(error, code, is_about_mail=True) from None
    except smtplib.SMTPResponseException as error:
        # Of these only the answer to the data is about this mail. Login, sender and
        # greeting are for the operator to mend, while the mails wait.
        is_about_mail = isinstance(error, smtplib.SMTPDataError)
        raise _refusal(error, error.smtp_code, is_about_mail=is_about_mail) from None
    except OSError:  # among them certificates that do not hold, ValueErrors too
        raise
    except ValueError as error:  # a password that smtplib cannot write down
        raise NotSent(type(error).__name__) from None


def _refuse_unfit(mail: EmailMessage, recipient: str) -> None:
    try:
        validate_email(recipient)
        mail.message()
    except (ValidationError, BadHeaderError) as error:
        # Not one address, or a line break in a header: there is no such mail.
        raise Undeliverable(type(error).__name__) from None


def _refusal(error: Exception, code: int, *, is_about_mail: bool) -> NotSent:
    # 4xx: not now; 5xx: never.
    is_final = is_about_mail and 500 <= code <= 599
    return (Undeliverable if is_final else NotSent)(f"{type(error).__name__} {code}")


class FileBackend(BaseEmailBackend):
    """Write each mail to a file of its own: receiver, subject, empty line, text.

    Django's own file backend writes MIME, in which Chinese may not be readable.
    """

    def __init__(self, file_path: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            for receiver in mail.recipients():
                content = f"{receiver}\n{mail.subject}\n\n{mail.body}\n"
                write_message_file(self.folder, "mail", content)
        return len(email_messages)
