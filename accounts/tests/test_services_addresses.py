import pytest

from accounts.models import Address
from accounts.refusals import TooManyAddresses
from accounts.services.addresses import (
    add_address,
    change_address,
    delete_address,
    make_default,
)
from accounts.tests.factories import make_address, make_alice, make_place
from accounts.tests.parallel import at_once
from shop import policy


def add(user, is_default=False, **changes):
    return add_address(user=user, place=make_place(**changes), is_default=is_default)


def default_of(user):
    return Address.objects.get(default_of=user)


def test_the_first_address_is_the_default(alice):
    first = add(alice)
    add(alice)
    assert default_of(alice) == first


def test_a_new_address_may_become_the_default(alice):
    add(alice)
    assert add(alice, is_default=True) == default_of(alice)


def test_changing_keeps_the_default_until_another_becomes_it(alice):
    first, second = add(alice), add(alice)
    change_address(
        user=alice, address=first, place=make_place(street="New"), is_default=False
    )
    assert default_of(alice).street == "New"
    change_address(user=alice, address=second, place=make_place(), is_default=True)
    assert default_of(alice) == second


def test_deleting_the_default_promotes_the_newest_other(alice):
    first, _second, third = add(alice), add(alice), add(alice)
    delete_address(user=alice, address=first)
    assert default_of(alice) == third


def test_deleting_another_leaves_the_default(alice):
    first, second = add(alice), add(alice)
    delete_address(user=alice, address=second)
    assert default_of(alice) == first


def test_the_last_address_can_go(alice):
    delete_address(user=alice, address=add(alice))
    assert not alice.addresses.exists()


def test_a_strangers_address_is_out_of_reach(alice, bob):
    theirs = add(alice)
    change_address(user=bob, address=theirs, place=make_place(street="x"), is_default=1)
    delete_address(user=bob, address=theirs)
    make_default(user=bob, address=theirs)
    theirs.refresh_from_db()
    assert (theirs.street, theirs.default_of) == ("海岚路 66 号", alice)


def test_an_address_deleted_meanwhile_takes_the_default_from_nobody(alice):
    first, second = add(alice), add(alice)
    second.delete()
    second.pk = first.pk + 1000
    make_default(user=alice, address=second)
    assert default_of(alice) == first


def test_the_book_holds_twenty(alice):
    for _number in range(20):
        add(alice)
    with pytest.raises(TooManyAddresses):
        add(alice)
    assert alice.addresses.count() == 20


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_additions_at_once_none_passes_the_limit():
    alice = make_alice()
    policy.change("address_limit", "3")
    make_address(alice, default_of=alice)
    results = at_once(*[lambda: add(alice, is_default=True)] * 6)
    assert sum(isinstance(result, Address) for result in results) == 2, results
    assert sum(isinstance(result, TooManyAddresses) for result in results) == 4
    assert alice.addresses.count() == 3
    assert Address.objects.filter(default_of=alice).count() == 1
