from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_remind_of_running_receipts")]

    operations = [
        migrations.AddField(
            model_name="orderitem",
            name="praise_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="default praise at"
            ),
        ),
    ]
