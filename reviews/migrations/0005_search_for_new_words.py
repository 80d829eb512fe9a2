from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0004_states_of_reviews"),
    ]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="held_words",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="words found"
            ),
        ),
        migrations.AddField(
            model_name="sensitiveword",
            name="searched_to",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="sensitiveword",
            name="waits_since",
            field=models.DateTimeField(
                blank=True, db_index=True, editable=False, null=True
            ),
        ),
    ]
