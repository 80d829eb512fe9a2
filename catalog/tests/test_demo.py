import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from catalog.models import (
    Brand,
    Companion,
    LimitedPrice,
    Picture,
    Posting,
    PricePeriod,
    Product,
    StockEntry,
    Variant,
)
from shop import clock, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    call_command("load_demo")


def counts():
    models = (Brand, Product, Variant, Picture, StockEntry, Posting)
    others = (LimitedPrice, PricePeriod, Companion)
    return [model.objects.count() for model in models + others]


def test_the_demo_is_whole_sound_and_repeatable(loaded, client, capsys):
    assert Product.objects.count() == 120
    assert Variant.objects.count() == 158
    assert {p.category_id for p in Product.objects.all()} == {1, 2, 3, 4, 5}
    now, limited = clock.now(), LimitedPrice.objects
    assert limited.running_at(now).count() == 3
    assert (limited.coming_at(now).count(), limited.over_at(now).count()) == (1, 1)
    assert Variant.objects.filter(price__lt=F("regular_price")).count() == 3
    assert Variant.objects.filter(prior_price__gt=F("price")).count() == 6
    before = counts()
    call_command("load_demo")
    assert counts() == before
    call_command("audit")
    product = Product.objects.get(code="AUR-AIR14")
    html = client.get(f"/en/p/{product.pk}/").text
    assert money.shown(product.price) in html
    assert "1.19 kg" in html
    mouse = Product.objects.get(code="SWI-M3")
    companions = html.partition('data-test="goes-well-with"')[2]
    assert f'data-product-id="{mouse.pk}"' in companions
    assert client.get(product.picture.url(400)).status_code == 200

    out = capsys.readouterr().out
    assert "superuser 19900009001 demo-staff-2026" in out.splitlines()

    found = client.get("/search/?q=笔记本").text
    assert 'data-test="no-results"' not in found
    call_command("load_demo", products=150)
    assert Product.objects.count() == 150
    call_command("load_demo", products=150)
    assert Product.objects.count() == 150
    call_command("audit")
    filled = Product.objects.filter(code__startswith="FILL-").order_by("pk")
    assert all(product.main_picture for product in filled)
    assert all(product.specs.exists() for product in filled)
    assert (
        f'data-product-id="{filled[7].pk}"'
        in client.get("/search/?q=FILL-0000007").text
    )


@pytest.mark.parametrize("number", ["-1", "x", "1.5"])
def test_a_number_of_products_is_a_whole_number(number):
    with pytest.raises(CommandError):
        call_command("load_demo", "--products", number)
