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
    -- A request is one for a transfer or for an international retirement: they share their numbers.
    kind   TEXT NOT NULL CHECK (kind IN ('organisation', 'project', 'retirement', 'cancellation',
                                         'request', 'proposal')),
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
    -- How often it was suspended, and the public reason of the last time.
    suspensions     INTEGER NOT NULL DEFAULT 0,
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
    -- The public reason of a rejection, a withdrawal, a suspension or a completion.
    stage_reason       TEXT,
    validated_estimate chain.tonnes,
    authorised         chain.tonnes NOT NULL DEFAULT 0,
    -- The Article 6 terms as in the API; null for domestic use only.
    article6           JSONB,
    buffer_rate        INTEGER NOT NULL DEFAULT 0,
    issued             chain.tonnes NOT NULL DEFAULT 0,
    first_transferred  chain.tonnes NOT NULL DEFAULT 0,
    created_at         TIMESTAMPTZ NOT NULL,
    CHECK (first_transferred <= issued AND issued <= authorised)
);

-- Who owns its future issuances, now.
CREATE TABLE chain.proponents (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    position     SMALLINT NOT NULL,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    share_ppm    INTEGER NOT NULL,
    PRIMARY KEY (project, position)
);
CREATE INDEX ON chain.proponents (organisation);

-- Other proponents that were proposed. All that own a share or shall own one must consent.
CREATE TABLE chain.proponent_changes (
    project     BIGINT NOT NULL REFERENCES chain.projects,
    number      BIGINT NOT NULL,
    -- Lapsed: the project ended first.
    status      TEXT NOT NULL
                CHECK (status IN ('open', 'applied', 'replaced', 'withdrawn', 'lapsed')),
    proposed_at TIMESTAMPTZ NOT NULL,
    proposed_by TEXT NOT NULL,
    closed_at   TIMESTAMPTZ,
    -- Who withdrew it.
    withdrawn_by BIGINT REFERENCES chain.organisations,
    PRIMARY KEY (project, number),
    CHECK ((status = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX ON chain.proponent_changes (project) WHERE status = 'open';

CREATE TABLE chain.proponent_change_shares (
    project      BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    position     SMALLINT NOT NULL,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    share_ppm    INTEGER NOT NULL,
    PRIMARY KEY (project, number, position),
    FOREIGN KEY (project, number) REFERENCES chain.proponent_changes
);
CREATE INDEX ON chain.proponent_change_shares (organisation);

CREATE TABLE chain.proponent_change_consents (
    project      BIGINT NOT NULL,
    number       BIGINT NOT NULL,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    consented_at TIMESTAMPTZ NOT NULL,
    consented_by TEXT NOT NULL,
    PRIMARY KEY (project, number, organisation),
    FOREIGN KEY (project, number) REFERENCES chain.proponent_changes
);

-- Who is assigned to review it, now.
CREATE TABLE chain.certifiers (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    PRIMARY KEY (project, organisation)
);
CREATE INDEX ON chain.certifiers (organisation);

-- Every certification that was ever made; those without `revoked_at` stand.
CREATE TABLE chain.certifications (
    project      BIGINT NOT NULL REFERENCES chain.projects,
    certifier    BIGINT NOT NULL REFERENCES chain.organisations,
    height       BIGINT NOT NULL,
    index        INTEGER NOT NULL,
    certified_at TIMESTAMPTZ NOT NULL,
    -- How often the certifier had been suspended before.
    suspensions  INTEGER NOT NULL,
    revoked_at   TIMESTAMPTZ,
    -- By a revocation, or by the suspension of the certifier; and the public reason of either.
    revocation   TEXT CHECK (revocation IN ('revoked', 'suspended')),
    revocation_reason TEXT,
    PRIMARY KEY (project, certifier, height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events,
    CHECK ((revoked_at IS NULL) = (revocation IS NULL)
           AND (revoked_at IS NULL) = (revocation_reason IS NULL))
);
CREATE UNIQUE INDEX ON chain.certifications (project, certifier) WHERE revoked_at IS NULL;
CREATE INDEX ON chain.certifications (certifier);

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
    -- Of one that was returned: the certifier, and the hash of its remark.
    returned_by  BIGINT REFERENCES chain.organisations,
    remark       chain.hash,
    -- The public reason why nothing is issued for it.
    refusal_reason TEXT,
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
    -- The Government's public reason of a hold.
    hold_statement    TEXT,
    -- The request that a reserved block waits for; the record of a retired or cancelled block.
    request           BIGINT,
    retirement        BIGINT,
    cancellation      BIGINT,
    first_transferred BOOLEAN NOT NULL,
    -- The block that it was split from.
    parent            BIGINT REFERENCES chain.credit_blocks,
    CHECK ((status = 'reserved') = (request IS NOT NULL)
           AND (status = 'retired') = (retirement IS NOT NULL)
           AND (status = 'cancelled') = (cancellation IS NOT NULL)
           AND (status IN ('on_hold', 'cancelled')) = (status_reason IS NOT NULL))
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
    -- Held is put on hold, and ended by released; reserved is ended by returned, retired or
    -- cancelled. What is first transferred at its issuance is so in a second part of it.
    kind         TEXT NOT NULL CHECK (kind IN (
                     'issued', 'split', 'transferred', 'retired', 'held', 'released', 'reserved',
                     'returned', 'cancelled', 'buffer_released', 'first_transferred')),
    -- The block that a split-off range came from.
    parent       BIGINT,
    -- Whose it was before, and whose it is from then on; the latter where that is somebody else.
    from_owner   BIGINT,
    to_owner     BIGINT,
    -- What may be done with it from then on, where that changed.
    status       TEXT,
    -- The public reason of a hold or of a refusal.
    reason       TEXT,
    request      BIGINT,
    retirement   BIGINT,
    cancellation BIGINT,
    PRIMARY KEY (height, index, part),
    FOREIGN KEY (height, index) REFERENCES chain.events
);
CREATE INDEX ON chain.serial_history USING gist (int8range(start_serial, end_serial, '[]'));

-- Transfers that were asked for by the receiver or the Government. They reserve nothing.
CREATE TABLE chain.transfer_requests (
    id           BIGINT PRIMARY KEY,
    project      BIGINT NOT NULL REFERENCES chain.projects,
    -- Null for any.
    vintage      SMALLINT,
    quantity     chain.tonnes NOT NULL,
    from_owner   BIGINT NOT NULL REFERENCES chain.organisations,
    to_owner     BIGINT NOT NULL REFERENCES chain.organisations,
    initiator    BIGINT NOT NULL REFERENCES chain.organisations,
    reference    TEXT,
    requested_at TIMESTAMPTZ NOT NULL,
    requested_by TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('open', 'approved', 'rejected', 'cancelled')),
    -- Why the sender rejected it.
    rejection_reason TEXT,
    closed_at    TIMESTAMPTZ,
    -- The officer who closed it; null where the suspension of a side did.
    closed_by    TEXT,
    -- The transfer that answered it.
    transfer     BIGINT,
    CHECK ((status = 'open') = (closed_at IS NULL)
           AND (status = 'approved') = (transfer IS NOT NULL)
           AND (status = 'rejected') = (rejection_reason IS NOT NULL))
);
CREATE INDEX ON chain.transfer_requests (from_owner, status);
CREATE INDEX ON chain.transfer_requests (to_owner, status);
CREATE INDEX ON chain.transfer_requests (project);

CREATE TABLE chain.transfers (
    -- Counts transfers nationally, in the order of the chain.
    id        BIGINT PRIMARY KEY,
    height    BIGINT NOT NULL,
    index     INTEGER NOT NULL,
    from_owner BIGINT NOT NULL REFERENCES chain.organisations,
    to_owner  BIGINT NOT NULL REFERENCES chain.organisations,
    quantity  chain.tonnes NOT NULL,
    reference TEXT,
    -- The request that it answers.
    request   BIGINT UNIQUE REFERENCES chain.transfer_requests,
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

-- International retirements that were asked for; their blocks are reserved while they are open.
CREATE TABLE chain.retirement_requests (
    id                  BIGINT PRIMARY KEY,
    owner               BIGINT NOT NULL REFERENCES chain.organisations,
    purpose             TEXT NOT NULL,
    purpose_details     JSONB,
    beneficiary         TEXT NOT NULL,
    beneficiary_country TEXT NOT NULL,
    on_behalf_of        TEXT,
    reason              TEXT,
    reference           TEXT,
    quantity            chain.tonnes NOT NULL,
    requested_at        TIMESTAMPTZ NOT NULL,
    requested_by        TEXT NOT NULL,
    status              TEXT NOT NULL
                        CHECK (status IN ('open', 'recognised', 'refused', 'cancelled')),
    -- The Government's public reason.
    refusal_reason      TEXT,
    closed_at           TIMESTAMPTZ,
    -- The officer who closed it; null where the suspension of the owner did.
    closed_by           TEXT,
    -- What it became. What was deducted first are the cancellations that correct this retirement.
    retirement          BIGINT UNIQUE,
    CHECK ((status = 'open') = (closed_at IS NULL)
           AND (status = 'recognised') = (retirement IS NOT NULL)
           AND (status = 'refused') = (refusal_reason IS NOT NULL))
);
CREATE INDEX ON chain.retirement_requests (owner, status);
CREATE INDEX ON chain.retirement_requests (status);

-- The blocks as they were reserved.
CREATE TABLE chain.retirement_request_parts (
    request      BIGINT NOT NULL REFERENCES chain.retirement_requests,
    position     SMALLINT NOT NULL,
    start_serial BIGINT NOT NULL,
    end_serial   BIGINT NOT NULL,
    project      BIGINT NOT NULL REFERENCES chain.projects,
    vintage      SMALLINT NOT NULL,
    PRIMARY KEY (request, position)
);

CREATE TABLE chain.retirements (
    id                  BIGINT PRIMARY KEY,
    height              BIGINT NOT NULL,
    index               INTEGER NOT NULL,
    owner               BIGINT NOT NULL REFERENCES chain.organisations,
    purpose             TEXT NOT NULL,
    -- Country, entity and use, or the year, of the purposes that have them, as in the API.
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

-- Credits that correct an error or a reversal, were given up, or were deducted.
CREATE TABLE chain.cancellations (
    id        BIGINT PRIMARY KEY,
    height    BIGINT NOT NULL,
    index     INTEGER NOT NULL,
    owner     BIGINT NOT NULL REFERENCES chain.organisations,
    reason    TEXT NOT NULL,
    -- What it corrects or was deducted from.
    corrects  TEXT NOT NULL CHECK (corrects IN ('nothing', 'issuance', 'retirement')),
    corrects_project    BIGINT,
    corrects_period     BIGINT,
    corrects_retirement BIGINT,
    -- The Government's public statement, where it decided.
    statement TEXT,
    quantity  chain.tonnes NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (corrects_project, corrects_period) REFERENCES chain.monitoring_periods,
    CHECK ((corrects = 'issuance') = (corrects_project IS NOT NULL)
           AND (corrects = 'issuance') = (corrects_period IS NOT NULL)
           AND (corrects = 'retirement') = (corrects_retirement IS NOT NULL))
);
CREATE INDEX ON chain.cancellations (owner);
CREATE INDEX ON chain.cancellations (corrects_retirement) WHERE corrects_retirement IS NOT NULL;
CREATE INDEX ON chain.cancellations (corrects_project) WHERE corrects_project IS NOT NULL;

CREATE TABLE chain.cancellation_parts (
    cancellation BIGINT NOT NULL REFERENCES chain.cancellations,
    position     SMALLINT NOT NULL,
    start_serial BIGINT NOT NULL,
    end_serial   BIGINT NOT NULL,
    project      BIGINT NOT NULL REFERENCES chain.projects,
    vintage      SMALLINT NOT NULL,
    PRIMARY KEY (cancellation, position)
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
    -- Under Article 6, whatever their status.
    first_transferred chain.tonnes NOT NULL,
    PRIMARY KEY (project, vintage),
    CHECK (issued = held + on_hold + reserved + retired + cancelled + buffer),
    CHECK (first_transferred <= issued)
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
    COALESCE(SUM(first_transferred), 0)::BIGINT AS first_transferred,
    (SELECT COALESCE(SUM(quantity), 0)::BIGINT FROM chain.transfers) AS transferred
FROM chain.vintage_totals;

-- Where credits end, nationally.
CREATE VIEW chain.country_accounts AS
SELECT
    COALESCE(SUM(quantity) FILTER (WHERE account = 'domestic'), 0)::BIGINT      AS domestic,
    COALESCE(SUM(quantity) FILTER (WHERE account = 'international'), 0)::BIGINT AS international,
    COALESCE(SUM(quantity) FILTER (WHERE account = 'overall_mitigation'), 0)::BIGINT
        AS overall_mitigation,
    COALESCE(SUM(quantity) FILTER (WHERE account = 'share_of_proceeds'), 0)::BIGINT
        AS share_of_proceeds
FROM (
    SELECT CASE purpose WHEN 'international_transfer' THEN 'international' ELSE 'domestic' END
               AS account,
           quantity
    FROM chain.retirements
    UNION ALL
    -- The other reasons are no account.
    SELECT reason, quantity FROM chain.cancellations
) entries;

-- When all transfers and retirements stood still; the one without `until` is in force.
CREATE TABLE chain.pauses (
    height     BIGINT NOT NULL,
    index      INTEGER NOT NULL,
    since      TIMESTAMPTZ NOT NULL,
    until      TIMESTAMPTZ,
    reason     TEXT NOT NULL,
    paused_by  TEXT NOT NULL,
    resumed_by TEXT,
    PRIMARY KEY (height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events
);
CREATE UNIQUE INDEX ON chain.pauses ((TRUE)) WHERE until IS NULL;

-- What is deducted from international retirements, in ppm: the last row is in force, the first is
-- of genesis.
CREATE TABLE chain.deductions (
    height             BIGINT NOT NULL,
    index              INTEGER NOT NULL,
    share_of_proceeds  INTEGER NOT NULL,
    overall_mitigation INTEGER NOT NULL,
    set_at             TIMESTAMPTZ NOT NULL,
    set_by             TEXT,
    PRIMARY KEY (height, index)
);

-- How many officers must agree, by class of action: a row for every class.
CREATE TABLE chain.thresholds (
    class    TEXT PRIMARY KEY,
    officers INTEGER NOT NULL CHECK (officers >= 1),
    set_at   TIMESTAMPTZ NOT NULL,
    -- Null at genesis.
    set_by   TEXT
);

-- Calls that were proposed to be agreed on.
CREATE TABLE chain.proposals (
    id             BIGINT PRIMARY KEY,
    organisation   BIGINT NOT NULL REFERENCES chain.organisations,
    action         TEXT NOT NULL,
    -- In SCALE, and as in the API where it is one of the calls that officers make.
    call           BYTEA NOT NULL,
    decoded        JSONB,
    proposer       TEXT NOT NULL,
    -- How many officers must agree, as it was when the last one did.
    required       INTEGER NOT NULL,
    height         BIGINT NOT NULL,
    proposed_at    TIMESTAMPTZ NOT NULL,
    -- The block that removes it, if it still waits then.
    expires_height BIGINT NOT NULL,
    status         TEXT NOT NULL
                   CHECK (status IN ('open', 'executed', 'failed', 'withdrawn', 'expired')),
    -- Code and sentence of the error of one that failed, which changed nothing.
    error_code     TEXT,
    error          TEXT,
    closed_at      TIMESTAMPTZ,
    CHECK ((status = 'open') = (closed_at IS NULL)
           AND (status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX ON chain.proposals (organisation, status);

CREATE TABLE chain.proposal_approvals (
    proposal    BIGINT NOT NULL REFERENCES chain.proposals,
    -- Counts the approvals of the proposal; the first is the proposer's.
    position    SMALLINT NOT NULL,
    account     TEXT NOT NULL,
    approved_at TIMESTAMPTZ NOT NULL,
    -- Since when it does not count, because the officer may not do this any more.
    lapsed_at   TIMESTAMPTZ,
    PRIMARY KEY (proposal, position)
);
CREATE UNIQUE INDEX ON chain.proposal_approvals (proposal, account) WHERE lapsed_at IS NULL;
CREATE INDEX ON chain.proposal_approvals (account);

-- Every version of the calculator's constants; the last is in force.
CREATE TABLE chain.calculator_constants (
    version      BIGINT PRIMARY KEY,
    -- As in the API.
    constants    JSONB NOT NULL,
    set_at       TIMESTAMPTZ NOT NULL,
    -- Who set it and why; null at genesis.
    organisation BIGINT REFERENCES chain.organisations,
    set_by       TEXT,
    reason       TEXT
);

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
