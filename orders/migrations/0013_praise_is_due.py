from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_praise_at_of_those_that_wait")]

    operations = [
        migrations.AddIndex(
            model_name="orderitem",
            index=models.Index(
                fields=["review_state", "praise_at", "id"],
                name="orders_item_praise_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("review_state", "pending"), _negated=True),
                    ("praise_at__isnull", False),
                    _connector="OR",
                ),
                name="orders_item_to_review_has_its_deadline",
            ),
        ),
    ]
