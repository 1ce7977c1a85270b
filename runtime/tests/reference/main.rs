// SPDX-License-Identifier: Apache-2.0
//! docs/reference/ is what the permission table and the runtime say, and what the calls'
//! documentation says is there.

mod calls;
mod permissions;

use calls::{pallets, Pallet, Section};
use std::{collections::BTreeSet, env, fs, path::Path};

/// Compares a committed page with what it must be, or writes it.
fn check(name: &str, rendered: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference");
    let path = folder.join(name);
    if env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(&path, rendered).expect("docs/reference can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == rendered,
        "docs/reference/{name} is not what the runtime says. Run scripts/update-reference and \
         commit the file."
    );
}

#[test]
fn the_committed_permission_table_is_the_one_that_is_enforced() {
    check("permissions.md", &permissions::render());
}

#[test]
fn the_committed_calls_are_the_runtimes() {
    check("calls.md", &calls::render(&pallets()));
}

/// Every name that the documentation of a call gives under a heading is one of `known`; tells all.
fn named<'a>(pallet: &'a Pallet, section: Section, known: &BTreeSet<&str>) -> BTreeSet<&'a str> {
    let mut all = BTreeSet::new();
    for call in &pallet.calls {
        let names = call.names(section);
        assert!(!call.section(section).is_empty(), "{}.{}: {section:?}", pallet.name, call.name);
        for name in names {
            assert!(
                known.contains(name),
                "{}.{} documents {section:?} {name}, which does not exist",
                pallet.name,
                call.name
            );
            all.insert(name);
        }
    }
    all
}

#[test]
fn every_error_is_documented_by_a_call_and_every_documented_error_exists() {
    let pallets = pallets();
    for pallet in &pallets {
        let known: BTreeSet<_> = pallet.errors.iter().copied().collect();
        let mut documented = named(pallet, Section::Errors, &known);
        // Officers' calls; those of the council, of validators and of the bridge's operators have an
        // origin of their own.
        if pallet.calls.iter().any(|call| call.action.is_some()) {
            let others = |call: &calls::Call| pallet.name == "ItmoBridge" && call.action.is_none();
            let permission =
                pallet.calls.iter().all(|call| call.names_permission() || others(call));
            let name = pallet.name;
            assert!(permission, "every call of {name} may be refused for want of permission");
            documented.extend(calls::OF_PERMISSION);
        }
        for call in pallets.iter().flat_map(|pallet| &pallet.calls) {
            documented.extend(call.errors_of(pallet.name));
        }
        let missing: Vec<_> = known.difference(&documented).collect();
        assert!(missing.is_empty(), "no call of {} documents {missing:?}", pallet.name);
        let unknown: Vec<_> = documented.difference(&known).collect();
        assert!(unknown.is_empty(), "{} has no errors {unknown:?}", pallet.name);
    }
}

#[test]
fn every_documented_action_is_the_one_that_the_call_needs() {
    for pallet in &pallets() {
        for call in &pallet.calls {
            let documented: Vec<_> = call
                .names(Section::Origin)
                .into_iter()
                .filter_map(|name| name.strip_prefix("Action::"))
                .collect();
            let needed: Vec<_> = call.action.iter().map(|action| format!("{action:?}")).collect();
            assert_eq!(documented, needed, "{}.{}", pallet.name, call.name);
        }
    }
}

#[test]
fn every_documented_event_exists() {
    for pallet in &pallets() {
        let known = pallet.events.iter().copied().collect();
        assert!(!named(pallet, Section::Events, &known).is_empty());
    }
}

#[test]
fn every_call_of_projects_but_the_first_has_its_stages() {
    let pallets = pallets();
    let projects = pallets.iter().find(|pallet| pallet.name == "Projects").expect("it exists");
    for call in &projects.calls {
        let has_stages = !calls::steps_of(projects.name, call.name).is_empty();
        assert_eq!(has_stages, call.name != "register_project", "{}", call.name);
    }
    // Every step is some call's, and needs what that call needs.
    for step in pallet_projects::ProjectStep::ALL {
        let of = pallets
            .iter()
            .flat_map(|pallet| pallet.calls.iter().map(move |call| (pallet.name, call)))
            .find(|(pallet, call)| calls::steps_of(pallet, call.name).contains(step));
        let (_, call) = of.unwrap_or_else(|| panic!("{step:?} is no call's"));
        assert_eq!(call.action, Some(step.action()), "{step:?}");
    }
}
