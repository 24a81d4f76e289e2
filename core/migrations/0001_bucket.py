"""Take over the table of rate limits from the app `jobs`; the database keeps it as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("jobs", "0004_worker")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Bucket",
                    fields=[
                        ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                        ("level", models.FloatField()),
                        ("filled_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "jobs_bucket",
                        "indexes": [models.Index(fields=["filled_at"], name="bucket_oldest_first")],
                    },
                ),
            ],
        ),
    ]
