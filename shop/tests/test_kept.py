"""What is rendered once is what plain rendering gives, and nobody else's."""

import re

import pytest
from django.contrib.messages import get_messages
from django.template import engines
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from catalog.models import Category
from catalog.tests.factories import make_product
from shop.kept import Recorder
from shop.templatetags import kept

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"[A-Za-z0-9]{64}"')


def render(text, context=None, request=None):
    template = engines["django"].from_string("{% load kept %}" + text)
    return template.render(context or {}, request)


def plainly(self, context):
    """`once` as if it did nothing."""
    values = {name: value.resolve(context) for name, value in self.values.items()}
    with context.push(**values):
        return self.nodelist.render(context)


def page(client, address):
    body = client.get(address).content.decode()
    assert "\0" not in body
    tokens = len(TOKEN.findall(body))
    assert tokens == body.count("csrfmiddlewaretoken")
    assert tokens >= 5
    return TOKEN.sub(r"\1", body)


def test_what_somebody_typed_is_never_taken_for_a_gap():
    recorder = Recorder()
    text = f"a{recorder.mark('gap')}b\x00{'0' * 16}:0\x00c\x000\x00"
    assert recorder.cut(text).filled(str.upper) == (
        f"aGAPb\x00{'0' * 16}:0\x00c\x000\x00"
    )


def test_it_is_rendered_once_for_each_value_and_language():
    calls = []

    class Counted:
        def __str__(self):
            calls.append(1)
            return "x"

        def __hash__(self):
            return 1

        def __eq__(self, other):
            return True

    text = "{% once a=a b=b %}{{ a }}{{ b }}{% gap %}{{ c }}{% endgap %}{% endonce %}"
    template = engines["django"].from_string("{% load kept %}" + text)
    a = Counted()
    assert template.render({"a": a, "b": 1, "c": 3}) == "x13"
    assert template.render({"a": a, "b": 1, "c": 4}) == "x14"
    assert len(calls) == 1
    assert template.render({"a": a, "b": 2, "c": 4}) == "x24"
    with override("en"):
        assert template.render({"a": a, "b": 2, "c": 4}) == "x24"
    assert len(calls) == 3


def test_what_was_not_named_does_not_get_in():
    text = "{% once a=1 %}{{ a }}{{ name }}{{ request.path }}{{ user }}{% endonce %}"
    request = RequestFactory().get("/secret/")
    request.user = "Alice"
    request.session = {}
    assert render(text, {"name": "Alice"}, request) == "1"


def test_a_gap_below_an_include_and_one_in_a_gap_are_filled():
    text = (
        "{% once a=a %}[{% gap %}{% once b=b %}{{ b }}{% gap %}{{ c }}{% endgap %}"
        "{% endonce %}{% endgap %}]{% once b=a %}{{ b }}{% gap %}{{ c }}{% endgap %}"
        "{% endonce %}{% endonce %}"
    )
    for c in "34":
        assert render(text, {"a": 1, "b": 2, "c": c}) == f"[2{c}]1{c}"


def test_no_more_texts_are_kept_than_fit(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 10)
    template = engines["django"].from_string(
        "{% load kept %}{% once a=a %}{{ a }}{% endonce %}"
    )
    for number in range(25):
        assert template.render({"a": number}) == str(number)
        assert len(kept._kept) <= 10


def test_a_key_does_not_hold_on_to_a_lazy_value():
    render("{% once a=a %}{{ a }}{% endonce %}", {"a": SimpleLazyObject(lambda: 5)})
    (key,) = kept._kept
    assert type(key[-1]) is int


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "address", ["/", "/c/phones/", "/search/?q=a%22b&page=2", "/cart/", "/history/"]
)
def test_the_frame_is_what_plain_rendering_gives(
    client, as_alice, monkeypatch, prefix, address
):
    product = make_product(category_id=2)
    for each in (client, as_alice):
        variant = product.variants.get().pk
        each.post("/cart/add/", {"variant": variant, "quantity": 1})
        each.post("/compare/pick/", {"product": product.pk})
        each.get(prefix + address)
        each.get(prefix + address)
    filled = [page(each, prefix + address) for each in (client, as_alice)]
    assert filled[0] != filled[1]
    monkeypatch.setattr(kept.OnceNode, "render", plainly)
    assert filled == [page(each, prefix + address) for each in (client, as_alice)]


def test_messages_stand_in_the_frame_once(client):
    product = make_product(category_id=2)
    answer = client.post("/cart/add/", {"variant": product.variants.get().pk})
    assert list(get_messages(answer.wsgi_request))
    assert 'data-test="message"' in client.get("/").content.decode()
    assert 'data-test="message"' not in client.get("/").content.decode()


def test_the_navigation_follows_a_renamed_and_a_hidden_category(client):
    phones = Category.objects.get(pk=2)
    assert phones.name_zh in client.get("/cart/").content.decode()
    Category.objects.filter(pk=2).update(name_zh="改了名的手机")
    assert "改了名的手机" in client.get("/cart/").content.decode()
    Category.objects.filter(pk=2).update(is_visible=False)
    assert "改了名的手机" not in client.get("/cart/").content.decode()
