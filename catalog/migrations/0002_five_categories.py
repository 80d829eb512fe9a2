"""The shop's five departments, as rows 1 to 5 (docs/contract.md, "Catalogue")."""

from django.db import migrations

CATEGORIES = [
    # slug, Chinese, English, taglines, has a dark banner
    (
        "computers",
        "电脑",
        "Computers",
        "轻薄、游戏、一体机，总有一台合手",
        "Thin, fast or all in one",
        False,
    ),
    (
        "phones",
        "手机",
        "Phones",
        "拍得清，用得久，拿得住",
        "Sharp pictures, long days",
        False,
    ),
    (
        "tablets",
        "平板",
        "Tablets",
        "看书、画画、追剧，一块屏就够",
        "Read, draw and watch on one screen",
        False,
    ),
    (
        "accessories",
        "配件",
        "Accessories",
        "耳机、手表、键鼠，把日子配齐",
        "Headphones, watches, keys and mice",
        False,
    ),
    (
        "hardware",
        "硬件",
        "Hardware",
        "自己装机，每一件都挑得明白",
        "Build it yourself, part by part",
        True,
    ),
]


def write(apps, schema_editor):
    Category = apps.get_model("catalog", "Category")
    for number, row in enumerate(CATEGORIES, start=1):
        slug, name_zh, name_en, tagline_zh, tagline_en, has_dark_banner = row
        Category.objects.create(
            id=number,
            slug=slug,
            name_zh=name_zh,
            name_en=name_en,
            tagline_zh=tagline_zh,
            tagline_en=tagline_en,
            icon=slug,
            banner=f"img/hero-{slug}.webp",
            has_dark_banner=has_dark_banner,
            position=number,
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
