"""Banners of a shop to try: on the stage, coming, and over (row H4)."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from catalog import banner_pictures
from catalog.models import Banner, Category
from shop import clock, demo


class _Row(NamedTuple):
    """Whose picture it has, its words, and where it leads (nowhere: its category)."""

    category: str
    title_zh: str
    title_en: str
    tagline_zh: str
    tagline_en: str
    path: str = ""
    #: Days from now.
    begins: int = 0
    ends: int | None = None


ROWS = (
    _Row(
        "computers",
        "轻薄本焕新季",
        "Light laptops, fresh starts",
        "一公斤出头，续航一整天",
        "Little over a kilo, a whole day's power",
        path="/c/computers/?spec=kind:thin_laptop",
    ),
    _Row(
        "phones",
        "新机首发，先人一步",
        "New phones, first in line",
        "影像、续航、折叠屏，挑一部合手的",
        "Camera, battery or folding: find yours",
        path="/c/phones/?sort=newest",
    ),
    _Row(
        "tablets",
        "学习娱乐一块屏",
        "One screen to learn and play",
        "平板电脑，随手就写",
        "Tablets that are ready when you are",
    ),
    _Row(
        "accessories",
        "小配件，大不同",
        "Small things, big difference",
        "耳机、充电、收纳，一次配齐",
        "Sound, power and cases in one go",
        path="/c/accessories/?sort=sales",
    ),
    _Row(
        "hardware",
        "装机攻略，从一块显卡开始",
        "Build your own, begin with the card",
        "处理器、显卡、内存，性能自己定",
        "Processors, graphics and memory",
    ),
    _Row(
        "hardware",
        "装机节，下周开始",
        "The builders' week begins soon",
        "整机配件一站购齐",
        "All the parts in one place",
        begins=7,
        ends=21,
    ),
    _Row(
        "phones",
        "以旧换新周",
        "A week of trading in",
        "已结束，下次再见",
        "Over for now",
        begins=-30,
        ends=-16,
    ),
)


@demo.step(_("Banners"))
def load_banners(wishes: demo.Wishes) -> None:
    """Banners with the categories' own pictures. One that is there stays."""
    there = set(Banner.objects.values_list("title_zh", flat=True))
    categories = {category.slug: category for category in Category.objects.all()}
    now = clock.now()
    for position, row in enumerate(ROWS, start=1):
        if row.title_zh in there:
            continue
        category = categories[row.category]
        Banner.objects.create(
            title_zh=row.title_zh,
            title_en=row.title_en,
            tagline_zh=row.tagline_zh,
            tagline_en=row.tagline_en,
            stem_zh=_store(category.banner),
            is_dark=category.has_dark_banner,
            category=None if row.path else category,
            path=row.path,
            position=10 * position,
            starts_at=now + timedelta(days=row.begins),
            ends_at=None if row.ends is None else now + timedelta(days=row.ends),
        )
        wishes.progress(position, len(ROWS))


def _store(name: str) -> str:
    with (settings.BASE_DIR / "static" / name).open("rb") as file:
        return banner_pictures.store(File(file))
