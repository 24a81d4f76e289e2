"""A version on each instrument that changes with its row, its bars and its actions, whoever writes them."""

import django.contrib.postgres.functions
from django.db import migrations, models

TRIGGERS = """
CREATE FUNCTION ingestion_new_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.version := gen_random_uuid();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION ingestion_new_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ingestion_instrument SET version = gen_random_uuid()
    WHERE id IN (SELECT DISTINCT instrument_id FROM written);
    RETURN NULL;
END
$$;

CREATE TRIGGER ingestion_instrument_version BEFORE UPDATE ON ingestion_instrument
    FOR EACH ROW EXECUTE FUNCTION ingestion_new_version();
"""

TRIGGER_OF_ROWS = """
CREATE TRIGGER {table}_{deed}_version AFTER {deed} ON {table} REFERENCING {which} TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ingestion_new_versions();
"""

TABLES = ("ingestion_dailybar", "ingestion_corporateaction")
DEEDS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0004_uploads")]

    operations = [
        migrations.AddField(
            model_name="instrument",
            name="version",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
        ),
        migrations.RunSQL(
            TRIGGERS
            + "".join(
                TRIGGER_OF_ROWS.format(table=table, deed=deed, which=which)
                for table in TABLES
                for deed, which in DEEDS.items()
            ),
            "".join(
                f"DROP TRIGGER {table}_{deed}_version ON {table};" for table in TABLES for deed in DEEDS
            )
            + "DROP TRIGGER ingestion_instrument_version ON ingestion_instrument;"
            "DROP FUNCTION ingestion_new_version, ingestion_new_versions;",
        ),
    ]
