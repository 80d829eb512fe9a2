"""What products are found by, and what shoppers looked for (docs/decisions/0010).

Every key here is ASCII (`catalog.search.words.key`), so that both databases compare
and sort it alike, whatever the collation.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Product

LONGEST_TOKEN = 48
LONGEST_PHRASE = 30
#: A character outside a-z and 0-9 takes five.
LONGEST_KEY = 5 * LONGEST_PHRASE


class Posting(models.Model):
    """A product is found under a token; lies on disk in the order of results.

    `rank` is the class of the words that the token comes from, and then the sales. The
    primary key reads one token's products in their order; the constraint asks whether
    a product has another token as well. It must be unique for MariaDB to use it so.
    """

    pk = models.CompositePrimaryKey("token", "rank", "item")
    token = models.CharField(max_length=LONGEST_TOKEN)
    rank = models.BigIntegerField()
    # Without a constraint in the database, a row of words never locks its product.
    item = models.ForeignKey(
        Product,
        models.CASCADE,
        related_name="postings",
        db_constraint=False,
        db_index=False,  # the constraint below begins with it
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("item", "token"), name="catalog_posting_once_a_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token} {self.rank} {self.item_id}"


class SearchToken(models.Model):
    """A token that is known, how it is written, and how many products have it.

    The number may lag: it decides which way is the fastest, and never what is found.
    """

    token = models.CharField(max_length=LONGEST_TOKEN, primary_key=True)
    text = models.CharField(max_length=LONGEST_TOKEN)
    frequency = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.token} ({self.text})"


class SearchState(models.Model):
    """When ranks and frequencies were last brought up to date. One row."""

    refreshed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.refreshed_at:%Y-%m-%d %H:%M}"


class StaleWords(models.Model):
    """A product whose words wait to be learnt anew: its brand was renamed."""

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, db_constraint=False
    )
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.product_id}"


class Synonym(models.Model):
    """A word that shoppers say for another (row M7); a search knows it at once."""

    word = models.CharField(
        _("what shoppers type"),
        max_length=LONGEST_PHRASE,
        help_text=_("In either language, such as “notebook” or “本子”."),
    )
    meaning = models.CharField(
        _("what we call it"),
        max_length=LONGEST_PHRASE,
        help_text=_("Words under which products are found, such as “笔记本”."),
    )
    is_two_way = models.BooleanField(
        _("both ways"),
        default=False,
        help_text=_("Who types what we call it also finds what shoppers type."),
    )
    word_key = models.CharField(max_length=LONGEST_KEY, editable=False)
    meaning_key = models.CharField(max_length=LONGEST_KEY, editable=False)

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [
            models.UniqueConstraint(
                fields=("word_key", "meaning_key"), name="catalog_synonym_once"
            ),
        ]
        indexes = [
            models.Index(fields=["meaning_key"], name="catalog_synonym_back"),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.meaning}"


class SearchCount(models.Model):
    """How often something was searched on a day, and what that found (row B12).

    Counts and words only: nothing says who searched.
    """

    day = models.DateField(_("day"))
    key = models.CharField(max_length=LONGEST_KEY, editable=False)
    word = models.CharField(_("searched for"), max_length=LONGEST_PHRASE)
    count = models.PositiveIntegerField(_("searches"), default=0)
    results = models.PositiveIntegerField(_("products found"), default=0)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [
            models.UniqueConstraint(
                fields=("day", "key"), name="catalog_search_counted_once_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["key", "day"], name="catalog_search_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.count}"
