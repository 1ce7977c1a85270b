-- SPDX-License-Identifier: Apache-2.0
-- People are written to in Arabic too.

ALTER TABLE directory.people
    DROP CONSTRAINT people_language_check,
    ADD CONSTRAINT people_language_check CHECK (language IN ('en', 'fr', 'es', 'ar'));
ALTER TABLE directory.mails
    DROP CONSTRAINT mails_language_check,
    ADD CONSTRAINT mails_language_check CHECK (language IN ('en', 'fr', 'es', 'ar'));
