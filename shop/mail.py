"""The mail backend behind `EMAIL_URL=filemail:///folder`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from shop.sms import write_message_file


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
