"""Several windows at once, in threads and in processes (row D1)."""

import pytest

from accounts.tests.factories import make_user
from accounts.tests.parallel import at_once, in_processes, outcome
from cart import services
from cart.models import Cart, CartLine
from cart.tests.factories import make_cart, make_line, make_variant
from catalog.models import Variant

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def add(cart, variant, quantity=1):
    services.add(cart=cart, variant=variant, quantity=quantity)


def quantities(cart):
    return dict(cart.lines.values_list("variant_id", "quantity"))


def test_ten_adds_at_once_make_one_line_of_ten():
    cart, variant = make_cart(), make_variant(stock=50)
    results = at_once(*[lambda: add(cart, variant)] * 10)
    assert results == [None] * 10
    assert quantities(cart) == {variant.pk: 10}


def test_ten_processes_do_too():
    cart, variant = make_cart(), make_variant(stock=50)
    results = in_processes(lambda n: outcome(lambda: add(cart, variant)), 10)
    assert results == ["done"] * 10
    assert quantities(cart) == {variant.pk: 10}


def test_adds_at_once_never_pass_the_stock():
    cart, variant = make_cart(), make_variant(stock=4)
    results = in_processes(lambda n: outcome(lambda: add(cart, variant)), 8)
    assert sorted(results) == ["done"] * 4 + ["out_of_stock"] * 4
    assert quantities(cart) == {variant.pk: 4}


def test_two_logins_at_once_join_the_cart_once():
    alice, visitors = make_user(), make_cart()
    line = make_line(visitors, quantity=2)
    deed = lambda: services.merge(user_id=alice.pk, token=visitors.token)  # noqa: E731
    results = at_once(*[deed] * 4)
    assert sum(result.units for result in results) == 2, results
    assert quantities(alice.cart) == {line.variant_id: 2}
    assert Variant.objects.get(pk=line.variant_id).stock == 10


def test_undoing_at_once_restores_once():
    cart = make_cart()
    line = make_line(cart, quantity=3)
    removed = services.remove(line=line)
    deed = lambda: services.restore(cart=cart, lines=removed)  # noqa: E731
    assert in_processes(lambda n: outcome(deed), 6) == ["done"] * 6
    assert quantities(cart) == {line.variant_id: 3}


def test_adding_joining_and_removing_at_once_lose_nothing(many):
    for _ in range(many(quick=5, thorough=100)):
        add_join_and_remove()


def add_join_and_remove():
    """Each unit of a visitor's cart is added, refused or removed; none is made up."""
    alice, visitors = make_user(), make_cart()
    kept, gone = make_variant(stock=50), make_variant(stock=50)
    make_line(make_cart(alice), kept, 2)
    make_line(visitors, kept, 3)
    line = make_line(visitors, gone, 4)
    deeds = [
        lambda: add(visitors, kept),
        lambda: add(visitors, kept),
        lambda: services.merge(user_id=alice.pk, token=visitors.token),
        lambda: services.remove(line=line),
    ]
    results = in_processes(lambda n: outcome(deeds[n]), len(deeds))
    assert set(results) <= {"done", "cart_moved"}, results
    there = quantities(alice.cart)
    # Who came before the login did it, who came after was told that the cart moved.
    added, is_removed = there[kept.pk] - 5, gone.pk not in there
    assert results.count("done") == added + is_removed + 1
    assert is_removed or there[gone.pk] == 4
    assert not Cart.objects.filter(pk=visitors.pk).exists()
    assert not CartLine.objects.filter(cart=visitors.pk).exists()
