-- SPDX-License-Identifier: Apache-2.0
-- Words in titles, in names, and in what was said of retirements, found wherever they stand: by an index
-- of what every three letters are in. The extension comes with Postgres, and who owns the database may
-- make it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A text as it is looked for: its words in small letters without accents, each after one space.
CREATE FUNCTION chain.words(given TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT rtrim(regexp_replace(
        -- Without what stands above and below letters, and what only makes Arabic ones longer.
        regexp_replace(
            translate(lower(normalize(' ' || given, NFKD)),
                      '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'),
            '[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]+', '', 'g'),
        -- Spaces, signs, marks and pictures, whatever the language of the database: what is indexed
        -- must not depend on it.
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u060c\u061b\u061f\u066a-\u066d\u06d4'
        '\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3020\ue000-\uf8ff\ufff0-\uffff'
        '\U0001f000-\U0001faff]+', ' ', 'g'))
$$;

-- The pattern of texts with some words, the first and last of which may be parts of longer ones. Of fewer
-- than three letters there is no index but where a word begins. Nothing for a text without a word.
CREATE FUNCTION chain.with_words(given TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '%' || CASE WHEN length(words) > 3 THEN ltrim(words) ELSE words END || '%'
    FROM chain.words(given) words WHERE words <> ''
$$;

-- Two spaces are between texts, so that nothing is found that begins in one and ends in another.
ALTER TABLE chain.projects ADD COLUMN words TEXT NOT NULL
    GENERATED ALWAYS AS (chain.words(title) || ' ' || chain.words(external_id)) STORED;
ALTER TABLE chain.organisations ADD COLUMN words TEXT NOT NULL
    GENERATED ALWAYS AS (chain.words(name)) STORED;
ALTER TABLE chain.retirements ADD COLUMN words TEXT NOT NULL
    GENERATED ALWAYS AS (chain.words(beneficiary) || ' ' || COALESCE(chain.words(on_behalf_of), '')
                         || ' ' || COALESCE(chain.words(reason), '')) STORED;

-- What is added is sorted in at once: a search would have to read all of what waits for that.
CREATE INDEX ON chain.projects USING gin (words gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX ON chain.organisations USING gin (words gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX ON chain.retirements USING gin (words gin_trgm_ops) WITH (fastupdate = off);
