from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop

from shop import clock, delivery, outbox, sms
from shop.messages import Kind
from shop.models import OutgoingMessage

HELLO = Kind("hello", "hello", "Hello", gettext_noop("Hello %(name)s"))
SECRET = Kind("secret", "secret", "", "Your code is %(code)s", is_secret=True)
Channel, Status = OutgoingMessage.Channel, OutgoingMessage.Status


def write_hello(**changes):
    words = {
        "channel": Channel.SMS,
        "recipient": "+8613800138000",
        "language": "en",
        "name": "Alice",
    }
    return outbox.write(HELLO, **words | changes)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_is_sent_when_the_transaction_commits():
    with transaction.atomic():
        message = write_hello()
        assert sms.memory == []
    assert sms.memory == [("+8613800138000", "Hello Alice")]
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert message.sent_at is not None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_rolled_back_change_sends_nothing():
    with transaction.atomic():
        write_hello()
        transaction.set_rollback(True)
    assert sms.memory == []
    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_mail_goes_to_the_mail_gateway():
    write_hello(channel=Channel.MAIL, recipient="alice@example.com")
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["alice@example.com"],
        "Hello",
        "Hello Alice",
    )


@pytest.mark.django_db
def test_a_message_left_behind_is_sent_by_the_clock_once():
    # In a test's transaction nothing commits: as if the process had died before.
    write_hello()
    call_command("run_due", only=["send_messages"])
    call_command("run_due", only=["send_messages"])
    assert sms.memory == [("+8613800138000", "Hello Alice")]


@pytest.mark.django_db
def test_a_failed_message_is_tried_again_later_and_given_up_in_the_end(monkeypatch):
    def refuse(*args):
        raise sms.NotSent

    monkeypatch.setitem(sms.GATEWAYS, "memory", refuse)
    message = write_hello()
    moment = clock.now()
    for attempt in range(1, delivery.MOST_ATTEMPTS + 1):
        with clock.at(moment):
            assert delivery.deliver(message.pk) is False
            # Nobody tries again before the pause is over.
            assert delivery.deliver(message.pk) is False
        message.refresh_from_db()
        assert message.attempts == attempt
        moment = message.next_try_at + timedelta(seconds=1)
    assert message.status == Status.FAILED
    assert message.error == "NotSent"


@pytest.mark.django_db
def test_two_runners_send_a_message_once():
    message = write_hello()
    now = clock.now()
    later = now + timedelta(minutes=1)
    assert OutgoingMessage.objects.claim(message.pk, now, later) is True
    assert OutgoingMessage.objects.claim(message.pk, now, later) is False


@pytest.mark.django_db
def test_a_code_is_stored_encrypted_and_wiped_once_sent():
    message = outbox.write(
        SECRET,
        channel=Channel.SMS,
        recipient="+8613800138000",
        language="en",
        code="123456",
    )
    assert "123456" not in message.stored_text + message.stored_words
    assert message.text == "Your code is 123456"
    assert message.words == {"code": "123456"}
    assert delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.stored_text, message.stored_words) == ("", "")
    assert (message.text, message.words) == ("", {})
    assert sms.memory == [("+8613800138000", "Your code is 123456")]


@pytest.mark.django_db
def test_a_message_past_its_time_is_not_sent():
    message = write_hello(expires_at=clock.now())
    assert delivery.deliver(message.pk) is False
    message.refresh_from_db()
    assert message.status == Status.EXPIRED
    assert sms.memory == []


@pytest.mark.django_db
def test_speaks_the_receivers_language():

    with translation.override("en"):
        message = write_hello(language="zh-hans")
    assert message.language == "zh-hans"


def test_a_text_file_begins_with_the_receiver(settings, tmp_path):
    settings.SMS_URL = f"file://{tmp_path}/sms"
    sms.send(sms.TextMessage("+8613800138000", "你好"))
    sms.send(sms.TextMessage("+8613800138000", "再见"))
    files = sorted((tmp_path / "sms").iterdir())
    assert [f.read_text(encoding="utf-8") for f in files] == [
        "+8613800138000\n你好\n",
        "+8613800138000\n再见\n",
    ]


def test_a_mail_file_begins_with_the_receiver(settings, tmp_path):
    settings.EMAIL_BACKEND = "shop.mail.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    mail.EmailMessage("主题", "正文", to=["alice@example.com"]).send()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.read_text(encoding="utf-8") == "alice@example.com\n主题\n\n正文\n"


@pytest.mark.django_db
def test_dev_page_shows_what_was_sent_with_debug_on_only(client, settings):
    write_hello()
    assert client.get("/dev/messages/").status_code == 404
    settings.DEBUG = True
    response = client.get("/dev/messages/")
    assert response.status_code == 200
    assert "Hello Alice" in response.text
