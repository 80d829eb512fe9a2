"""Using the cart and reading its pages, in tests."""

import re

JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


def add(client, variant, headers=None, **fields):
    body = {"variant": getattr(variant, "pk", variant), **fields}
    return client.post("/en/cart/add/", body, headers=headers)


def change(client, line, headers=None, **fields):
    return client.post(f"/en/cart/lines/{line.pk}/", fields, headers=headers)


def page(client):
    return client.get("/en/cart/").text


def data(html, marker, name):
    tags = re.findall(f'<[^>]*data-test="{marker}"[^>]*>', html)
    return [re.search(f'data-{name}="([^"]*)"', tag)[1] for tag in tags]


def undo_in(html):
    """The signed text that the page's Undo button sends."""
    form = html.partition('data-test="undo"')[2].partition("</form>")[0]
    return re.search('name="undo" value="([^"]*)"', form)[1]
