"""Random lives of orders: whatever happens, in whatever order, the shop stays right.

A few lives in every run, thousands with `script/test --thorough`.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from conftest import IS_THOROUGH
from orders.tests.after_sale_factories import (
    agree,
    confirm,
    correct_return,
    refuse,
    replace,
    send_back,
    withdraw,
)
from orders.tests.lives import (
    DAWN,
    DAY,
    FORESEEN,
    HOUR,
    MINUTE,
    World,
    assert_books,
    assert_invariants,
    messages,
    snapshot,
    undone,
)

pytestmark = pytest.mark.django_db

PLACES = st.integers(0, 1)
#: Where a life begins that is looked at.
STATES = st.sampled_from(
    ["pending_payment", "paid", "partly_shipped", "shipped", "shipped", "completed"]
)
UNITS = st.sampled_from([1, 9])
ANSWERS = st.sampled_from(
    [withdraw, agree, refuse, send_back, correct_return, confirm, replace]
)
#: From a moment to the longest timer, and just beside what timers end with.
LENGTHS = st.sampled_from(
    [
        timedelta(seconds=1),
        29 * MINUTE + timedelta(seconds=59),
        30 * MINUTE,
        HOUR,
        DAY,
        3 * DAY,
        7 * DAY - timedelta(seconds=1),
        7 * DAY,
        10 * DAY,
        15 * DAY,
    ]
)


class Lives(RuleBasedStateMachine):
    """Buyers, staff, the gateway and the clock, in any order."""

    @initialize(status=STATES)
    def open_shop(self, status):
        self.world = World()
        self.world.place(status=status)

    def some(self, data):
        return data.draw(st.sampled_from(self.world.orders), label="order")

    @precondition(lambda self: len(self.world.orders) < 3)
    @rule(quantities=st.tuples(st.integers(1, 3), st.integers(1, 2)), status=STATES)
    def place(self, quantities, status):
        self.world.place(quantities, status)

    @rule(data=st.data(), by_gateway=st.booleans())
    def pay(self, data, by_gateway):
        order = self.some(data)
        way = self.world.hear_of_the_gateway if by_gateway else self.world.pay
        way(order)

    @rule(data=st.data())
    def cancel(self, data):
        self.world.cancel(self.some(data))

    @rule(
        data=st.data(),
        items=st.sampled_from([(0,), (1,), (0, 1)]),
        units=UNITS,
    )
    def ship(self, data, items, units):
        self.world.ship(self.some(data), items, units)

    @rule(data=st.data(), place=PLACES)
    def receive(self, data, place):
        self.world.receive(self.some(data), place)

    @rule(data=st.data())
    def extend(self, data):
        self.world.extend(self.some(data))

    @rule(data=st.data(), days=st.sampled_from([3, 5, 7, 10]))
    def add_days(self, data, days):
        self.world.add_days(self.some(data), days)

    @rule(data=st.data(), place=PLACES)
    def review(self, data, place):
        self.world.review(self.some(data), place)

    @rule(data=st.data(), place=PLACES, units=UNITS, is_faulty=st.booleans())
    def ask(self, data, place, units, is_faulty):
        self.world.ask(self.some(data), place, units, is_faulty)

    @rule(data=st.data(), place=PLACES, deed=ANSWERS)
    def answer(self, data, place, deed):
        self.world.answer(self.some(data), place, deed)

    @rule(length=LENGTHS)
    def wait(self, length):
        self.world.wait(length)

    @rule()
    def run_due(self):
        self.world.run()

    @rule()
    def wait_for_the_clock(self):
        moment = self.world.boundary_after(self.world.now)
        if moment:
            self.world.run(moment)

    @invariant()
    def nothing_is_wrong(self):
        if hasattr(self, "world"):
            assert_invariants()


class AuditedLives(Lives):
    """Of few lives the books are looked through after every step."""

    @invariant()
    def the_books_are_right(self):
        if hasattr(self, "world"):
            assert_books()


# In parts, which may run beside each other.
@pytest.mark.parametrize("_part", range(4))
def test_random_lives_keep_every_invariant(_part, many):
    run_state_machine_as_test(
        undoing(many(quick=AuditedLives, thorough=Lives)),
        settings=settings(
            max_examples=many(quick=1, thorough=500),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def undoing(machine):
    """Give each life a shop of its own, right to its end, and take it back."""

    class Undoing(machine):
        def __init__(self):
            super().__init__()
            self.shop = undone()
            self.shop.__enter__()

        def teardown(self):
            try:
                assert_books()
            finally:
                self.shop.__exit__(None, None, None)

    return Undoing


#: Deeds of people, at some hours from each other; the clock is not among them.
DEEDS = st.one_of(
    st.tuples(st.just("pay")),
    st.tuples(st.just("ship"), st.sampled_from([(0,), (1,), (0, 1)])),
    st.tuples(st.just("receive"), PLACES),
    st.tuples(st.just("extend")),
    st.tuples(st.just("add_days"), st.sampled_from([3, 5, 7, 10])),
    st.tuples(st.just("review"), PLACES),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("ask"), PLACES, UNITS, st.booleans()),
    st.tuples(st.just("answer"), PLACES, ANSWERS),
)
#: Of one of the goods, from when on, how long.
DISCOUNTS = st.tuples(
    st.just("discount"),
    st.sampled_from([timedelta(), 3 * DAY]),
    st.sampled_from([HOUR, 4 * DAY]),
)
HORIZONS = st.sampled_from([3 * DAY, 12 * DAY, 60 * DAY])
PAIRS = st.tuples(STATES, STATES)
#: A second of CPU each, so fewer than of other properties.
HISTORIES_SETTINGS = settings(max_examples=150 if IS_THOROUGH else 12)
HISTORIES = st.lists(
    st.tuples(PLACES, DEEDS, st.sampled_from([MINUTE, HOUR, DAY, 5 * DAY])),
    min_size=2,
    max_size=10,
)


@HISTORIES_SETTINGS
@given(
    states=PAIRS,
    history=HISTORIES,
    horizon=HORIZONS,
)
def test_one_late_run_ends_where_punctual_ones_do(states, history, horizon):
    """Also: the forecast of a moment is what a run at that moment does."""
    with undone():
        world = World()
        live(world, history, [world.place(status=status) for status in states])
        start, end = world.now, world.now + horizon
        with undone():
            world.step_to(end)
            punctual = snapshot(), messages()
        world.now = start
        foreseen = world.forecast(end)
        done = world.run(end)
        assert sorted(foreseen) == sorted(done)
        assert (snapshot(), messages()) == punctual
        assert_invariants()
        assert_books()
        assert world.run() == []


@HISTORIES_SETTINGS
@given(
    states=PAIRS,
    history=st.lists(
        st.tuples(
            PLACES,
            st.one_of(DEEDS, DISCOUNTS),
            st.sampled_from([MINUTE, HOUR, 5 * DAY]),
        ),
        min_size=2,
        max_size=10,
    ),
    # Those on which reviews are reminded of, and any up to beyond all timers.
    horizon=st.sampled_from([8 * DAY, 18 * DAY, 45 * DAY])
    | st.timedeltas(timedelta(), 50 * DAY),
)
def test_a_forecast_is_what_a_run_does(states, history, horizon):
    """Line by line: also reminders, prices, and sales that are counted anew."""
    with undone():
        world = World(is_reminding=True)
        live(world, history, [world.place(status=status) for status in states])
        end = world.now + horizon
        foreseen = world.forecast(end, FORESEEN)
        assert sorted(foreseen) == sorted(world.run(end, FORESEEN))
        assert world.forecast(end, FORESEEN) == world.run(tasks=FORESEEN) == []


@HISTORIES_SETTINGS
@given(states=PAIRS, history=HISTORIES)
def test_nobody_who_acts_notices_a_dead_runner(states, history):
    """People meet the same whether or not a runner was there before them."""
    with undone():
        world = World()
        orders = [world.place(status=status) for status in states]
        with undone():
            live(world, history, orders, is_punctual=True)
            world.run()
            expected = snapshot()
        world.now = DAWN
        live(world, history, orders)
        world.run()
        assert snapshot() == expected


def live(world, history, orders, *, is_punctual=False):
    """Do to two orders what the history says."""
    for place, (deed, *arguments), pause in history:
        about = place if deed == "discount" else orders[place]
        getattr(world, deed)(about, *arguments)
        end = world.now + pause
        if is_punctual:
            world.step_to(end)
        world.now = end
