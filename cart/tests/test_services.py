from decimal import Decimal

import pytest

from accounts.tests.factories import make_user
from cart import services
from cart.models import Cart, CartLine
from cart.refusals import CartMoved, PurchaseLimit
from cart.tests.factories import make_cart, make_line, make_variant
from catalog.models import Product
from catalog.services import OutOfStock
from shop import clock, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def cart():
    return make_cart()


def add(cart, variant, quantity=1):
    services.add(cart=cart, variant=variant, quantity=quantity)


def quantities(cart):
    return dict(cart.lines.values_list("variant_id", "quantity"))


def test_the_same_variant_again_raises_its_line(cart):
    variant, other = make_variant(), make_variant()
    for each in (variant, other, variant):
        add(cart, each, 2)
    assert quantities(cart) == {variant.pk: 4, other.pk: 2}


def test_what_is_added_again_is_ticked_at_the_price_seen_now(cart):
    variant = make_variant(price="80.00")
    line = make_line(cart, variant, is_selected=False, price_when_added=Decimal(100))
    add(cart, variant)
    line.refresh_from_db()
    assert (line.is_selected, line.price_when_added) == (True, 80)


def test_adding_beyond_stock_is_refused_and_changes_nothing(cart):
    variant = make_variant(stock=3)
    add(cart, variant, 2)
    with pytest.raises(OutOfStock) as caught:
        add(cart, variant, 2)
    assert caught.value.data == {"stock": 3}
    assert "3" in str(caught.value)
    assert quantities(cart) == {variant.pk: 2}
    with pytest.raises(OutOfStock):
        add(cart, make_variant(stock=0))


def test_adding_beyond_the_purchase_limit_is_refused(cart):
    policy.change("purchase_limit", "3")
    variant = make_variant(stock=100)
    add(cart, variant, 3)
    with pytest.raises(PurchaseLimit) as caught:
        add(cart, variant)
    assert caught.value.data == {"limit": 3}
    assert "3" in str(caught.value)
    assert quantities(cart) == {variant.pk: 3}


def test_a_limit_of_zero_is_none(cart):
    policy.change("purchase_limit", "0")
    variant = make_variant(stock=5000)
    add(cart, variant, 5000)
    assert quantities(cart) == {variant.pk: 5000}


def test_a_cart_that_a_login_took_away_is_refused(cart):
    variant = make_variant()
    Cart.objects.all().delete()
    with pytest.raises(CartMoved):
        add(cart, variant)


@pytest.mark.parametrize(
    ("wanted", "stock", "limit", "kept", "number"),
    [
        (5, 10, "99", 5, ""),
        (11, 10, "99", 10, "10"),
        (11, 10, "0", 10, "10"),
        (9, 10, "4", 4, "4"),
        (10, 10, "99", 10, ""),
    ],
)
def test_a_quantity_is_clamped_by_stock_and_limit(
    cart, wanted, stock, limit, kept, number
):
    policy.change("purchase_limit", limit)
    line = make_line(cart, make_variant(stock=stock))
    said = services.change(line=line, quantity=wanted)
    assert list(cart.lines.values_list("quantity", flat=True)) == [kept]
    assert number in said
    assert bool(said) == bool(number)


def test_nothing_can_be_set_of_what_is_sold_out(cart):
    line = make_line(cart, make_variant(stock=0), quantity=2)
    with pytest.raises(OutOfStock):
        services.change(line=line, quantity=1, is_selected=False)
    line.refresh_from_db()
    assert (line.quantity, line.is_selected) == (2, True)


def test_quantity_and_tick_change_in_one_deed(cart):
    line = make_line(cart)
    assert services.change(line=line, quantity=3, is_selected=False) == ""
    line.refresh_from_db()
    assert (line.quantity, line.is_selected) == (3, False)
    services.change(line=line, is_selected=True)
    line.refresh_from_db()
    assert (line.quantity, line.is_selected) == (3, True)


def test_ticks(cart):
    line, other = make_line(cart), make_line(cart)
    services.change(line=line, is_selected=False)
    assert list(cart.lines.ticked()) == [other]
    services.select_all(cart=cart, is_selected=True)
    assert cart.lines.ticked().count() == 2
    services.select_all(cart=cart, is_selected=False)
    assert not cart.lines.ticked().exists()


def test_removing_takes_one_line(cart):
    line, other = make_line(cart), make_line(cart)
    assert services.remove(line=line) == [line]
    assert list(cart.lines.all()) == [other]
    assert services.remove(line=line) == []


def test_clearing_takes_what_cannot_be_bought(cart):
    alive = make_line(cart)
    gone = make_line(cart, make_variant(stock=0))
    hidden = make_line(cart, make_variant(status=Product.Status.OFF_SHELF))
    make_line(make_cart(), make_variant(stock=0))
    assert set(services.clear_dead(cart=cart, now=clock.now())) == {gone, hidden}
    assert list(cart.lines.all()) == [alive]
    assert CartLine.objects.count() == 2


def test_each_deed_marks_the_cart_as_alive(cart):
    before = cart.updated_at
    add(cart, make_variant())
    cart.refresh_from_db()
    assert cart.updated_at > before


def test_merging_adds_up_and_cuts_to_what_there_is():
    alice = make_user()
    own, visitors = make_cart(alice), make_cart()
    shared, scarce, gone, new = (
        make_variant(stock=10),
        make_variant(stock=4),
        make_variant(stock=0),
        make_variant(stock=5),
    )
    for variant, mine, theirs in ((shared, 2, 3), (scarce, 3, 3), (gone, 1, 2)):
        make_line(own, variant, mine)
        make_line(visitors, variant, theirs)
    make_line(visitors, new, 1)
    mine_alone = make_line(own)
    merged = services.merge(user_id=alice.pk, token=visitors.token)
    assert quantities(own) == {
        shared.pk: 5,
        scarce.pk: 4,
        gone.pk: 2,
        new.pk: 1,
        mine_alone.variant_id: 1,
    }
    assert merged.units == 9
    assert {line.variant_id for line in merged.cut} == {scarce.pk, gone.pk}
    assert list(Cart.objects.all()) == [own]


def test_merging_keeps_the_purchase_limit():
    policy.change("purchase_limit", "4")
    alice, visitors = make_user(), make_cart()
    variant = make_variant(stock=50)
    make_line(make_cart(alice), variant, 3)
    make_line(visitors, variant, 3)
    services.merge(user_id=alice.pk, token=visitors.token)
    assert quantities(alice.cart) == {variant.pk: 4}


def test_merging_makes_the_accounts_cart_and_bears_a_second_time():
    alice, visitors = make_user(), make_cart()
    line = make_line(visitors, quantity=2)
    services.merge(user_id=alice.pk, token=visitors.token)
    again = services.merge(user_id=alice.pk, token=visitors.token)
    assert again.units == 0
    assert quantities(alice.cart) == {line.variant_id: 2}
