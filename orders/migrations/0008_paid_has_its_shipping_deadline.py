from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_fill_shipping_deadline")]

    operations = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", True), ("ship_by__isnull", True)),
                    models.Q(("paid_at__isnull", False), ("ship_by__isnull", False)),
                    _connector="OR",
                ),
                name="orders_order_paid_has_its_ship_by",
            ),
        ),
    ]
