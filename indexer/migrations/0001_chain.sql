-- SPDX-License-Identifier: Apache-2.0
-- Everything that the chain says, as tables. The schema can be dropped and rebuilt from the chain to
-- identical contents; nothing in it is a source of truth.
--
-- Tonnes and serial numbers are BIGINT: the chain counts up to 2^53 - 1. Enumerations are the names
-- that the API uses. Accounts are SS58 text, hashes are BYTEA of 32 bytes.
CREATE SCHEMA chain;

CREATE DOMAIN chain.hash AS BYTEA CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN chain.tonnes AS BIGINT CHECK (VALUE >= 0);

-- Where the indexer is, in one row: written in the same transaction as what a block changes.
CREATE TABLE chain.cursor (
    only_row     BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    genesis_hash chain.hash NOT NULL,
    height       BIGINT NOT NULL,
    hash         chain.hash NOT NULL,
    time         TIMESTAMPTZ NOT NULL
);

-- Raw: finalised blocks, their extrinsics and events.
CREATE TABLE chain.finalised_blocks (
    height      BIGINT PRIMARY KEY,
    hash        chain.hash NOT NULL UNIQUE,
    parent_hash chain.hash NOT NULL,
    time        TIMESTAMPTZ NOT NULL
);

CREATE TABLE chain.extrinsics (
    height  BIGINT NOT NULL REFERENCES chain.finalised_blocks,
    index   INTEGER NOT NULL,
    hash    chain.hash NOT NULL,
    signer  TEXT,
    pallet  TEXT NOT NULL,
    name    TEXT NOT NULL,
    success BOOLEAN NOT NULL,
    -- Code and sentence of the error of one that failed: `Credits.NotTheOwner`.
    error_code TEXT,
    error   TEXT,
    PRIMARY KEY (height, index)
);
-- Not unique: the same bytes can be in two blocks.
CREATE INDEX ON chain.extrinsics (hash);
CREATE INDEX ON chain.extrinsics (signer) WHERE signer IS NOT NULL;

-- The events of the registry's own pallets, with their fields as JSON.
CREATE TABLE chain.events (
    height          BIGINT NOT NULL REFERENCES chain.finalised_blocks,
    index           INTEGER NOT NULL,
    extrinsic_index INTEGER,
    pallet          TEXT NOT NULL,
    name            TEXT NOT NULL,
    fields          JSONB NOT NULL,
    PRIMARY KEY (height, index)
);

-- What an event is about: the timeline of a project, of an organisation.
CREATE TABLE chain.event_subjects (
    kind   TEXT NOT NULL CHECK (kind IN ('organisation', 'project', 'retirement')),
    id     BIGINT NOT NULL,
    height BIGINT NOT NULL,
    index  INTEGER NOT NULL,
    PRIMARY KEY (kind, id, height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events
);

-- Projections.
CREATE TABLE chain.organisations (
    id              BIGINT PRIMARY KEY,
    role            TEXT NOT NULL,
    name            TEXT NOT NULL,
    tax_id          TEXT NOT NULL UNIQUE,
    country         TEXT NOT NULL,
    sectoral_scopes SMALLINT[] NOT NULL,
    profile         chain.hash NOT NULL,
    status          TEXT NOT NULL,
    -- The public reason of the last suspension.
    suspension_reason TEXT,
    created_at      TIMESTAMPTZ NOT NULL
);

CREATE TABLE chain.members (
    account      TEXT PRIMARY KEY,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    role         TEXT NOT NULL
);
CREATE INDEX ON chain.members (organisation);

CREATE TABLE chain.projects (
    id                 BIGINT PRIMARY KEY,
    title              TEXT NOT NULL,
    external_id        TEXT NOT NULL UNIQUE,
    sector             TEXT NOT NULL,
    -- The number, 1 to 15.
    sectoral_scope     SMALLINT NOT NULL,
    mitigation_type    TEXT NOT NULL,
    gases              TEXT[] NOT NULL,
    crediting_start    TIMESTAMPTZ NOT NULL,
    crediting_end      TIMESTAMPTZ NOT NULL,
    estimated_cost_usd BIGINT NOT NULL,
    estimate           chain.tonnes NOT NULL,
    details            chain.hash NOT NULL,
    stage              TEXT NOT NULL,
    validated_estimate chain.tonnes,
    authorised         chain.tonnes NOT NULL DEFAULT 0,
    -- The Article 6 terms as in the API; null for domestic use only.
    article6           JSONB,
    buffer_rate        INTEGER NOT NULL DEFAULT 0,
    issued             chain.tonnes NOT NULL DEFAULT 0,
    rejection_reason   TEXT,
    created_at         TIMESTAMPTZ NOT NULL
);

CREATE TABLE chain.proponents (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    position     SMALLINT NOT NULL,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    share_ppm    INTEGER NOT NULL,
    PRIMARY KEY (project, position)
);
CREATE INDEX ON chain.proponents (organisation);

CREATE TABLE chain.certifiers (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    PRIMARY KEY (project, organisation)
);
CREATE INDEX ON chain.certifiers (organisation);

CREATE TABLE chain.locations (
    project   BIGINT NOT NULL REFERENCES chain.projects,
    position  SMALLINT NOT NULL,
    region    TEXT NOT NULL,
    -- Millionths of a degree.
    latitude  INTEGER,
    longitude INTEGER,
    PRIMARY KEY (project, position)
);
CREATE INDEX ON chain.locations (region);

CREATE TABLE chain.documents (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    document     BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    hash         chain.hash NOT NULL,
    size         BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    uploader     BIGINT NOT NULL REFERENCES chain.organisations,
    status       TEXT NOT NULL,
    reviewer     BIGINT REFERENCES chain.organisations,
    remark       chain.hash,
    submitted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (project, document)
);

CREATE TABLE chain.monitoring_periods (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    period       BIGINT NOT NULL,
    starts       TIMESTAMPTZ NOT NULL,
    ends         TIMESTAMPTZ NOT NULL,
    report       chain.hash NOT NULL,
    stage        TEXT NOT NULL,
    verifier     BIGINT REFERENCES chain.organisations,
    verification chain.hash,
    PRIMARY KEY (project, period)
);

CREATE TABLE chain.monitoring_vintages (
    project  BIGINT NOT NULL,
    period   BIGINT NOT NULL,
    vintage  SMALLINT NOT NULL,
    reported chain.tonnes NOT NULL,
    -- Null until verified; a year that the verifier left out is zero.
    verified chain.tonnes,
    PRIMARY KEY (project, period, vintage),
    FOREIGN KEY (project, period) REFERENCES chain.monitoring_periods
);

-- Credits: blocks of consecutive serial numbers, by the first.
CREATE TABLE chain.credit_blocks (
    start_serial      BIGINT PRIMARY KEY CHECK (start_serial >= 1),
    end_serial        BIGINT NOT NULL CHECK (end_serial >= start_serial),
    project           BIGINT NOT NULL REFERENCES chain.projects,
    period            BIGINT NOT NULL,
    vintage           SMALLINT NOT NULL,
    owner             BIGINT NOT NULL REFERENCES chain.organisations,
    status            TEXT NOT NULL,
    -- Why on hold or cancelled.
    status_reason     TEXT,
    -- The record of a retired block.
    retirement        BIGINT,
    first_transferred BOOLEAN NOT NULL DEFAULT FALSE,
    -- The block that it was split from.
    parent            BIGINT REFERENCES chain.credit_blocks
);
CREATE INDEX ON chain.credit_blocks (owner, status);
CREATE INDEX ON chain.credit_blocks (project, vintage);
CREATE INDEX ON chain.credit_blocks (parent) WHERE parent IS NOT NULL;

-- What happened to which serial numbers: the lineage of any serial is the rows whose range holds it.
CREATE TABLE chain.serial_history (
    height       BIGINT NOT NULL,
    index        INTEGER NOT NULL,
    -- Counts the ranges of one event.
    part         SMALLINT NOT NULL,
    start_serial BIGINT NOT NULL,
    end_serial   BIGINT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('issued', 'split', 'transferred', 'retired')),
    -- The block that a split-off range came from.
    parent       BIGINT,
    from_owner   BIGINT,
    to_owner     BIGINT,
    retirement   BIGINT,
    PRIMARY KEY (height, index, part),
    FOREIGN KEY (height, index) REFERENCES chain.events
);
CREATE INDEX ON chain.serial_history USING gist (int8range(start_serial, end_serial, '[]'));

CREATE TABLE chain.transfers (
    -- Counts transfers nationally, in the order of the chain.
    id        BIGINT PRIMARY KEY,
    height    BIGINT NOT NULL,
    index     INTEGER NOT NULL,
    from_owner BIGINT NOT NULL REFERENCES chain.organisations,
    to_owner  BIGINT NOT NULL REFERENCES chain.organisations,
    quantity  chain.tonnes NOT NULL,
    reference TEXT,
    at        TIMESTAMPTZ NOT NULL,
    UNIQUE (height, index)
);
CREATE INDEX ON chain.transfers (from_owner);
CREATE INDEX ON chain.transfers (to_owner);

CREATE TABLE chain.transfer_parts (
    transfer     BIGINT NOT NULL REFERENCES chain.transfers,
    position     SMALLINT NOT NULL,
    start_serial BIGINT NOT NULL,
    end_serial   BIGINT NOT NULL,
    project      BIGINT NOT NULL REFERENCES chain.projects,
    vintage      SMALLINT NOT NULL,
    PRIMARY KEY (transfer, position)
);

CREATE TABLE chain.retirements (
    id                  BIGINT PRIMARY KEY,
    height              BIGINT NOT NULL,
    index               INTEGER NOT NULL,
    owner               BIGINT NOT NULL REFERENCES chain.organisations,
    purpose             TEXT NOT NULL,
    -- Country, entity or year of the purposes that have them, as in the API.
    purpose_details     JSONB,
    beneficiary         TEXT NOT NULL,
    beneficiary_country TEXT NOT NULL,
    on_behalf_of        TEXT,
    reason              TEXT,
    reference           TEXT,
    quantity            chain.tonnes NOT NULL,
    at                  TIMESTAMPTZ NOT NULL
);
CREATE INDEX ON chain.retirements (owner);

CREATE TABLE chain.retirement_parts (
    retirement   BIGINT NOT NULL REFERENCES chain.retirements,
    position     SMALLINT NOT NULL,
    start_serial BIGINT NOT NULL,
    end_serial   BIGINT NOT NULL,
    project      BIGINT NOT NULL REFERENCES chain.projects,
    vintage      SMALLINT NOT NULL,
    PRIMARY KEY (retirement, position)
);

-- Tonnes by status; the national totals are the sum of these rows.
CREATE TABLE chain.vintage_totals (
    project   BIGINT NOT NULL REFERENCES chain.projects,
    vintage   SMALLINT NOT NULL,
    issued    chain.tonnes NOT NULL,
    held      chain.tonnes NOT NULL,
    on_hold   chain.tonnes NOT NULL,
    reserved  chain.tonnes NOT NULL,
    retired   chain.tonnes NOT NULL,
    cancelled chain.tonnes NOT NULL,
    buffer    chain.tonnes NOT NULL,
    PRIMARY KEY (project, vintage),
    CHECK (issued = held + on_hold + reserved + retired + cancelled + buffer)
);

CREATE VIEW chain.national_totals AS
SELECT
    (SELECT COALESCE(SUM(authorised), 0)::BIGINT FROM chain.projects) AS authorised,
    COALESCE(SUM(issued), 0)::BIGINT    AS issued,
    COALESCE(SUM(held), 0)::BIGINT      AS held,
    COALESCE(SUM(on_hold), 0)::BIGINT   AS on_hold,
    COALESCE(SUM(reserved), 0)::BIGINT  AS reserved,
    COALESCE(SUM(retired), 0)::BIGINT   AS retired,
    COALESCE(SUM(cancelled), 0)::BIGINT AS cancelled,
    COALESCE(SUM(buffer), 0)::BIGINT    AS buffer,
    (SELECT COALESCE(SUM(quantity), 0)::BIGINT FROM chain.transfers) AS transferred
FROM chain.vintage_totals;

-- The serial number of a range, CDM style.
CREATE FUNCTION chain.serial(country TEXT, scope SMALLINT, project BIGINT, vintage SMALLINT,
                             start_serial BIGINT, end_serial BIGINT)
RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT country || '-ITMO-' || scope || '-' || CASE WHEN project < 1000
        THEN lpad(project::TEXT, 3, '0') ELSE project::TEXT END
        || '-' || vintage || '-0-' || start_serial || '-' || end_serial
$$;

-- What a reader of the chain's tables needs, and nothing more: the portal's role.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'registry_reader') THEN
        CREATE ROLE registry_reader NOLOGIN;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA chain TO registry_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA chain TO registry_reader;
