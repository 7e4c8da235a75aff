from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION operations_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The seal, once.
    IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL AND OLD.seal = '' AND NEW.sequence IS NOT NULL AND NEW.seal <> ''
       AND (to_jsonb(NEW) - 'sequence' - 'seal') = (to_jsonb(OLD) - 'sequence' - 'seal') THEN
        RETURN NEW;
    END IF;
    -- An account that is erased: its name stays as it was written, the link to it goes.
    IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL AND (to_jsonb(NEW) - 'actor_id') = (to_jsonb(OLD) - 'actor_id') THEN
        RETURN NEW;
    END IF;
    -- The erasure of a whole démarche, by the owner of the tables only.
    IF TG_OP = 'DELETE' AND coalesce(current_setting('boucles.erasure', true), '') = 'on' AND EXISTS (
        SELECT 1 FROM pg_class WHERE oid = TG_RELID AND pg_has_role(current_user, relowner, 'USAGE')) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only (% refused on entry %).', TG_OP, OLD.id USING ERRCODE = '55000';
END;
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON operations_auditentry
    FOR EACH ROW EXECUTE FUNCTION operations_audit_is_append_only();
"""

REMOVE = """
DROP TRIGGER audit_is_append_only ON operations_auditentry;
DROP FUNCTION operations_audit_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('operations', '0001_initial'),
        ('territories', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='woken_at',
            field=models.DateTimeField(blank=True, help_text='When a wake-up was last sent again.', null=True),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['demarche', '-id'], name='audit_of_a_demarche'),
        ),
        migrations.RunSQL(APPEND_ONLY, REMOVE),
    ]
