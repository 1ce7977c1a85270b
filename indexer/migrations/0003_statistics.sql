-- SPDX-License-Identifier: Apache-2.0
-- What the statistics are made of: flows of credits by day, and the stages of projects.

-- What could be done with a range before, where that changed.
ALTER TABLE chain.serial_history ADD COLUMN from_status TEXT;

-- Tonnes by the day (UTC) of their block, and by everything that is asked about them. How many there
-- are follows from days, projects and organisations, and not from blocks of credits. A stock at a
-- date is what came to an owner and a status until then, less what left them.
CREATE TABLE chain.daily_flows (
    day         DATE NOT NULL,
    -- As in the history; what was split off has not moved.
    kind        TEXT NOT NULL,
    project     BIGINT NOT NULL REFERENCES chain.projects,
    vintage     SMALLINT NOT NULL,
    -- Whose it was and in which status, before and from then on. Nobody's (0) and in none (empty)
    -- before it was issued; what is first transferred has an owner and moves nowhere.
    from_owner  BIGINT NOT NULL,
    from_status TEXT NOT NULL,
    to_owner    BIGINT NOT NULL,
    to_status   TEXT NOT NULL,
    -- The purpose of what was retired, the reason of what was cancelled.
    purpose     TEXT NOT NULL,
    -- Whose target a retirement is counted towards, or where its beneficiary is.
    country     TEXT NOT NULL,
    tonnes      chain.tonnes NOT NULL,
    -- How many ranges of serial numbers.
    ranges      BIGINT NOT NULL,
    PRIMARY KEY (day, kind, project, vintage, from_owner, from_status, to_owner, to_status, purpose,
                 country)
);
CREATE INDEX ON chain.daily_flows (from_owner, day);
CREATE INDEX ON chain.daily_flows (to_owner, day);

-- Every stage that a project ever entered, and when.
CREATE TABLE chain.project_stages (
    project BIGINT NOT NULL REFERENCES chain.projects,
    height  BIGINT NOT NULL,
    index   INTEGER NOT NULL,
    at      TIMESTAMPTZ NOT NULL,
    stage   TEXT NOT NULL,
    -- Tonnes that were authorised with it.
    authorised chain.tonnes NOT NULL,
    PRIMARY KEY (project, height, index),
    FOREIGN KEY (height, index) REFERENCES chain.events
);
CREATE INDEX ON chain.project_stages (at);

GRANT SELECT ON chain.daily_flows, chain.project_stages TO registry_reader;

-- What a project is counted under; null for what is no property of projects.
CREATE FUNCTION chain.project_dimension(by TEXT, p chain.projects)
RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE by
        WHEN 'all' THEN 'all'
        WHEN 'project' THEN p.id::TEXT
        WHEN 'sector' THEN p.sector
        WHEN 'scope' THEN p.sectoral_scope::TEXT
        WHEN 'type' THEN p.mitigation_type
        -- A project with places in several counts in its first.
        WHEN 'region' THEN (SELECT l.region FROM chain.locations l
                            WHERE l.project = p.id AND l.position = 0)
    END
$$;

-- What a day is counted under; null for what is no span of time.
CREATE FUNCTION chain.day_dimension(by TEXT, day DATE)
RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE by
        WHEN 'day' THEN to_char(day, 'YYYY-MM-DD')
        WHEN 'month' THEN to_char(day, 'YYYY-MM')
        WHEN 'year' THEN to_char(day, 'YYYY')
    END
$$;

-- Puts 2 before 10, and other keys by their letters.
CREATE FUNCTION chain.in_order(key TEXT)
RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN key ~ '^[0-9]+$' THEN lpad(key, 20, '0') ELSE key END COLLATE "C"
$$;

-- What is written beside the number of a project or of an organisation.
CREATE FUNCTION chain.key_name(by TEXT, key TEXT)
RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE by
        WHEN 'project' THEN (SELECT title FROM chain.projects WHERE id = key::BIGINT)
        WHEN 'organisation' THEN (SELECT name FROM chain.organisations WHERE id = key::BIGINT)
    END
$$;
