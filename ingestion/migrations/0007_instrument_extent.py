"""What lists and pages need to know of an instrument's bars, kept current by triggers, whoever writes them."""

import django.db.models.deletion
from django.db import migrations, models

EXTENTS = """
    INSERT INTO ingestion_instrumentextent (
        instrument_id, bars, first, last, last_final, provisional_on, last_close, previous_close, days,
        content_sha256
    )
    SELECT changed.id, extent.bars, extent.first, extent.last, extent.last_final, extent.provisional_on,
           extent.closes[1], extent.closes[2], extent.days,
           encode(sha256(extent.content || coalesce(listed.content, ''::bytea)), 'hex')
    FROM {changed} AS changed
    CROSS JOIN LATERAL (
        SELECT count(*) AS bars, min(date) AS first, max(date) AS last,
               max(date) FILTER (WHERE NOT provisional) AS last_final,
               max(date) FILTER (WHERE provisional) AS provisional_on,
               (array_agg(close::float8 ORDER BY date DESC))[1:2] AS closes,
               string_agg(int4send(date - DATE '1970-01-01'), ''::bytea ORDER BY date) AS days,
               sha256(convert_to(string_agg(
                   concat_ws(' ', date, trim_scale(open), trim_scale(high), trim_scale(low),
                             trim_scale(close), trim_scale(volume)),
                   E'\\n' ORDER BY date
               ), 'UTF8')) AS content
        FROM ingestion_dailybar
        WHERE instrument_id = changed.id
    ) AS extent
    CROSS JOIN LATERAL (
        SELECT convert_to(string_agg(
            concat_ws(' ', date, kind, trim_scale(value)), E'\\n' ORDER BY date, kind
        ), 'UTF8') AS content
        FROM ingestion_corporateaction
        WHERE instrument_id = changed.id
    ) AS listed
    WHERE extent.bars > 0
    ON CONFLICT (instrument_id) DO UPDATE SET
        bars = excluded.bars, first = excluded.first, last = excluded.last,
        last_final = excluded.last_final, provisional_on = excluded.provisional_on,
        last_close = excluded.last_close, previous_close = excluded.previous_close,
        days = excluded.days, content_sha256 = excluded.content_sha256;
"""

FUNCTION = f"""
CREATE FUNCTION ingestion_refresh_extents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT instrument_id) INTO changed_ids FROM written;
    IF changed_ids IS NULL THEN
        RETURN NULL;
    END IF;
    DELETE FROM ingestion_instrumentextent AS extent
    WHERE instrument_id = ANY(changed_ids)
        AND NOT EXISTS (SELECT FROM ingestion_dailybar WHERE instrument_id = extent.instrument_id);
    {EXTENTS.format(changed="unnest(changed_ids)").replace("AS changed", "AS changed (id)", 1)}
    RETURN NULL;
END
$$;
"""

TRIGGER = """
CREATE TRIGGER {table}_{event}_extent AFTER {event} ON {table} REFERENCING {which} TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ingestion_refresh_extents();
"""

TABLES = ("ingestion_dailybar", "ingestion_corporateaction")
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


class Migration(migrations.Migration):
    dependencies = [("ingestion", "0006_exact_numbers")]

    operations = [
        migrations.CreateModel(
            name="InstrumentExtent",
            fields=[
                (
                    "instrument",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="extent",
                        serialize=False,
                        to="ingestion.instrument",
                    ),
                ),
                ("bars", models.PositiveIntegerField()),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("last_final", models.DateField(null=True)),
                ("provisional_on", models.DateField(null=True)),
                ("last_close", models.FloatField()),
                ("previous_close", models.FloatField(null=True)),
                ("days", models.BinaryField()),
                ("content_sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunSQL(
            FUNCTION
            + "".join(
                TRIGGER.format(table=table, event=event, which=which)
                for table in TABLES
                for event, which in EVENTS.items()
            )
            + EXTENTS.format(changed="ingestion_instrument"),
            "".join(
                f"DROP TRIGGER {table}_{event}_extent ON {table};" for table in TABLES for event in EVENTS
            )
            + "DROP FUNCTION ingestion_refresh_extents;",
        ),
    ]
