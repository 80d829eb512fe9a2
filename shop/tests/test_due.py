from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop import clock, due
from shop.models import ClockRun

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Kettle:
    """Something with timers: deeds by key, done at most once."""

    def __init__(self):
        self.waiting: dict[str, datetime] = {}
        self.done: list[tuple[str, datetime]] = []
        self.broken: set[str] = set()
        self.follow_ups: dict[str, tuple[str, datetime]] = {}

    def find(self, moment, limit):
        ready = sorted((at, key) for key, at in self.waiting.items() if at <= moment)
        return [
            due.Deed("boil", key, at, lambda key=key: self.boil(key), "N1", key)
            for at, key in ready[:limit]
        ]

    def boil(self, key):
        if key in self.broken:
            raise ValueError("no water")
        if self.waiting.pop(key, None):
            self.done.append((key, clock.now()))
            if key in self.follow_ups:
                follow, at = self.follow_ups[key]
                self.waiting[follow] = at


@pytest.fixture
def kettle(monkeypatch):
    made = Kettle()
    monkeypatch.setattr(due, "_finders", {"boil": [made.find]})
    return made


def test_does_what_is_due_at_the_moment_it_was_due(kettle):
    kettle.waiting = {"1": NOON - timedelta(hours=2), "2": NOON - timedelta(hours=3)}
    kettle.waiting["3"] = NOON + timedelta(seconds=1)
    assert [str(deed) for deed, _ in due.run(NOON)] == ["boil N1 2", "boil N1 1"]
    assert kettle.done == [
        ("2", NOON - timedelta(hours=3)),
        ("1", NOON - timedelta(hours=2)),
    ]
    assert list(kettle.waiting) == ["3"]


def test_does_what_becomes_due_by_doing(kettle):
    kettle.waiting = {"1": NOON - timedelta(hours=2)}
    kettle.follow_ups = {"1": ("2", NOON - timedelta(hours=1))}
    list(due.run(NOON))
    assert [key for key, _ in kettle.done] == ["1", "2"]


def test_one_bad_row_stops_no_other(kettle, capsys):
    kettle.waiting = {"1": NOON, "2": NOON}
    kettle.broken = {"1"}
    with pytest.raises(CommandError):
        call_command("run_due", at=NOON.isoformat())
    assert [key for key, _ in kettle.done] == ["2"]
    assert "failed: boil N1 1" in capsys.readouterr().err


def test_dry_run_lists_and_does_nothing(kettle, capsys):
    kettle.waiting = {"1": NOON}
    call_command("run_due", at="2026-11-25T20:00", dry_run=True)
    assert capsys.readouterr().out == "boil N1 1\n"
    assert list(kettle.waiting) == ["1"]


def test_a_time_without_offset_is_the_shops(kettle, capsys):
    kettle.waiting = {"1": NOON}  # 20:00 in Shanghai
    call_command("run_due", at="2026-11-25T19:59", dry_run=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "options", [{"only": ["tea"]}, {"at": "soon"}, {"at": "2026-13-45T00:00"}]
)
def test_refuses_what_makes_no_sense(kettle, options):
    with pytest.raises(CommandError):
        call_command("run_due", **options)


def test_a_whole_run_leaves_its_mark(kettle):
    call_command("run_due", only=["boil"])
    assert not ClockRun.objects.exists()
    call_command("run_due")
    assert timezone.now() - ClockRun.objects.get().finished_at < timedelta(seconds=5)


def test_the_clock_is_fine_after_a_run_or_when_nothing_waits(kettle):
    assert due.is_fine()
    kettle.waiting = {"1": clock.now()}
    assert not due.is_fine()
    due.mark_run()
    assert due.is_fine()
    old = timezone.now() - timedelta(minutes=16)
    ClockRun.objects.update(finished_at=old)
    assert not due.is_fine()
