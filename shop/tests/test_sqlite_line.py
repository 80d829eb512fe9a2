"""SQLite's writers wait in line within a process."""

import threading
import time
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction

from accounts.tests.parallel import at_once
from shop.database.sqlite3.base import _lines
from shop.models import Policy
from shop.retry import short_wait, whole_deed

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'"),
]


@pytest.fixture
def line():
    return _lines[str(connection.settings_dict["NAME"])]


def test_a_writer_has_its_turn_until_commit_rollback_or_close(line):
    for end in (lambda: None, fail, connection.close):
        with suppress(ZeroDivisionError), transaction.atomic():
            with transaction.atomic():
                assert line.locked()
            assert line.locked()
            end()
        assert not line.locked()


def fail():
    raise ZeroDivisionError


def test_who_waits_too_long_is_told_as_by_sqlite(line):
    with line, short_wait():
        waiting = transaction.atomic()
        with pytest.raises(OperationalError, match="database is locked"):
            waiting.__enter__()
    with transaction.atomic():
        assert line.locked()


def test_readers_wait_for_nobody(line):
    with line:
        assert Policy.objects.count() >= 0


def test_eight_writers_all_have_their_turn():
    """Each holds the lock so long that looking again and again would miss its end."""
    Policy.objects.create(name="waited_for", value=0)
    done = []

    @whole_deed
    def write():
        Policy.objects.filter(name="waited_for").update(value=len(done))
        time.sleep(0.02)

    def write_often():
        for _ in range(5):
            began = time.monotonic()
            write()
            done.append((threading.get_ident(), time.monotonic() - began))

    assert at_once(*[write_often] * 8) == [None] * 8
    assert len(done) == 40
    assert max(waited for _thread, waited in done) < 10
