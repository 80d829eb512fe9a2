"""What changed of the products that processes know as sets (docs/decisions/0017)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0020_append_only_stock_and_overdue_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("product_id", models.PositiveBigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="productfacets",
            name="sales",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.DeleteModel(name="FacetCount"),
        migrations.RemoveField(model_name="searchstate", name="counted_at"),
    ]
