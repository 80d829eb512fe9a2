"""Staff and buyers at the same parcel at once: one wins, nothing leaves twice."""

from collections import Counter
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.tests.factories import make_carol, make_user
from accounts.tests.parallel import at_once, outcome
from orders.models import Carrier, Order, OrderEvent, OrderItem, Parcel
from orders.services import addresses, closing, ship_reminders, shipping
from orders.tests.factories import buyer, make_order, ship_all
from orders.tests.test_parcels import ELSEWHERE

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

NUMBERS = [f"SF123456789012{n}" for n in range(9)]


def ship_one(order, number, quantity, carol, mark=""):
    return lambda: outcome(
        lambda: shipping.ship(
            order_id=order.pk,
            carrier=Carrier.SF,
            tracking_number=number,
            quantities={OrderItem.objects.get(order=order).pk: quantity},
            by_id=carol.pk,
            address_mark=mark,
        )
    )


def test_two_of_the_staff_ship_the_whole_order_at_once():
    order, carol = make_order(quantity=3, status="paid"), make_carol()
    results = at_once(*[ship_one(order, n, 3, carol) for n in NUMBERS[:4]])
    assert Counter(results) == {"done": 1, "cannot_ship": 3}
    assert Parcel.objects.count() == 1
    order.refresh_from_db()
    assert order.status == "shipped"
    assert order.events.filter(kind="shipped").count() == 1
    call_command("audit")


def test_one_parcel_sent_by_four_clicks_is_one():
    order, carol = make_order(quantity=9, status="paid"), make_carol()
    results = at_once(*[ship_one(order, NUMBERS[0], 2, carol) for _ in range(4)])
    assert Counter(results) == {"done": 1, "parcel_known": 3}
    assert order.items.get().shipped_quantity == 2
    call_command("audit")


def test_parts_sent_at_once_never_pass_what_was_bought():
    order, carol = make_order(quantity=5, status="paid"), make_carol()
    results = at_once(*[ship_one(order, n, 2, carol) for n in NUMBERS[:4]])
    assert Counter(results) == {"done": 2, "cannot_ship": 2}
    assert order.items.get().shipped_quantity == 4
    order.refresh_from_db()
    assert order.status == "partly_shipped"
    call_command("audit")


def test_ship_and_cancel_at_once():
    """A paid order is shipped and not cancelled, whoever is quicker."""
    carol = make_carol()
    for _ in range(3):
        order = make_order(quantity=2, status="paid")
        results = at_once(
            ship_one(order, NUMBERS[0], 2, carol),
            lambda order=order: outcome(
                lambda: closing.cancel_order(
                    order_id=order.pk,
                    actor=OrderEvent.Actor.STAFF,
                    reason="gone",
                    by_id=carol.pk,
                )
            ),
        )
        assert results == ["done", "already_paid"]
        order.refresh_from_db()
        assert order.status == "shipped"
    call_command("audit")


def test_a_change_of_address_and_the_parcel_at_once():
    carol = make_carol()
    for _ in range(4):
        order = make_order(buyer(), quantity=2, status="paid")
        sent, changed = at_once(
            ship_one(order, NUMBERS[0], 2, carol, order.address_mark),
            lambda order=order: outcome(
                lambda: addresses.change_address(order_id=order.pk, place=ELSEWHERE)
            ),
        )
        order.refresh_from_db()
        # Never both: a parcel that left with the old label, and a buyer who was told
        # that it goes elsewhere.
        assert (sent, changed) in {
            ("done", "address_fixed"),
            ("address_moved", "done"),
        }
        assert (order.street == ELSEWHERE.street) is (changed == "done")
    call_command("audit")


def test_two_changes_of_address_at_once_are_one():
    order = make_order(status="paid")
    places = [replace(ELSEWHERE, street=f"Road {n}") for n in range(4)]
    results = at_once(
        *[
            lambda place=place: outcome(
                lambda: addresses.change_address(order_id=order.pk, place=place)
            )
            for place in places
        ]
    )
    assert Counter(results) == {"done": 1, "address_used_up": 3}
    assert order.events.filter(kind="address_changed").count() == 1
    call_command("audit")


def test_four_reminders_at_once_are_one():
    order = make_order(make_user(), status="paid")
    results = at_once(
        *[
            lambda: outcome(lambda: ship_reminders.remind_to_ship(order_id=order.pk))
            for _ in range(4)
        ]
    )
    assert Counter(results) == {"done": 1, "already_reminded": 3}
    assert order.events.filter(kind="reminded").count() == 1


def test_two_corrections_at_once_are_one():
    carol = make_carol()
    parcel = ship_all(make_order(status="paid"))
    results = at_once(
        *[
            lambda number=number: outcome(
                lambda: shipping.correct_number(
                    parcel=parcel,
                    carrier=Carrier.SF,
                    tracking_number=number,
                    by_id=carol.pk,
                )
            )
            for number in NUMBERS[:4]
        ]
    )
    assert Counter(results) == {"done": 1, "cannot_correct": 3}
    assert parcel.order.events.filter(kind="number_corrected").count() == 1
    call_command("audit")


def test_the_database_is_the_last_net():
    """Without the look before, the second parcel of a number still does not come."""
    parcel = ship_all(make_order(status="paid"))
    twin = Parcel.objects.get(pk=parcel.pk)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    assert Order.objects.get().parcels.count() == 1
