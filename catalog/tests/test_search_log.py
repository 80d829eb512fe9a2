"""Rows B9 and B12: what was searched, one's own searches, and what staff make of it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection

from accounts.tests.factories import make_user
from catalog.models import SearchCount, SearchState, SpecDefinition, Synonym
from catalog.search import log, vocabulary
from catalog.tests.factories import make_brand, make_product, make_spec
from shop import clock, due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def written_at_once(monkeypatch):
    monkeypatch.setattr(log, "PAUSE", 0)
    log._waiting.clear()
    log._results.clear()


def counts():
    return {row.word: (row.count, row.results) for row in SearchCount.objects.all()}


def test_a_search_is_counted_by_day_with_what_it_found(client):
    make_product(name_en="Lantern")
    for query in ("lantern", "Lantern ", "ＬＡＮＴＥＲＮ", "nothing-of-it"):
        assert client.get("/search/", {"q": query}).status_code == 200
    assert counts() == {"lantern": (3, 1), "nothing-of-it": (1, 0)}


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "lantern", "page": "2"},
        {"q": "lantern", "in_stock": "1"},
        {"q": "lantern", "category": "tablets"},
        {"q": "lantern", "category": "nothing"},
        {"q": ""},
        {"q": "%%%"},
        {"q": "x" * 31},
        {"q": "13800138000"},
        {"q": "138 0013 8000"},
        {"q": "alice@example.com"},
    ],
)
def test_what_is_no_search_or_personal_is_not_counted(client, parameters):
    client.get("/search/", parameters)
    assert counts() == {}


def test_made_up_words_do_not_fill_the_table(client, monkeypatch):
    monkeypatch.setattr(log, "MOST_WORDS_A_DAY", 3)
    for number in range(6):
        client.get("/search/", {"q": f"word{number}"})
    assert len(counts()) == 3
    client.get("/search/", {"q": "word0"})
    assert counts()["word0"] == (2, 0)


def test_a_busy_database_fails_no_page_and_loses_no_count(client, monkeypatch):
    def locked(*args):
        raise OperationalError("database is locked")

    with monkeypatch.context() as busy:
        busy.setattr(log, "_add", locked)
        assert client.get("/search/?q=lantern").status_code == 200
        assert counts() == {}
    client.get("/search/?q=lantern")
    assert counts() == {"lantern": (2, 0)}


def test_between_two_writings_searches_wait_in_memory(client, monkeypatch):
    monkeypatch.setattr(log, "PAUSE", float("inf"))
    monkeypatch.setattr(log, "MOST_WAITING", 2)
    for query in ("one", "two", "three"):
        client.get("/search/", {"q": query})
    assert counts() == {}
    log.write()
    assert set(counts()) == {"one", "two"}


def test_the_wait_for_a_lock_is_short_and_then_as_before():
    def patience():
        asked = (
            "PRAGMA busy_timeout"
            if connection.vendor == "sqlite"
            else "SELECT @@SESSION.innodb_lock_wait_timeout"
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return cursor.fetchone()[0]

    before = patience()
    with log._impatient():
        assert patience() < before
    assert patience() == before


def test_hot_words_are_what_was_found_most_this_week(client):
    today = clock.now().date()
    for word, count, results, days in (
        ("phone", 5, 9, 0),
        ("laptop", 9, 9, 3),
        ("unheard", 50, 0, 0),
        ("old", 50, 9, 9),
    ):
        SearchCount.objects.create(
            day=today - timedelta(days=days),
            key=log.words.key(word),
            word=word,
            count=count,
            results=results,
        )
    cache.clear()
    assert log.hot_words() == ["laptop", "phone"]
    html = client.get("/search/").text
    assert 'data-test="hot-words"' in html
    assert "unheard" not in html
    assert log.popular("ph", 3) == ["phone"]
    assert log.popular("un", 3) == []


def test_own_searches_are_shown_newest_first_and_forgotten(client):
    for query in ("lantern", "磐石 手机", "lantern"):
        client.get("/search/", {"q": query})
    html = client.get("/search/").text
    own = html.partition('data-test="own-searches"')[2].partition("</section>")[0]
    assert own.index("lantern") < own.index("磐石 手机")
    assert client.get("/search/forget/").status_code == 405
    response = client.post("/search/forget/", headers={"Accept": "application/json"})
    assert response.json()["ok"] is True
    assert 'data-test="own-searches"' not in client.get("/search/").text


@pytest.mark.parametrize(
    "cookie", ["x", "W10", "bnVsbA==", "WzEsIHt9XQ==", "[" * 9000, "\ud83d"]
)
def test_a_cookie_that_somebody_wrote_does_no_harm(client, cookie):
    client.cookies["searches"] = cookie.encode("ascii", "replace").decode()
    assert client.get("/search/").status_code == 200
    assert client.get("/search/?q=lantern").status_code == 200


def test_old_counts_are_forgotten_and_sales_enter_the_ranks_once_a_day(client):
    now = clock.now()
    product = make_product(name_en="Lantern")
    vocabulary.refresh(now)
    SearchCount.objects.create(
        day=now.date() - timedelta(days=91), key="old", word="old", count=1
    )
    assert due.due_by(now, {"search"}) == []
    with clock.at(now + timedelta(days=3)):
        call_command("run_due")
        assert not SearchCount.objects.exists()
        assert not due.due_by(clock.now(), {"search"})
    assert SearchState.objects.get().refreshed_at == now + timedelta(days=3)
    assert product.postings.exists()


# For staff -------------------------------------------------------------------


@pytest.fixture
def carol(client):
    carol = make_user(is_staff=True, is_superuser=True)
    client.force_login(carol)
    return carol


def test_the_report_makes_a_synonym_that_the_next_search_knows(client, carol):
    make_product(code="LAMP", name_zh="提灯", name_en="Lantern")
    assert 'data-test="no-results"' in client.get("/search/?q=torchlight").text
    report = client.get("/admin/catalog/searchcount/").text
    assert "torchlight" in report
    address = "/admin/catalog/synonym/add/?word=torchlight"
    assert address in report
    assert 'value="torchlight"' in client.get(address).text
    response = client.post(
        "/admin/catalog/synonym/add/", {"word": "Torchlight", "meaning": "提灯"}
    )
    assert response.status_code == 302
    # Until somebody looks for it again the report says what was done about it.
    report = client.get("/admin/catalog/searchcount/").text
    assert "“提灯”" in report
    assert address not in report
    html = client.get("/search/?q=torchlight").text
    assert 'data-test="result-count" data-count="1"' in html
    client.get("/search/?q=torchlight")
    assert "torchlight" not in client.get("/admin/catalog/searchcount/").text


def test_the_report_proposes_another_spelling(client, carol):
    make_product(name_en="Lantern")
    client.get("/search/?q=lantren")
    report = client.get("/admin/catalog/searchcount/").text
    assert "word=lantren&amp;meaning=lantern" in report


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("%%", "lantern"), ("lantern", "LANTERN"), ("torch", "lantern"), ("", "x")],
)
def test_a_synonym_that_says_nothing_or_twice_the_same_is_refused(
    client, carol, word, meaning
):
    Synonym.objects.create(
        word="Torch", meaning="Lantern", word_key="torch", meaning_key="lantern"
    )
    response = client.post(
        "/admin/catalog/synonym/add/", {"word": word, "meaning": meaning}
    )
    assert response.status_code == 200
    assert Synonym.objects.count() == 1


def test_who_may_not_look_sees_no_report(client):
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/catalog/searchcount/").status_code == 403


def found(client, query):
    html = client.get(f"/search/?{query}").text
    return int(re.search(r'data-test="result-count" data-count="(\d+)"', html)[1])


def test_renaming_a_brand_renames_it_for_searches(client, carol, monkeypatch):
    brand = make_brand(slug="glow", name_zh="辉光", name_en="Glow")
    make_product(brand=brand, code="LAMP")
    changed = {"name_zh": "暮色", "name_en": "Dusk", "slug": "glow"}
    client.post(f"/admin/catalog/brand/{brand.pk}/change/", changed)
    assert found(client, "q=暮色") == 1
    assert found(client, "q=glow") == 0
    # Of many products the clock takes care.
    monkeypatch.setattr("catalog.search.store.FEW", 0)
    changed = {"name_zh": "晨曦", "name_en": "Dawn", "slug": "glow"}
    client.post(f"/admin/catalog/brand/{brand.pk}/change/", changed)
    assert found(client, "q=晨曦") == 0
    monkeypatch.undo()
    call_command("run_due")
    assert found(client, "q=晨曦") == 1


@pytest.mark.parametrize("action", ["delete", "delete_selected"])
def test_a_deleted_specification_is_no_filter_and_no_word(client, carol, action):
    spec = make_spec(product=make_product(), key="scent", text_en="lavender")
    address = "/admin/catalog/specdefinition/"
    fields = {"post": "yes", "action": action, "_selected_action": spec.definition_id}
    one = f"{address}{spec.definition_id}/delete/"
    client.post(one if action == "delete" else address, fields)
    assert not SpecDefinition.objects.filter(key="scent").exists()
    for query in ("q=lavender", "spec=scent:lavender"):
        assert found(client, query) == 0
