"""What lists can be filtered by, and which products have it (row B8)."""

from array import array
from collections.abc import Iterable
from sys import byteorder

from django.db import models

from catalog.models.products import Product


class Facet(models.Model):
    """A value that products share: a brand, a category, a value of a specification.

    Specifications of the same key are one filter, in whichever category: "ram_gb:16" of
    laptops and of phones is one facet.
    """

    #: "brand", "category", or the key of a filterable specification.
    key = models.CharField(max_length=40)
    #: As it stands in an address.
    value = models.CharField(max_length=200)
    #: SHA-256 of key and value: identity never rests on a collation.
    digest = models.CharField(max_length=64, unique=True)
    number = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["key", "number"], name="catalog_facet_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.key}:{self.value}"


class ProductFacets(models.Model):
    """All facets of a product in one narrow row, from which processes read them.

    Derived from its specifications by `catalog.search.index`, as its words are; only
    the search reads it (docs/decisions/0017).
    """

    product = models.OneToOneField(
        Product,
        models.CASCADE,
        primary_key=True,
        related_name="facets",
        db_constraint=False,
    )
    #: The keys of its facets, four bytes each (`packed`).
    ids = models.BinaryField(max_length=4000)
    #: What was sold of it, as its words' ranks say.
    sales = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.product_id}"


def packed(ids: Iterable[int]) -> bytes:
    """Write keys of facets as little-endian numbers of four bytes, in order."""
    numbers = array("I", sorted(ids))
    if byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(rows: bytes) -> "array[int]":
    """Read keys of facets, of one row or of many rows joined."""
    numbers = array("I", rows)
    if byteorder == "big":
        numbers.byteswap()
    return numbers
