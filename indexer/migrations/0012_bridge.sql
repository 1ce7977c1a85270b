-- SPDX-License-Identifier: Apache-2.0
-- The bridge to the ITMO platform: who reads it, in which rounds, what they agreed on, and what waits
-- for the Government. An event of the platform is named by the platform, the project's identifier
-- there, and what happened to it.

-- The events that these tables are made of were passed over before.
DO $$
BEGIN
    IF EXISTS (SELECT FROM chain.events WHERE pallet = 'ItmoBridge') THEN
        RAISE EXCEPTION 'indexed by a version that passed over the events of the bridge';
    END IF;
END
$$;

-- The operators, in the order of height and index: those of genesis have height 0.
CREATE TABLE chain.bridge_operators (
    account      TEXT PRIMARY KEY,
    key          chain.hash NOT NULL UNIQUE,
    height       BIGINT NOT NULL,
    index        INTEGER NOT NULL,
    since        TIMESTAMPTZ NOT NULL,
    -- The last round in which it has read all.
    last_round   BIGINT,
    last_height  BIGINT,
    last_at      TIMESTAMPTZ,
    -- Rounds in which it has not, and observations that differed from what was agreed on.
    silent       BIGINT NOT NULL DEFAULT 0,
    contradicted BIGINT NOT NULL DEFAULT 0,
    -- Why it could not read the platform, the last time that it could not since it last could.
    failure      TEXT,
    UNIQUE (height, index),
    CHECK ((last_round IS NULL) = (last_at IS NULL) AND (last_round IS NULL) = (last_height IS NULL))
);

CREATE TABLE chain.bridge_rounds (
    number       BIGINT PRIMARY KEY,
    height       BIGINT NOT NULL,
    opened_at    TIMESTAMPTZ NOT NULL,
    -- The block in which it closes at the latest.
    until_height BIGINT NOT NULL,
    operators    TEXT[] NOT NULL,
    -- Of one that is over: how many have read all, who has not, and the block that opens the next.
    closed_at    TIMESTAMPTZ,
    complete     INTEGER,
    silent       TEXT[],
    next_height  BIGINT,
    CHECK ((closed_at IS NULL) = (complete IS NULL)
           AND (closed_at IS NULL) = (silent IS NULL)
           AND (closed_at IS NULL) = (next_height IS NULL))
);

-- How far each operator came in a round.
CREATE TABLE chain.bridge_readings (
    round        BIGINT NOT NULL REFERENCES chain.bridge_rounds,
    operator     TEXT NOT NULL,
    -- That it could not read the platform, and why.
    failed_at    TIMESTAMPTZ,
    failure      TEXT,
    -- That it has read all: what it reported, projects that it could not understand, and whether there
    -- was more than fits into a round.
    completed_at TIMESTAMPTZ,
    observations BIGINT,
    unreadable   BIGINT,
    more         BOOLEAN,
    PRIMARY KEY (round, operator),
    CHECK ((failed_at IS NULL) = (failure IS NULL)
           AND (completed_at IS NULL) = (observations IS NULL))
);

-- What an operator saw of an event, as far as the chain tells: all that was counted until there was an
-- agreement, and what contradicted it later.
CREATE TABLE chain.bridge_observations (
    platform    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    event       TEXT NOT NULL,
    round       BIGINT NOT NULL REFERENCES chain.bridge_rounds,
    operator    TEXT NOT NULL,
    hash        chain.hash NOT NULL,
    PRIMARY KEY (platform, external_id, event, round, operator)
);

-- What was decided of events, once and for ever: what came from where.
CREATE TABLE chain.bridge_events (
    -- Of the chain's event that told.
    height         BIGINT NOT NULL,
    index          INTEGER NOT NULL,
    platform       TEXT NOT NULL,
    external_id    TEXT NOT NULL,
    event          TEXT NOT NULL,
    round          BIGINT NOT NULL REFERENCES chain.bridge_rounds,
    decided_at     TIMESTAMPTZ NOT NULL,
    -- What was agreed on and its hash, the evidence; null of what was dismissed without agreement.
    facts          JSONB,
    hash           chain.hash,
    outcome        TEXT NOT NULL CHECK (outcome IN ('done', 'waits', 'case', 'dismissed')),
    -- What it became here.
    project        BIGINT REFERENCES chain.projects,
    -- The platform's word for a sector that the registry's table lacks; empty where it said none.
    unknown_sector TEXT,
    PRIMARY KEY (height, index),
    UNIQUE (platform, external_id, event),
    CHECK ((facts IS NULL) = (hash IS NULL) AND (hash IS NOT NULL OR outcome = 'dismissed')),
    CHECK ((outcome = 'done') = (project IS NOT NULL))
);
CREATE INDEX ON chain.bridge_events (project, event) WHERE project IS NOT NULL;

-- What the Government decides because operators did not agree, or a check refused.
CREATE TABLE chain.bridge_cases (
    number      BIGINT PRIMARY KEY,
    platform    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    event       TEXT NOT NULL,
    -- The round in which it was opened, or last seen again.
    round       BIGINT NOT NULL REFERENCES chain.bridge_rounds,
    cause       TEXT NOT NULL CHECK (cause IN ('disagreement', 'too_few', 'refused')),
    -- Code and sentence of the error of a refusal.
    error_code  TEXT,
    error       TEXT,
    opened_at   TIMESTAMPTZ NOT NULL,
    closed_at   TIMESTAMPTZ,
    closure     TEXT CHECK (closure IN ('agreed', 'retried', 'dismissed')),
    -- The officer who decided, and the public reason of a dismissal.
    closed_by   TEXT,
    reason      TEXT,
    CHECK ((cause = 'refused') = (error_code IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (closure IS NULL))
);
CREATE UNIQUE INDEX ON chain.bridge_cases (platform, external_id, event) WHERE closed_at IS NULL;

-- Which organisation a company of the platform is.
CREATE TABLE chain.bridge_companies (
    company      TEXT PRIMARY KEY,
    organisation BIGINT NOT NULL REFERENCES chain.organisations,
    -- Whether the bridge created it.
    created      BOOLEAN NOT NULL,
    linked_at    TIMESTAMPTZ NOT NULL,
    -- The officer who linked them, if one did.
    linked_by    TEXT
);
CREATE INDEX ON chain.bridge_companies (organisation);

-- When no rounds were held; the one without `until` is in force.
CREATE TABLE chain.bridge_pauses (
    height     BIGINT NOT NULL,
    index      INTEGER NOT NULL,
    since      TIMESTAMPTZ NOT NULL,
    reason     TEXT NOT NULL,
    paused_by  TEXT NOT NULL,
    until      TIMESTAMPTZ,
    resumed_by TEXT,
    PRIMARY KEY (height, index),
    CHECK ((until IS NULL) = (resumed_by IS NULL))
);
CREATE UNIQUE INDEX ON chain.bridge_pauses ((TRUE)) WHERE until IS NULL;

-- How the bridge works: the last row is in force, the first is of genesis.
CREATE TABLE chain.bridge_settings (
    height   BIGINT NOT NULL,
    index    INTEGER NOT NULL,
    estimate chain.tonnes NOT NULL,
    issuance chain.tonnes NOT NULL,
    -- Blocks from the start of a round to the start of the next, and in which operators report.
    interval_blocks BIGINT NOT NULL,
    window_blocks BIGINT NOT NULL,
    set_at   TIMESTAMPTZ NOT NULL,
    set_by   TEXT,
    PRIMARY KEY (height, index)
);
-- A chain that was indexed before had no bridge, and starts with the usual settings.
INSERT INTO chain.bridge_settings
    (height, index, estimate, issuance, interval_blocks, window_blocks, set_at)
SELECT 0, 0, 100, 10, 28800, 1200, to_timestamp(0) FROM chain.cursor;

GRANT SELECT ON ALL TABLES IN SCHEMA chain TO registry_reader;
