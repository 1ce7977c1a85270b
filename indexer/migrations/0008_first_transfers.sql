-- SPDX-License-Identifier: Apache-2.0
-- First transfers under Article 6 are listed by themselves, and are few among everything that happens.
CREATE INDEX ON chain.serial_history (height, index, part) WHERE kind = 'first_transferred';
