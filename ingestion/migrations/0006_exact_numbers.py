"""Prices and volumes with all their digits, codes of exchanges in full, and Tiingo as a source."""

from django.db import migrations, models

SOURCES = [
    ("sample", "Sample data"),
    ("alpha_vantage", "Alpha Vantage"),
    ("tiingo", "Tiingo"),
    ("file", "File"),
]


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0005_instrument_version")]

    operations = [
        *[
            migrations.AlterField("dailybar", name, models.DecimalField())
            for name in ("open", "high", "low", "close", "volume")
        ],
        *[
            migrations.AlterField("barrevision", name, models.DecimalField())
            for name in ("old_value", "new_value")
        ],
        migrations.AlterField("instrument", "exchange", models.CharField(max_length=10)),
        migrations.AlterField("instrument", "source", models.CharField(choices=SOURCES, max_length=20)),
        migrations.AlterField("dailybar", "source", models.CharField(choices=SOURCES, max_length=20)),
        migrations.RemoveConstraint("instrument", "instrument_source_is_known"),
        migrations.AddConstraint(
            "instrument",
            models.CheckConstraint(
                condition=models.Q(source__in=["sample", "alpha_vantage", "tiingo", "file"]),
                name="instrument_source_is_known",
            ),
        ),
    ]
