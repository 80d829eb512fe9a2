"""Pages are kept, and there is a product on them."""

import pytest

from catalog import versions
from catalog.search import log
from catalog.tests.factories import make_product
from catalog.tests.kept_pages.visits import YESTERDAY


@pytest.fixture(autouse=True)
def pages_are_kept(settings, monkeypatch):
    settings.KEEP_PAGES = True
    # Searches are written down every few seconds, in the middle of a count otherwise.
    monkeypatch.setattr(log, "PAUSE", float("inf"))
    versions.forget()


@pytest.fixture
def product():
    names = {"name_zh": "极光手机", "name_en": "Aurora phone"}
    return make_product(category=2, on_shelf_at=YESTERDAY, **names)
