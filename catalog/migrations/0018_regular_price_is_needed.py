from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0017_begin_the_price_history"),
    ]

    operations = [
        migrations.AlterField(
            model_name="variant",
            name="regular_price",
            field=models.DecimalField(
                decimal_places=2,
                max_digits=10,
                validators=[
                    django.core.validators.MinValueValidator(
                        Decimal("0.01"), "The price must be above zero."
                    )
                ],
                verbose_name="price",
            ),
        ),
        migrations.RemoveField(
            model_name="product",
            name="list_price",
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__lte", models.F("regular_price"))),
                name="catalog_variant_price_not_above_regular_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(("list_price__gte", models.F("regular_price"))),
                name="catalog_variant_list_price_not_below_regular_price",
                violation_error_message="The list price must be at least the price.",
            ),
        ),
    ]
