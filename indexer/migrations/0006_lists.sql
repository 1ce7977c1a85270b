-- SPDX-License-Identifier: Apache-2.0
-- Lists in orders and with filters that the other indexes do not serve. Those of large tables grow at
-- their ends, or leave out what is most of the rows.

-- A time is turned into a height.
CREATE INDEX ON chain.finalised_blocks (time, height);

-- What seldom happens is found among everything that does.
CREATE INDEX ON chain.events (name, height, index)
    WHERE name NOT IN ('BlockSplit', 'CreditsTransferred', 'CreditsRetired');
CREATE INDEX ON chain.events (pallet, height, index) WHERE pallet <> 'Credits';

-- Transfers of a time, of a project (by what events are about), and the largest.
CREATE INDEX ON chain.transfers (height, id);
CREATE INDEX ON chain.transfers (quantity, id);

CREATE INDEX ON chain.retirements (at, id);
CREATE INDEX ON chain.retirements (quantity, id);
CREATE INDEX ON chain.retirements (purpose, id);
CREATE INDEX ON chain.retirements (COALESCE(purpose_details ->> 'country', beneficiary_country), id);
CREATE INDEX ON chain.retirement_parts (project, vintage, retirement);
CREATE INDEX ON chain.cancellation_parts (project, vintage, cancellation);
