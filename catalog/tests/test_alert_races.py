"""Alerts at the same time: asked for twice, told by two runners, taken back."""

import pytest

from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once, outcome
from catalog import services
from catalog.models import Alert
from catalog.services.alerts import set_alert, take_back_alert
from catalog.tests.factories import make_product
from shop import clock, due
from shop.models import OutgoingMessage

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

RESTOCK = Alert.Kind.RESTOCK


def run():
    return [error for _deed, error in due.run(clock.now(), ["alerts"]) if error]


def restock(variant):
    services.set_stock(variant=variant, stock=3, by_id=None)


def test_asked_for_six_times_at_once_is_one_row():
    user, variant = make_user(), make_product(stock=0).variants.get()

    def ask():
        return outcome(
            lambda: set_alert(user_id=user.pk, variant=variant, kind=RESTOCK)
        )

    assert at_once(*[ask] * 6) == ["done"] * 6
    assert Alert.objects.count() == 1


def test_four_runners_tell_each_once():
    variant = make_product(stock=0).variants.get()
    users = [make_user() for _ in range(20)]
    for user in users:
        set_alert(user_id=user.pk, variant=variant, kind=RESTOCK)
    restock(variant)
    assert at_once(*[run] * 4) == [[]] * 4
    told = OutgoingMessage.objects.values_list("account_id", flat=True)
    assert sorted(told) == sorted(user.pk for user in users)


def test_taken_back_while_it_is_told_is_told_or_not_and_gone(many):
    for _round in range(many(quick=3, thorough=30)):
        OutgoingMessage.objects.all().delete()
        user, variant = make_user(), make_product(stock=0).variants.get()
        set_alert(user_id=user.pk, variant=variant, kind=RESTOCK)
        restock(variant)

        def take_back(user=user, variant=variant):
            take_back_alert(user_id=user.pk, variant_id=variant.pk, kind=RESTOCK)

        assert at_once(run, take_back) == [[], None]
        assert not Alert.objects.exists()
        assert OutgoingMessage.objects.count() <= 1
        assert run() == []
        assert OutgoingMessage.objects.count() <= 1
