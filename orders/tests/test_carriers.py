"""The carriers' numbers, and whoever is asked where parcels are."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from catalog.tests.factories import make_product
from orders import carriers
from orders.carriers import kuaidi100
from orders.carriers.kuaidi100 import Kuaidi100
from orders.carriers.nobody import Nobody
from orders.carriers.numbers import RULES, read_number
from orders.carriers.sandbox import Sandbox
from orders.models import Carrier, Parcel, ParcelScan, ScanKind
from orders.tests.factories import make_order, ship_all
from shop import clock, due, https

GOOD = {
    "sf": ["SF1234567890123", "SFA123456789012", "SF1234567890", "123456789012"],
    "yto": ["YT1234567890123", "YT12345678901234", "G123456789", "1234567890"],
    "zto": ["75123456789012", "751234567890123", "731234567890", "ZTO751234567890"],
    "jd": [
        "JD0012345678901",
        "JDVA12345678901",
        "JD0012345678901-1-2-",
        "JDX0123456789",
    ],
}
BAD = {
    "sf": ["YT1234567890123", "SF12345", "SF12345678901234567", "1234567890123"],
    "yto": ["SF1234567890123", "JD0012345678901", "YT12", "12345678901"],
    "zto": ["YT1234567890123", "1234567", "JD0012345678901", "1234567890123"],
    "jd": ["SF1234567890123", "123456789012", "JD1", "JD0012345678901--"],
}


def cases(table):
    return [(carrier, each) for carrier, numbers in table.items() for each in numbers]


class TestNumbers:
    @pytest.mark.parametrize(("carrier", "number"), cases(GOOD))
    def test_its_own_are_taken(self, carrier, number):
        assert read_number(carrier, number) == number

    @pytest.mark.parametrize(("carrier", "number"), cases(BAD))
    def test_others_and_slips_are_refused_with_an_example(self, carrier, number):
        with pytest.raises(ValidationError) as refused:
            read_number(carrier, number)
        assert RULES[Carrier(carrier)].example in refused.value.message

    @pytest.mark.parametrize("carrier", Carrier)
    def test_the_example_is_one(self, carrier):
        assert read_number(carrier, RULES[carrier].example)

    @pytest.mark.parametrize(
        "typed",
        [
            "sf1234567890123",
            " SF 1234 5678 90123 ",
            "SF1234-5678–90123",
            "ＳＦ１２３４５６７８９０１２３",
        ],
    )
    def test_has_one_spelling(self, typed):
        assert read_number("sf", typed) == "SF1234567890123"

    def test_dashes_of_every_kind_are_hyphens(self):
        assert read_number("jd", "jd0012345678901–1—2") == "JD0012345678901-1-2"

    @pytest.mark.parametrize(
        "typed",
        ["", "<b>12345678901", "SF١٢٣٤٥٦٧٨٩٠١٢٣", "SF1234567890123\x00", "9" * 5000],
    )
    def test_nonsense_is_refused(self, typed):
        for carrier in Carrier:
            with pytest.raises(ValidationError):
                read_number(carrier, typed)


def kuaidi100_answers(monkeypatch, body, status=200):
    asked = []

    def ask(method, url, *, headers, body=b"", **seconds):
        asked.append((method, url, parse_qs(body.decode())))
        return https.Answer(status, {}, said)

    said = body if isinstance(body, bytes) else json.dumps(body).encode()
    monkeypatch.setattr(kuaidi100.https, "ask", ask)
    return asked


AFTER_IT = datetime(2026, 11, 29, tzinfo=UTC)
JOURNEY = {
    "message": "ok",
    "state": "3",
    "status": "200",
    "data": [
        {
            "ftime": "2026-11-28 18:10:00",
            "context": "已签收\n本人",
            "statusCode": "301",
        },
        {"ftime": "2026-11-28 09:00:00", "context": "正在派送", "statusCode": "5"},
        {"ftime": "2026-11-27 03:00:00", "context": "到达杭州", "statusCode": "1001"},
        {"ftime": "2026-11-26 20:00:00", "context": "已揽收", "statusCode": "103"},
    ],
}


@pytest.fixture(params=["nobody", "sandbox", "kuaidi100"])
def any_tracker(request, monkeypatch, settings):
    """Every tracker that there is, as a shop would have set it up."""
    settings.DEBUG = True
    urls = {"kuaidi100": "kuaidi100://CUSTOMER:a%2Fkey@/"}
    settings.TRACKING_URL = urls.get(request.param, f"{request.param}://")
    kuaidi100_answers(monkeypatch, JOURNEY)
    return carriers.tracker()


@pytest.fixture
def parcel(alice):
    return ship_all(make_order(alice, make_product(), status="paid"))


@pytest.mark.django_db
class TestWhatAnyTrackerKeeps:
    """The contract: whoever writes another one runs it through here."""

    def test_has_the_name_that_the_setting_gives_it(self, any_tracker, settings):
        assert settings.TRACKING_URL.startswith(f"{any_tracker.name}://")
        assert isinstance(any_tracker.is_available(), bool)

    def test_says_moments_kinds_and_one_line_each(self, any_tracker, parcel):
        with clock.at(parcel.sent_at + timedelta(days=4)):
            for scan in any_tracker.scans_of(parcel):
                assert scan.at.tzinfo is not None
                assert scan.at <= clock.now() + timedelta(minutes=5)
                assert scan.kind in ScanKind
                assert scan.text == " ".join(scan.text.split())

    def test_says_the_same_again_and_more_later(self, any_tracker, parcel):
        with clock.at(parcel.sent_at + timedelta(days=1)):
            first = set(any_tracker.scans_of(parcel))
            assert set(any_tracker.scans_of(parcel)) == first
        with clock.at(parcel.sent_at + timedelta(days=4)):
            assert set(any_tracker.scans_of(parcel)) >= first

    def test_changes_nothing_by_itself(self, any_tracker, parcel):
        any_tracker.scans_of(parcel)
        assert not ParcelScan.objects.exists()
        parcel.order.refresh_from_db()
        assert parcel.order.status == "shipped"


class TestSettings:
    def test_nobody_is_asked_unless_somebody_is_named(self, settings):
        assert settings.TRACKING_URL == "nobody://"
        assert isinstance(carriers.tracker(), Nobody)
        assert not carriers.tracker().is_available()

    @pytest.mark.parametrize("url", ["owl://", "", "kuaidi100://", "kuaidi100://c@/"])
    def test_what_is_unknown_or_half_set_is_said(self, url):
        with pytest.raises(ImproperlyConfigured):
            carriers.refuse_unsound_url(url)

    def test_the_sentence_does_not_repeat_the_key(self):
        with pytest.raises(ImproperlyConfigured) as refused:
            carriers.refuse_unsound_url("kuaidi100://:geheim@/")
        assert "geheim" not in str(refused.value)

    def test_the_pretend_carrier_is_for_debug_only(self, settings):
        settings.DEBUG = False
        assert not Sandbox().is_available()


@pytest.mark.django_db
class TestKuaidi100:
    URL = "kuaidi100://CUSTOMER:a%2Fkey@/"

    def test_asks_signed_and_reads_the_journey(self, parcel, monkeypatch):
        asked = kuaidi100_answers(monkeypatch, JOURNEY)
        with clock.at(AFTER_IT):
            scans = Kuaidi100(self.URL).scans_of(parcel)
        with clock.at(AFTER_IT - timedelta(days=2)):
            # What its clock says will be, is not told yet.
            assert len(Kuaidi100(self.URL).scans_of(parcel)) == 2
        (method, url, form), _second = asked
        assert (method, url) == ("POST", "https://poll.kuaidi100.com/poll/query.do")
        assert form["param"] == [
            '{"com":"shunfeng","num":"SF1234567890","phone":"8000","resultv2":"4"}'
        ]
        # Computed with md5sum of that, the key and the customer, in one piece.
        assert form["sign"] == ["73B54680E60D3C2CBA419B4CB5E80605"]
        assert form["customer"] == ["CUSTOMER"]
        assert [scan.kind for scan in scans] == [
            ScanKind.SIGNED,
            ScanKind.DELIVERING,
            ScanKind.MOVING,
            ScanKind.COLLECTED,
        ]
        assert scans[0].text == "已签收 本人"
        assert scans[0].at.utcoffset() == timedelta(hours=8)

    def test_nothing_found_is_no_fault(self, parcel, monkeypatch):
        kuaidi100_answers(monkeypatch, {"result": False, "returnCode": "500"})
        assert Kuaidi100(self.URL).scans_of(parcel) == []

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[]",
            b"null",
            b"\xff",
            {"returnCode": "601"},
            {"data": [{}]},
            {"data": [{"ftime": "now", "context": "x"}]},
        ],
    )
    def test_what_cannot_be_read_is_no_answer(self, parcel, monkeypatch, body):
        kuaidi100_answers(monkeypatch, body)
        with pytest.raises(carriers.NoAnswer) as reason:
            Kuaidi100(self.URL).scans_of(parcel)
        assert "html" not in str(reason.value)


@pytest.mark.django_db
class TestAsking:
    @pytest.fixture(autouse=True)
    def pretend_carrier(self, settings):
        settings.DEBUG = True
        settings.TRACKING_URL = "sandbox://"

    def run(self, moment):
        return [str(deed) for deed, error in due.run(moment, ["track"]) if not error]

    def test_writes_each_line_once_until_it_is_signed_for(self, parcel):
        number = parcel.order.number
        for hours, lines in ((1, 0), (10, 2), (30, 2), (60, 5), (90, 5)):
            moment = parcel.sent_at + timedelta(hours=hours)
            asked = self.run(moment)
            assert self.run(moment) == []
            assert parcel.scans.count() == lines, hours
            assert asked == ([] if hours == 90 else [f"track {number} -"])

    def test_signed_for_receives_nothing(self, parcel):
        self.run(parcel.sent_at + timedelta(days=4))
        assert parcel.scans.filter(kind="signed").exists()
        order = parcel.order
        order.refresh_from_db()
        assert order.status == "shipped"
        assert order.items.get().received_at is None

    def test_a_carrier_that_does_not_answer_is_asked_again_later(
        self, parcel, monkeypatch
    ):
        def no_answer(self, parcel):
            raise carriers.NoAnswer("timeout")

        monkeypatch.setattr(Sandbox, "scans_of", no_answer)
        first = self.run(parcel.sent_at + timedelta(hours=5))
        assert len(first) == 1
        assert self.run(parcel.sent_at + timedelta(hours=6)) == []
        assert len(self.run(parcel.sent_at + timedelta(hours=8))) == 1

    def test_an_unknown_number_is_given_up_after_a_month(self, parcel, monkeypatch):
        monkeypatch.setattr(Sandbox, "scans_of", lambda self, parcel: [])
        self.run(parcel.sent_at + timedelta(days=31))
        assert Parcel.objects.get().ask_at is None

    def test_nobody_is_never_due(self, parcel, settings):
        settings.TRACKING_URL = "nobody://"
        assert self.run(parcel.sent_at + timedelta(days=4)) == []
