from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_whole_refunds_and_windows")]

    operations = [
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("after_sale__isnull", False), ("whole_payment", None)),
                    models.Q(
                        ("after_sale", None),
                        ("whole_payment__isnull", False),
                        ("whole_payment", models.F("payment")),
                    ),
                    _connector="OR",
                ),
                name="orders_refund_of_a_request_or_a_whole_payment",
            ),
        ),
    ]
