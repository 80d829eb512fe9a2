"""Being told once that something is back, or costs less (row C5)."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from accounts.models import User
from accounts.services import messages as message_settings
from accounts.services.closing import close_account
from accounts.tests.factories import make_user
from catalog import services
from catalog.models import Alert, Product, Variant
from catalog.services.alerts import set_alert, take_back_alert, tell
from catalog.services.bulk import NewPrice
from catalog.tests.factories import make_limited_price, make_product, make_variant
from orders.tests.factories import cancel, make_order
from orders.tests.pages import JSON, marked
from shop import clock, due, outbox, personal, policy
from shop.models import MutedTopic, OutgoingMessage

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Kind = Alert.Kind


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def sold_out():
    names = {"name_zh": "极光手机", "name_en": "Aurora phone"}
    return make_product(stock=0, **names).variants.get()


@pytest.fixture
def variant():
    return make_product(stock=5, price="100.00").variants.get()


def ask(user, variant, kind=Kind.RESTOCK, **changes):
    set_alert(user_id=user.pk, variant=variant, kind=kind)
    own = Alert.objects.filter(user=user, variant=variant, kind=kind)
    own.update(**changes) if changes else None
    return own.get()


def restock(variant, stock=3):
    variant.refresh_from_db()
    services.set_stock(variant=variant, stock=stock, by_id=None)


def cheaper(variant, price):
    changed = NewPrice(variant.pk, Decimal(price), Decimal("100.00"))
    with transaction.atomic():
        services.set_prices(prices=[changed])


def run(moment=NOON, only=("alerts",)):
    done = list(due.run(moment, only))
    assert [error for _deed, error in done if error] == []
    return len(done)


def messages():
    return list(OutgoingMessage.objects.order_by("pk"))


class TestTelling:
    def test_each_subscriber_is_told_once_in_the_own_language(self, alice, sold_out):
        bob = make_user(language="en")
        ask(alice, sold_out)
        ask(bob, sold_out)
        assert run() == 0
        restock(sold_out)
        with translation.override("en"):  # the runner speaks another language
            assert run() == 1
        first, second = messages()
        assert (first.account_id, first.language) == (alice.pk, "zh-hans")
        assert "极光手机" in first.text
        assert f"/p/{sold_out.product_id}/?variant={sold_out.pk}" in first.text
        assert "/en/" not in first.text
        assert (second.account_id, second.language) == (bob.pk, "en")
        assert "Aurora phone" in second.text
        assert f"/en/p/{sold_out.product_id}/?variant={sold_out.pk}" in second.text
        assert run() == 0
        restock(sold_out, 0)
        restock(sold_out, 4)
        assert run() == 0
        assert len(messages()) == 2

    def test_who_asks_again_is_told_again(self, alice, sold_out):
        ask(alice, sold_out)
        restock(sold_out)
        run()
        restock(sold_out, 0)
        sold_out.refresh_from_db()
        assert ask(alice, sold_out).told_at is None
        assert run() == 0
        restock(sold_out)
        assert run() == 1
        assert len(messages()) == 2

    def test_units_of_an_unpaid_order_that_closes_are_a_restock(self, alice):
        variant = make_product(stock=1).variants.get()
        order = make_order(make_user(), variant)
        variant.refresh_from_db()
        ask(alice, variant)
        assert run() == 0
        cancel(order)
        assert run() == 1

    def test_what_is_off_the_shelf_is_not_announced(self, alice, sold_out):
        ask(alice, sold_out)
        restock(sold_out)
        product = sold_out.product
        services.move_to_shelf(product=product, status=Product.Status.OFF_SHELF)
        assert run() == 0
        services.move_to_shelf(product=product, status=Product.Status.ON_SHELF)
        assert run() == 1

    def test_a_price_drop_is_one_below_the_price_then(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        cheaper(variant, "100.00")
        assert run() == 0
        cheaper(variant, "99.99")
        assert run() == 1
        [message] = messages()
        assert message.words["less"] == "¥0.01"
        assert message.words["price"] == "¥99.99"
        cheaper(variant, "50.00")
        assert run() == 0

    def test_a_price_that_rose_and_fell_to_the_same_is_no_drop(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        cheaper(variant, "100.00")
        assert run() == 0

    def test_a_limited_price_is_a_drop_when_it_begins(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        make_limited_price(variant, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
        assert run(NOON + HOUR - timedelta(seconds=1), ["alerts", "prices"]) == 0
        assert run(NOON + HOUR, ["alerts", "prices"]) == 2

    def test_a_limited_price_that_ended_is_no_drop(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        make_limited_price(variant)
        # Nobody has met the price since; it still says 80.
        assert run(NOON + HOUR) == 0
        assert Variant.objects.get(pk=variant.pk).price == 100

    def test_a_cheaper_one_that_is_sold_out_is_told_once_it_is_there(
        self, alice, sold_out
    ):
        ask(alice, sold_out, Kind.PRICE)
        cheaper(sold_out, "60.00")
        assert run() == 0
        restock(sold_out)
        assert run() == 1

    def test_goes_to_the_bound_mail_of_who_prefers_it(self, alice, sold_out):
        User.objects.filter(pk=alice.pk).update(email="a@x.com", prefers_mail=True)
        bob = make_user(email="b@x.com")
        carol = make_user(prefers_mail=True)
        for user in (alice, bob, carol):
            ask(user, sold_out)
        restock(sold_out)
        run()
        assert [(m.channel, m.recipient) for m in messages()] == [
            ("mail", "a@x.com"),
            ("sms", str(bob.phone)[3:]),
            ("sms", str(carol.phone)[3:]),
        ]

    def test_an_alert_that_is_over_is_not_told_and_goes_away(self, alice, sold_out):
        policy.change("alert_days", "2")
        ask(alice, sold_out)
        policy.change("alert_days", "30")  # changes nothing that runs
        restock(sold_out)
        assert run(NOON + 48 * HOUR) == 0
        run(NOON + 48 * HOUR - timedelta(seconds=1), ["cleanup"])
        assert Alert.objects.count() == 1
        run(NOON + 48 * HOUR, ["cleanup"])
        assert not Alert.objects.exists()

    def test_many_are_told_in_batches_with_few_queries(
        self, sold_out, many, connection_queries
    ):
        number = many(quick=250, thorough=10_000)
        User.objects.bulk_create(
            User(phone=f"+86139{n:08}", nickname=f"N{n}") for n in range(number)
        )
        end = NOON + HOUR
        Alert.objects.bulk_create(
            Alert(user=user, variant=sold_out, kind="restock", price=1, ends_at=end)
            for user in User.objects.all()
        )
        restock(sold_out)
        assert connection_queries(run) <= 14 * (number // 100 + 2)
        told = OutgoingMessage.objects.values_list("account_id", flat=True)
        assert len(told) == len(set(told)) == number

    def test_they_leave_with_the_outbox(self, alice, sold_out):
        ask(alice, sold_out)
        restock(sold_out)
        call_command("run_due", "--at", NOON.isoformat())
        [message] = messages()
        assert message.status == OutgoingMessage.Status.SENT

    def test_a_failure_tells_nobody_and_loses_nobody(
        self, alice, sold_out, monkeypatch
    ):
        ask(alice, sold_out)
        restock(sold_out)
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "write_many", lambda *args: 1 / 0)
            [(_deed, error)] = due.run(NOON, ["alerts"])
        assert isinstance(error, ZeroDivisionError)
        assert run() == 1
        assert len(messages()) == 1


class TestTakingBack:
    def test_who_took_it_back_is_not_told(self, alice, sold_out):
        alert = ask(alice, sold_out)
        found = due.due_by(NOON, ["alerts"])
        restock(sold_out)
        take_back_alert(user_id=alice.pk, variant_id=sold_out.pk, kind=Kind.RESTOCK)
        assert found == []
        assert tell(alert_ids=[alert.pk]) is False
        assert messages() == []

    def test_a_closed_account_is_told_nothing_and_leaves_nothing(self, sold_out):
        user = make_user()
        ask(user, sold_out)
        close_account(user=user)
        assert not Alert.objects.exists()
        restock(sold_out)
        assert run() == 0

    def test_the_link_in_the_message_works_signed_out(self, alice, sold_out):
        ask(alice, sold_out)
        restock(sold_out)
        run()
        [message] = messages()
        link = re.search(r"https?://[^/]+(/accounts/messages/off/\S+)", message.text)[1]
        client = Client(enforce_csrf_checks=True)
        page = client.get(link)
        assert page.status_code == 200
        assert marked(page, "message-off")
        assert not MutedTopic.objects.exists()  # looking does nothing
        token = re.search('csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        answer = client.post(link, {"csrfmiddlewaretoken": token})
        assert (answer.status_code, answer["Location"]) == (302, link)
        assert marked(client.get(link), "message-off-done")
        other = make_product(stock=0).variants.get()
        Alert.objects.create(
            user=alice, variant=other, kind="restock", price=1, ends_at=NOON + HOUR
        )
        restock(other)
        assert run() == 0

    @pytest.mark.parametrize("token", ["x", "1.alerts.x", "1.alerts", "."])
    def test_a_link_that_we_did_not_sign_is_none(self, client, alice, token):
        for send in (client.get, client.post):
            path = f"/accounts/messages/off/{token}/"
            assert send(path).status_code == 404
        assert not MutedTopic.objects.exists()

    def test_what_still_waits_when_it_is_switched_off_is_not_sent(
        self, alice, sold_out
    ):
        ask(alice, sold_out)
        restock(sold_out)
        run()
        message_settings.mute(user=alice, topic="alerts")
        run(only=["send_messages"])
        [message] = messages()
        assert message.status == OutgoingMessage.Status.EXPIRED

    def test_who_asks_anew_hears_again(self, alice, sold_out):
        message_settings.mute(user=alice, topic="alerts")
        ask(alice, sold_out)
        restock(sold_out)
        assert run() == 1


class TestThePages:
    def path(self, variant):
        return f"/en/p/{variant.product_id}/alert/"

    def test_the_form_of_a_sold_out_product_asks_and_takes_back(
        self, as_alice, alice, sold_out
    ):
        page = f"/en/p/{sold_out.product_id}/"
        assert [a["data-kind"] for a in marked(as_alice.get(page), "alert")] == [
            "restock",
            "price",
        ]
        body = {"variant": sold_out.pk, "kind": "restock", "on": "1"}
        answer = as_alice.post(
            self.path(sold_out), body, headers={"Referer": f"http://testserver{page}"}
        )
        assert (answer.status_code, answer["Location"]) == (302, page)
        shown = as_alice.get(page)
        assert "We will tell you as soon as it is back." in shown.text
        assert marked(shown, "alert")[0]["data-on"] == "1"
        as_alice.post(self.path(sold_out), body | {"on": "0"})
        assert marked(as_alice.get(page), "alert")[0]["data-on"] == "0"
        assert not Alert.objects.exists()

    def test_visitors_are_led_to_the_login_and_back(self, client, variant):
        page = client.get(f"/en/p/{variant.product_id}/?variant={variant.pk}")
        assert [alert["data-kind"] for alert in marked(page, "alert")] == ["price"]
        link = re.search('href="([^"]+)" rel="nofollow" data-test="alert"', page.text)
        assert link[1].startswith("/en/accounts/login/?next=%2Fen%2Fp%2F")
        assert "variant%3D" in link[1]

    def test_json(self, as_alice, client, variant, sold_out):
        body = {"variant": variant.pk, "kind": "price"}
        answer = as_alice.post(self.path(variant), body, headers=JSON).json()
        assert (answer["ok"], answer["kind"], answer["is_on"]) == (True, "price", True)
        body["kind"] = "restock"
        refused = as_alice.post(self.path(variant), body, headers=JSON)
        assert (refused.status_code, refused.json()["error"]) == (409, "in_stock")
        policy.change("alert_limit", "1")
        body["variant"] = sold_out.pk
        refused = as_alice.post(self.path(sold_out), body, headers=JSON)
        assert refused.json()["error"] == "alerts_full"
        assert refused.json()["limit"] == 1
        refused = client.post(self.path(variant), body, headers=JSON)
        assert (refused.status_code, refused.json()["error"]) == (401, "login_required")

    @pytest.mark.parametrize(
        "changes",
        [
            {"variant": ""},
            {"variant": "x"},
            {"variant": "-1"},
            {"variant": "9" * 18 + "9"},
            {"kind": "rain"},
            {"kind": ""},
            {"on": "yes"},
        ],
    )
    def test_what_no_button_sends_is_400(self, as_alice, variant, changes):
        body = {"variant": variant.pk, "kind": "price"} | changes
        answer = as_alice.post(self.path(variant), body, headers=JSON)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid")

    def test_a_variant_of_another_product_or_none_is_404(
        self, as_alice, variant, sold_out
    ):
        for wrong in (sold_out.pk, 10**17):
            body = {"variant": wrong, "kind": "price"}
            answer = as_alice.post(self.path(variant), body, headers=JSON)
            assert answer.status_code == 404
        assert as_alice.get(self.path(variant)).status_code == 405

    def test_what_is_off_the_shelf_can_be_taken_back_only(
        self, as_alice, alice, variant
    ):
        product = variant.product
        body = {"variant": variant.pk, "kind": "price"}
        services.move_to_shelf(product=product, status=Product.Status.OFF_SHELF)
        assert as_alice.post(self.path(variant), body).status_code == 404
        services.move_to_shelf(product=product, status=Product.Status.ON_SHELF)
        ask(alice, variant, Kind.PRICE)
        services.move_to_shelf(product=product, status=Product.Status.OFF_SHELF)
        assert as_alice.post(self.path(variant), body | {"on": "0"}).status_code == 302
        assert not Alert.objects.exists()

    def test_the_list_is_ones_own(self, as_alice, as_bob, alice, variant, sold_out):
        ask(alice, sold_out)
        ask(alice, variant, Kind.PRICE, told_at=NOON)
        rows = marked(as_alice.get("/en/alerts/"), "alert")
        assert {(row["data-kind"], row["data-told"]) for row in rows} == {
            ("restock", "0"),
            ("price", "1"),
        }
        assert not marked(as_bob.get("/en/alerts/"), "alert")
        assert marked(as_bob.get("/en/alerts/"), "no-alerts")
        message_settings.mute(user=alice, topic="alerts")
        assert marked(as_alice.get("/en/alerts/"), "alerts-off")

    def test_the_list_asks_no_more_for_twenty_than_for_two(
        self, as_alice, alice, connection_queries
    ):
        counts = []
        for number in (2, 18):
            for _ in range(number):
                ask(alice, make_product().variants.get(), Kind.PRICE)
            counts.append(connection_queries(lambda: as_alice.get("/en/alerts/")))
        assert counts[0] == counts[1]

    def test_a_kept_page_shows_each_their_own(
        self, settings, as_alice, as_bob, alice, sold_out
    ):
        settings.KEEP_PAGES = True
        page = f"/en/p/{sold_out.product_id}/"
        ask(alice, sold_out)
        for _ in range(2):
            assert marked(as_alice.get(page), "alert")[0]["data-on"] == "1"
            assert marked(as_bob.get(page), "alert")[0]["data-on"] == "0"
            assert "/accounts/login/?next=" in Client().get(page).text


class TestTheBooks:
    def test_one_row_for_account_variant_and_kind(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        ask(alice, variant, Kind.PRICE)
        fields = {"price": 1, "ends_at": NOON + HOUR}
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(user=alice, variant=variant, kind="price", **fields)

    def test_an_alert_ends_after_it_began(self, alice, variant):
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.create(
                user=alice, variant=variant, kind="price", price=1, ends_at=NOON
            )

    def test_another_variant_is_another_alert(self, alice, variant):
        sister = make_variant(product=variant.product)
        ask(alice, variant, Kind.PRICE)
        ask(alice, sister, Kind.PRICE)
        cheaper(sister, "50.00")
        assert run() == 1
        assert Alert.objects.get(variant=variant).told_at is None

    def test_the_export_has_them(self, alice, variant):
        ask(alice, variant, Kind.PRICE)
        [held] = personal.held_about(alice)["alerts"]
        assert (held["code"], held["kind"]) == (variant.code, "price")
        assert (held["price_then"], held["told_at"]) == ("100.00", None)
