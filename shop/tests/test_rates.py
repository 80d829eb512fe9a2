"""How often something may be asked for within a minute, by all processes together."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from accounts.tests.parallel import in_processes
from shop import clock, due, policy, rates, retry
from shop.models import RateCount
from shop.models.rates import RateCountQuerySet
from shop.refusals import Throttled

NOON = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)
ADDRESS = "203.0.113.7"
RULE, OTHER = "searches_per_minute", "suggestions_per_minute"


def passed(number, who=ADDRESS, rule=RULE, at=NOON):
    """How many of so many were not refused."""
    done = 0
    with clock.at(at):
        for _ in range(number):
            try:
                rates.count(rule, who)
            except Throttled:
                continue
            done += 1
    return done


@pytest.mark.django_db
class TestOneProcess:
    @pytest.mark.parametrize("most", [10, 11, 19, 20, 21, 100])
    def test_so_many_pass_within_a_minute(self, most):
        policy.change(RULE, str(most))
        assert passed(most + 30) == most
        assert passed(3, at=NOON + timedelta(seconds=49)) == 0
        assert passed(1, at=NOON + timedelta(seconds=50)) == 1

    def test_it_says_when_to_come_back(self):
        policy.change(RULE, "10")
        passed(10)
        with clock.at(NOON), pytest.raises(Throttled) as refused:
            rates.count(RULE, ADDRESS)
        assert refused.value.retry_after == 50

    def test_senders_and_things_are_counted_apart(self):
        policy.change(RULE, "12")
        policy.change(OTHER, "13")
        assert passed(15) == 12
        assert passed(15, who="203.0.113.8") == 12
        assert passed(15, rule=OTHER) == 13

    def test_an_ordinary_visitor_costs_no_query(self, connection_queries):
        policy.change(RULE, "1200")
        assert connection_queries(lambda: passed(10)) == 0
        # The rule is asked for once a minute.
        assert connection_queries(lambda: passed(49)) == 1
        assert not RateCount.objects.exists()

    def test_nor_does_who_is_refused(self, connection_queries):
        policy.change(RULE, "100")
        passed(100)
        assert connection_queries(lambda: passed(50)) == 0

    def test_another_number_holds_at_once_here_and_soon_elsewhere(self, monkeypatch):
        policy.change(RULE, "12")
        assert passed(15) == 12
        policy.change(RULE, "14")
        assert passed(5) == 2
        monkeypatch.setattr(rates, "REMEMBERED", 0)
        rates.rules_changed([RULE])
        passed(1)
        # As another process has written it.
        policy.Policy.objects.filter(pk=RULE).update(value="15")
        assert passed(5) == 1

    def test_no_address_stands_in_the_table(self):
        policy.change(RULE, "11")
        passed(12)
        assert RateCount.objects.exists()
        assert ADDRESS not in str(list(RateCount.objects.values()))

    def test_a_busy_database_lets_it_count_alone(self, monkeypatch):
        def is_locked(*args):
            raise OperationalError("database is locked")

        policy.change(RULE, "20")
        add = RateCountQuerySet.add
        monkeypatch.setattr(RateCountQuerySet, "add", is_locked)
        assert passed(15) == 15
        monkeypatch.setattr(RateCountQuerySet, "add", add)
        assert passed(1) == 1
        assert RateCount.objects.get().count == 16
        monkeypatch.setattr(RateCountQuerySet, "add", is_locked)
        assert passed(30) == 4

    def test_senders_without_number_take_no_memory_without_end(self, monkeypatch):
        monkeypatch.setattr(rates, "MOST_SENDERS", 3)
        policy.change(RULE, "10")
        for number in range(10):
            assert passed(1, who=f"203.0.113.{number}") == 1
        assert len(rates._tallies) == 3
        assert passed(15, who="203.0.113.0") == 9

    def test_what_is_over_is_forgotten(self):
        policy.change(RULE, "11")
        passed(11)
        assert RateCount.objects.count() == 1
        for late, left in ((49, 1), (50, 0)):
            moment = NOON + timedelta(seconds=late)
            list(due.run(moment, only=["cleanup"]))
            assert RateCount.objects.count() == left


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize(("most", "unseen"), [(40, 10), (400, 20)])
def test_processes_count_together_within_what_each_keeps_to_itself(
    monkeypatch, most, unseen
):
    # However busy the machine is.
    monkeypatch.setattr(retry, "SHORT_WAIT", 30)
    policy.change(RULE, str(most))
    found = sum(in_processes(lambda _number: passed(most), 4))
    assert most <= found <= most + 4 * unseen
