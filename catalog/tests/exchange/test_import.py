from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import translation

from catalog import services
from catalog.exchange import Refused, Unreadable
from catalog.exchange.deeds import PlanMoved
from catalog.models import (
    Brand,
    Product,
    ProductSpec,
    SpecChoice,
    SpecDefinition,
    StockEntry,
    Variant,
)
from catalog.tests.exchange.files import (
    as_csv,
    bring_in,
    exported,
    new_row,
    plan_of,
    problems_of,
    table,
)
from catalog.tests.factories import make_product, make_spec, make_variant
from shop import audit
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def the_books_are_right():
    return not list(audit.findings())


def test_a_new_product_with_two_variants():
    rows = [
        new_row(),
        new_row(code="new-1-b", options="颜色=白", price="109", stock="0"),
    ]
    applied = bring_in(as_csv(*rows))
    assert applied.counts == {"new": 2, "changed": 0, "unchanged": 0, "error": 0}
    product = Product.objects.get(code="NEW-1")
    assert (product.price, product.stock, product.is_sold_out) == (
        Decimal(99),
        5,
        False,
    )
    assert product.brand.name_zh == "新牌"
    assert product.option1_name_zh == "颜色"
    first, second = product.variants.in_order()
    assert (first.option1_zh, second.option1_zh, second.code) == ("黑", "白", "NEW-1-B")
    assert (first.position, second.position) == (0, 1)
    assert first.list_price == first.price
    entry = StockEntry.objects.get()
    assert (entry.kind, entry.change, entry.stock_after) == ("opening", 5, 5)
    assert entry.reason.startswith("shop.csv (")


def test_it_is_found_at_once(client):
    bring_in(as_csv(new_row()))
    assert "NEW-1" not in str(client.get("/search/?q=旧品").content)
    assert (
        client.get("/search/?q=新品").content.decode().count('data-test="product-card"')
        == 1
    )


def test_a_changed_row_changes_just_what_it_says():
    product = make_product(name_en="Kept", price="100.00", stock=10)
    variant = product.variants.get()
    row = {"code": variant.code, "price": "90.00", "name_zh": "改了"}
    plan = plan_of(as_csv(row))
    assert [str(change) for change in plan.looks[0].changes] == [
        f"name_zh: {product.name_zh} → 改了",
        "price: 100.00 → 90.00",
    ]
    assert Product.objects.get().price == 100  # a look writes nothing
    bring_in(as_csv(row))
    product.refresh_from_db()
    variant.refresh_from_db()
    assert (product.name_zh, product.name_en, product.price) == ("改了", "Kept", 90)
    assert (variant.price, variant.list_price, variant.stock) == (90, 100, 10)


def test_the_same_file_again_changes_nothing(connection_queries):
    make_product()
    content = exported()
    before = StockEntry.objects.count()
    assert bring_in(content).counts["unchanged"] == 1
    assert StockEntry.objects.count() == before
    assert exported() == content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": ""}, "column code: Letters A to Z"),
        ({"code": "号码"}, "column code: Letters A to Z"),
        ({"code": "C" * 41}, "column code: A code has 40 characters at most."),
        ({"product": ""}, "column product: A new code needs the code of its product."),
        ({"name_zh": ""}, "column name_zh: "),
        ({"name_zh": "长" * 121}, "column name_zh: Ensure this value has at most 120"),
        ({"category": "cars"}, "column category: There is no category “cars”."),
        ({"category": ""}, "column category: A new product needs it."),
        ({"brand": "none", "brand_zh": ""}, "column brand: There is no brand “none”"),
        ({"brand": "a b"}, "column brand: "),
        ({"options": "a=b=c"}, "column options: Write an option as"),
        ({"options": "a|b|c"}, "column options: A variant has two options at most."),
        (
            {"options": "颜色=" + "长" * 41},
            "column options: Ensure this value has at most 40",
        ),
        ({"price": "abc"}, "column price: Enter a number"),
        ({"price": "0"}, "column price: The price must be above zero."),
        ({"price": "-1"}, "column price: The price must be above zero."),
        ({"price": "1.005"}, "column price: At most eight digits"),
        ({"price": "123456789"}, "column price: At most eight digits"),
        ({"price": ""}, "column price: A new product needs it."),
        ({"list_price": "98.99"}, "column list_price: The list price must be at least"),
        ({"stock": "1.5"}, "column stock: Enter a whole number."),
        ({"stock": "-1"}, "column stock: Stock is a number from 0"),
        ({"stock": "1000001"}, "column stock: Stock is a number from 0"),
        ({"status": "sold"}, "column status: Value 'sold' is not a valid choice."),
        ({"on_shelf_at": "soon"}, "column on_shelf_at: Write a moment as"),
        (
            {"warranty_months": "241"},
            "column warranty_months: Ensure this",
        ),
        ({"ships_within_hours": "-1"}, "column ships_within_hours: "),
        ({"seven_day_return": "perhaps"}, "column seven_day_return: Write yes or no."),
        ({"free_freight": "perhaps"}, "column free_freight: Write yes or no."),
        ({"position": "99999"}, "column position: A position is"),
        ({"pictures": "gone.jpg"}, "column pictures: There is no picture “gone.jpg”."),
        ({"pictures": "../a.jpg"}, "column pictures: Write the name of the file alone"),
        ({"pictures_zh": "一"}, "column pictures_zh: It needs the column “pictures”."),
        ({"picture": "a.jpg"}, "column picture: It needs the column “pictures”."),
        ({"spec:none": "1"}, "column spec:none: The product's category has no such"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(changes, said):
    wrong = new_row(code="NEW-2-A", product="NEW-2") | changes
    content = as_csv(new_row(), wrong)
    told = problems_of(content)
    assert told[0].startswith("line 3, " + said), told
    with pytest.raises(Refused):
        bring_in(content)
    assert not Product.objects.exists()
    assert not Brand.objects.filter(slug="fresh").exists()


def test_an_unknown_column_is_named():
    assert problems_of(as_csv(new_row(colour="red"))) == [
        "line 1, column colour: There is no such column."
    ]


def test_a_code_may_stand_there_once():
    told = problems_of(as_csv(new_row(), new_row(code="new-1-a")))
    assert "line 3, column code: The same code stands in line 2 already." in told


def test_rows_of_one_product_may_not_contradict_each_other():
    rows = [new_row(), new_row(code="NEW-1-B", options="大小=L", name_en="Other")]
    assert problems_of(as_csv(*rows)) == [
        "line 3, column name_en: It says something else than line 2.",
        "line 3, column options: It says something else than line 2.",
    ]


def test_twins_are_refused_as_mysql_would():
    rows = [
        new_row(options="颜色=Black"),
        new_row(code="NEW-1-B", options="颜色=black"),
    ]
    assert problems_of(as_csv(*rows)) == [
        "line 3, column options: The variant NEW-1-A has the same options."
    ]


def test_a_variant_stays_with_its_product_and_a_product_in_its_category():
    product, other = make_product(category=1), make_product(category=1)
    code = product.variants.get().code
    told = problems_of(as_csv({"code": code, "product": other.code}))
    assert told == [
        f"line 2, column product: The code belongs to the product {product.code}."
    ]
    told = problems_of(as_csv({"code": code, "category": "phones"}))
    assert told == ["line 2, column category: A product stays in its category."]


def test_a_brand_is_not_renamed_in_passing():
    product = make_product()
    code = product.variants.get().code
    row = {"code": code, "brand": product.brand.slug, "brand_zh": "别名"}
    assert problems_of(as_csv(row)) == [
        "line 2, column brand_zh: The brand has another name in the shop."
    ]


def test_sisters_may_swap_their_options():
    product = make_product()
    first = product.variants.get()
    second = make_variant(product=product, option1_zh="白")
    Variant.objects.filter(pk=first.pk).update(option1_zh="黑")
    bring_in(
        as_csv(
            {"code": first.code, "options": "白"},
            {"code": second.code, "options": "黑"},
        )
    )
    assert list(
        product.variants.order_by("pk").values_list("option1_zh", flat=True)
    ) == ["白", "黑"]


def test_all_wrong_cells_are_told_up_to_a_hundred():
    rows = [new_row(code=f"N-{n}", options=f"a={n}", price="x") for n in range(130)]
    with pytest.raises(Refused) as caught:
        bring_in(as_csv(*rows))
    told = caught.value.told()
    assert len(told) == 101
    assert told[0] == "line 2, column price: Enter a number, such as 6999.00."
    assert told[-1] == "and 30 more"


def make_choices(product, *values, is_many=False):
    definition = SpecDefinition.objects.create(
        category=product.category,
        key="wifi",
        name_zh="无线",
        name_en="Wi-Fi",
        type="choice",
        is_many=is_many,
    )
    for place, value in enumerate(values):
        SpecChoice.objects.create(
            definition=definition,
            value=value,
            name_zh=value,
            name_en=value,
            position=place,
        )
    return definition


def test_specifications_of_every_type():
    product = make_product()
    make_spec(product=product, key="weight", number=Decimal("1.200"))
    make_spec(product=product, key="cpu", text_zh="八核", text_en="Eight")
    make_choices(product, "a", "b", "c", is_many=True)
    SpecDefinition.objects.create(
        category=product.category, key="nfc", name_zh="n", name_en="n", type="bool"
    )
    row = {
        "code": product.variants.get().code,
        "spec:weight": "-1.5",
        "spec:cpu:zh": "",
        "spec:wifi": "c|a",
        "spec:nfc": "no",
        "variant_spec:weight": "2",
    }
    bring_in(as_csv(row))
    back = table(exported())[0]
    assert back["spec:weight"] == "'-1.5"
    assert (back["spec:cpu:zh"], back["spec:cpu:en"]) == ("", "Eight")
    assert (back["spec:wifi"], back["spec:nfc"], back["variant_spec:weight"]) == (
        "a|c",
        "no",
        "2",
    )
    assert plan_of(exported()).counts["unchanged"] == 1
    bring_in(as_csv({"code": row["code"], "spec:weight": "", "spec:wifi": ""}))
    assert not ProductSpec.objects.filter(
        definition__key__in=["weight", "wifi"]
    ).exists()


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("spec:wifi", "z", "There is no choice “z”."),
        ("spec:wifi", "a|b", "Only one value can be chosen."),
        ("spec:weight", "heavy", "Enter a number"),
        ("spec:weight", "1.2345", "At most nine digits"),
        ("spec:weight:zh", "1", "A text has two columns"),
    ],
)
def test_specifications_that_will_not_do(column, text, said):
    product = make_product()
    make_spec(product=product, key="weight", number=1)
    make_choices(product, "a", "b")
    told = problems_of(as_csv({"code": product.variants.get().code, column: text}))
    assert told[0].startswith(f"line 2, column {column}: {said}")


# Stock ----------------------------------------------------------------------


def stock_of(variant):
    variant.refresh_from_db()
    return variant.stock


def test_stock_without_what_it_was_is_set():
    variant = make_product(stock=10).variants.get()
    row = {"code": variant.code, "stock": "4"}
    assert str(plan_of(as_csv(row)).looks[0].changes[0]) == "stock: 10 → 4 (-6)"
    bring_in(as_csv(row))
    assert stock_of(variant) == 4
    entry = StockEntry.objects.order_by("-pk")[0]
    assert (entry.kind, entry.change, entry.stock_after) == ("count", -6, 4)


def test_a_sale_since_the_export_stays_sold():
    variant = make_product(stock=10).variants.get()
    row = table(exported())[0]
    services.take(variant_id=variant.pk, quantity=3, order_number="1")
    # Untouched in the file: untouched in the shop.
    assert plan_of(as_csv(row)).counts["unchanged"] == 1
    # Five were delivered: five more than there are now.
    bring_in(as_csv(row | {"stock": "15"}))
    assert stock_of(variant) == 12


def test_stock_change_adds():
    variant = make_product(stock=10).variants.get()
    bring_in(as_csv({"code": variant.code, "stock_change": "+5"}))
    bring_in(as_csv({"code": variant.code, "stock_change": "-2"}))
    assert stock_of(variant) == 13


def test_a_delivery_is_not_booked_twice():
    variant = make_product(stock=10).variants.get()
    content = as_csv({"code": variant.code, "stock_change": "5"})
    bring_in(content)
    assert problems_of(content) == [
        "line 2, column stock_change: This very file has changed this stock already."
    ]
    with pytest.raises(Refused):
        bring_in(content)
    assert stock_of(variant) == 15


@pytest.mark.parametrize(
    "row", [{"stock_change": "-11"}, {"stock": "0", "stock_was": "11"}]
)
def test_stock_does_not_fall_below_zero(row):
    variant = make_product(stock=10).variants.get()
    assert (
        "There are 10; that would make -1."
        in problems_of(as_csv({"code": variant.code} | row))[0]
    )


def test_stock_is_said_once():
    variant = make_product(stock=10).variants.get()
    row = {"code": variant.code, "stock": "4", "stock_change": "1"}
    assert problems_of(as_csv(row)) == [
        "line 2, column stock_change: Say the stock, or its change, not both."
    ]


def test_all_rows_or_none_when_writing_breaks_off(monkeypatch):
    make_product(stock=10)
    before = exported()
    stored = {name: text for name, text in table(before)[0].items() if text}
    monkeypatch.setattr(services, "product_changed", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_in(as_csv(new_row(), stored | {"stock": "4", "name_zh": "新名"}))
    assert exported() == before
    assert StockEntry.objects.count() == 1
    assert not Brand.objects.filter(slug="fresh").exists()


def test_what_was_looked_at_is_what_is_done():
    variant = make_product(stock=10).variants.get()
    content = as_csv({"code": variant.code, "stock": "4"})
    seen = plan_of(content).fingerprint
    services.take(variant_id=variant.pk, quantity=1, order_number="1")
    with pytest.raises(PlanMoved):
        bring_in(content, seen=seen)
    assert stock_of(variant) == 9
    bring_in(content, seen=plan_of(content).fingerprint)
    assert stock_of(variant) == 4


def test_the_books_are_right_afterwards():
    product = make_product(stock=10)
    code = product.variants.get().code
    bring_in(
        as_csv(
            new_row(), {"code": code, "stock": "3", "price": "50", "name_zh": "新名"}
        )
    )
    assert the_books_are_right()


def test_a_row_without_rows_is_unreadable():
    with pytest.raises(Unreadable):
        bring_in(b"code,price\r\n")


def test_queries_do_not_grow_with_the_rows(connection_queries):
    def bring(first, last):
        rows = [new_row(code=f"V-{n}", product=f"P-{n}") for n in range(first, last)]
        return connection_queries(lambda: bring_in(as_csv(*rows)))

    bring(0, 2)
    # The search's words of twenty products are more than SQLite takes at once.
    assert bring(4, 24) <= bring(2, 4) + 2


def test_ten_thousand_rows(many):
    number = many(quick=50, thorough=10_000)
    rows = [new_row(code=f"V-{n}", product=f"P-{n}") for n in range(number)]
    assert bring_in(as_csv(*rows)).counts["new"] == number
    assert plan_of(as_csv(*rows)).counts["unchanged"] == number
    assert StockEntry.objects.count() == number


def test_help_names_the_columns():
    with pytest.raises(SystemExit):
        call_command("import_products", "--help")


def test_a_price_that_a_file_changes_is_written_down():
    bring_in(as_csv(new_row()))
    assert not JournalEntry.objects.exists()
    variant = Variant.objects.get()
    bring_in(as_csv(new_row(price="89.50", list_price="120")))
    [entry] = JournalEntry.objects.all()
    assert (entry.kind, entry.object_name) == ("price_changed", variant.code)
    assert entry.note.startswith("price 99.00 → 89.50")
    # The same file again changes nothing.
    bring_in(as_csv(new_row(price="89.50", list_price="120")))
    assert JournalEntry.objects.count() == 1
