-- SPDX-License-Identifier: Apache-2.0
-- Where the regions are that projects name, and how the parts of the service worked.

-- Regions of the registry's country: from a file, or from a service that was asked.
CREATE TABLE directory.regions (
    -- Its code; where it has none, its name.
    key        TEXT PRIMARY KEY,
    -- ISO 3166-2.
    code       TEXT UNIQUE,
    -- Names by the tag of their language.
    names      JSONB NOT NULL CHECK (jsonb_typeof(names) = 'object'),
    -- Of a point in it, in millionths of a degree.
    latitude   INTEGER NOT NULL CHECK (latitude BETWEEN -90000000 AND 90000000),
    longitude  INTEGER NOT NULL CHECK (longitude BETWEEN -180000000 AND 180000000),
    source     TEXT NOT NULL CHECK (source IN ('file', 'mapbox', 'openstreetmap')),
    -- When the source last said so.
    checked_at TIMESTAMPTZ NOT NULL,
    CHECK (code IS NULL OR code = key)
);

-- What projects call their regions, letter by letter, and which regions are meant.
CREATE TABLE directory.places (
    name     TEXT PRIMARY KEY,
    -- None where nobody knows such a region.
    region   TEXT REFERENCES directory.regions ON DELETE SET NULL,
    -- How often a service did not know it or gave no answer, and when it is asked again.
    tries    INTEGER NOT NULL DEFAULT 0,
    retry_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON directory.places (region);
CREATE INDEX ON directory.places (retry_at) WHERE region IS NULL;

-- They are public, and read with the chain's tables at one block.
GRANT USAGE ON SCHEMA directory TO registry_reader;
GRANT SELECT ON directory.regions, directory.places TO registry_reader;

-- How a part of the service worked: a row a minute, then one an hour, then one a day. Where there is
-- no row nobody measured.
CREATE TABLE directory.status_spans (
    part       TEXT NOT NULL,
    began      TIMESTAMPTZ NOT NULL,
    -- How long the span is.
    minutes    SMALLINT NOT NULL CHECK (minutes IN (1, 60, 1440)),
    -- How many of its minutes were measured, and in how many the worst that was seen was this.
    measured   SMALLINT NOT NULL CHECK (measured BETWEEN 1 AND minutes),
    degraded   SMALLINT NOT NULL CHECK (degraded >= 0),
    down       SMALLINT NOT NULL CHECK (down >= 0),
    -- The longest that it was behind, in seconds.
    lag        BIGINT,
    -- The sum of the times that it took to answer, in microseconds, and how many they are.
    latency    BIGINT NOT NULL,
    latencies  INTEGER NOT NULL,
    PRIMARY KEY (minutes, part, began),
    CHECK (degraded + down <= measured)
);
CREATE INDEX ON directory.status_spans (minutes, began);

-- Minutes on end in which a part did not work as it should.
CREATE TABLE directory.status_incidents (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part     TEXT NOT NULL,
    began    TIMESTAMPTZ NOT NULL,
    -- The end of its last minute so far.
    ended    TIMESTAMPTZ NOT NULL CHECK (ended > began),
    -- The worst that was seen.
    worst    TEXT NOT NULL CHECK (worst IN ('degraded', 'down')),
    -- What came next: a minute in which the part worked, or one in which nobody measured. None while
    -- nothing came.
    followed TEXT CHECK (followed IN ('works', 'unknown'))
);
CREATE INDEX ON directory.status_incidents (part, ended);
CREATE INDEX ON directory.status_incidents (began);
