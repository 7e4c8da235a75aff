from django.db import migrations

FROZEN = """
CREATE FUNCTION reporting_frozen_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- The erasure of a whole démarche takes its reports with it; a report alone is never removed.
        IF OLD.state NOT IN ('frozen', 'transmitted')
           OR NOT EXISTS (SELECT 1 FROM territories_demarche WHERE id = OLD.demarche_id)
           OR coalesce(current_setting('boucles.erasure', true), '') = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'Report % is frozen: it cannot be deleted.', OLD.id USING ERRCODE = '55000';
    END IF;
    IF OLD.state NOT IN ('frozen', 'transmitted') THEN
        RETURN NEW;
    END IF;
    -- What may still move: frozen becomes transmitted, with its date; an account or a job that is erased leaves.
    IF (NEW.state = OLD.state AND NEW.transmitted_on IS NOT DISTINCT FROM OLD.transmitted_on
        OR OLD.state = 'frozen' AND NEW.state = 'transmitted' AND NEW.transmitted_on IS NOT NULL)
       AND (NEW.author_id IS NULL OR NEW.author_id = OLD.author_id)
       AND (NEW.job_id IS NULL OR NEW.job_id = OLD.job_id)
       AND (to_jsonb(NEW) - 'state' - 'transmitted_on' - 'version' - 'updated_at' - 'author_id' - 'job_id')
         = (to_jsonb(OLD) - 'state' - 'transmitted_on' - 'version' - 'updated_at' - 'author_id' - 'job_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Report % is frozen: it does not change any more.', OLD.id USING ERRCODE = '55000';
END;
$$;
CREATE TRIGGER report_is_frozen BEFORE UPDATE OR DELETE ON reporting_report
    FOR EACH ROW EXECUTE FUNCTION reporting_frozen_report();

CREATE FUNCTION reporting_frozen_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.content, NEW.sha256, NEW.size, NEW.name, NEW.content_type, NEW.uuid)
       IS DISTINCT FROM (OLD.content, OLD.sha256, OLD.size, OLD.name, OLD.content_type, OLD.uuid)
       AND EXISTS (SELECT 1 FROM reporting_report
                    WHERE state IN ('frozen', 'transmitted') AND OLD.id IN (pdf_id, data_file_id)) THEN
        RAISE EXCEPTION 'File % belongs to a frozen report: it does not change any more.', OLD.id USING ERRCODE = '55000';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER frozen_report_file BEFORE UPDATE ON operations_storedfile
    FOR EACH ROW EXECUTE FUNCTION reporting_frozen_file();
"""

REMOVE = """
DROP TRIGGER frozen_report_file ON operations_storedfile;
DROP FUNCTION reporting_frozen_file();
DROP TRIGGER report_is_frozen ON reporting_report;
DROP FUNCTION reporting_frozen_report();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("operations", "0001_initial"),
        ("reporting", "0001_initial"),
        ("territories", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FROZEN, REMOVE)]
