-- SPDX-License-Identifier: Apache-2.0
-- Flows by project without their vintages, and by vintage without their projects: whoever asks for the
-- one shall not have to read the other. A period of days is made of its days, each of which had a row for
-- each project and vintage.

ALTER TABLE chain.flows DROP CONSTRAINT flows_grain_check;
-- What is told apart: nothing (all), projects (project), vintages (vintage), both of these
-- (project_vintage), organisations (owner), or all three (owner_project). What is not told apart is 0.
ALTER TABLE chain.flows ADD CONSTRAINT flows_grain_check CHECK (grain IN (
    'all', 'project', 'vintage', 'project_vintage', 'owner', 'owner_project'));

UPDATE chain.flows SET grain = 'project_vintage' WHERE grain = 'project';
INSERT INTO chain.flows
    (grain, span, starts, organisation, side, kind, project, vintage, from_status, to_status, purpose,
     country, tonnes, ranges)
SELECT g.grain, span, starts, organisation, side, kind,
       CASE g.grain WHEN 'project' THEN project ELSE 0 END,
       CASE g.grain WHEN 'vintage' THEN vintage ELSE 0 END,
       from_status, to_status, purpose, country, SUM(tonnes), SUM(ranges)
FROM chain.flows CROSS JOIN (VALUES ('project'), ('vintage')) g (grain)
WHERE chain.flows.grain = 'project_vintage'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;

-- The grain of flows that has what is asked for, and nothing finer.
CREATE OR REPLACE FUNCTION chain.grain(by TEXT, organisation BIGINT, project BIGINT)
RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN organisation IS NOT NULL OR by = 'organisation' THEN
            CASE WHEN project IS NOT NULL
                      OR by IN ('project', 'sector', 'scope', 'type', 'region', 'vintage')
                 THEN 'owner_project' ELSE 'owner' END
        WHEN by = 'vintage' THEN
            CASE WHEN project IS NULL THEN 'vintage' ELSE 'project_vintage' END
        WHEN project IS NOT NULL OR by IN ('project', 'sector', 'scope', 'type', 'region')
            THEN 'project'
        ELSE 'all'
    END
$$;
