-- SPDX-License-Identifier: Apache-2.0
-- For ten million blocks of credits: fewer and smaller rows where there are most, sums where many would
-- be added up, and an index for each way in which they are asked for.

-- What is kept in another way cannot be made from what was kept.
DO $$
BEGIN
    IF EXISTS (SELECT FROM chain.cursor) THEN
        RAISE EXCEPTION 'indexed by a version that kept what events are about in another way';
    END IF;
END
$$;

-- Fields are told as they are and hardly ever searched: text takes two thirds of the room.
ALTER TABLE chain.events ALTER COLUMN fields TYPE JSON;

-- The hashes of profiles that were replaced by others are in events alone.
CREATE INDEX ON chain.events ((COALESCE(fields ->> 'profile', fields -> 'details' ->> 'profile')))
    WHERE pallet = 'Organisations'
      AND name IN ('OrganisationCreated', 'ProfileUpdated', 'OrganisationChanged');

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

-- Each way to ask for blocks, in the order of their numbers, and by how many they have.
DROP INDEX chain.credit_blocks_owner_status_idx;
DROP INDEX chain.credit_blocks_project_vintage_idx;
DROP INDEX chain.credit_blocks_parent_idx;
CREATE INDEX ON chain.credit_blocks (owner, start_serial);
CREATE INDEX ON chain.credit_blocks (owner, status, start_serial);
CREATE INDEX ON chain.credit_blocks (status, start_serial);
CREATE INDEX ON chain.credit_blocks (project, start_serial);
CREATE INDEX ON chain.credit_blocks (vintage, start_serial);

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

-- Flows of credits, added up. How many rows there are follows from days, projects and organisations,
-- and not from blocks of credits; how many are read for an answer does not follow from how long the
-- period is, as there are sums over months and years, of all days that are over.
DROP TABLE chain.daily_flows;
CREATE TABLE chain.flows (
    -- What is told apart: nothing (all), projects and their vintages (project), organisations
    -- (owner), or both (owner_project). What is not told apart is 0.
    grain        TEXT NOT NULL CHECK (grain IN ('all', 'project', 'owner', 'owner_project')),
    span         TEXT NOT NULL CHECK (span IN ('day', 'month', 'year')),
    -- The first day of the span (UTC).
    starts       DATE NOT NULL,
    organisation BIGINT NOT NULL,
    -- Whether the organisation gave it (sent) or got it (received); or neither (own), as everything is
    -- where organisations are not told apart.
    side         TEXT NOT NULL CHECK (side IN ('own', 'sent', 'received')),
    -- As in the history; what was split off has not moved.
    kind         TEXT NOT NULL,
    project      BIGINT NOT NULL,
    vintage      SMALLINT NOT NULL,
    -- In which status it was before and from then on. In none (empty) before it was issued; what is
    -- first transferred moves nowhere.
    from_status  TEXT NOT NULL,
    to_status    TEXT NOT NULL,
    -- The purpose of what was retired, the reason of what was cancelled.
    purpose      TEXT NOT NULL,
    -- Whose target a retirement is counted towards, or where its beneficiary is.
    country      TEXT NOT NULL,
    tonnes       chain.tonnes NOT NULL,
    -- How many ranges of serial numbers.
    ranges       BIGINT NOT NULL,
    PRIMARY KEY (grain, span, starts, organisation, side, kind, project, vintage, from_status,
                 to_status, purpose, country)
)
-- Rows are added to all day long: room for that on the page where they are.
WITH (fillfactor = 70);
CREATE INDEX ON chain.flows (organisation, grain, span, starts) WHERE organisation <> 0;
CREATE INDEX ON chain.flows (project, grain, span, starts) WHERE project <> 0;

-- The rows of flows that add up to a period: whole years and months where they can be, and days. The
-- last day, which is not over, is in no month and no year. By `day` or `month`, nothing that is longer.
CREATE FUNCTION chain.spans(by TEXT, first DATE, last DATE)
RETURNS TABLE (span TEXT, starts DATE, ends DATE)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 4 AS $$
    WITH asked AS (
        SELECT COALESCE(first, DATE '0001-01-01') AS a, LEAST(COALESCE(last, today), today) AS b,
               today
        FROM (SELECT (time AT TIME ZONE 'UTC')::DATE AS today FROM chain.cursor) now
    ), closed AS (
        -- The days that are over: from a to c.
        SELECT *, LEAST(b, today - 1) AS c FROM asked
    ), months AS (
        -- From the first month that begins then up to the first that is not over.
        SELECT *, (date_trunc('month', (a - 1)::TIMESTAMP) + INTERVAL '1 month')::DATE AS month,
               CASE WHEN c = today - 1 THEN today
                    ELSE date_trunc('month', (c + 1)::TIMESTAMP)::DATE END AS month_end
        FROM closed
    ), whole_months AS (
        -- Where there is none, all days come before it.
        SELECT a, b, c, today, month_end,
               CASE WHEN by = 'day' OR month >= month_end THEN c + 1 ELSE month END AS month
        FROM months
    ), years AS (
        SELECT *, (date_trunc('year', (month - 1)::TIMESTAMP) + INTERVAL '1 year')::DATE AS year,
               CASE WHEN c = today - 1 THEN today
                    ELSE date_trunc('year', (c + 1)::TIMESTAMP)::DATE END AS year_end
        FROM whole_months
    ), whole_years AS (
        SELECT a, b, c, today, month, month_end, year_end,
               CASE WHEN by = 'month' OR year >= year_end THEN month_end ELSE year END AS year
        FROM years
    ), parts AS (
        SELECT 'year' AS span, year AS starts, year_end - 1 AS ends FROM whole_years
        UNION ALL
        SELECT 'month', month, year - 1 FROM whole_years
        UNION ALL
        SELECT 'month', year_end, month_end - 1 FROM whole_years WHERE year < year_end
        UNION ALL
        SELECT 'day', a, month - 1 FROM whole_years
        UNION ALL
        SELECT 'day', month_end, c FROM whole_years WHERE month < month_end
        UNION ALL
        SELECT 'day', today, today FROM whole_years WHERE b = today AND a <= today
    )
    SELECT span, starts, ends FROM parts WHERE starts <= ends
$$;

-- The grain of flows that has what is asked for, and nothing finer.
CREATE FUNCTION chain.grain(by TEXT, organisation BIGINT, project BIGINT)
RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN project IS NOT NULL
                     OR by IN ('project', 'sector', 'scope', 'type', 'region', 'vintage')
        THEN CASE WHEN organisation IS NULL AND by <> 'organisation' THEN 'project'
                  ELSE 'owner_project' END
        ELSE CASE WHEN organisation IS NULL AND by <> 'organisation' THEN 'all' ELSE 'owner' END
    END
$$;

-- All that ever flowed, in few rows. Span by span, by the key.
CREATE VIEW chain.national_flows AS
SELECT f.kind, f.purpose, f.tonnes
FROM chain.spans('all', NULL, NULL) s
CROSS JOIN LATERAL (
    SELECT kind, purpose, tonnes::BIGINT FROM chain.flows f
    WHERE f.grain = 'all' AND f.span = s.span AND f.starts BETWEEN s.starts AND s.ends
    OFFSET 0
) f;

-- What was added up from all transfers, retirements and cancellations is added up from their sums.
CREATE OR REPLACE VIEW chain.national_totals AS
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
    (SELECT COALESCE(SUM(tonnes), 0)::BIGINT FROM chain.national_flows
     WHERE kind = 'transferred') AS transferred
FROM chain.vintage_totals;

CREATE OR REPLACE VIEW chain.country_accounts AS
SELECT
    COALESCE(SUM(f.tonnes) FILTER (WHERE f.kind = 'retired'
                                   AND f.purpose <> 'international_transfer'), 0)::BIGINT AS domestic,
    COALESCE(SUM(f.tonnes) FILTER (WHERE f.kind = 'retired'
                                   AND f.purpose = 'international_transfer'), 0)::BIGINT
        AS international,
    COALESCE(SUM(f.tonnes) FILTER (WHERE f.kind = 'cancelled'
                                   AND f.purpose = 'overall_mitigation'), 0)::BIGINT
        AS overall_mitigation,
    COALESCE(SUM(f.tonnes) FILTER (WHERE f.kind = 'cancelled'
                                   AND f.purpose = 'share_of_proceeds'), 0)::BIGINT
        AS share_of_proceeds
FROM chain.national_flows f;

GRANT SELECT ON chain.subjects, chain.event_subjects, chain.transfer_parts, chain.holdings, chain.flows,
                chain.national_flows TO registry_reader;
