-- SPDX-License-Identifier: Apache-2.0
-- What nearly every event writes is written without asking Postgres whether it fits: a foreign key is
-- checked row by row, and locks the row that it points at. That blocks, events and credits fit
-- together is checked by the indexer as it writes, and by `registry-indexer check` as a whole.
ALTER TABLE chain.extrinsics DROP CONSTRAINT extrinsics_height_fkey;
ALTER TABLE chain.events DROP CONSTRAINT events_height_fkey;
ALTER TABLE chain.event_subjects DROP CONSTRAINT event_subjects_height_index_fkey;
ALTER TABLE chain.serial_history DROP CONSTRAINT serial_history_height_index_fkey;
ALTER TABLE chain.credit_blocks
    DROP CONSTRAINT credit_blocks_project_fkey,
    DROP CONSTRAINT credit_blocks_owner_fkey,
    DROP CONSTRAINT credit_blocks_parent_fkey;
ALTER TABLE chain.transfers
    DROP CONSTRAINT transfers_from_owner_fkey,
    DROP CONSTRAINT transfers_to_owner_fkey;
ALTER TABLE chain.transfer_parts
    DROP CONSTRAINT transfer_parts_transfer_fkey,
    DROP CONSTRAINT transfer_parts_project_fkey;

-- What happened to a number is found by the blocks that it was in, which begin where its block and that
-- block's ancestors do: an index over ranges costs far more than one over numbers.
DROP INDEX chain.serial_history_int8range_idx;
CREATE INDEX ON chain.serial_history (start_serial);
