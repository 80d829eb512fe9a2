"""Once, and never not at all."""

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from shop import clock, delivery
from shop.models import OutgoingMessage
from shop.tests.aliyun_server import says, writes
from shop.tests.sms_aliyun.messages import PAID, PHONE, Channel, Status, write


@pytest.mark.django_db
def test_after_an_outage_the_clock_sends_it_once(aliyun_here):
    aliyun_here.moods += [
        says("ServiceUnavailable", 503),
        says("isv.BUSINESS_LIMIT_CONTROL"),
        writes(b"garbage"),
    ]
    message = write(PAID, number="42")
    moment = clock.now()
    for _ in range(3):
        with clock.at(moment), pytest.raises(CommandError):
            call_command("run_due", only=["send_messages"])
        message.refresh_from_db()
        assert message.status == Status.WAITING
        moment = message.next_try_at
    with clock.at(moment):
        call_command("run_due", only=["send_messages"])
    with clock.at(moment + timedelta(days=1)):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Status.SENT, 4)
    assert [call["OutId"] for call in aliyun_here.accepted] == [str(message.pk)]
    nonces = [headers["x-acs-signature-nonce"] for _, headers in aliyun_here.requests]
    assert len(set(nonces)) == 4


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_killed_between_sending_and_marking_it_goes_out_again(aliyun_here):
    now = clock.now()
    message = OutgoingMessage.objects.create(
        kind="paid",
        channel=Channel.SMS,
        recipient=PHONE,
        language="en",
        stored_text="Order 42 is paid.",
        stored_words='{"number": "42"}',
        next_try_at=now,
        created_at=now,
    )
    connections.close_all()
    sender = multiprocessing.get_context("fork").Process(
        target=delivery.deliver, args=(message.pk,)
    )
    aliyun_here.on_accepted = lambda: os.kill(sender.pid, signal.SIGKILL)
    sender.start()
    sender.join(30)
    assert sender.exitcode == -signal.SIGKILL
    message.refresh_from_db()
    assert (message.status, len(aliyun_here.accepted)) == (Status.WAITING, 1)
    aliyun_here.on_accepted = lambda: None
    with clock.at(now + timedelta(minutes=2)):
        call_command("run_due", only=["send_messages"])
    message.refresh_from_db()
    assert message.status == Status.SENT
    assert [c["OutId"] for c in aliyun_here.accepted] == [str(message.pk)] * 2
