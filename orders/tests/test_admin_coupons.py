"""Coupons in the admin: written by those who may, ended, handed out as codes (E8)."""

import csv
import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group

from accounts.tests.factories import make_user
from catalog.tests.factories import make_product
from orders.models import Coupon, CouponCode
from orders.tests.coupon_factories import give_coupon, make_coupon
from orders.tests.factories import make_order
from orders.tests.pages import marked
from shop import roles
from shop.models import JournalEntry

pytestmark = pytest.mark.django_db

FIELDS = {
    "code": " spring ",
    "name_zh": "春季券",
    "name_en": "Spring",
    "kind": "percent",
    "amount": "5",
    "percent": "20",
    "cap": "50",
    "minimum_amount": "0",
    "category": "",
    "access": "code",
    "shopper_limit": "1",
    "total_limit": "",
    "starts_at_0": "2026-01-01",
    "starts_at_1": "08:00:01",
    "ends_at_0": "2027-01-01",
    "ends_at_1": "08:00:02",
    "is_active": "on",
}


@pytest.fixture
def signed_in(client):
    def sign_in(role):
        roles.write_groups()
        staff = make_user(is_staff=True, nickname=role)
        staff.groups.add(Group.objects.get(name=role))
        client.force_login(staff)
        return client

    return sign_in


def test_the_catalogue_writes_one_to_the_second(signed_in):
    client = signed_in(roles.CATALOGUE)
    response = client.post("/admin/orders/coupon/add/", FIELDS)
    assert response.status_code == 302, response.context["errors"]
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.amount, coupon.percent) == ("SPRING", None, 20)
    assert (coupon.starts_at.second, coupon.ends_at.second) == (1, 2)
    assert JournalEntry.objects.filter(kind="coupon_changed").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "percent", "percent": ""},
        {"kind": "amount", "minimum_amount": "5"},
        {"ends_at_0": "2025-01-01"},
        {"code": "AB-CDE"},
        {"code": "ÄÖÜÄ"},
        {"shopper_limit": "0"},
        {"percent": "100"},
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence(signed_in, changes):
    client = signed_in(roles.CATALOGUE)
    response = client.post("/admin/orders/coupon/add/", FIELDS | changes)
    assert response.status_code == 200
    assert response.context["errors"]
    assert not Coupon.objects.exists()


@pytest.mark.parametrize("role", [roles.ORDERS, roles.SUPPORT, roles.READONLY])
def test_others_look_only(signed_in, role):
    coupon = make_coupon()
    client = signed_in(role)
    path = f"/admin/orders/coupon/{coupon.pk}"
    assert client.get(f"{path}/change/").status_code == 200
    assert not marked(client.get(f"{path}/change/"), "codes-form")
    assert client.post(f"{path}/codes/", {"number": 1}).status_code == 403
    assert client.get("/admin/orders/coupon/add/").status_code == 403
    assert client.get("/admin/orders/couponuse/").status_code == 200


def test_a_claimed_one_keeps_its_terms_and_its_counts_and_can_be_ended(
    signed_in, alice
):
    coupon = give_coupon(alice)
    client = signed_in(roles.CATALOGUE)
    path = f"/admin/orders/coupon/{coupon.pk}/change/"
    fields = {key: FIELDS[key] for key in ("name_zh", "name_en", "access")}
    fields |= {"total_limit": "", "ends_at_0": "2030-01-01", "ends_at_1": "00:00:00"}
    response = client.post(path, fields | {"amount": "90"})
    assert response.status_code == 302
    coupon.refresh_from_db()
    assert (coupon.amount, coupon.is_active) == (Decimal("20.00"), False)
    assert coupon.claimed_count == 1


def test_so_many_codes_as_a_csv_each_claims_once(signed_in):
    coupon = make_coupon(access="single_codes")
    client = signed_in(roles.CATALOGUE)
    path = f"/admin/orders/coupon/{coupon.pk}/codes/"
    response = client.post(path, {"number": 1200})
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows[0] == ["code"]
    codes = {row[0] for row in rows[1:]}
    assert len(codes) == 1200
    assert codes == set(CouponCode.objects.values_list("code", flat=True))
    assert all(code.startswith(f"{coupon.code}-") for code in codes)
    assert response["Content-Disposition"].startswith("attachment")
    for wrong in ("0", "10001", "x", ""):
        assert client.post(path, {"number": wrong}).status_code == 302
    assert client.get(path).status_code == 405


def test_the_list_of_uses_leads_to_the_orders(signed_in, alice, connection_queries):
    client = signed_in(roles.ORDERS)
    counts = []
    for number in (2, 6):
        for _ in range(number):
            coupon = give_coupon(alice)
            order = make_order(
                alice,
                make_product(price="150.00"),
                coupon=coupon.code,
                total_shown=Decimal("130.00"),
            )
        path = "/admin/orders/couponuse/"
        counts.append(connection_queries(lambda path=path: client.get(path)))
    assert counts[0] == counts[1]
    page = client.get(f"{path}?code={coupon.code}")
    assert order.number in page.text
    assert page.context["cl"].result_count == 1
    change = client.get(f"/admin/orders/order/{order.pk}/change/")
    assert f"-¥20.00 ({coupon.code})" in change.text
