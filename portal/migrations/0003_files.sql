-- SPDX-License-Identifier: Apache-2.0
-- Files that organisations deposited: documents, reports, remarks, profiles. Their bytes are in the
-- store, under their hash; here is what is known of them.
--
-- Nothing refers to schema `chain`, as everywhere in this schema: what the chain says of a hash is
-- asked for when it is needed, and what was once public is noted here and stays so.

CREATE TABLE directory.files (
    -- BLAKE2b-256 of the bytes.
    hash         BYTEA PRIMARY KEY CHECK (octet_length(hash) = 32),
    size         BIGINT NOT NULL CHECK (size > 0),
    -- Found in the bytes, whatever was said of them.
    media_type   TEXT NOT NULL,
    -- Last time that anybody uploaded it.
    uploaded_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    -- Since when the bytes are in the store. Null while they come and while they go: then they may be
    -- there or not, and nobody is given them.
    stored_at    TIMESTAMPTZ,
    -- When the bytes in the store were last compared with the hash, and since when they differ.
    checked_at   TIMESTAMPTZ,
    damaged_at   TIMESTAMPTZ,
    -- Since when it is public: something on the chain carries its hash.
    published_at TIMESTAMPTZ,
    CHECK (damaged_at IS NULL OR stored_at IS NOT NULL)
);
CREATE INDEX ON directory.files (uploaded_at) WHERE published_at IS NULL;
CREATE INDEX ON directory.files (checked_at) WHERE stored_at IS NOT NULL;

-- Who uploaded it, and under which name: each organisation by itself, and none learns of another.
CREATE TABLE directory.deposits (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash         BYTEA NOT NULL REFERENCES directory.files ON DELETE CASCADE,
    organisation BIGINT NOT NULL,
    name         TEXT NOT NULL CHECK (char_length(name) BETWEEN 1 AND 150),
    -- The person or the key that did it last.
    account      TEXT,
    api_key      BIGINT,
    uploaded_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (hash, organisation),
    CHECK ((account IS NULL) <> (api_key IS NULL))
);
CREATE INDEX ON directory.deposits (organisation, id);
