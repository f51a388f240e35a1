#!/bin/bash
# Runs once, when the volume is new. The owner migrates; the other role serves: it owns nothing and
# cannot pass the row-level security policies.
set -euo pipefail
: "${ANFU_OWNER_PASSWORD:?}" "${ANFU_APP_PASSWORD:?}"

psql -v ON_ERROR_STOP=1 -v owner_password="$ANFU_OWNER_PASSWORD" \
    -v app_password="$ANFU_APP_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE anfu_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS
    PASSWORD :'owner_password';
CREATE ROLE anfu_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
    PASSWORD :'app_password';
ALTER ROLE anfu_app SET statement_timeout = '60s';
ALTER ROLE anfu_app SET lock_timeout = '10s';
ALTER ROLE anfu_app SET max_parallel_workers_per_gather = 0;
ALTER ROLE anfu_app SET idle_in_transaction_session_timeout = '120s';
CREATE DATABASE anfu OWNER anfu_owner TEMPLATE template0;
\connect anfu
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
SQL
