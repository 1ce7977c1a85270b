-- SPDX-License-Identifier: Apache-2.0
-- A registry of any size, as the indexer would have written it. @names@ are numbers that the bench
-- puts in. Each part is a transaction.
--
-- Every project has been issued one block of credits for each vintage and proponent: the root. Lots of
-- eight blocks were split off it, from its end, and sold to one of four traders. A trader splits each
-- of the eight off the lot and sells or retires it. A lot makes sixteen events in eight extrinsics:
--
--   event  extrinsic
--     0 1      0      the lot is split off the root and sold to a trader (not the first lot)
--     2 3      1      block 7 is split off and retired
--    4..7      2      blocks 6, 5 and 4 are split off and sold, in one call
--     8 9      3      block 3 is split off and sold
--   10 11      4      block 2 is split off and sold
--   12 13      5      block 1 is split off and sold
--     14       6      block 1 is sold on
--     15       7      the trader changes its profile
--   16..18   8..10    now and then a hold, a cancellation, a request for an international retirement
--
-- Lots follow each other in time root by root, so that what belongs to a project or an organisation is
-- spread over all of the time. A block of the chain has two lots.

-- part: functions
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO registry_reader;

-- A number that looks like chance and is the same every time.
CREATE FUNCTION bench.chance(seed BIGINT, below BIGINT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (hashint8(seed)::BIGINT & 2147483647) % below $$;

-- Who deals with a project's credits: 0 is the proponent, 1 to 4 are traders, 5 to 9 buy from them. The
-- first trader of every project is one of ten organisations that thus have much more than the others.
CREATE FUNCTION bench.dealer(project BIGINT, place BIGINT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE place
        WHEN 1 THEN 2 + project % 10
        ELSE 12 + (bench.chance(project, @owners@ - 10) + place * ((@owners@ - 10) / 10))
                  % (@owners@ - 10)
    END
$$;

CREATE FUNCTION bench.account(organisation BIGINT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '5' || lpad(organisation::TEXT, 47, 'F') $$;

CREATE FUNCTION bench.time_of(height BIGINT) RETURNS TIMESTAMPTZ
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '@now@'::TIMESTAMPTZ - (@last_height@ - height) * INTERVAL '3 seconds'
$$;

CREATE FUNCTION bench.range(first BIGINT, last BIGINT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{"start":' || first || ',"end":' || last || '}'
$$;

-- Some of the lots, in the order of time; d5 to d9 are dealers. Not to be flattened (OFFSET 0), so that
-- each thing is computed once.
CREATE FUNCTION bench.lots_between(first BIGINT, last BIGINT)
RETURNS TABLE (k BIGINT, lot BIGINT, project BIGINT, vintage SMALLINT, root_start BIGINT, start BIGINT,
               height BIGINT, slot INTEGER, proponent BIGINT, trader BIGINT, d5 BIGINT, d6 BIGINT,
               d7 BIGINT, d8 BIGINT, d9 BIGINT, retirement BIGINT, hold BIGINT, cancellation BIGINT,
               request BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT k, l.lot, p.project, (@first_vintage@ + r.root % @vintages@)::SMALLINT,
           (r.root * @lots@ * 8) * @tonnes@ + 1,
           (r.root * @lots@ + l.lot) * 8 * @tonnes@ + 1,
           @first_height@ + k / 2, (k % 2)::INTEGER,
           bench.dealer(p.project, 0),
           CASE l.lot WHEN 0 THEN bench.dealer(p.project, 0)
                      ELSE bench.dealer(p.project, 1 + bench.chance(k, 4)) END,
           bench.dealer(p.project, 5), bench.dealer(p.project, 6), bench.dealer(p.project, 7),
           bench.dealer(p.project, 8), bench.dealer(p.project, 9), k + 1,
           CASE WHEN k % 50 = 0 THEN k / 50 + 1 END, CASE WHEN k % 20 = 0 THEN k / 20 + 1 END,
           CASE WHEN k % 500 = 0 THEN k / 500 + 1 END
    FROM generate_series(first, LEAST(last, @all_lots@ - 1)) k
    CROSS JOIN LATERAL (SELECT ((k % @roots@) * 7919) % @roots@ AS root) r
    CROSS JOIN LATERAL (SELECT @lots@ - 1 - k / @roots@ AS lot) l
    CROSS JOIN LATERAL (SELECT r.root / @vintages@ + 1 AS project) p
    OFFSET 0
$$;
CREATE VIEW bench.lots AS SELECT * FROM bench.lots_between(0, @all_lots@ - 1);

-- Sales: event, extrinsic, the blocks of the lot, seller and buyer.
CREATE FUNCTION bench.sales(l bench.lots)
RETURNS TABLE (number BIGINT, event INTEGER, extrinsic INTEGER, first BIGINT, last BIGINT,
               seller BIGINT, buyer BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT * FROM (VALUES
        (1::BIGINT, 1, 0, 0::BIGINT, 7::BIGINT, l.proponent, l.trader), (2, 7, 2, 4, 6, l.trader, l.d5),
        (3, 9, 3, 3, 3, l.trader, l.d6), (4, 11, 4, 2, 2, l.trader, l.d8),
        (5, 13, 5, 1, 1, l.trader, l.d9), (6, 14, 6, 1, 1, l.d9, l.d7)
    ) s (number, event, extrinsic, first, last, seller, buyer)
    WHERE s.event > 1 OR l.lot > 0
$$;

-- What a sale moves: a block for each, or the lot as a whole.
CREATE FUNCTION bench.moves(l bench.lots)
RETURNS TABLE (number BIGINT, event INTEGER, part INTEGER, first BIGINT, last BIGINT, seller BIGINT,
               buyer BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT * FROM (VALUES
        (1::BIGINT, 1, 0, 0::BIGINT, 7::BIGINT, l.proponent, l.trader),
        (2, 7, 0, 6, 6, l.trader, l.d5), (2, 7, 1, 5, 5, l.trader, l.d5),
        (2, 7, 2, 4, 4, l.trader, l.d5), (3, 9, 0, 3, 3, l.trader, l.d6),
        (4, 11, 0, 2, 2, l.trader, l.d8), (5, 13, 0, 1, 1, l.trader, l.d9),
        (6, 14, 0, 1, 1, l.d9, l.d7)
    ) s (number, event, part, first, last, seller, buyer)
    WHERE s.event > 1 OR l.lot > 0
$$;

-- Splits: event, extrinsic, and the blocks that are split off.
CREATE FUNCTION bench.splits(l bench.lots)
RETURNS TABLE (event INTEGER, extrinsic INTEGER, first BIGINT, last BIGINT)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT * FROM (VALUES
        (0, 0, 0::BIGINT, 7::BIGINT), (2, 1, 7, 7), (4, 2, 6, 6), (5, 2, 5, 5), (6, 2, 4, 4),
        (8, 3, 3, 3), (10, 4, 2, 2), (12, 5, 1, 1)
    ) s (event, extrinsic, first, last)
    WHERE s.event > 0 OR l.lot > 0
$$;

-- part: organisations
INSERT INTO chain.organisations
    (id, role, name, tax_id, country, sectoral_scopes, profile, status, created_at)
SELECT id, CASE WHEN id > @owners@ + 1 THEN 'certifier' ELSE 'project_developer' END,
       CASE WHEN id > @owners@ + 1 THEN 'Certifier ' ELSE 'Developer ' END || id, 'TAX ' || id, 'VU',
       '{1}', sha256(('profile ' || id)::BYTEA), 'active', now()
FROM generate_series(2, @owners@ + 11) id;
INSERT INTO chain.members (account, organisation, role)
SELECT bench.account(id), id, 'admin' FROM generate_series(2, @owners@ + 11) id;

-- part: blocks of the chain
INSERT INTO chain.finalised_blocks (height, hash, parent_hash, time)
SELECT h, sha256(('block ' || h)::BYTEA), sha256(('block ' || h - 1)::BYTEA),
       bench.time_of(h)
FROM generate_series(1, @last_height@) h ORDER BY h;
UPDATE chain.cursor c SET height = b.height, hash = b.hash, time = b.time
FROM chain.finalised_blocks b WHERE b.height = @last_height@;

-- part: projects
INSERT INTO chain.projects
    (id, title, external_id, sector, sectoral_scope, mitigation_type, gases, crediting_start,
     crediting_end, estimated_cost_usd, estimate, details, stage, validated_estimate, authorised,
     issued, created_at)
SELECT id, (ARRAY['Solar field', 'Mangroves', 'Wind park', 'Cook stoves', 'Landfill gas'])[1 + id % 5]
           || ' ' || id, 'BENCH-' || id,
       (ARRAY['energy', 'afolu', 'energy', 'manufacturing', 'waste'])[1 + id % 5],
       (ARRAY[1, 14, 1, 3, 13])[1 + id % 5],
       (ARRAY['solar', 'forestry', 'wind', 'cook_stoves', 'biogas'])[1 + id % 5], '{co2}',
       make_timestamptz(@first_vintage@, 1, 1, 0, 0, 0, 'UTC'),
       make_timestamptz(@first_vintage@ + @vintages@, 1, 1, 0, 0, 0, 'UTC'), 1000000,
       q.tonnes, sha256(('details ' || id)::BYTEA),
       CASE WHEN id % 50 = 0 THEN 'completed' ELSE 'authorised' END, q.tonnes, q.tonnes, q.tonnes,
       b.time
FROM generate_series(1, @projects@) id
JOIN chain.finalised_blocks b ON b.height = id
CROSS JOIN (SELECT (@vintages@::BIGINT * @lots@ * 8 + 1) * @tonnes@ AS tonnes) q;
INSERT INTO chain.proponents SELECT id, 0, bench.dealer(id, 0), 1000000 FROM chain.projects;
INSERT INTO chain.certifiers SELECT id, @owners@ + 2 + id % 10 FROM chain.projects;
INSERT INTO chain.locations
SELECT id, 0, (ARRAY['VU-MAP', 'VU-PAM', 'VU-SAM', 'VU-SEE', 'VU-TAE', 'VU-TOB'])[1 + id % 6],
       -17000000 - id, 168000000 + id FROM chain.projects;
INSERT INTO chain.documents
    (project, document, kind, hash, size, version, uploader, status, reviewer, submitted_at)
SELECT id, n, CASE n WHEN 1 THEN 'design_document' ELSE 'validation_report' END,
       sha256((id || ' document ' || n)::BYTEA), 100000, 1,
       CASE n WHEN 1 THEN bench.dealer(id, 0) ELSE @owners@ + 2 + id % 10 END, 'accepted',
       @owners@ + 2 + id % 10, created_at
FROM chain.projects CROSS JOIN generate_series(1, 2) n;
INSERT INTO chain.monitoring_periods
    (project, period, starts, ends, report, stage, verifier, verification)
SELECT id, 1, crediting_start, crediting_end, sha256((id || ' report')::BYTEA), 'issued',
       @owners@ + 2 + id % 10, sha256((id || ' verification')::BYTEA) FROM chain.projects;
INSERT INTO chain.monitoring_vintages
SELECT id, 1, @first_vintage@ + v, issued / @vintages@, issued / @vintages@
FROM chain.projects CROSS JOIN generate_series(0, @vintages@ - 1) v;

-- part: extrinsics
INSERT INTO chain.extrinsics (height, index, hash, signer, pallet, name, success)
SELECT id, 1, sha256(('issue ' || id)::BYTEA),
       (SELECT account FROM chain.members WHERE organisation = 1 ORDER BY account LIMIT 1), 'Credits',
       'issue', TRUE
FROM generate_series(1, @projects@) id;
INSERT INTO chain.extrinsics (height, index, hash, signer, pallet, name, success)
SELECT l.height, e.index, sha256((l.k || ' ' || e.index)::BYTEA), e.signer,
       CASE e.name WHEN 'set' THEN 'Timestamp' WHEN 'update_profile' THEN 'Organisations'
                   ELSE 'Credits' END, e.name, TRUE
FROM bench.lots l
CROSS JOIN LATERAL (VALUES
    (0, NULL, 'set', l.slot = 0),
    (1 + l.slot * 12, bench.account(l.proponent), 'transfer', l.lot > 0),
    (2 + l.slot * 12, bench.account(l.trader), 'retire', TRUE),
    (3 + l.slot * 12, bench.account(l.trader), 'transfer', TRUE),
    (4 + l.slot * 12, bench.account(l.trader), 'transfer', TRUE),
    (5 + l.slot * 12, bench.account(l.trader), 'transfer', TRUE),
    (6 + l.slot * 12, bench.account(l.trader), 'transfer', TRUE),
    (7 + l.slot * 12, bench.account(l.d9), 'transfer', TRUE),
    (8 + l.slot * 12, bench.account(l.trader), 'update_profile', TRUE),
    (9 + l.slot * 12, bench.account(1), 'hold', l.hold IS NOT NULL),
    (10 + l.slot * 12, bench.account(1), 'cancel', l.cancellation IS NOT NULL),
    (11 + l.slot * 12, bench.account(l.d5), 'request_retirement',
     l.request IS NOT NULL)
) e (index, signer, name, is_there)
WHERE e.is_there;

-- part: events
INSERT INTO chain.events (height, index, extrinsic_index, pallet, name, fields)
SELECT id, 2, 1, 'Projects', 'ProjectRegistered', json_build_object('id', id)
FROM generate_series(1, @projects@) id
UNION ALL
SELECT id, 3 + v, 1, 'Credits', 'CreditsIssued', json_build_object(
           'project', id, 'period', 1, 'vintage', @first_vintage@ + v, 'owner', bench.dealer(id, 0),
           'range', json_build_object(
               'start', ((id - 1) * @vintages@ + v) * @lots@ * 8 * @tonnes@ + 1,
               'end', ((id - 1) * @vintages@ + v + 1) * @lots@ * 8 * @tonnes@),
           'status', 'held', 'first_transferred', FALSE)
FROM generate_series(1::BIGINT, @projects@) id CROSS JOIN generate_series(0, @vintages@ - 1) v
UNION ALL
SELECT id, 3 + @vintages@, 1, 'Credits', 'CreditsIssued', json_build_object(
           'project', id, 'period', 1, 'vintage', @last_vintage@, 'owner', bench.dealer(id, 0),
           'range', json_build_object('start', (@blocks@ + id - 1) * @tonnes@ + 1,
                                       'end', (@blocks@ + id) * @tonnes@),
           'status', 'buffer', 'first_transferred', FALSE)
FROM generate_series(1::BIGINT, @projects@) id
ORDER BY 1, 2;
INSERT INTO chain.events (height, index, extrinsic_index, pallet, name, fields)
SELECT l.height, 2 + l.slot * 40 + e.event, 1 + l.slot * 12 + e.extrinsic,
       CASE e.name WHEN 'ProfileUpdated' THEN 'Organisations' ELSE 'Credits' END, e.name,
       e.fields::JSON
FROM bench.lots l
CROSS JOIN LATERAL (
    SELECT s.event, s.extrinsic, 'BlockSplit',
           '{"rest":' || CASE s.event WHEN 0 THEN bench.range(l.root_start, l.start - 1)
               ELSE bench.range(l.start, l.start + s.first * @tonnes@ - 1) END
           || ',"taken":' || bench.range(l.start + s.first * @tonnes@,
                                         l.start + (s.last + 1) * @tonnes@ - 1) || '}'
    FROM bench.splits(l) s
    UNION ALL
    SELECT s.event, s.extrinsic, 'CreditsTransferred',
           '{"from":' || s.seller || ',"to":' || s.buyer || ',"blocks":[' || CASE s.event
               WHEN 7 THEN bench.range(l.start + 6 * @tonnes@, l.start + 7 * @tonnes@ - 1) || ','
                           || bench.range(l.start + 5 * @tonnes@, l.start + 6 * @tonnes@ - 1) || ','
                           || bench.range(l.start + 4 * @tonnes@, l.start + 5 * @tonnes@ - 1)
               ELSE bench.range(l.start + s.first * @tonnes@, l.start + (s.last + 1) * @tonnes@ - 1)
               END
           || '],"quantity":' || (s.last - s.first + 1) * @tonnes@
           || ',"reference":null,"request":null,"by":"' || bench.account(s.seller) || '"}'
    FROM bench.sales(l) s
    UNION ALL
    SELECT 3, 1, 'CreditsRetired',
           '{"id":' || l.retirement || ',"owner":' || l.trader
           || ',"details":{"purpose":"voluntary","beneficiary":{"name":"Beneficiary '
           || l.k % 1000 || '","country":"VU"},"on_behalf_of":null,"reason":null,"reference":null}'
           || ',"blocks":[' || bench.range(l.start + 7 * @tonnes@, l.start + 8 * @tonnes@ - 1)
           || '],"quantity":@tonnes@,"by":"' || bench.account(l.trader) || '"}'
    UNION ALL
    SELECT 15, 7, 'ProfileUpdated',
           '{"id":' || l.trader || ',"profile":"0x' || encode(sha256(l.k::TEXT::BYTEA), 'hex')
           || '","by":"' || bench.account(l.trader) || '"}'
    UNION ALL
    SELECT 16, 8, 'CreditsHeld',
           '{"blocks":[' || bench.range(l.start + 2 * @tonnes@, l.start + 3 * @tonnes@ - 1)
           || '],"quantity":@tonnes@,"reason":"An inquiry","by":"' || bench.account(1) || '"}'
    WHERE l.hold IS NOT NULL
    UNION ALL
    SELECT 17, 9, 'CreditsCancelled',
           '{"id":' || l.cancellation || ',"cancellation":{"owner":' || l.d6
           || ',"reason":"reversal","corrects":"nothing","statement":"A reversal","blocks":['
           || bench.range(l.start + 3 * @tonnes@, l.start + 4 * @tonnes@ - 1)
           || '],"quantity":@tonnes@,"block_number":' || l.height || ',"at":0},"by":"'
           || bench.account(1) || '"}'
    WHERE l.cancellation IS NOT NULL
    UNION ALL
    SELECT 18, 10, 'RetirementRequested',
           '{"id":' || l.request || ',"request":{"by":' || l.d5 || ',"quantity":@tonnes@},"by":"'
           || bench.account(l.d5) || '"}'
    WHERE l.request IS NOT NULL
    ORDER BY 1
) e (event, extrinsic, name, fields);

-- part: subjects of events
INSERT INTO chain.subjects (kind, id, height, indices)
SELECT 'project', id, id, array_agg(2 + n ORDER BY n) FROM generate_series(1, @projects@) id
CROSS JOIN generate_series(0, @vintages@ + 1) n GROUP BY id
UNION ALL
SELECT 'organisation', bench.dealer(id, 0), id, array_agg(3 + n ORDER BY n)
FROM generate_series(1, @projects@) id CROSS JOIN generate_series(0, @vintages@) n GROUP BY id;
INSERT INTO chain.subjects (kind, id, height, indices)
SELECT x.kind, x.id, h.height, x.indices
FROM generate_series(@first_height@::BIGINT, @last_height@) h (height)
CROSS JOIN LATERAL (
    SELECT s.kind, s.id,
           array_agg(DISTINCT 2 + l.slot * 40 + s.event) AS indices
    FROM bench.lots_between((h.height - @first_height@) * 2,
                            (h.height - @first_height@) * 2 + 1) l
    CROSS JOIN LATERAL (
        SELECT 'project', l.project, e FROM generate_series(0, 14) e WHERE e > 1 OR l.lot > 0
        UNION ALL
        SELECT 'organisation', CASE s.event WHEN 0 THEN l.proponent ELSE l.trader END, s.event
        FROM bench.splits(l) s
        UNION ALL
        SELECT 'organisation', side, s.event
        FROM bench.sales(l) s CROSS JOIN LATERAL UNNEST(ARRAY[s.seller, s.buyer]) side
        UNION ALL
        SELECT 'organisation', l.trader, e FROM UNNEST(ARRAY[3, 15]) e
        UNION ALL
        SELECT 'retirement', l.retirement, 3
        UNION ALL
        SELECT kind, id, event
        FROM (VALUES ('project', l.project, 16, l.hold), ('organisation', l.d8, 16, l.hold),
                     ('project', l.project, 17, l.cancellation),
                     ('organisation', l.d6, 17, l.cancellation),
                     ('cancellation', l.cancellation, 17, l.cancellation),
                     ('project', l.project, 18, l.request), ('organisation', l.d5, 18, l.request),
                     ('request', l.request, 18, l.request)) v (kind, id, event, is_there)
        WHERE is_there IS NOT NULL
    ) s (kind, id, event)
    GROUP BY s.kind, s.id
) x;

-- part: history of serial numbers
INSERT INTO chain.serial_history
    (height, index, part, start_serial, end_serial, kind, to_owner, status)
SELECT p.id, 3 + v, 0, ((p.id - 1) * @vintages@ + v) * @lots@ * 8 * @tonnes@ + 1,
       ((p.id - 1) * @vintages@ + v + 1) * @lots@ * 8 * @tonnes@, 'issued', bench.dealer(p.id, 0),
       'held'
FROM chain.projects p CROSS JOIN generate_series(0, @vintages@ - 1) v
UNION ALL
SELECT p.id, 3 + @vintages@, 0, (@blocks@ + p.id - 1) * @tonnes@ + 1, (@blocks@ + p.id) * @tonnes@,
       'issued', bench.dealer(p.id, 0), 'buffer'
FROM chain.projects p
ORDER BY 1, 2;
INSERT INTO chain.serial_history
    (height, index, part, start_serial, end_serial, kind, parent, from_owner, to_owner, from_status,
     status, reason, request, retirement, cancellation)
SELECT l.height, 2 + l.slot * 40 + h.event, h.part, l.start + h.first * @tonnes@,
       l.start + (h.last + 1) * @tonnes@ - 1, h.kind, h.parent, h.from_owner, h.to_owner,
       h.from_status, h.status, h.reason, h.request, h.retirement, h.cancellation
FROM bench.lots l
CROSS JOIN LATERAL (
    SELECT s.event, 0, s.first, s.last, 'split',
           CASE s.event WHEN 0 THEN l.root_start ELSE l.start END, NULL::BIGINT, NULL::BIGINT,
           NULL, NULL, NULL, NULL::BIGINT, NULL::BIGINT, NULL::BIGINT
    FROM bench.splits(l) s
    UNION ALL
    SELECT s.event, s.part, s.first, s.last, 'transferred', NULL, s.seller, s.buyer, NULL, NULL,
           NULL, NULL, NULL, NULL
    FROM bench.moves(l) s
    UNION ALL
    SELECT 3, 0, 7, 7, 'retired', NULL, l.trader, NULL, 'held', 'retired', NULL, NULL, l.retirement,
           NULL
    UNION ALL
    SELECT 16, 0, 2, 2, 'held', NULL, l.d8, NULL, 'held', 'on_hold', 'An inquiry', NULL, NULL, NULL
    WHERE l.hold IS NOT NULL
    UNION ALL
    SELECT 17, 0, 3, 3, 'cancelled', NULL, l.d6, NULL, 'held', 'cancelled', NULL, NULL, NULL,
           l.cancellation
    WHERE l.cancellation IS NOT NULL
    UNION ALL
    SELECT 18, 0, 4, 4, 'reserved', NULL, l.d5, NULL, 'held', 'reserved', NULL, l.request, NULL, NULL
    WHERE l.request IS NOT NULL
    ORDER BY 1, 2
) h (event, part, first, last, kind, parent, from_owner, to_owner, from_status, status, reason,
     request, retirement, cancellation);

-- part: blocks of credits
INSERT INTO chain.credit_blocks
    (start_serial, end_serial, project, period, vintage, owner, status, status_reason,
     hold_statement, request, retirement, cancellation, first_transferred, parent)
SELECT l.start + n * @tonnes@, l.start + (n + 1) * @tonnes@ - 1, l.project, 1, l.vintage,
       CASE n WHEN 0 THEN l.trader WHEN 1 THEN l.d7 WHEN 2 THEN l.d8 WHEN 3 THEN l.d6
              WHEN 7 THEN l.trader ELSE l.d5 END,
       s.status,
       CASE s.status WHEN 'on_hold' THEN 'government' WHEN 'cancelled' THEN 'reversal' END,
       CASE s.status WHEN 'on_hold' THEN 'An inquiry' END,
       CASE s.status WHEN 'reserved' THEN l.request END,
       CASE s.status WHEN 'retired' THEN l.retirement END,
       CASE s.status WHEN 'cancelled' THEN l.cancellation END, FALSE,
       CASE WHEN n > 0 THEN l.start WHEN l.lot > 0 THEN l.root_start END
FROM bench.lots l
CROSS JOIN LATERAL generate_series(0, 7) n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n = 7 THEN 'retired' WHEN n = 2 AND l.hold IS NOT NULL THEN 'on_hold'
                WHEN n = 3 AND l.cancellation IS NOT NULL THEN 'cancelled'
                WHEN n = 4 AND l.request IS NOT NULL THEN 'reserved' ELSE 'held' END AS status
) s;
INSERT INTO chain.credit_blocks
    (start_serial, end_serial, project, period, vintage, owner, status, first_transferred)
SELECT (@blocks@ + p.id - 1) * @tonnes@ + 1, (@blocks@ + p.id) * @tonnes@, p.id, 1, @last_vintage@,
       bench.dealer(p.id, 0), 'buffer', FALSE
FROM chain.projects p;

-- part: transfers
INSERT INTO chain.transfers (id, height, index, from_owner, to_owner, quantity, at)
SELECT l.k * 6 + s.number, l.height, 2 + l.slot * 40 + s.event, s.seller, s.buyer,
       (s.last - s.first + 1) * @tonnes@, bench.time_of(l.height)
FROM bench.lots l CROSS JOIN LATERAL bench.sales(l) s;

-- part: retirements and cancellations
INSERT INTO chain.retirements
    (id, height, index, owner, purpose, beneficiary, beneficiary_country, quantity, at)
SELECT l.retirement, l.height, 5 + l.slot * 40, l.trader, 'voluntary', 'Beneficiary ' || l.k % 1000,
       'VU', @tonnes@, bench.time_of(l.height)
FROM bench.lots l;
INSERT INTO chain.retirement_parts
SELECT l.retirement, 0, l.start + 7 * @tonnes@, l.start + 8 * @tonnes@ - 1, l.project, l.vintage
FROM bench.lots l;
INSERT INTO chain.cancellations
    (id, height, index, owner, reason, corrects, statement, quantity, at)
SELECT l.cancellation, l.height, 19 + l.slot * 40, l.d6, 'reversal', 'nothing', 'A reversal',
       @tonnes@, bench.time_of(l.height)
FROM bench.lots l WHERE l.cancellation IS NOT NULL;
INSERT INTO chain.cancellation_parts
SELECT l.cancellation, 0, l.start + 3 * @tonnes@, l.start + 4 * @tonnes@ - 1, l.project, l.vintage
FROM bench.lots l WHERE l.cancellation IS NOT NULL;
INSERT INTO chain.retirement_requests
    (id, owner, purpose, purpose_details, beneficiary, beneficiary_country, quantity, requested_at,
     requested_by, status)
SELECT l.request, l.d5, 'international_transfer',
       '{"country": "CH", "entity": "Fund", "towards": "ndc"}', 'Fund', 'CH', @tonnes@,
       bench.time_of(l.height), bench.account(l.d5), 'open'
FROM bench.lots l WHERE l.request IS NOT NULL;
INSERT INTO chain.retirement_request_parts
SELECT l.request, 0, l.start + 4 * @tonnes@, l.start + 5 * @tonnes@ - 1, l.project, l.vintage
FROM bench.lots l WHERE l.request IS NOT NULL;

-- part: totals
INSERT INTO chain.vintage_totals
    (project, vintage, issued, held, on_hold, reserved, retired, cancelled, buffer,
     first_transferred)
SELECT project, vintage, SUM(n), COALESCE(SUM(n) FILTER (WHERE status = 'held'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'on_hold'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'reserved'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'retired'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'cancelled'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'buffer'), 0), 0
FROM (SELECT project, vintage, status, end_serial - start_serial + 1 AS n
      FROM chain.credit_blocks) b
GROUP BY project, vintage;
INSERT INTO chain.holdings (owner, project, vintage, held, on_hold, reserved, retired, cancelled, buffer)
SELECT owner, project, vintage, COALESCE(SUM(n) FILTER (WHERE status = 'held'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'on_hold'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'reserved'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'retired'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'cancelled'), 0),
       COALESCE(SUM(n) FILTER (WHERE status = 'buffer'), 0)
FROM (SELECT owner, project, vintage, status, end_serial - start_serial + 1 AS n
      FROM chain.credit_blocks) b
GROUP BY owner, project, vintage;
INSERT INTO chain.project_stages (project, height, index, at, stage, authorised)
SELECT id, id, 2, created_at, 'submitted', 0 FROM chain.projects
UNION ALL
SELECT id, id, 3, created_at, 'validated', 0 FROM chain.projects
UNION ALL
SELECT id, id, 4, created_at, 'authorised', authorised FROM chain.projects
UNION ALL
SELECT id, id, 5, created_at, 'completed', 0 FROM chain.projects WHERE stage = 'completed';

-- part: flows
CREATE UNLOGGED TABLE bench.flows AS
SELECT (f.time AT TIME ZONE 'UTC')::DATE AS day, h.kind, b.project, b.vintage,
       COALESCE(h.from_owner, 0) AS from_owner, COALESCE(s.before, '') AS from_status,
       COALESCE(h.to_owner, h.from_owner) AS to_owner, COALESCE(h.status, s.before, '') AS to_status,
       CASE h.kind WHEN 'retired' THEN 'voluntary' WHEN 'cancelled' THEN 'reversal' ELSE '' END
           AS purpose,
       CASE h.kind WHEN 'retired' THEN 'VU' ELSE '' END AS country,
       SUM(h.end_serial - h.start_serial + 1)::BIGINT AS tonnes, count(*) AS ranges
FROM chain.serial_history h
JOIN chain.finalised_blocks f USING (height)
JOIN chain.credit_blocks b USING (start_serial)
CROSS JOIN LATERAL (
    SELECT CASE h.kind WHEN 'transferred' THEN 'held' ELSE h.from_status END AS before
) s
WHERE h.kind <> 'split'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO chain.flows
    (grain, span, starts, organisation, side, kind, project, vintage, from_status, to_status, purpose,
     country, tonnes, ranges)
SELECT g.grain, 'day', day, g.organisation, g.side, kind, g.project, g.vintage, from_status,
       to_status, purpose, country, SUM(tonnes), SUM(ranges)
FROM bench.flows f
CROSS JOIN LATERAL (
    SELECT 'all' AS grain, 0::BIGINT AS organisation, 'own' AS side, 0::BIGINT AS project,
           0::SMALLINT AS vintage
    UNION ALL
    SELECT 'project', 0, 'own', f.project, 0
    UNION ALL
    SELECT 'vintage', 0, 'own', 0, f.vintage
    UNION ALL
    SELECT 'project_vintage', 0, 'own', f.project, f.vintage
    UNION ALL
    SELECT o.grain, s.organisation, s.side,
           CASE o.grain WHEN 'owner_project' THEN f.project ELSE 0 END,
           CASE o.grain WHEN 'owner_project' THEN f.vintage ELSE 0 END
    FROM (VALUES ('owner'), ('owner_project')) o (grain)
    CROSS JOIN LATERAL (
        SELECT f.to_owner AS organisation, 'received' AS side WHERE f.from_owner <> f.to_owner
        UNION ALL
        SELECT f.from_owner, 'sent' WHERE f.from_owner <> f.to_owner AND f.from_owner > 0
        UNION ALL
        SELECT f.from_owner, 'own' WHERE f.from_owner = f.to_owner
    ) s
) g
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;
INSERT INTO chain.flows
    (grain, span, starts, organisation, side, kind, project, vintage, from_status, to_status, purpose,
     country, tonnes, ranges)
SELECT grain, s.span, date_trunc(s.span, starts::TIMESTAMP)::DATE, organisation, side, kind, project,
       vintage, from_status, to_status, purpose, country, SUM(tonnes), SUM(ranges)
FROM chain.flows CROSS JOIN (VALUES ('month'), ('year')) s (span)
WHERE starts < (SELECT (time AT TIME ZONE 'UTC')::DATE FROM chain.cursor)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;
DROP TABLE bench.flows;
