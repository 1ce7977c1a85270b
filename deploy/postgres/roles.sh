#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the registry's database and its users: the indexer, who writes what the chain says, and the portal,
# who reads that and writes what must not be on a public chain.
# The container of Postgres runs it once, on a new cluster. Elsewhere run it as the user postgres, without
# passwords if Postgres knows both by their user on the machine (deploy/systemd).
set -euo pipefail
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" \
    --set=indexer="${INDEXER_PASSWORD:-}" --set=portal="${PORTAL_PASSWORD:-}" postgres <<'SQL'
SET client_min_messages = warning;
-- The indexer's migrations grant this role the right to read, and nothing else.
CREATE ROLE registry_reader NOLOGIN;
-- The portal takes this one on for everything that is not public; it owns no table.
CREATE ROLE registry_directory NOLOGIN IN ROLE registry_reader;
CREATE ROLE registry_indexer LOGIN CONNECTION LIMIT 10;
CREATE ROLE registry_portal LOGIN CONNECTION LIMIT 50 IN ROLE registry_reader, registry_directory;
-- An empty password is none: nobody gets in with it.
ALTER ROLE registry_indexer PASSWORD :'indexer';
ALTER ROLE registry_portal PASSWORD :'portal';
CREATE DATABASE registry OWNER registry_indexer TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE registry FROM PUBLIC;
GRANT CONNECT ON DATABASE registry TO registry_portal;
\connect registry
CREATE SCHEMA directory AUTHORIZATION registry_portal;
SQL
