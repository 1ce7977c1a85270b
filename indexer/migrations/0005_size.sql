-- SPDX-License-Identifier: Apache-2.0
-- For ten million blocks of credits: fewer and smaller rows where there are most, and an index for each
-- way in which they are asked for.

-- What is kept in another way cannot be made from what was kept.
DO $$
BEGIN
    IF EXISTS (SELECT FROM chain.cursor) THEN
        RAISE EXCEPTION 'indexed by a version that kept what events are about in another way';
    END IF;
END
$$;

-- What events are about: one row for each subject and block of the chain, however many of its events
-- are about it. The kind is one of those that event_subjects had.
DROP TABLE chain.event_subjects;
CREATE TABLE chain.subjects (
    id      BIGINT NOT NULL,
    height  BIGINT NOT NULL,
    -- A request is one for a transfer or for an international retirement: they share their numbers.
    kind    TEXT NOT NULL CHECK (kind IN ('organisation', 'project', 'retirement', 'cancellation',
                                          'request', 'proposal')),
    -- Of the events, rising.
    indices INTEGER[] NOT NULL CHECK (cardinality(indices) > 0),
    PRIMARY KEY (id, kind, height)
);

-- The same, event by event.
CREATE VIEW chain.event_subjects AS
SELECT s.kind, s.id, s.height, i.index
FROM chain.subjects s CROSS JOIN LATERAL UNNEST(s.indices) AS i (index);

-- The numbers that a transfer moved are its rows of the history.
DROP TABLE chain.transfer_parts;
CREATE VIEW chain.transfer_parts AS
SELECT t.id AS transfer, h.part AS position, h.start_serial, h.end_serial, b.project, b.vintage
FROM chain.transfers t
JOIN chain.serial_history h ON h.height = t.height AND h.index = t.index
-- Blocks are never put together again: where a range began, one begins for ever.
JOIN chain.credit_blocks b USING (start_serial);

-- The numbers of each issuance, which are one block of credits at first. All that was split off it lies
-- between them, and is of the same project, period and vintage.
CREATE TABLE chain.issuances (
    start_serial BIGINT PRIMARY KEY,
    end_serial   BIGINT NOT NULL CHECK (end_serial >= start_serial),
    project      BIGINT NOT NULL REFERENCES chain.projects,
    period       BIGINT NOT NULL,
    vintage      SMALLINT NOT NULL
);
CREATE INDEX ON chain.issuances (project, vintage);
CREATE INDEX ON chain.issuances (vintage, start_serial);

-- Tonnes by owner, project, vintage and status. The sum over the owners is vintage_totals.
CREATE TABLE chain.holdings (
    owner     BIGINT NOT NULL REFERENCES chain.organisations,
    project   BIGINT NOT NULL REFERENCES chain.projects,
    vintage   SMALLINT NOT NULL,
    held      chain.tonnes NOT NULL,
    on_hold   chain.tonnes NOT NULL,
    reserved  chain.tonnes NOT NULL,
    retired   chain.tonnes NOT NULL,
    cancelled chain.tonnes NOT NULL,
    buffer    chain.tonnes NOT NULL,
    PRIMARY KEY (owner, project, vintage)
);

-- By owner, by status or by both, in the order of the numbers. Projects and vintages are found by
-- their issuances.
DROP INDEX chain.credit_blocks_owner_status_idx;
DROP INDEX chain.credit_blocks_project_vintage_idx;
DROP INDEX chain.credit_blocks_parent_idx;
CREATE INDEX ON chain.credit_blocks (owner, status, start_serial);
CREATE INDEX ON chain.credit_blocks (status, start_serial);

-- By sender or receiver, in the order of the numbers.
DROP INDEX chain.transfers_from_owner_idx;
DROP INDEX chain.transfers_to_owner_idx;
CREATE INDEX ON chain.transfers (from_owner, id);
CREATE INDEX ON chain.transfers (to_owner, id);
ALTER TABLE chain.transfers
    DROP CONSTRAINT transfers_height_index_key,
    DROP CONSTRAINT transfers_request_key;
CREATE UNIQUE INDEX ON chain.transfers (request) WHERE request IS NOT NULL;
DROP INDEX chain.retirements_owner_idx;
CREATE INDEX ON chain.retirements (owner, id);

-- Hashes are looked up as they are, and have no order.
DROP INDEX chain.extrinsics_hash_idx;
CREATE INDEX ON chain.extrinsics USING hash (hash);

GRANT SELECT ON chain.subjects, chain.event_subjects, chain.transfer_parts, chain.issuances,
                chain.holdings TO registry_reader;
