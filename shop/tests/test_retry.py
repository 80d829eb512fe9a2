import pytest
from django.db import OperationalError, connection, transaction

from shop import retry
from shop.models import ClockRun
from shop.retry import after_commit

DEADLOCK = OperationalError(1213, "Deadlock found")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(retry.time, "sleep", lambda seconds: None)


def failing(times, error):
    calls = []

    @retry.whole_deed
    def deed():
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "done"

    return deed, calls


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(
    "error",
    [
        DEADLOCK,
        OperationalError(1205, "Lock wait timeout"),
        OperationalError("database is locked"),
    ],
)
def test_runs_again_after_a_conflict(error):
    deed, calls = failing(2, error)
    assert deed() == "done"
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_gives_up_after_eight_tries():
    deed, calls = failing(100, DEADLOCK)
    with pytest.raises(OperationalError):
        deed()
    assert len(calls) == 8


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_other_errors_are_not_tried_again():
    deed, calls = failing(1, OperationalError(1054, "Unknown column"))
    with pytest.raises(OperationalError):
        deed()
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_a_failed_try_wrote_is_undone():
    calls = []

    @retry.whole_deed
    def deed():
        calls.append(1)
        due_at = "2026-01-01T00:00Z"
        ClockRun.objects.create(pk=len(calls), finished_at=due_at)
        if len(calls) == 1:
            raise DEADLOCK

    deed()
    assert list(ClockRun.objects.values_list("pk", flat=True)) == [2]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_lost_connection_is_opened_anew(monkeypatch):
    closed = []
    monkeypatch.setattr(connection, "close", lambda: closed.append(1))
    deed, _calls = failing(1, OperationalError(2006, "Server has gone away"))
    assert deed() == "done"
    assert closed


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_refuses_to_run_inside_another_transaction():
    deed, _calls = failing(0, DEADLOCK)
    with transaction.atomic(), pytest.raises(RuntimeError):
        deed()


@pytest.mark.django_db
def test_what_was_committed_stands_when_what_follows_fails(
    django_capture_on_commit_callbacks, caplog
):
    done = []

    def fail(number):
        done.append(number)
        raise OSError("no gateway")

    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        after_commit(fail, 7)
    assert done == []
    [call] = callbacks
    # Django asks a failing one for its name.
    assert call.__qualname__.endswith("fail")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_failure_after_the_commit_does_not_reach_the_caller(caplog):
    def fail():
        raise OSError("no gateway")

    with transaction.atomic():
        after_commit(fail)
    after_commit(fail)  # at once, where there is no transaction
    assert caplog.text.count("no gateway") >= 2
