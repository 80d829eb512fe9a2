"""What search engines are told of: what everybody may see, and nothing else."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from catalog.models import Category, Product
from catalog.tests.factories import make_product
from catalog.views import sitemap
from shop import clock

pytestmark = pytest.mark.django_db

AT = "http://testserver"


def addresses(response):
    assert response.headers["Content-Type"] == "application/xml"
    ElementTree.fromstring(response.text)  # noqa: S314 -- it is our own
    return re.findall(r"<loc>([^<]*)</loc>", response.text)


def test_the_sitemap_has_every_public_page_in_both_languages(client):
    product = make_product()
    found = addresses(client.get("/sitemap.xml"))
    for path in ("/", "/c/computers/", "/c/hardware/", f"/p/{product.pk}/"):
        assert {f"{AT}{path}", f"{AT}/en{path}"} <= set(found)
    assert len(found) == 2 * (1 + 5 + 1)


def test_the_sitemap_names_the_same_page_in_the_other_language(client):
    product = make_product()
    href = f'href="{AT}/en/p/{product.pk}/"/>'
    said = f'<xhtml:link rel="alternate" hreflang="en" {href}'
    assert client.get("/sitemap.xml").text.count(said) == 2


def test_a_hidden_category_leaves_the_sitemap_with_its_products(client):
    hidden = make_product(category=2)
    Category.objects.filter(pk=2).update(is_visible=False)
    found = addresses(client.get("/sitemap.xml"))
    assert f"{AT}/c/phones/" not in found
    assert f"{AT}/p/{hidden.pk}/" not in found


def test_the_sitemap_has_what_is_to_come_once_it_is_there(client):
    soon = clock.now() + timedelta(hours=1)
    coming = make_product(on_shelf_at=soon)
    draft = make_product(status=Product.Status.DRAFT)
    before = addresses(client.get("/sitemap.xml"))
    with clock.at(soon):
        after = addresses(client.get("/sitemap.xml"))
    assert f"{AT}/p/{coming.pk}/" not in before
    assert f"{AT}/p/{coming.pk}/" in after
    assert f"{AT}/p/{draft.pk}/" not in after


def test_many_products_are_in_several_files(client, monkeypatch):
    products = [make_product() for _number in range(3)]
    monkeypatch.setattr(sitemap, "PRODUCTS_A_FILE", 2)
    files = addresses(client.get("/sitemap.xml"))
    assert files == [f"{AT}/sitemap.xml?p=1", f"{AT}/sitemap.xml?p=2"]
    found = [at for each in files for at in addresses(client.get(each))]
    assert len(found) == len(set(found)) == 2 * (1 + 5 + 3)
    assert all(f"{AT}/p/{each.pk}/" in found for each in products)


@pytest.mark.parametrize("number", ["0", "2", "-1", "abc", "01", "9" * 5000])
def test_no_file_of_another_number(client, number):
    assert client.get("/sitemap.xml", {"p": number}).status_code == 404


def test_the_sitemap_asks_no_more_for_many(client, connection_queries):
    make_product()
    client.get("/sitemap.xml")
    few = connection_queries(lambda: client.get("/sitemap.xml"))
    for _number in range(20):
        make_product()
    client.get("/sitemap.xml")
    assert connection_queries(lambda: client.get("/sitemap.xml")) == few
