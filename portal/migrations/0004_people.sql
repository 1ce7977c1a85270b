-- SPDX-License-Identifier: Apache-2.0
-- Who the people behind the accounts are, who wants to become one of them, and what programs submit
-- through the registry.

-- A mailed token proves that somebody reads the address. Kept as its hash.
CREATE TABLE directory.confirmations (
    token      BYTEA PRIMARY KEY,
    account    TEXT NOT NULL,
    email      TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ON directory.confirmations (account);

-- An organisation's Admin asks somebody to become a member; who has the mailed link says with which
-- account. The membership itself is the chain's, signed by the Admin.
CREATE TABLE directory.invitations (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation BIGINT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'view_only')),
    -- Both are gone once the person's data is deleted, or the invitation is over for long.
    email        TEXT,
    name         TEXT,
    language     TEXT NOT NULL,
    token        BYTEA NOT NULL UNIQUE,
    invited_by   TEXT NOT NULL,
    invited_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at   TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ,
    claimed_by   TEXT,
    claimed_at   TIMESTAMPTZ
);
CREATE INDEX ON directory.invitations (organisation, id);
CREATE INDEX ON directory.invitations (claimed_by);

-- Somebody wants an organisation to be registered, with his account as its first Admin.
CREATE TABLE directory.applications (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account      TEXT NOT NULL,
    tax_id       TEXT NOT NULL,
    -- The call that approves it, with the applicant's signature.
    call         JSONB NOT NULL,
    -- Gone once the applicant's data is deleted.
    name         TEXT,
    email        TEXT,
    phone        TEXT,
    message      TEXT,
    language     TEXT NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    withdrawn_at TIMESTAMPTZ,
    rejected_at  TIMESTAMPTZ,
    rejected_by  TEXT,
    remark       TEXT
);
-- One at a time for an account and for a tax identifier.
CREATE UNIQUE INDEX ON directory.applications (account)
    WHERE rejected_at IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX ON directory.applications (tax_id)
    WHERE rejected_at IS NULL AND withdrawn_at IS NULL;

-- The off-chain profile of an organisation, byte by byte as its hash on the chain was made. Those
-- that were replaced stay until the chain names another.
CREATE TABLE directory.profiles (
    organisation BIGINT NOT NULL,
    hash         BYTEA NOT NULL,
    document     BYTEA NOT NULL CHECK (octet_length(document) <= 16384),
    saved_by     TEXT NOT NULL,
    saved_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation, hash)
);

-- The key with which the registry signs what programs of an organisation submit. Sealed.
CREATE TABLE directory.gateways (
    organisation BIGINT PRIMARY KEY,
    account      TEXT NOT NULL UNIQUE,
    key          BYTEA NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- What a program submits and what became of it.
CREATE TABLE directory.submissions (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation BIGINT NOT NULL,
    api_key      BIGINT NOT NULL,
    -- The program's own name of it: the same name is the same submission.
    reference    TEXT NOT NULL,
    -- Of the call, so that another call under the same name is told.
    digest       BYTEA NOT NULL,
    call         JSONB NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    state        TEXT NOT NULL DEFAULT 'waiting'
                 CHECK (state IN ('waiting', 'signed', 'final', 'failed')),
    -- The signed transaction, the last height that can hold it, and its hash: sent again and again
    -- as it is, until it is in a block or can be in none any more.
    extrinsic    BYTEA,
    valid_until  BIGINT,
    hash         BYTEA,
    -- What it made on the chain.
    height       BIGINT,
    project      BIGINT,
    document     BIGINT,
    period       BIGINT,
    -- Why it failed.
    code         TEXT,
    sentence     TEXT,
    -- What was decided about it.
    decision     TEXT,
    decided_at   TIMESTAMPTZ,
    UNIQUE (organisation, reference)
);
CREATE INDEX ON directory.submissions (id) WHERE state IN ('waiting', 'signed');
CREATE INDEX ON directory.submissions (project, period) WHERE period IS NOT NULL;
CREATE INDEX ON directory.submissions (project, document) WHERE document IS NOT NULL;
