"""Make the table of the audit trail, which the database lets nobody change."""

import django.db.models.functions.datetime
from django.db import migrations, models

APPEND_ONLY = """
    CREATE FUNCTION core_refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('hindcast.audit_retention', true) = 'on' AND TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit trail is append-only';
    END $$;
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditentry
        FOR EACH ROW EXECUTE FUNCTION core_refuse_change_of_audit();
"""
UNDO = """
    DROP TRIGGER audit_append_only ON core_auditentry;
    DROP FUNCTION core_refuse_change_of_audit();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_bucket")]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
                ("action", models.CharField(max_length=30)),
                ("user_id", models.BigIntegerField(null=True)),
                ("username", models.CharField(blank=True, max_length=150)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("request_id", models.CharField(blank=True, max_length=16)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("details", models.JSONField(default=dict)),
            ],
            options={"ordering": ("-pk",), "verbose_name_plural": "audit entries"},
        ),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]
