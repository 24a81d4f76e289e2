"""Leave the table of rate limits to the app `core`; the database keeps it as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_worker"), ("core", "0001_bucket")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Bucket")]),
    ]
