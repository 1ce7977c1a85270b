-- SPDX-License-Identifier: Apache-2.0
-- Transfers from and to an organisation in the order of lists, which is that of heights: of one that has
-- none, or few, nothing else has to be read.
DROP INDEX chain.transfers_from_owner_id_idx, chain.transfers_to_owner_id_idx;
CREATE INDEX ON chain.transfers (from_owner, height, id);
CREATE INDEX ON chain.transfers (to_owner, height, id);
