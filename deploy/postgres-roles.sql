-- Roles, extensions and default rights, in the database it is run in. Run by a superuser; safe to run again.
-- Run it in template1 too where test databases are created: what is created from it inherits all of this.
--   boucles_owner   owns the tables: migrations and maintenance
--   boucles_app     reads and writes rows only; row-level security applies to it
--   boucles_backup  reads everything, row-level security set aside: dumps only
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'boucles_owner') THEN
        CREATE ROLE boucles_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'boucles_app') THEN
        CREATE ROLE boucles_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'boucles_backup') THEN
        CREATE ROLE boucles_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS;
    END IF;
END
$$;
ALTER ROLE boucles_backup SET default_transaction_read_only = on;
GRANT pg_read_all_data TO boucles_backup;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO boucles_app, boucles_backup;
GRANT USAGE, CREATE ON SCHEMA public TO boucles_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE boucles_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO boucles_app;
ALTER DEFAULT PRIVILEGES FOR ROLE boucles_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO boucles_app;
