"""Messages that go through Aliyun, and what became of them."""

from urllib.parse import quote

from shop import delivery, outbox
from shop.messages import Kind
from shop.models import OutgoingMessage
from shop.tests.aliyun_server import KEY, SECRET, SIGN

Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status
CODE = Kind("a_code", "", "", "%(shop)s: %(code)s, %(minutes)s min", is_secret=True)
PAID = Kind("paid", "", "", "Order %(number)s is paid.")
SENT = Kind("sent", "", "", "%(number)s by %(carrier)s, %(tracking_number)s.")
UNHEARD = Kind("unheard", "", "", "Hello.")
PHONE = "13800138000"


def url_of(port, secret=SECRET, sign=SIGN, template="SMS_1", rest=""):
    """An address as `.env.example` shows it; what it holds is percent-encoded."""
    return (
        f"aliyun://{KEY}:{quote(secret, safe='')}@127.0.0.1:{port}/?sign={quote(sign)}"
        f"&template={template}&template.paid=SMS_2&template.sent=SMS_3{rest}"
    )


def write_code():
    words = {"shop": "电光集市", "code": "246810", "minutes": 5}
    return write(CODE, language="zh-hans", **words)


def write(kind, recipient=PHONE, language="en", **words):
    return outbox.write(
        kind, channel=Channel.SMS, recipient=recipient, language=language, **words
    )


def delivered(message):
    """Try once; return what became of it: (status, error)."""
    delivery.deliver(message.pk)
    message.refresh_from_db()
    return message.status, message.error


def outcome_of_a_code():
    return delivered(write_code())
