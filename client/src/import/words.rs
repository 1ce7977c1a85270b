// SPDX-License-Identifier: Apache-2.0
//! What an import says: its sentences by their names, which a catalogue has in a language.

use crate::locale::{Sentence, Value};
use registry_primitives::MemberRole;

/// The name of a sentence.
pub struct Words(&'static str);

impl Words {
    /// With a gap filled.
    pub fn with(&self, name: &'static str, value: impl Into<Value>) -> Sentence {
        Sentence::from(self).with(name, value)
    }
}

impl From<&Words> for Sentence {
    fn from(words: &Words) -> Self {
        Self { key: words.0, values: Vec::new() }
    }
}

impl Sentence {
    /// With another gap filled.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Something that is called so in every language.
impl From<&'static str> for Value {
    fn from(name: &'static str) -> Self {
        Self::Text(name.to_owned())
    }
}

impl From<MemberRole> for Value {
    fn from(role: MemberRole) -> Self {
        Self::Label("member_role", role.to_string())
    }
}

impl From<Sentence> for Value {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

macro_rules! words {
    ($($constant:ident = $name:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: Words = Words(concat!("import_words.", $name));
        )*

        /// All of them.
        #[cfg(test)]
        const ALL: &[Words] = &[$($constant),*];
    };
}

words! {
    // Of a file as a whole.
    FILE_TOO_LARGE = "file_too_large";
    TOO_MANY_ROWS = "too_many_rows";
    SPLIT_IT = "split_it";
    NO_TEXT = "no_text";
    SAVE_AS_CSV = "save_as_csv";
    UNREADABLE = "unreadable";
    CORRECT_THE_LINE = "correct_the_line";
    FILE_EMPTY = "file_empty";
    BEGIN_WITH_HEADINGS = "begin_with_headings";
    SECRET_COLUMN = "secret_column";

    // Of its headings.
    HEADING_UNKNOWN = "heading_unknown";
    HEADING_TWICE = "heading_twice";
    HEADING_MISSING = "heading_missing";
    TOO_MANY_COLUMNS = "too_many_columns";
    KEEP_COLUMNS = "keep_columns";
    REMOVE_COLUMN = "remove_column";
    SEPARATE_BY_COMMAS = "separate_by_commas";
    ADD_COLUMN = "add_column";

    // Of a line.
    OTHER_LENGTH = "other_length";
    ONE_FIELD_EACH = "one_field_each";

    // Of a field.
    NOT_UTF8 = "not_utf8";
    CONTROL = "control";
    REMOVE_CONTROL = "remove_control";
    EMPTY = "empty";
    FILL_IN = "fill_in";
    LEAVE_EMPTY = "leave_empty";
    FORMULA = "formula";
    WRITE_TEXT = "write_text";
    TOO_LONG = "too_long";
    DECEPTIVE = "deceptive";
    AS_THE_PUBLIC_READS = "as_the_public_reads";
    NOT_KNOWN = "not_known";
    ONE_OF = "one_of";
    TWICE = "twice";
    ONE_LINE_EACH = "one_line_each";
    ONE_LINE_FOR_EACH_PERSON = "one_line_for_each_person";
    A_KEY_EACH = "a_key_each";
    GOVERNMENT_NOT_IMPORTED = "government_not_imported";
    ONE_GOVERNMENT = "one_government";
    ROOT_NOT_IMPORTED = "root_not_imported";
    ONE_ROOT = "one_root";
    NO_COUNTRY = "no_country";
    EMPTY_FOR_OWN = "empty_for_own";
    NO_SCOPES = "no_scopes";
    WRITE_SCOPES = "write_scopes";
    SCOPES_OF_NO_MINISTRY = "scopes_of_no_ministry";
    NO_SCOPE = "no_scope";
    NUMBERS_OR_NAMES = "numbers_or_names";
    EMAIL_AND_ACCOUNT_EMPTY = "email_and_account_empty";
    FILL_IN_ONE = "fill_in_one";
    NO_EMAIL = "no_email";
    WRITE_EMAIL = "write_email";
    NO_ACCOUNT = "no_account";
    COPY_ACCOUNT = "copy_account";

    // Of what the chain has.
    OTHER_TYPE = "other_type";
    HAS_TYPE = "has_type";
    CORRECT_TYPE = "correct_type";
    NO_ADMIN = "no_admin";
    ADD_ADMIN = "add_admin";
    MEMBER_ELSEWHERE = "member_elsewhere";
    ONE_ORGANISATION = "one_organisation";
    ROOT_ALONE = "root_alone";
    WITH_ROOTS_KEY = "with_roots_key";
    NO_ORGANISATION = "no_organisation";
    ADD_ORGANISATION = "add_organisation";

    // What becomes of rows.
    THE_GOVERNMENT = "the_government";
    NAMED = "named";
    NUMBERED = "numbered";
    OTHER_NAME = "other_name";
    OTHER_COUNTRY = "other_country";
    OTHER_SCOPES = "other_scopes";
    SUSPENDED = "suspended";
    FORMER_ADMIN = "former_admin";
    WAITS_FOR_ADMIN = "waits_for_admin";
    WAITS_FOR_ACCOUNT = "waits_for_account";
    WAITS_FOR_ORGANISATION = "waits_for_organisation";
    MEMBER = "member";
    FIRST_ADMIN = "first_admin";
    OTHER_ROLE = "other_role";
    FORMER_MEMBER = "former_member";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{English, Locale, ENGLISH};
    use std::collections::BTreeSet;

    #[test]
    fn the_catalogue_has_these_sentences_and_no_others() {
        let own = |key: &&String| key.starts_with("import_words.");
        let there: BTreeSet<_> = ENGLISH.keys().filter(own).map(String::as_str).collect();
        assert_eq!(ALL.iter().map(|words| words.0).collect::<BTreeSet<_>>(), there);
    }

    #[test]
    fn gaps_are_filled() {
        let name = NAMED.with("name", "Reefs {id}").with("tax_id", "T1");
        let words = OTHER_ROLE
            .with("account", "5F")
            .with("role", MemberRole::ViewOnly)
            .with("organisation", name)
            .with("wanted", MemberRole::Admin);
        let english = "5F is View only of “Reefs {id}” (tax id T1) now, not Admin";
        assert_eq!(English.say(&words), english);
        assert_eq!(English.say(&Sentence::from(&SPLIT_IT)), "split it");
    }
}
