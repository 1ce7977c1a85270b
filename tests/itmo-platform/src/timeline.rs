// SPDX-License-Identifier: Apache-2.0
//! What is on the platform in each state of its timeline, and what a test puts there besides.

use anyhow::Context;
use serde_json::{json, Value};
use std::{collections::BTreeMap, fs, path::Path};

/// The last state of the timeline.
pub const LAST_STATE: usize = 4;

/// An entry of the list, and the project.
type Entry = (Value, Value);

/// The states, and which of them it is now.
#[derive(Clone, Debug)]
pub struct Timeline {
    states: Vec<BTreeMap<String, Entry>>,
    state: usize,
    placed: BTreeMap<String, Option<Entry>>,
}

impl Timeline {
    /// The one in a folder of `t0` to `t4`.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let states = (0..=LAST_STATE).map(|number| read_state(&folder.join(format!("t{number}"))));
        Ok(Self { states: states.collect::<Result<_, _>>()?, state: 0, placed: BTreeMap::new() })
    }

    /// The one that comes with this crate.
    pub fn bundled() -> anyhow::Result<Self> {
        Self::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"))
    }

    /// Which state it is in.
    pub fn state(&self) -> usize {
        self.state
    }

    /// Goes to a state, if there is one with that number.
    pub fn go_to(&mut self, number: usize) -> bool {
        let known = number < self.states.len();
        if known {
            self.state = number;
        }
        known
    }

    /// Puts a project there in every state.
    pub fn place(&mut self, id: &str, company: Value, project: Value) {
        let listed = json!({ "id": id, "company": company, "createdBy": "u-1" });
        self.placed.insert(id.into(), Some((listed, project)));
    }

    /// Takes a project off in every state.
    pub fn take_off(&mut self, id: &str) {
        self.placed.insert(id.into(), None);
    }

    /// The list.
    pub fn list(&self) -> Vec<Value> {
        let regular =
            self.states[self.state].iter().filter(|(id, _)| !self.placed.contains_key(*id));
        let placed = self.placed.values().flatten();
        regular.map(|(_, entry)| entry).chain(placed).map(|(listed, _)| listed.clone()).collect()
    }

    /// A project.
    pub fn project(&self, id: &str) -> Option<Value> {
        match self.placed.get(id) {
            Some(placed) => placed.as_ref().map(|(_, project)| project.clone()),
            None => self.states[self.state].get(id).map(|(_, project)| project.clone()),
        }
    }
}

fn read_state(folder: &Path) -> anyhow::Result<BTreeMap<String, Entry>> {
    let list = read_json(&folder.join("list.json"))?;
    let entries = list["data"].as_array().context("the list has data")?;
    let entries = entries.iter().map(|listed| {
        let id = listed["id"].as_str().context("an entry has an id")?;
        let project = read_json(&folder.join("projects").join(format!("{id}.json")))?;
        anyhow::ensure!(project["id"] == id, "{id}: the project has another id");
        Ok((id.to_owned(), (listed.clone(), project)))
    });
    entries.collect()
}

fn read_json(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
