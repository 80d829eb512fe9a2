"""What a product's page shows, and what it costs."""

import json
import re

import pytest
from PIL import Image

from accounts.tests.factories import make_user
from catalog.models import (
    Companion,
    Picture,
    Product,
    ProductSpec,
    SpecChoice,
    SpecDefinition,
    VariantSpec,
)
from catalog.tests.factories import make_product, make_spec, make_variant
from reviews.tests.factories import make_written
from shop import policy

pytestmark = pytest.mark.django_db

#: A visitor's page, with reviews, photos and companions.
MOST_QUERIES = 6


def make_picture(product, number=1, **changes):
    fields = {"alt_zh": "正面", "alt_en": "Front", "position": number}
    return Picture.objects.create(
        product=product, stem=f"catalog/ab/pic{number}", **fields | changes
    )


@pytest.fixture
def look(client):
    def read(product, query="", prefix="/en"):
        return client.get(f"{prefix}/p/{product.pk}/{query}").text

    return read


class TestCost:
    def test_as_many_queries_for_much_as_for_little(self, look, connection_queries):
        few, much = make_product(stock=50), make_product(stock=50)
        for product, number in ((few, 2), (much, 20)):
            fill(product, number)
        look(few)
        costs = [connection_queries(lambda p=p: look(p)) for p in (few, much)]
        assert costs[0] == costs[1] <= MOST_QUERIES

    def test_a_bare_product_costs_no_more(self, look, connection_queries):
        product = make_product()
        look(product)
        assert connection_queries(lambda: look(product)) < MOST_QUERIES


def fill(product, number):
    """Give a product so many of everything that its page shows."""
    for n in range(number - 1):
        make_variant(product=product)
        make_picture(product, n)
    for n in range(number):
        spec = make_spec(product=product, key=f"{product.pk}-{n}", number=n)
        for variant in product.variants.all():
            VariantSpec.objects.create(
                variant=variant, definition=spec.definition, number=n
            )
        other = make_product()
        Companion.objects.create(product=product, other=other)
        photo = [Image.new("RGB", (9, 9))]
        make_written(make_user(), product, pictures=photo)
    product.refresh_from_db()
    assert product.rating_count == number


class TestVariant:
    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_all_variants_have_one_canonical_address(self, look, prefix):
        product = make_product()
        html = look(product, f"?variant={product.variants.get().pk}", prefix)
        address = f"http://testserver{prefix}/p/{product.pk}/"
        assert f'<link rel="canonical" href="{address}">' in html

    def test_search_engines_are_told_what_it_is(self, look):
        product = make_product(
            name_en="</script><script>alert(1)</script>", stock=0, price="6999.00"
        )
        make_picture(product)
        html = look(product)
        written = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
        data = json.loads(written[1])
        assert data["name"] == product.name_en
        assert "<script>alert" not in html
        assert data["offers"]["price"] == "6999.00"
        assert data["offers"]["availability"] == "https://schema.org/OutOfStock"
        assert data["image"] == ["http://testserver/media/catalog/ab/pic1-800.webp"]
        assert "aggregateRating" not in data


class TestPictures:
    def test_the_first_at_once_the_others_later(self, look):
        product = make_product()
        for number in (1, 2, 3):
            make_picture(product, number, alt_en=f"Side {number}")
        stage = look(product).partition('data-test="gallery"')[2].partition("</div>")[0]
        images = re.findall(r"<img [^>]+>", stage)
        assert 'fetchpriority="high"' in images[0]
        assert "lazy" not in images[0]
        for number, image in enumerate(images, start=1):
            assert f'alt="Side {number}"' in image
            assert 'width="800" height="800"' in image
            assert f"pic{number}-200.webp 200w" in image
            assert number == 1 or 'loading="lazy"' in image
        # Without scripts the picture itself opens.
        assert 'href="/media/catalog/ab/pic2-800.webp" data-opens="zoom"' in stage
        assert "3 / 3" in stage

    def test_a_picture_that_nobody_described_is_of_the_product(self, look):
        product = make_product(name_en="Phone")
        make_picture(product, alt_zh="", alt_en="")
        assert 'alt="Phone" fetchpriority="high"' in look(product)

    def test_one_picture_has_no_thumbnails(self, look):
        product = make_product()
        make_picture(product)
        html = look(product)
        assert 'data-test="zoom-open"' in html
        assert 'data-test="thumbnail"' not in html

    def test_without_a_picture_stands_a_placeholder(self, look):
        html = look(make_product())
        assert 'data-test="no-picture"' in html
        assert "img/placeholder" in html
        assert "<dialog" not in html


class TestBuying:
    def test_the_limit_is_said_and_bounds_the_quantity(self, look):
        policy.change("purchase_limit", "3")
        html = look(make_product(stock=10))
        assert 'data-test="purchase-limit" data-limit="3"' in html
        assert "At most 3 per customer" in html
        assert 'name="quantity" value="1" min="1" max="3"' in html

    def test_the_stock_bounds_it_too(self, look):
        policy.change("purchase_limit", "30")
        assert 'min="1" max="10"' in look(make_product(stock=10))

    def test_no_limit_says_nothing(self, look):
        policy.change("purchase_limit", "0")
        html = look(make_product(stock=200))
        assert "purchase-limit" not in html
        assert 'min="1" max="200"' in html

    def test_the_rules_bound_what_is_called_little(self, look):
        product = make_product(stock=8)
        assert "In stock" in look(product)
        policy.change("low_stock", "8")
        assert "Only 8 left" in look(product)


class TestPromises:
    def test_what_the_product_promises(self, look):
        html = look(
            make_product(
                has_seven_day_return=True, warranty_months=24, ships_within_hours=1
            )
        )
        assert "Ships within 1 hour<" in html
        assert "Seven days to return it without a reason" in html
        assert "24-month warranty" in html
        assert "Sent free of charge" not in html

    def test_that_it_is_sent_free(self, look):
        assert "Sent free of charge" in look(make_product(has_free_freight=True))

    def test_what_it_does_not_promise(self, look):
        html = look(make_product(has_seven_day_return=False, warranty_months=0))
        promises = html.partition('data-test="promises"')[2].partition("</ul>")[0]
        assert "Returns only if faulty" in promises
        assert "warranty" not in promises


class TestSpecifications:
    @pytest.fixture
    def product(self):
        return make_product()

    def define(self, product, key, type_, **changes):
        return SpecDefinition.objects.create(
            category=product.category, key=key, name_zh=key, name_en=key,
            type=type_, **changes,
        )  # fmt: skip

    def rows(self, html):
        table = html.partition('data-test="specifications"')[2].partition("</table>")[0]
        return re.findall(r"<th[^>]*>(.*?)</th>(?:<td>(.*?)</td>)?", table)

    def test_each_type_in_words(self, look, product):
        weight = self.define(product, "Weight", "number", unit="kg", position=2)
        nfc = self.define(product, "NFC", "bool", position=1)
        ports = self.define(product, "Ports", "choice", is_many=True, position=3)
        say = ProductSpec.objects.create
        say(product=product, definition=weight, number="1.190")
        say(product=product, definition=nfc, flag=False)
        for value in ("USB-C", "HDMI"):
            choice = SpecChoice.objects.create(
                definition=ports, value=value, name_zh=value, name_en=value
            )
            say(product=product, definition=ports, choice=choice)
        rows = [("NFC", "No"), ("Weight", "1.19 kg"), ("Ports", "USB-C, HDMI")]
        assert self.rows(look(product)) == rows
        assert ("NFC", "否") in self.rows(look(product, prefix=""))

    def test_what_the_variant_says_comes_first_and_counts(self, look, product):
        ram = self.define(product, "RAM", "number", unit="GB", position=5)
        net = self.define(product, "Net", "text", position=1)
        ProductSpec.objects.create(product=product, definition=ram, number=8)
        ProductSpec.objects.create(product=product, definition=net, text_en="5G")
        VariantSpec.objects.create(
            variant=product.variants.get(), definition=ram, number=16
        )
        other = make_variant(product=product)
        assert self.rows(look(product)) == [
            ("This version", ""),
            ("RAM", "16 GB"),
            ("In general", ""),
            ("Net", "5G"),
        ]
        shown = self.rows(look(product, f"?variant={other.pk}"))
        assert shown == [("Net", "5G"), ("RAM", "8 GB")]

    def test_nothing_said_is_no_table(self, look, product):
        assert "Specifications" not in look(product)
        assert Product.objects.count() == 1
