-- SPDX-License-Identifier: Apache-2.0
-- What every reading begins with: the block that the tables are at, the country whose registry this is
-- (where the Government sits), and whether transfers and retirements stand still.

CREATE VIEW chain.seen AS
SELECT c.height, '0x' || encode(c.hash, 'hex') AS hash, c.time,
       (SELECT country FROM chain.organisations WHERE id = 1) AS country, p.reason, p.since
FROM chain.cursor c LEFT JOIN chain.pauses p ON p.until IS NULL;

GRANT SELECT ON chain.seen TO registry_reader;

-- Blocks by what a list of them can be sorted and filtered by and what so far was only found by reading
-- all of them. What most blocks have not is left out.
CREATE INDEX ON chain.credit_blocks ((end_serial - start_serial + 1), start_serial);
CREATE INDEX ON chain.credit_blocks (first_transferred, start_serial);
CREATE INDEX ON chain.credit_blocks (request, start_serial) WHERE request IS NOT NULL;
CREATE INDEX ON chain.credit_blocks (retirement, start_serial) WHERE retirement IS NOT NULL;
CREATE INDEX ON chain.credit_blocks (cancellation, start_serial) WHERE cancellation IS NOT NULL;
