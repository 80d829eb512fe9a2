import pytest
from django.urls import reverse
from django.utils import translation

from shop import answers

EVIL = [
    "//evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\\evil.example",
    "%0d%0aLocation:%20https://evil.example",
    "http:///evil.example",
]


@pytest.mark.parametrize("wish", EVIL)
def test_next_never_leaves_the_shop(rf, wish):
    request = rf.get("/accounts/login/", {"next": wish})
    assert answers.safe_next(request, "catalog:home") == reverse("catalog:home")


def test_next_inside_the_shop_is_kept(rf):
    request = rf.post("/accounts/login/", {"next": "/p/1/?variant=2"})
    assert answers.safe_next(request, "catalog:home") == "/p/1/?variant=2"


def test_page_of_a_refused_deed_is_the_page_above_it(rf):
    request = rf.post("/accounts/addresses/3/delete/")
    assert answers.page_of(request) == "/accounts/addresses/3/"
    with translation.override("en"):
        assert answers.page_of(rf.post("/en/accounts/logout/")) == "/en/accounts/"


def test_page_of_a_refused_deed_is_where_it_came_from(rf):
    request = rf.post(
        "/accounts/avatar/",
        headers={"Referer": "http://testserver/accounts/profile/?x=1"},
    )
    assert answers.page_of(request) == "/accounts/profile/?x=1"


def test_a_foreign_referer_is_not_followed(rf):
    request = rf.post(
        "/accounts/avatar/", headers={"Referer": "https://evil.example/p/1/"}
    )
    assert answers.page_of(request) == "/accounts/"


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_for_who_asks_for_it(rf, accept, is_json):
    assert answers.wants_json(rf.get("/", headers={"Accept": accept})) is is_json
