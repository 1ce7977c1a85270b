// SPDX-License-Identifier: Apache-2.0
//! What events are about, gathered until it is written: for each subject and block of the chain one row,
//! with the indices of the events.

use super::{big, position, At};
use crate::{copy::Rows, error::IndexerError, event::Subject};
use std::collections::BTreeMap;

/// What the events of a series of blocks are about.
#[derive(Default)]
pub struct Subjects {
    /// Kind, number and height; and the indices, rising.
    found: BTreeMap<(&'static str, i64, u32), Vec<i32>>,
}

impl Subjects {
    /// The event names these.
    pub fn named(
        &mut self,
        at: At,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<(), IndexerError> {
        for subject in subjects {
            let (kind, id) = subject.columns();
            self.note(at, kind, big(id)?)?;
        }
        Ok(())
    }

    /// The event is also about these, which its own fields do not name.
    pub fn also(&mut self, at: At, kind: &'static str, ids: &[i64]) -> Result<(), IndexerError> {
        ids.iter().try_for_each(|id| self.note(at, kind, *id))
    }

    fn note(&mut self, at: At, kind: &'static str, id: i64) -> Result<(), IndexerError> {
        let index = position(at.index)?;
        let indices = self.found.entry((kind, id, at.height)).or_default();
        // All that is said of an event is said before the next.
        if indices.last() != Some(&index) {
            indices.push(index);
        }
        Ok(())
    }

    /// As rows of the table.
    pub fn rows(&self) -> Rows {
        let mut rows = Rows::new("chain.subjects (id, height, kind, indices)");
        for ((kind, id, height), indices) in &self.found {
            rows.add(&[id, &i64::from(*height), kind, &indices.as_slice()]);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::instant;

    #[test]
    fn events_of_one_block_about_one_thing_are_one_row_and_none_counts_twice() {
        let at = |height, index| At { height, index, time: instant(0).unwrap() };
        let mut subjects = Subjects::default();
        subjects.named(at(1, 3), [Subject::Project(7), Subject::Organisation(7)]).unwrap();
        subjects.also(at(1, 3), "project", &[7, 8]).unwrap();
        subjects.named(at(1, 5), [Subject::Project(7)]).unwrap();
        subjects.named(at(2, 0), [Subject::Project(7)]).unwrap();
        let found: Vec<_> = subjects.found.into_iter().collect();
        let expected = [
            (("organisation", 7, 1), vec![3]),
            (("project", 7, 1), vec![3, 5]),
            (("project", 7, 2), vec![0]),
            (("project", 8, 1), vec![3]),
        ];
        assert_eq!(found, expected);
    }
}
