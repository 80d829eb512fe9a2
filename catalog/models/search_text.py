"""The words under which a product is found."""

from django.db import models

from catalog.models.products import Product


class SearchText(models.Model):
    """All words under which a product is found, folded (`catalog.search`)."""

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True)
    name = models.CharField(max_length=500)
    text = models.TextField()

    def __str__(self) -> str:
        return f"words of product {self.pk}"
