-- SPDX-License-Identifier: Apache-2.0
-- Who runs the network and who decides about it: validators, the council, versions of the runtime,
-- and what the council has stopped.

-- The events that these tables are made of were passed over before.
DO $$
BEGIN
    IF EXISTS (SELECT FROM chain.cursor) THEN
        RAISE EXCEPTION 'indexed by a version that passed over the events of validators and council';
    END IF;
END
$$;

-- The first block that each version of the runtime made.
CREATE TABLE chain.runtime_versions (
    spec_version BIGINT PRIMARY KEY,
    height       BIGINT NOT NULL REFERENCES chain.finalised_blocks,
    since        TIMESTAMPTZ NOT NULL
);

-- The appointed validators, in the order of height and index: those of genesis have height 0.
CREATE TABLE chain.validators (
    account       TEXT PRIMARY KEY,
    organisation  BIGINT NOT NULL REFERENCES chain.organisations,
    operator      TEXT NOT NULL,
    peer_id       TEXT NOT NULL UNIQUE,
    address       TEXT NOT NULL,
    height        BIGINT NOT NULL,
    index         INTEGER NOT NULL,
    appointed_at  TIMESTAMPTZ NOT NULL,
    -- Of one that signed contradictory votes: the session of the first, the block that told, and how
    -- many were reported, since the council cleared it last.
    flag_session  BIGINT,
    flag_height   BIGINT,
    flag_reports  INTEGER,
    UNIQUE (height, index),
    CHECK ((flag_session IS NULL) = (flag_height IS NULL)
           AND (flag_session IS NULL) = (flag_reports IS NULL))
);
CREATE INDEX ON chain.validators (organisation);

-- Those who are validators no more, as they were, and the council's public reason.
CREATE TABLE chain.validator_departures (
    number           BIGINT PRIMARY KEY,
    account          TEXT NOT NULL,
    organisation     BIGINT NOT NULL REFERENCES chain.organisations,
    operator         TEXT NOT NULL,
    peer_id          TEXT NOT NULL,
    address          TEXT NOT NULL,
    appointed_height BIGINT NOT NULL,
    appointed_at     TIMESTAMPTZ NOT NULL,
    flag_session     BIGINT,
    flag_height      BIGINT,
    flag_reports     INTEGER,
    reason           TEXT NOT NULL,
    height           BIGINT NOT NULL,
    left_at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX ON chain.validator_departures (account);

-- Every report of contradictory votes.
CREATE TABLE chain.equivocations (
    height      BIGINT NOT NULL,
    index       INTEGER NOT NULL,
    account     TEXT NOT NULL,
    session     BIGINT NOT NULL,
    -- Whether it was kept from making blocks; null of one that was no validator any more.
    disabled    BOOLEAN,
    reported_at TIMESTAMPTZ NOT NULL,
    -- When the council cleared the validator, and why.
    cleared_at  TIMESTAMPTZ,
    clearance   TEXT,
    PRIMARY KEY (height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events,
    CHECK ((cleared_at IS NULL) = (clearance IS NULL))
);
CREATE INDEX ON chain.equivocations (account);

-- The fewest validators there may be: the last row is in force, the first is of genesis.
CREATE TABLE chain.validator_minimums (
    height  BIGINT NOT NULL,
    index   INTEGER NOT NULL,
    minimum INTEGER NOT NULL,
    set_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (height, index)
);

-- The council, now.
CREATE TABLE chain.council_members (
    account TEXT PRIMARY KEY,
    height  BIGINT NOT NULL,
    since   TIMESTAMPTZ NOT NULL
);

-- What a member asked the council to agree on.
CREATE TABLE chain.council_motions (
    number      BIGINT PRIMARY KEY,
    -- Of the call, which is in the extrinsic that proposed it.
    hash        chain.hash NOT NULL,
    proposer    TEXT NOT NULL,
    threshold   INTEGER NOT NULL,
    height      BIGINT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    status      TEXT NOT NULL
                CHECK (status IN ('open', 'approved', 'executed', 'failed', 'disapproved', 'killed')),
    closed_at   TIMESTAMPTZ,
    CHECK ((status = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX ON chain.council_motions (hash) WHERE status = 'open';

-- Votes as they count: the last of each member, without those of who left while it was open.
CREATE TABLE chain.council_votes (
    motion   BIGINT NOT NULL REFERENCES chain.council_motions,
    account  TEXT NOT NULL,
    approves BOOLEAN NOT NULL,
    voted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (motion, account)
);

-- What the council decided, and what came of it.
CREATE TABLE chain.council_decisions (
    height      BIGINT NOT NULL,
    index       INTEGER NOT NULL,
    -- The motion; null where one member's voice was enough.
    motion      BIGINT REFERENCES chain.council_motions,
    motion_hash chain.hash,
    -- The call that was made with the powers of Root, and the council's public reason. Null of one
    -- that failed, as it then has not happened, and of a motion that needed no such powers.
    call        chain.hash,
    reason      TEXT,
    outcome     TEXT NOT NULL CHECK (outcome IN ('done', 'failed')),
    -- Code and sentence of the error.
    error_code  TEXT,
    error       TEXT,
    decided_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events,
    CHECK ((call IS NULL) = (reason IS NULL)
           AND (outcome = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX ON chain.council_decisions (motion) WHERE motion IS NOT NULL;

-- Calls that nobody can make, now.
CREATE TABLE chain.paused_calls (
    pallet TEXT NOT NULL,
    call   TEXT NOT NULL,
    height BIGINT NOT NULL,
    since  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (pallet, call)
);

-- When everything but consensus and the council stood still; the one without `ended_at` is in force.
CREATE TABLE chain.safe_modes (
    height       BIGINT NOT NULL,
    index        INTEGER NOT NULL,
    entered_at   TIMESTAMPTZ NOT NULL,
    -- The last block of it, as far as is known.
    until_height BIGINT NOT NULL,
    ended_at     TIMESTAMPTZ,
    -- By the council, or because the time was over.
    ending       TEXT CHECK (ending IN ('force', 'timeout')),
    PRIMARY KEY (height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events,
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE UNIQUE INDEX ON chain.safe_modes ((TRUE)) WHERE ended_at IS NULL;

GRANT SELECT ON ALL TABLES IN SCHEMA chain TO registry_reader;
