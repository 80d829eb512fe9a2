from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.tests.factories import make_user
from catalog import services
from catalog.admin import exchange_form
from catalog.models import Product, ProductImport, StockEntry
from catalog.tests.exchange.files import as_csv, as_xlsx, exported, new_row, table
from catalog.tests.exchange.people import signed_in, staff
from catalog.tests.factories import make_product
from shop import clock

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"
IMPORT, EXPORT = f"{LIST}import/", f"{LIST}export/"


def upload(client, content, name="shop.csv"):
    """Upload a file; return the address of the look."""
    response = client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def seen_of(response):
    return response.context["plan"].fingerprint


def test_upload_look_and_confirm(as_carol, carol):
    variant = make_product(price="100.00", stock=10).variants.get()
    rows = [new_row(), table(exported())[0] | {"stock": "12"}]
    rows = [{name: text for name, text in row.items() if text} for row in rows]
    path = upload(as_carol, as_csv(*rows))
    look = as_carol.get(path)
    page = look.content.decode()
    assert 'data-new="1" data-changed="1" data-unchanged="0" data-error="0"' in page
    assert "10 → 12 (+2)" in page
    assert Product.objects.count() == 1  # a look writes nothing
    done = as_carol.post(path, {"seen": seen_of(look), "confirm": ""})
    assert (done.status_code, done["Location"]) == (302, LIST)
    variant.refresh_from_db()
    assert variant.stock == 12
    assert StockEntry.objects.filter(by=carol).count() == 2
    assert not ProductImport.objects.exists()
    logged = LogEntry.objects.filter(user=carol)
    assert logged.filter(object_repr="shop.csv").count() == 1
    assert logged.exclude(object_id=None).count() == 2
    # The yes is used up.
    assert as_carol.post(path, {"seen": seen_of(look)}).status_code == 404


def test_wrong_cells_leave_no_button(as_carol):
    path = upload(as_carol, as_csv(new_row(price="x")))
    look = as_carol.get(path)
    page = look.content.decode()
    assert 'data-state="error"' in page
    assert 'role="alert"' in page
    assert 'name="confirm"' not in page
    as_carol.post(path, {"seen": seen_of(look), "confirm": ""})
    assert not Product.objects.exists()


def test_what_was_looked_at_is_what_is_done(as_carol):
    variant = make_product(stock=10).variants.get()
    path = upload(as_carol, as_csv({"code": variant.code, "stock": "4"}))
    look = as_carol.get(path)
    services.take(variant_id=variant.pk, quantity=1, order_number="1")
    for sent in ({"seen": seen_of(look)}, {"seen": ""}, {"seen": "forged"}, {}):
        again = as_carol.post(path, sent, follow=True)
        variant.refresh_from_db()
        assert variant.stock == 9
    assert "9 → 4 (-5)" in again.content.decode()
    as_carol.post(path, {"seen": seen_of(again)})
    variant.refresh_from_db()
    assert variant.stock == 4


def test_another_member_of_staff_and_another_session_do_not_see_it(as_carol, carol):
    path = upload(as_carol, as_csv(new_row()))
    seen = seen_of(as_carol.get(path))
    for client in (signed_in(carol), signed_in(staff("catalogue"))):
        assert client.get(path).status_code == 404
        assert client.post(path, {"seen": seen}).status_code == 404
    # Nor the same session, were it another's by now.
    ProductImport.objects.update(by=make_user(is_staff=True))
    assert as_carol.get(path).status_code == 404
    assert as_carol.post(path, {"seen": seen}).status_code == 404
    assert not Product.objects.exists()


def test_it_waits_for_half_an_hour(as_carol):
    path = upload(as_carol, as_csv(new_row()))
    seen = seen_of(as_carol.get(path))
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert as_carol.get(path).status_code == 404
        assert as_carol.post(path, {"seen": seen}).status_code == 404
        upload(as_carol, as_csv(new_row()))
    assert ProductImport.objects.count() == 1
    assert not Product.objects.exists()


def test_it_can_be_left(as_carol):
    path = upload(as_carol, as_csv(new_row()))
    assert as_carol.post(path, {"cancel": ""})["Location"] == LIST
    assert not ProductImport.objects.exists()


@pytest.mark.parametrize("role", ["orders", "support", "readonly"])
def test_other_roles_have_no_button_and_no_way_in(role, as_carol):
    make_product()
    path = upload(as_carol, as_csv(new_row()))
    client = signed_in(staff(role))
    page = client.get(LIST).content.decode()
    assert 'data-test="import"' not in page
    assert 'data-test="export"' not in page
    assert client.get(IMPORT).status_code == 403
    file = SimpleUploadedFile("shop.csv", as_csv(new_row()))
    assert client.post(IMPORT, {"file": file}).status_code == 403
    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403
    assert client.post(EXPORT).status_code == 403
    assert ProductImport.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_a_visitor_and_a_shopper_are_sent_to_sign_in(client, as_alice):
    for somebody in (client, as_alice):
        for path in (IMPORT, EXPORT, f"{IMPORT}1/"):
            response = somebody.post(path)
            assert response.status_code == 302
            assert "/login/" in response["Location"]


def test_every_deed_needs_a_csrf_token(carol):
    client = signed_in(carol, enforce_csrf_checks=True)
    for path in (IMPORT, EXPORT, f"{IMPORT}1/"):
        assert client.post(path).status_code == 403


def test_an_export_is_no_get(as_carol):
    assert as_carol.get(EXPORT).status_code == 405


@pytest.mark.parametrize(
    "content",
    [b"", b"no columns", b"PK\x03\x04rubbish", b"code\r\n\xff\xff", b"code\r\n"],
)
def test_a_file_that_cannot_be_read_comes_back_with_its_message(as_carol, content):
    file = SimpleUploadedFile("shop.xlsx", content)
    response = as_carol.post(IMPORT, {"file": file})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert not ProductImport.objects.exists()


def test_too_large_a_file_and_too_many_rows(as_carol, monkeypatch):
    large = b"code\r\n" + b"A\r\n" * (2 * 1024 * 1024)
    response = as_carol.post(IMPORT, {"file": SimpleUploadedFile("a.csv", large)})
    assert "5" in str(response.context["form"].errors["file"])
    monkeypatch.setattr(exchange_form, "MOST_ROWS", 1)
    content = as_csv(new_row(), new_row(code="NEW-1-B", options="颜色=白"))
    response = as_carol.post(IMPORT, {"file": SimpleUploadedFile("a.csv", content)})
    assert response.status_code == 200
    assert not ProductImport.objects.exists()


def test_names_and_cells_are_text_on_the_page(as_carol):
    attack = "<script>alert(1)</script>"
    content = as_csv(new_row(code=attack, price=attack) | {attack: "x"})
    page = as_carol.get(upload(as_carol, content, f"{attack[:8]}.csv")).content.decode()
    assert attack not in page
    assert "<script>a" not in page


def test_an_xlsx_too(as_carol):
    row = new_row()
    path = upload(as_carol, as_xlsx(list(row), list(row.values())), "shop.xlsx")
    as_carol.post(path, {"seen": seen_of(as_carol.get(path))})
    assert Product.objects.get().code == "NEW-1"


def test_the_filtered_list_is_exported(as_carol, carol):
    make_product(category=2)
    make_product(category=1)
    response = as_carol.post(f"{EXPORT}?category__id__exact=2", {"format": "csv"})
    assert response.streaming
    assert "attachment" in response["Content-Disposition"]
    rows = table(response.getvalue())
    assert [row["category"] for row in rows] == ["phones"]
    assert LogEntry.objects.get(user=carol).object_repr == "export"
    everything = as_carol.post(EXPORT, {"format": "csv"}).getvalue()
    assert everything == exported()
    book = as_carol.post(EXPORT, {"format": "xlsx"})
    assert book.getvalue().startswith(b"PK")


def test_a_search_that_meets_a_product_twice_exports_it_once(as_carol):
    product = make_product(name_zh="双胞胎")
    services.product_changed(product_ids=[product.pk])
    answer = as_carol.post(f"{EXPORT}?q=V-", {"format": "csv"}).getvalue()
    codes = [row["code"] for row in table(answer)]
    assert len(codes) == len(set(codes)) == 1


def test_a_filter_that_there_is_not(as_carol):
    assert as_carol.post(f"{EXPORT}?nothing=1").status_code == 302


def test_the_list_has_the_buttons(as_carol):
    page = as_carol.get(LIST).content.decode()
    assert 'data-test="import"' in page
    assert 'data-test="export"' in page
