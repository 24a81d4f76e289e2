"""Keep a backtest's document as the bytes that are sent, and no longer as JSONB, which had to be written anew."""

import gzip
from hashlib import sha256

from django.db import migrations, models
from pydantic_core import to_json


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def publish(apps, schema_editor):
    for backtest in apps.get_model("strategies", "Backtest").objects.iterator(chunk_size=50):
        content = to_json(_sorted(backtest.document)) + b"\n"
        backtest.published, backtest.digest = gzip.compress(content, 1, mtime=0), sha256(content).hexdigest()
        backtest.save(update_fields=["published", "digest"])


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL alters no table with rows that were changed in the same transaction

    dependencies = [("strategies", "0001_initial")]

    operations = [
        migrations.AddField("backtest", "published", models.BinaryField(default=b""), preserve_default=False),
        migrations.AddField("backtest", "digest", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(publish, elidable=True),
        migrations.RemoveField("backtest", "document"),
        migrations.RenameField("backtest", "published", "document"),
    ]
