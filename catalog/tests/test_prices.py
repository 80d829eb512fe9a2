"""Limited-time prices and the price history, to the second (rows H6, C4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.tests.parallel import at_once
from catalog import audit, services
from catalog.models import LimitedPrice, PricePeriod, Product, Variant
from catalog.services.limited_prices import LimitedPriceRefused
from catalog.services.prices import locked, reprice
from catalog.tests.factories import make_limited_price, make_product, make_variant
from shop import clock

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
START, END = BEGIN + HOUR, BEGIN + 2 * HOUR


@pytest.fixture
def variant():
    """Costs 100.00 since BEGIN, and 80.00 from START until END."""
    with clock.at(BEGIN):
        variant = make_product(price="100.00").variants.get()
        make_limited_price(variant, starts_at=START, ends_at=END)
    return Variant.objects.get()


def now_of(variant, moment):
    """Return the variant as it is at a moment, once somebody met it."""
    with clock.at(moment):
        found = Variant.objects.get(pk=variant.pk)
        services.settle_variants([found])
        services.settle_products([Product.objects.get(pk=found.product_id)])
    return Variant.objects.get(pk=variant.pk)


def set_price(variant, price, moment):
    with clock.at(moment):
        row, price = Variant.objects.get(pk=variant.pk), Decimal(price)
        new = services.NewPrice(row.pk, price, max(row.list_price, price))
        services.set_prices(prices=[new])
        services.product_changed(product_ids=[row.product_id])


def move(product, status, moment):
    with clock.at(moment):
        services.move_to_shelf(product=product, status=status)


def history(variant):
    rows = PricePeriod.objects.filter(variant=variant).in_order()
    return [(int(row.price), row.from_at, row.to_at) for row in rows]


MOMENTS = [
    (START - SECOND, 100),
    (START, 80),
    (END - SECOND, 80),
    (END, 100),
    (END + SECOND, 100),
]


@pytest.mark.parametrize(("moment", "price"), MOMENTS)
def test_a_limited_price_counts_to_the_second(variant, moment, price):
    found = now_of(variant, moment)
    assert found.price == price
    assert found.is_limited == (price == 80)
    assert Product.objects.get().price == price


def test_each_change_is_in_the_history_at_its_own_moment(variant):
    now_of(variant, END + 5 * DAY)  # nobody looked in between
    assert history(variant) == [
        (100, BEGIN, START),
        (80, START, END),
        (100, END, None),
    ]


def test_settling_again_changes_nothing(variant):
    now_of(variant, START)
    before = list(PricePeriod.objects.values())
    with clock.at(START):
        assert services.settle_prices(variant_ids=[variant.pk]) is False
    assert list(PricePeriod.objects.values()) == before


def test_nothing_is_asked_while_nothing_is_due(variant, django_assert_num_queries):
    with clock.at(START - SECOND), django_assert_num_queries(0):
        services.settle_variants([variant])


def test_the_clock_does_it_too(variant, capsys):
    with clock.at(END):
        call_command("run_due", only=["prices"], dry_run=True)
        assert capsys.readouterr().out == "prices - -\n"
        assert Variant.objects.get().price == 100
        call_command("run_due", only=["prices"])
    assert history(variant)[1:] == [(80, START, END), (100, END, None)]
    assert Product.objects.get().price == 100


def test_a_late_run_does_all_changes_of_a_variant_in_one_go(variant, capsys):
    """So the forecast, which changes nothing, says just as many lines."""
    with clock.at(END + 40 * DAY):
        call_command("run_due", only=["prices"], dry_run=True)
        assert capsys.readouterr().out == "prices - -\n"
        call_command("run_due", only=["prices"])
        assert capsys.readouterr().out == "prices - -\n"
    assert history(variant)[1:] == [(80, START, END), (100, END, None)]
    assert Variant.objects.get().price_due_at is None


def test_a_struck_price_was_charged_in_the_last_30_days(variant):
    found = now_of(variant, START)
    assert (found.prior_price, found.struck_price, found.savings) == (100, 100, 20)
    assert Product.objects.get().struck_price == 100
    found = now_of(variant, END)
    # It costs 100 again: the lowest price before is told, and nothing is struck.
    assert (found.prior_price, found.struck_price, found.savings) == (80, None, 0)


def test_thirty_days_after_it_was_charged_it_is_struck_no_more():
    with clock.at(BEGIN):
        variant = make_product(price="100.00").variants.get()
    cut = BEGIN + DAY
    set_price(variant, 90, cut)
    end = cut + 30 * DAY
    assert now_of(variant, end - SECOND).struck_price == 100
    assert Product.objects.get().struck_price == 100
    assert now_of(variant, end).struck_price is None
    assert Product.objects.get().struck_price is None
    assert Product.objects.get().price_due_at is None


def test_a_price_raised_to_be_cut_is_not_struck():
    """The lowest of the 30 days before counts, not the last."""
    with clock.at(BEGIN):
        variant = make_product(price="80.00").variants.get()
    set_price(variant, 120, BEGIN + DAY)
    set_price(variant, 80, BEGIN + 2 * DAY)
    found = now_of(variant, BEGIN + 2 * DAY)
    assert (found.prior_price, found.struck_price) == (80, None)
    set_price(variant, 79, BEGIN + 3 * DAY)
    assert now_of(variant, BEGIN + 3 * DAY).struck_price == 80


@pytest.mark.parametrize(("days", "struck"), [(30, None), (31, 120)])
def test_what_was_charged_more_than_30_days_before_does_not_count(days, struck):
    with clock.at(BEGIN):
        variant = make_product(price="70.00").variants.get()
    set_price(variant, 120, BEGIN + DAY)  # until this moment it cost 70
    cut = BEGIN + DAY + timedelta(days=days) - SECOND
    set_price(variant, 90, cut)
    assert now_of(variant, cut).struck_price == struck


def test_a_draft_s_price_was_charged_to_nobody():
    with clock.at(BEGIN):
        product = make_product(price="200.00", status="draft")
    variant = product.variants.get()
    set_price(variant, 100, BEGIN + DAY)
    assert history(variant) == [(100, BEGIN + DAY, None)]
    move(product, Product.Status.ON_SHELF, BEGIN + 2 * DAY)
    assert now_of(variant, BEGIN + 2 * DAY).struck_price is None
    set_price(variant, 90, BEGIN + 3 * DAY)
    assert now_of(variant, BEGIN + 3 * DAY).struck_price == 100


def test_a_price_that_comes_with_the_shelf_has_none_before(tmp_path):
    with clock.at(BEGIN):
        variant = make_product(price="200.00", status="draft").variants.get()
    file = tmp_path / "launch.csv"
    file.write_text(
        f"code,status,price,list_price\n{variant.code},on_shelf,100.00,200.00\n"
    )
    with clock.at(BEGIN + DAY):
        call_command("import_products", str(file))
    assert now_of(variant, BEGIN + DAY).prior_price is None
    assert history(variant) == [(100, BEGIN + DAY, None)]


def test_a_limited_price_from_the_first_second_on_has_none_before():
    launch = BEGIN + DAY
    with clock.at(BEGIN):
        variant = make_product(price="200.00", on_shelf_at=launch).variants.get()
        make_limited_price(variant, starts_at=launch, ends_at=launch + HOUR)
    found = now_of(variant, launch)
    assert (found.price, found.prior_price) == (80, None)
    assert now_of(variant, launch + HOUR).prior_price == 80


def test_a_scheduled_price_counts_from_its_shelf_time_on():
    launch = BEGIN + DAY
    with clock.at(BEGIN):
        variant = make_product(price="200.00", on_shelf_at=launch).variants.get()
    set_price(variant, 150, launch - SECOND)  # nobody had seen the 200
    set_price(variant, 100, launch + SECOND)
    assert now_of(variant, launch + SECOND).struck_price == 150
    assert history(variant) == [
        (150, launch, launch + SECOND),
        (100, launch + SECOND, None),
    ]


@pytest.mark.parametrize(("days", "struck"), [(29, 200), (31, None)])
def test_a_price_was_charged_until_it_left_the_shelf(days, struck):
    with clock.at(BEGIN):
        product = make_product(price="200.00")
    variant, gone, back = product.variants.get(), BEGIN + DAY, BEGIN + DAY * (1 + days)
    move(product, Product.Status.OFF_SHELF, gone)
    set_price(variant, 150, gone + HOUR)  # charged to nobody
    set_price(variant, 100, back)
    move(product, Product.Status.ON_SHELF, back)
    assert now_of(variant, back).struck_price == struck
    assert now_of(variant, gone + 30 * DAY).struck_price is None
    assert history(variant) == [(200, BEGIN, gone), (100, back, None)]


def test_two_prices_at_one_moment_are_one(variant):
    set_price(variant, 110, BEGIN)
    assert history(variant) == [(110, BEGIN, None)]


def test_the_regular_price_changes_under_a_running_one(variant):
    now_of(variant, START)
    set_price(variant, 95, START + SECOND)
    found = now_of(variant, START + SECOND)
    assert (found.price, found.regular_price) == (80, 95)
    # Lower than the limited one, it counts at once.
    set_price(variant, 70, START + 2 * SECOND)
    assert now_of(variant, START + 2 * SECOND).price == 70
    assert now_of(variant, END).price == 70


def test_the_card_follows_the_cheapest_variant(variant):
    with clock.at(BEGIN):
        make_variant(product=variant.product, price="90.00")
    assert Product.objects.get().card_variant != variant.pk
    with clock.at(START):
        product = Product.objects.get()
        services.settle_products([product])
    assert (product.price, product.card_variant) == (80, variant.pk)
    assert (product.struck_price, product.price_due_at) == (100, END)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": Decimal(100)},
        {"price": Decimal(0)},
        {"starts_at": END, "ends_at": END},
        {"starts_at": END + HOUR, "ends_at": END},
        {"starts_at": END - SECOND, "ends_at": END + HOUR},
        {"starts_at": BEGIN, "ends_at": START + SECOND},
        {"starts_at": BEGIN, "ends_at": END + HOUR},
        {"starts_at": BEGIN - DAY, "ends_at": BEGIN},
    ],
)
def test_what_may_not_be_is_refused(variant, wrong):
    fields = {"starts_at": END, "ends_at": END + HOUR} | wrong
    with clock.at(BEGIN), pytest.raises(LimitedPriceRefused):
        make_limited_price(variant, **fields)
    assert LimitedPrice.objects.count() == 1


def test_one_may_follow_the_other_at_once(variant):
    with clock.at(BEGIN):
        make_limited_price(
            variant, price=Decimal(70), starts_at=END, ends_at=END + HOUR
        )
    assert now_of(variant, END).price == 70
    assert now_of(variant, END + HOUR).price == 100
    assert [row[0] for row in history(variant)] == [100, 80, 70, 100]


def test_a_past_start_means_now(variant):
    with clock.at(END):
        limited = make_limited_price(variant, starts_at=BEGIN - DAY, ends_at=END + HOUR)
        assert limited.starts_at == END
    assert Variant.objects.get().price == 80


def test_a_running_one_can_only_end_at_another_moment(variant):
    limited = LimitedPrice.objects.get()
    with clock.at(START + SECOND):
        with pytest.raises(LimitedPriceRefused):
            services.set_limited_price(limited=limited)
        with pytest.raises(LimitedPriceRefused):
            services.call_off_limited_price(limited=limited)
        services.end_limited_price(limited=limited, ends_at=BEGIN)
    found = Variant.objects.get()
    assert (found.price, found.price_due_at) == (100, START + SECOND + 30 * DAY)
    assert history(variant)[1:] == [
        (80, START, START + SECOND),
        (100, START + SECOND, None),
    ]


def test_one_that_is_over_is_not_touched(variant):
    limited = LimitedPrice.objects.get()
    with clock.at(END), pytest.raises(LimitedPriceRefused):
        services.end_limited_price(limited=limited, ends_at=END + DAY)


def test_a_coming_one_can_be_called_off(variant):
    with clock.at(START - SECOND):
        services.call_off_limited_price(limited=LimitedPrice.objects.get())
    assert Variant.objects.get().price_due_at is None
    assert now_of(variant, START).price == 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"starts_at": END},
        {"starts_at": END + SECOND},
    ],
)
def test_the_database_refuses_wrong_limited_prices(variant, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        LimitedPrice.objects.update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"to_at": END},
        {"is_open": None},
        {"is_open": False, "to_at": END},
        {"is_open": None, "to_at": BEGIN},
    ],
)
def test_the_database_refuses_wrong_periods(variant, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PricePeriod.objects.update(**wrong)


def test_the_database_refuses_a_second_open_period(variant):
    with pytest.raises(IntegrityError), transaction.atomic():
        PricePeriod.objects.create(variant=variant, price=1, from_at=END)


@pytest.mark.parametrize(
    "wrong", [{"price": "100.01"}, {"regular_price": "100.01"}, {"price": "0"}]
)
def test_the_database_refuses_prices_that_contradict_each_other(variant, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.update(**wrong)


def test_the_audit_finds_a_price_without_history(variant):
    assert not list(audit.history_ends_with_the_price())
    PricePeriod.objects.update(price="99.00")
    [finding] = audit.history_ends_with_the_price()
    assert (finding.stored, finding.expected) == (99, 100)
    PricePeriod.objects.all().delete()
    assert len(list(audit.history_ends_with_the_price())) == 1


def test_the_audit_finds_a_price_that_does_not_follow_the_clock(variant):
    with clock.at(START):
        assert not list(audit.prices_follow_the_clock())  # due, and nobody met it
        services.settle_prices(variant_ids=[variant.pk])
        assert not list(audit.prices_follow_the_clock())
        Variant.objects.update(price=100)
        assert len(list(audit.prices_follow_the_clock())) == 1


def test_many_are_repriced_with_as_many_queries(django_assert_max_num_queries):
    with clock.at(BEGIN):
        for _ in range(20):
            make_product(price="100.00")
        ids = Variant.objects.values_list("pk", flat=True)
        with django_assert_max_num_queries(9), transaction.atomic():
            reprice([(each, BEGIN) for each in locked(ids)])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_once_change_a_price_once():
    with clock.at(BEGIN):
        variant = make_product(price="100.00").variants.get()
        make_limited_price(variant, starts_at=START, ends_at=END)

    def settle():
        with clock.at(END):
            return services.settle_prices(variant_ids=[variant.pk])

    assert sorted(at_once(settle, settle, settle, settle)) == [False] * 3 + [True]
    assert [row[0] for row in history(variant)] == [100, 80, 100]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_once_do_not_set_prices_that_overlap():
    with clock.at(BEGIN):
        variant = make_product(price="100.00").variants.get()

    def limit():
        with clock.at(BEGIN):
            try:
                make_limited_price(variant, starts_at=START, ends_at=END)
            except LimitedPriceRefused:
                return "refused"
        return "done"

    assert sorted(at_once(limit, limit, limit)) == ["done", "refused", "refused"]
    assert LimitedPrice.objects.count() == 1
