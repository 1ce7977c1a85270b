-- SPDX-License-Identifier: Apache-2.0
-- What is told to people by mail and to programs by webhooks, and to whom.

-- What a person says of himself. Mail goes to a confirmed address, unless the person wants none.
CREATE TABLE directory.people (
    account            TEXT PRIMARY KEY,
    name               TEXT CHECK (char_length(name) BETWEEN 1 AND 120),
    email              TEXT CHECK (char_length(email) BETWEEN 3 AND 254),
    email_confirmed_at TIMESTAMPTZ,
    phone              TEXT CHECK (char_length(phone) BETWEEN 1 AND 40),
    language           TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr', 'es')),
    notify             BOOLEAN NOT NULL DEFAULT TRUE,
    updated_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    CHECK (email_confirmed_at IS NULL OR email IS NOT NULL)
);

-- Up to where the chain's events have become mails and deliveries, in one row: moved in the
-- transaction that writes those.
CREATE TABLE directory.courier (
    only_row     BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    genesis_hash BYTEA NOT NULL,
    height       BIGINT NOT NULL,
    index        INTEGER NOT NULL,
    began_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Mails that wait, and a trace of those that were sent.
CREATE TABLE directory.mails (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Which event of the chain, `120-3`, or what else it is about, so that it is told once.
    occasion   TEXT NOT NULL,
    template   TEXT NOT NULL,
    -- The person, where it is one with an account.
    account    TEXT,
    -- Gone once the person is forgotten.
    email      TEXT,
    name       TEXT,
    language   TEXT NOT NULL CHECK (language IN ('en', 'fr', 'es')),
    -- What fills the gaps of the text, sealed where it holds a secret; both are gone once it is sent.
    contents   JSONB,
    sealed     BYTEA,
    status     TEXT NOT NULL DEFAULT 'pending'
               CHECK (status IN ('pending', 'sending', 'sent', 'dead')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at   TIMESTAMPTZ,
    UNIQUE (occasion, template, email),
    CHECK ((status IN ('sent', 'dead')) = (ended_at IS NOT NULL)),
    CHECK (status = 'sent' OR email IS NOT NULL AND (contents IS NULL) <> (sealed IS NULL))
);
CREATE INDEX ON directory.mails (next_at) WHERE status = 'pending';
CREATE INDEX ON directory.mails (status) WHERE status IN ('sending', 'dead');
CREATE INDEX ON directory.mails (account);
CREATE INDEX ON directory.mails (ended_at) WHERE ended_at IS NOT NULL;

-- Where programs of an organisation want to be told of events.
CREATE TABLE directory.webhooks (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation    BIGINT NOT NULL,
    url             TEXT NOT NULL CHECK (char_length(url) <= 2000),
    -- Names of events; all if there is none.
    names           TEXT[] NOT NULL,
    -- What an event must be about, all of it: kinds and numbers as in chain.event_subjects.
    kinds           TEXT[] NOT NULL,
    ids             BIGINT[] NOT NULL,
    -- Sealed. After a rotation the old one signs as well for a while.
    secret          BYTEA NOT NULL,
    old_secret      BYTEA,
    old_until       TIMESTAMPTZ,
    -- The person or the key that made it.
    created_by      TEXT,
    api_key         BIGINT,
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Since when every delivery has failed.
    failing_since   TIMESTAMPTZ,
    switched_off_at TIMESTAMPTZ,
    CHECK (cardinality(kinds) = cardinality(ids)),
    CHECK ((old_secret IS NULL) = (old_until IS NULL))
);
CREATE INDEX ON directory.webhooks (organisation, id);

CREATE TABLE directory.webhook_deliveries (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook     BIGINT NOT NULL REFERENCES directory.webhooks ON DELETE CASCADE,
    -- Which event of the chain, `120-3`, or what else it is about, so that it is told once.
    occasion    TEXT NOT NULL,
    type        TEXT NOT NULL,
    time        TIMESTAMPTZ NOT NULL,
    data        JSONB NOT NULL,
    status      TEXT NOT NULL DEFAULT 'pending'
                CHECK (status IN ('pending', 'sending', 'delivered', 'dead')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_status SMALLINT,
    last_error  TEXT,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at    TIMESTAMPTZ,
    UNIQUE (webhook, occasion),
    CHECK ((status IN ('delivered', 'dead')) = (ended_at IS NOT NULL))
);
CREATE INDEX ON directory.webhook_deliveries (webhook, next_at) WHERE status = 'pending';
CREATE INDEX ON directory.webhook_deliveries (webhook, id);
CREATE INDEX ON directory.webhook_deliveries (status) WHERE status IN ('sending', 'dead');
CREATE INDEX ON directory.webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
