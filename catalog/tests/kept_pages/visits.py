"""Visitors of kept pages, and what they see."""

import re
from datetime import timedelta

from django.test import Client

from accounts.tests.factories import make_staff
from shop import clock

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
NOW = clock.now()
YESTERDAY = NOW - timedelta(days=1)


def addresses(product):
    return ["/", "/c/phones/", "/search/?q=极光", f"/p/{product.pk}/"]


def body(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert "\0" not in answer.content.decode()
    return answer.content.decode()


def without_tokens(html):
    return TOKEN.sub("token", html)


def is_hit(client, address, connection_queries):
    """Nothing but the version was asked for, and on a product's page what is left."""
    most = 2 if address.startswith("/p/") else 1
    return connection_queries(lambda: client.get(address)) == most


def edit(row, **changes):
    """Save a row's form in the admin, as staff do."""
    client = Client()
    client.force_login(make_staff("superuser"))
    address = f"/admin/catalog/{row._meta.model_name}/{row.pk}/change/"
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    left_out = (None, False)  # as a browser leaves them out; 0 is no such value
    fields = {k: v for k, v in values.items() if not any(v is x for x in left_out)}
    management = {"choices-TOTAL_FORMS": "0", "choices-INITIAL_FORMS": "0"}
    answer = client.post(address, management | fields | changes)
    assert answer.status_code == 302, answer.context["errors"]


def see(product):
    """Look at all pages, so that they are kept."""
    for address in [*addresses(product), "/search/?q=北极光机"]:
        Client().get(address)
