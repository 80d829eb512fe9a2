from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from accounts.tests.factories import make_user
from catalog.models import Product, SpecChoice, SpecDefinition, StockEntry, Variant
from catalog.tests.factories import make_brand, make_product, make_spec
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol(client):
    """Carol looks after the catalogue."""
    call_command("create_roles", verbosity=0)
    carol = make_user(is_staff=True)
    carol.groups.add(Group.objects.get(name="catalogue"))
    client.force_login(carol)
    return carol


def picture_file(name="photo.png", colour="red"):
    buffer = BytesIO()
    Image.new("RGB", (900, 600), colour).save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def form_of(product, **changes):
    """Return what a browser would send from the product's page."""
    variant = product.variants.get()
    fields = {
        "code": product.code,
        "brand": product.brand_id,
        "status": product.status,
        "on_shelf_at_0": "2026-01-01",
        "on_shelf_at_1": "08:00:00",
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "warranty_months": 12,
        "ships_within_hours": 48,
        "variants-TOTAL_FORMS": 1,
        "variants-INITIAL_FORMS": 1,
        "variants-0-id": variant.pk,
        "variants-0-product": product.pk,
        "variants-0-code": variant.code,
        "variants-0-option1_zh": variant.option1_zh,
        "variants-0-regular_price": variant.regular_price,
        "variants-0-list_price": variant.list_price,
        "variants-0-units": variant.stock,
        "variants-0-units_seen": variant.stock,
        "variants-0-position": 0,
        "pictures-TOTAL_FORMS": 0,
        "pictures-INITIAL_FORMS": 0,
        "companions-TOTAL_FORMS": 0,
        "companions-INITIAL_FORMS": 0,
    }
    return fields | changes


def change(client, product, **changes):
    return client.post(
        f"/admin/catalog/product/{product.pk}/change/", form_of(product, **changes)
    )


def test_a_product_is_changed_with_all_that_follows_from_it(client, carol):
    product = make_product(stock=5, price="100.00")
    response = change(
        client,
        product,
        name_en="Brand New Name",
        **{
            "variants-0-regular_price": "80.00",
            "variants-0-units": 9,
            "pictures-TOTAL_FORMS": 1,
            "pictures-0-upload": picture_file(),
            "pictures-0-alt_zh": "正面",
            "pictures-0-position": 0,
        },
    )
    assert response.status_code == 302, response.context["errors"]
    product.refresh_from_db()
    assert (product.price, product.stock) == (Decimal("80.00"), 9)
    assert product.main_picture == product.pictures.get().stem
    assert client.get(product.picture.url(400)).status_code == 200
    entry = StockEntry.objects.latest("pk")
    assert (entry.change, entry.by_id, entry.kind) == (4, carol.pk, "count")
    assert "Brand New Name" in client.get("/en/search/?q=brand+new").text


def test_a_sale_between_looking_and_saving_is_not_overwritten(client, carol):
    product = make_product(stock=5)
    sent = form_of(product, **{"variants-0-units": 50})
    Variant.objects.filter(product=product).update(stock=4)
    response = client.post(f"/admin/catalog/product/{product.pk}/change/", sent)
    assert response.status_code == 200
    assert "4" in str(response.context["errors"])
    assert Variant.objects.get(product=product).stock == 4


def test_a_sale_between_is_kept_when_only_the_price_changes(client, carol):
    product = make_product(stock=5)
    sent = form_of(product, **{"variants-0-regular_price": "90.00"})
    Variant.objects.filter(product=product).update(stock=4)
    client.post(f"/admin/catalog/product/{product.pk}/change/", sent)
    variant = Variant.objects.get(product=product)
    assert (variant.price, variant.stock) == (Decimal("90.00"), 4)


def test_specifications_are_typed_fields_with_their_units(client, carol):
    product = make_product(category=1)
    make_spec(product=product, key="ram_gb", number=Decimal(8))
    kind = SpecDefinition.objects.create(
        category_id=1, key="kind", name_zh="类型", name_en="Type", type="choice"
    )
    thin = SpecChoice.objects.create(
        definition=kind, value="thin", name_zh="轻薄", name_en="Thin"
    )
    page = client.get(f"/admin/catalog/product/{product.pk}/change/").text
    assert 'name="spec_ram_gb" value="8"' in page

    response = change(client, product, spec_ram_gb="lots")
    assert response.status_code == 200
    response = change(client, product, spec_ram_gb="16.5", spec_kind=thin.pk)
    assert response.status_code == 302
    assert product.specs.get(definition__key="ram_gb").number == Decimal("16.5")
    assert product.specs.get(definition=kind).choice == thin
    response = change(client, product, spec_ram_gb="", spec_kind=thin.pk)
    assert not product.specs.filter(definition__key="ram_gb").exists()


def test_a_product_is_added_in_two_steps(client, carol):
    sent = {
        "code": " new-1 ",
        "category": 2,
        "brand": make_brand().pk,
        "status": "draft",
        "on_shelf_at_0": "2026-01-01",
        "on_shelf_at_1": "08:00:00",
        "name_zh": "新品",
        "warranty_months": 12,
        "ships_within_hours": 48,
        "variants-TOTAL_FORMS": 1,
        "variants-INITIAL_FORMS": 0,
        "variants-0-code": "new-1-a",
        "variants-0-regular_price": "10.00",
        "variants-0-list_price": "12.00",
        "variants-0-units": 3,
        "variants-0-position": 0,
        "pictures-TOTAL_FORMS": 0,
        "pictures-INITIAL_FORMS": 0,
        "companions-TOTAL_FORMS": 0,
        "companions-INITIAL_FORMS": 0,
    }
    response = client.post("/admin/catalog/product/add/", sent)
    assert response.status_code == 302, response.context["errors"]
    product = Product.objects.get(code="NEW-1")
    assert (product.price, product.stock) == (Decimal("10.00"), 3)
    assert StockEntry.objects.get(variant__product=product).kind == "opening"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("variants-0-regular_price", "0"),
        ("variants-0-regular_price", "-5"),
        ("variants-0-list_price", "1.00"),
        ("variants-0-units", "-1"),
        ("variants-0-units", "many"),
        ("code", "含中文"),
        ("name_zh", ""),
        ("pictures-0-upload", SimpleUploadedFile("x.png", b"<html>")),
    ],
)
def test_bad_input_comes_back_with_a_message(client, carol, field, value):
    product = make_product()
    changes = {field: value}
    if field.startswith("pictures"):
        changes |= {"pictures-TOTAL_FORMS": 1, "pictures-0-position": 0}
    response = change(client, product, **changes)
    assert response.status_code == 200
    assert response.context["errors"]
    product.refresh_from_db()
    assert product.price == Decimal("100.00")


def test_products_move_on_and_off_the_shelf_in_bulk(client, carol):
    product = make_product(status=Product.Status.DRAFT)
    sent = {"action": "put_on_shelf", "_selected_action": [product.pk]}
    client.post("/admin/catalog/product/", sent)
    product.refresh_from_db()
    assert product.status == Product.Status.ON_SHELF
    client.post("/admin/catalog/product/", sent | {"action": "take_off_shelf"})
    assert client.get("/search/").text.count('data-test="product-card"') == 0


def test_nothing_is_deleted_that_old_orders_may_point_to(client, carol):
    product = make_product()
    response = client.post(
        f"/admin/catalog/product/{product.pk}/delete/", {"post": "yes"}
    )
    assert response.status_code == 403
    assert Product.objects.filter(pk=product.pk).exists()


def test_the_stock_ledger_is_only_read(client, carol):
    entry = StockEntry.objects.get(variant__product=make_product())
    address = f"/admin/catalog/stockentry/{entry.pk}"
    assert client.get("/admin/catalog/stockentry/").status_code == 200
    assert client.post(f"{address}/change/", {"change": 99}).status_code == 403
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", ["orders", "support", "readonly"])
def test_other_roles_only_look(client, role):
    call_command("create_roles", verbosity=0)
    product = make_product()
    dave = make_user(is_staff=True)
    dave.groups.add(Group.objects.get(name=role))
    client.force_login(dave)
    assert client.get("/admin/catalog/product/").status_code == 200
    assert change(client, product, name_en="Mine").status_code == 403
    product.refresh_from_db()
    assert product.name_en != "Mine"


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/catalog/product/",
        "/admin/catalog/category/",
        "/admin/catalog/brand/",
        "/admin/catalog/specdefinition/",
        "/admin/catalog/stockentry/",
    ],
)
def test_queries_of_a_list_do_not_grow(client, carol, address, connection_queries):
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make_product()
        client.get(address)
        counts.append(connection_queries(lambda: client.get(address)))
    assert counts[0] == counts[1]
    assert counts[1] <= 15


def test_a_product_without_a_variant_stays_a_draft(client, carol):
    sent = {
        "code": "bare-1",
        "category": 2,
        "brand": make_brand().pk,
        "status": "on_shelf",
        "on_shelf_at_0": "2026-01-01",
        "on_shelf_at_1": "08:00:00",
        "name_zh": "空",
        "warranty_months": 12,
        "ships_within_hours": 48,
        "variants-TOTAL_FORMS": 0,
        "variants-INITIAL_FORMS": 0,
        "pictures-TOTAL_FORMS": 0,
        "pictures-INITIAL_FORMS": 0,
        "companions-TOTAL_FORMS": 0,
        "companions-INITIAL_FORMS": 0,
    }
    assert client.post("/admin/catalog/product/add/", sent).status_code == 302
    assert Product.objects.get(code="BARE-1").status == Product.Status.DRAFT
    Product.objects.filter(code="BARE-1").update(status="on_shelf")
    assert 'data-test="product-card"' not in client.get("/search/").text


def test_the_same_picture_twice_is_refused_at_the_field(client, carol):
    product = make_product()
    upload = {
        "pictures-TOTAL_FORMS": 1,
        "pictures-0-upload": picture_file(),
        "pictures-0-position": 0,
    }
    assert change(client, product, **upload).status_code == 302
    again = upload | {
        "pictures-TOTAL_FORMS": 2,
        "pictures-INITIAL_FORMS": 1,
        "pictures-0-upload": "",
        "pictures-0-id": product.pictures.get().pk,
        "pictures-0-product": product.pk,
        "pictures-1-upload": picture_file(),
        "pictures-1-position": 1,
    }
    assert change(client, product, **again).status_code == 200
    assert product.pictures.count() == 1


@pytest.mark.parametrize("twin", ["Black", "black", "bläck"])
def test_variants_that_look_alike_are_refused_on_every_engine(client, carol, twin):
    product = make_product()
    response = change(
        client,
        product,
        **{
            "variants-TOTAL_FORMS": 2,
            "variants-0-option1_zh": "Black",
            "variants-1-code": "TWIN",
            "variants-1-option1_zh": twin,
            "variants-1-regular_price": "10",
            "variants-1-list_price": "10",
            "variants-1-units": "1",
            "variants-1-position": "1",
        },
    )
    assert response.status_code == 200
    assert response.context["errors"] == [f"有两行内容相同：{twin}"]


def test_a_specification_in_use_keeps_its_type(client, carol):
    product = make_product()
    spec = make_spec(product=product, key="ram_gb", number=Decimal(8))
    address = f"/admin/catalog/specdefinition/{spec.definition_id}/change/"
    client.post(
        address,
        {
            "name_zh": "内存",
            "name_en": "Memory",
            "type": "text",
            "key": "other",
            "position": 0,
            "choices-TOTAL_FORMS": 0,
            "choices-INITIAL_FORMS": 0,
        },
    )
    definition = SpecDefinition.objects.get(pk=spec.definition_id)
    assert (definition.type, definition.key) == ("number", "ram_gb")
    assert definition.name_en == "Memory"


def test_a_price_that_staff_change_is_written_down(client, carol):
    product = make_product(price="99.00", list_price="120.00")
    change(client, product, **{"variants-0-regular_price": "89.50"})
    [entry] = JournalEntry.objects.filter(kind="price_changed")
    assert (entry.actor_id, entry.note) == (carol.pk, "price 99.00 → 89.50")
    assert entry.object_name == product.variants.get().code


def test_what_a_draft_cost_is_no_price_before(client, carol):
    product = make_product(price="200.00", status="draft")
    change(client, product, status="on_shelf", **{"variants-0-regular_price": "90.00"})
    variant = product.variants.get()
    assert (variant.price, variant.prior_price) == (90, None)
    change(client, product, status="off_shelf")
    assert not variant.price_periods.get(is_open=True).is_offered


def test_staff_say_that_a_product_is_sent_free(client, carol):
    product = make_product()
    path = f"/admin/catalog/product/{product.pk}/change/"
    client.post(path, form_of(product, has_free_freight="on"))
    product.refresh_from_db()
    assert product.has_free_freight


def test_a_shelf_time_keeps_its_seconds(client, carol):
    moment = datetime(2026, 1, 1, 8, 0, 42, tzinfo=UTC)
    product = make_product(on_shelf_at=moment)
    html = client.get(f"/admin/catalog/product/{product.pk}/change/").text
    assert 'name="on_shelf_at_1" value="16:00:42"' in html


def test_a_product_saved_without_another_price_is_not(client, carol):
    product = make_product(price="99.00")
    change(client, product, **{"variants-0-units": 7})
    change(client, product, **{"variants-0-regular_price": "-1"})
    assert not JournalEntry.objects.filter(kind="price_changed").exists()


def test_descriptions_are_cleaned_before_they_are_stored(client, carol):
    product = make_product()
    change(
        client,
        product,
        description_zh="<h2>手感</h2><p onclick=x>好<script>alert(1)</script></p>",
        description_en="Two lines,\r\nas they were: 3 < 4 & 5.",
    )
    product.refresh_from_db()
    assert product.description_zh == "<h3>手感</h3><p>好</p>"
    assert product.description_en == "Two lines,\r\nas they were: 3 < 4 & 5."


def test_companions_are_linked_on_the_products_page(client, carol):
    product, other = make_product(), make_product()
    rows = {"companions-TOTAL_FORMS": 1, "companions-0-product": product.pk}
    rows |= {"companions-0-position": 0}
    response = change(client, product, **rows, **{"companions-0-other": product.pk})
    assert "商品不能与自身搭配。" in response.text
    change(client, product, **rows, **{"companions-0-other": other.pk})
    assert product.companions.get().other == other


def test_a_companion_is_chosen_by_typing(client, carol):
    """No list of a hundred thousand products stands in the page."""
    product = make_product()
    for _ in range(3):
        make_product(name_zh="无关商品")
    html = client.get(f"/admin/catalog/product/{product.pk}/change/").text
    assert "无关商品" not in html
    asked = {"app_label": "catalog", "model_name": "companion", "field_name": "other"}
    found = client.get("/admin/autocomplete/", {**asked, "term": product.code})
    assert [row["id"] for row in found.json()["results"]] == [str(product.pk)]
