"""What Django itself costs on this machine: the measures of all other figures."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from catalog.models import Product

COUNT = 24
PHONES = 2
#: No inheritance, no include, no tag of our own.
TEMPLATE = engines["django"].from_string("""<!doctype html>
<title>Phones</title>
<ul>
{% for product in products %}
  <li class="card" data-stock="{{ product.stock }}">
    <a href="/p/{{ product.pk }}/"><img src="/media/{{ product.main_picture }}-400.webp" alt="" width="400" height="400"></a>
    <h3><a href="/p/{{ product.pk }}/">{{ product.name_zh }}</a></h3>
    <p>{{ product.summary_zh }}</p>
    <p>¥{{ product.price|floatformat:2 }} {% if product.list_price > product.price %}<s>¥{{ product.list_price|floatformat:2 }}</s>{% endif %}</p>
    <p>{{ product.sales_count }} sold{% if product.rating_count %}, {{ product.rating_average|floatformat:1 }}{% endif %}</p>
    {% if product.card_variant and not product.is_sold_out %}<form method="post" action="/cart/add/"><button name="variant" value="{{ product.card_variant }}">Add to cart</button></form>{% endif %}
  </li>
{% endfor %}
</ul>
""")  # noqa: E501


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def bare_list(request: HttpRequest) -> HttpResponse:
    """24 products: one query by the category's index, one template."""
    products = Product.objects.filter(category=PHONES).only(
        "name_zh",
        "summary_zh",
        "price",
        "list_price",
        "stock",
        "is_sold_out",
        "sales_count",
        "rating_average",
        "rating_count",
        "main_picture",
        "card_variant",
    )
    page = products.order_by("is_sold_out", "-sales_count", "-pk")[:COUNT]
    return HttpResponse(TEMPLATE.render({"products": page}, request))


urlpatterns = [path("-/empty/", empty), path("-/list/", bare_list)]
