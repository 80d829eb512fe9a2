from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_complete_what_was_written")]

    operations = [
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "-helpful_count", "-item"],
                name="reviews_by_helpfulness",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["state", "written_at"], name="reviews_by_state"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["written", "held", "hidden"]),
                        ("rating__isnull", False),
                        ("written_at__isnull", False),
                        models.Q(("body", ""), _negated=True),
                    ),
                    models.Q(
                        ("body", ""),
                        ("rating", 5),
                        ("state", "default_praise"),
                        ("written_at__isnull", False),
                    ),
                    models.Q(
                        ("body", ""),
                        ("rating__isnull", True),
                        ("state__in", ["pending", "withdrawn"]),
                        ("written_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reviews_review_is_whole_or_empty_by_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("written_at__isnull", True),
                    models.Q(
                        ("follow_up_by__isnull", False), ("public_id__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="reviews_review_written_has_its_deadlines",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "hidden"),
                        models.Q(("hidden_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "hidden"), _negated=True),
                        ("hidden_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="reviews_review_hidden_has_its_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("edited_at__isnull", True),
                    models.Q(
                        models.Q(("body", ""), _negated=True),
                        ("edited_at__gte", models.F("written_at")),
                        ("edited_at__lte", models.F("edit_by")),
                    ),
                    _connector="OR",
                ),
                name="reviews_review_changed_within_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("helpful_count__gte", models.F("helpful_opening"))),
                name="reviews_review_helpful_not_below_its_opening",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__lt", 9)),
                name="reviews_photo_at_most_nine",
            ),
        ),
    ]
