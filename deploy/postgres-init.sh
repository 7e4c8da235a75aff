#!/bin/sh
# Run once by PostgreSQL's image, when its data folder is empty: roles, rights, extensions and passwords.
# For a server of your own: run deploy/postgres-roles.sql in the database as a superuser, then set the passwords.
set -eu
roles=${BOUCLES_ROLES_SQL:-/opt/boucles/postgres-roles.sql}
database=${POSTGRES_DB:-boucles}

as_superuser() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" "$@"; }

as_superuser --dbname "$database" --file "$roles"
# The passwords are read from the environment: not shown in the list of processes. CREATEDB only serves the tests.
as_superuser --dbname "$database" <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv backup_password BACKUP_PASSWORD
ALTER ROLE boucles_owner NOCREATEDB PASSWORD :'owner_password';
ALTER ROLE boucles_app PASSWORD :'app_password';
ALTER ROLE boucles_backup PASSWORD :'backup_password';
SELECT format('ALTER DATABASE %I OWNER TO boucles_owner', current_database()) \gexec
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO boucles_app, boucles_backup', current_database()) \gexec
SELECT format('GRANT TEMPORARY ON DATABASE %I TO boucles_app', current_database()) \gexec
SQL
