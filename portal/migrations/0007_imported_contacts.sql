-- SPDX-License-Identifier: Apache-2.0
-- How an organisation that came from the ITMO platform was reached there. The organisation has no
-- members until the Government gives it its first, who takes the contact's place.

CREATE TABLE directory.imported_contacts (
    organisation BIGINT PRIMARY KEY,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    phone        TEXT NOT NULL,
    -- What the contact would be as a member.
    role         TEXT NOT NULL,
    imported_at  TIMESTAMPTZ NOT NULL,
    claimed_by   TEXT,
    claimed_at   TIMESTAMPTZ,
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL))
);
