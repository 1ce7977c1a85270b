-- SPDX-License-Identifier: Apache-2.0
-- What must not be on a public chain: who is signed in, keys of programs, and who did what of it.
--
-- Nothing here refers to schema `chain` by a constraint or a view: that schema is dropped and made
-- again by a rebuild. Accounts are SS58 texts and organisations are the chain's numbers.
DO $$
BEGIN
    -- Where roles are kept apart the schema was made for the portal's user (deploy/postgres/roles.sh).
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'directory') THEN
        CREATE SCHEMA directory;
    END IF;
END
$$;

-- Nonces of sign-in messages that were used; those that were not are nowhere.
CREATE TABLE directory.used_nonces (
    nonce   BYTEA PRIMARY KEY,
    expires TIMESTAMPTZ NOT NULL
);
CREATE INDEX ON directory.used_nonces (expires);

-- A person who proved to hold a key. A session ends by itself, by its owner, or by another sign-in's
-- wish to end all; its token is kept as its hash.
CREATE TABLE directory.sessions (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account   TEXT NOT NULL,
    token     BYTEA NOT NULL UNIQUE,
    began_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Told to the minute.
    used_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    ends_at   TIMESTAMPTZ NOT NULL,
    ended_at  TIMESTAMPTZ
);
CREATE INDEX ON directory.sessions (account);

-- A key with which a program acts for an organisation; shown once, kept as its hash.
CREATE TABLE directory.api_keys (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation BIGINT NOT NULL,
    name         TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    -- What it begins with, so that its owner can tell it from others.
    prefix       TEXT NOT NULL,
    hash         BYTEA NOT NULL UNIQUE,
    scopes       TEXT[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_by   TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at   TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ,
    -- Told to the minute.
    used_at      TIMESTAMPTZ
);
CREATE INDEX ON directory.api_keys (organisation, id);

-- Every private action: who, for whom, what, with what outcome. Rows are added and never changed.
CREATE TABLE directory.audit (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- The person, or the key; neither where it was nobody yet.
    account      TEXT,
    api_key      BIGINT,
    organisation BIGINT,
    -- Where the request came from: an address, or a network of IPv6.
    client       TEXT,
    action       TEXT NOT NULL,
    -- What it was done to, without anything personal.
    subject      TEXT,
    succeeded    BOOLEAN NOT NULL
);
CREATE INDEX ON directory.audit (organisation, id);
CREATE INDEX ON directory.audit (account, id);

CREATE FUNCTION directory.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to';
END
$$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON directory.audit
    EXECUTE FUNCTION directory.refuse_change();

-- Answers to requests that named a key of idempotency, sealed, for a day.
CREATE TABLE directory.answers (
    -- Who asked, and the key.
    caller  BYTEA NOT NULL,
    key     TEXT NOT NULL,
    -- Of the request's address and body.
    request BYTEA NOT NULL,
    at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- None while the first request is still at work.
    status  SMALLINT,
    body    BYTEA,
    PRIMARY KEY (caller, key)
);
CREATE INDEX ON directory.answers (at);

-- What the portal needs beside reading the chain's tables. Later migrations of this schema need to
-- grant nothing.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_reader') THEN
        CREATE ROLE registry_reader NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_directory') THEN
        CREATE ROLE registry_directory NOLOGIN;
    END IF;
    IF NOT pg_has_role('registry_directory', 'registry_reader', 'MEMBER') THEN
        GRANT registry_reader TO registry_directory;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA directory TO registry_directory;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA directory TO registry_directory;
ALTER DEFAULT PRIVILEGES IN SCHEMA directory
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO registry_directory;
REVOKE UPDATE, DELETE, TRUNCATE ON directory.audit FROM registry_directory;
