import pytest
from django.test import Client
from django.urls import path

from shop import views
from shop.refusals import Refusal, Throttled
from shop.urls import handler400, handler500
from shop.urls import urlpatterns as real_urlpatterns

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def explode(request):
    raise RuntimeError("secret words of the machine")


def refuse(request):
    raise Refusal("Sold out.", left=0)


def throttle(request):
    raise Throttled("Wait a little.", retry_after=7)


urlpatterns = [
    path("explode/", explode),
    path("refuse/", refuse),
    path("throttle/", throttle),
    *real_urlpatterns,
]
__all__ = ["handler400", "handler500", "views"]


@pytest.fixture
def odd_urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("address", "words"),
    [("/nowhere/", "这个页面不存在"), ("/en/nowhere/", "This page does not exist")],
)
def test_not_found_in_both_languages(client, settings, debug, address, words):
    settings.DEBUG = debug
    response = client.get(address)
    assert response.status_code == 404
    assert words in response.text
    assert response["X-Request-ID"] in response.text


@pytest.mark.parametrize("debug", [False, True])
def test_not_found_as_json(client, settings, debug):
    settings.DEBUG = debug
    response = client.get("/nowhere/", headers=JSON)
    assert response.status_code == 404
    body = response.json()
    assert (body["ok"], body["error"]) == (False, "not_found")
    assert body["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("headers", [{}, JSON])
def test_wrong_method_keeps_its_status_and_says_what_is_allowed(client, headers):
    response = client.get("/i18n/setlang/", headers=headers)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    if headers:
        assert response.json()["error"] == "method_not_allowed"
    else:
        assert "<h1>" in response.text


@pytest.mark.parametrize("debug", [False, True])
def test_csrf_failure_is_a_page_and_json(settings, debug):
    settings.DEBUG = debug
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/i18n/setlang/", {"language": "en"})
    assert response.status_code == 403
    assert "<h1>" in response.text
    response = strict.post("/i18n/setlang/", {"language": "en"}, headers=JSON)
    assert response.status_code == 403
    assert response.json()["error"] == "csrf_failed"


@pytest.mark.parametrize("address", ["/explode/"])
def test_server_error_says_nothing_of_the_machine(client, odd_urls, address, caplog):
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == 500
    assert "secret words" not in response.text
    assert "Traceback" not in response.text
    assert response["X-Request-ID"] in response.text
    assert "secret words" in caplog.text
    response = client.get(address, headers=JSON)
    assert response.json()["error"] == "server_error"


def test_an_unknown_host_is_a_bad_request(client, settings):
    settings.ALLOWED_HOSTS = ["shop.example"]
    response = client.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "<h1>" in response.text


def test_a_refusal_is_json_with_its_word_status_and_data(client, odd_urls):
    response = client.post("/refuse/", headers=JSON)
    assert response.status_code == 409
    assert response.json() == {
        "ok": False,
        "error": "refused",
        "message": "Sold out.",
        "fields": {},
        "left": 0,
    }


def test_a_refusal_is_a_message_and_the_way_back(client, odd_urls):
    response = client.post(
        "/refuse/", headers={"Referer": "http://testserver/search/"}, follow=True
    )
    assert response.redirect_chain == [("/search/", 302)]
    assert 'data-level="error"' in response.text
    assert "Sold out." in response.text


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_throttled_request_says_when_to_come_back(client, odd_urls, headers):
    response = client.post("/throttle/", headers=headers)
    assert response.status_code == 429
    assert response["Retry-After"] == "7"
    assert "Wait a little." in response.text


def test_htmx_loads_the_page_anew_where_its_token_is_stale(plain_client):
    response = plain_client.post("/en/cart/add/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (403, "true")
    assert response.content == b""
    assert "This page was out of date." in plain_client.get("/en/cart/").text
