"""The door for a production server: `gunicorn shop.wsgi:application`."""

import os
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from shop import sms


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, whatever charset its sender names.

    All pages of the shop send UTF-8. Django would decode the address by a foreign
    charset before any middleware runs, and fail by it without an answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        content_type = meta.get("CONTENT_TYPE", "")
        self.content_type, self.content_params = parse_header_parameters(content_type)


class ShopHandler(WSGIHandler):
    request_class = Utf8Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup(set_prefix=False)
# gunicorn runs no system checks; without its codes nobody gets into the shop.
sms.refuse_unsound_url(settings.SMS_URL)

application = ShopHandler()
