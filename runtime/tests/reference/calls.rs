// SPDX-License-Identifier: Apache-2.0
//! The calls of the registry's pallets as a page, from what the runtime tells of itself.

use crate::permissions::who_may;
use codec::{Compact, DecodeAll, Encode};
use frame_support::dispatch::GetDispatchInfo;
use pallet_projects::ProjectStep;
use registry_primitives::{credit::MAX_PARTS, project::ProjectStage, Action};
use registry_runtime::{actions::action_of, Runtime, RuntimeCall};
use scale_info::{form::MetaForm, MetaType, Type, TypeDef, TypeDefPrimitive, TypeInfo, Variant};
use std::fmt::Write;

/// The errors that every call has that asks for an officer.
pub const OF_PERMISSION: [&str; 5] =
    ["NotSigned", "NotAMember", "OrganisationSuspended", "NotPermitted", "ApprovalsNeeded"];

/// How the documentation of a call refers to them.
const THOSE_OF_PERMISSION: &str = "those of permission";

/// Errors that a call has from another pallet, which it asks before it writes: call, the other
/// pallet, its errors.
const OF_OTHERS: &[(&str, &str, &[&str])] = &[
    (
        "issue",
        "Projects",
        &["UnknownProject", "UnknownPeriod", "WrongStage", "NotVerified", "AboveAuthorised"],
    ),
    // More cannot be first transferred than was issued as long as all sums are right.
    ("retire", "Projects", &["AboveIssued"]),
    ("recognise_retirement", "Projects", &["AboveIssued"]),
    ("cancel", "Projects", &["AboveIssued"]),
];

/// A heading of a call's documentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    Origin,
    Errors,
    Events,
}

impl Section {
    fn heading(self) -> &'static str {
        match self {
            Self::Origin => "## Dispatch Origin",
            Self::Errors => "## Errors",
            Self::Events => "## Events",
        }
    }
}

/// A pallet of the registry.
pub struct Pallet {
    pub name: &'static str,
    pub calls: Vec<Call>,
    pub errors: Vec<&'static str>,
    pub events: Vec<&'static str>,
}

/// A call of it.
pub struct Call {
    pub name: &'static str,
    /// What it does; `None` where that is what another call does.
    pub action: Option<Action>,
    docs: Vec<&'static str>,
    /// With the largest arguments, in picoseconds.
    ref_time: u64,
}

impl Call {
    fn new(pallet_index: u8, variant: &Variant<MetaForm>) -> Self {
        let call = largest(pallet_index, variant);
        Self {
            name: variant.name,
            action: action_of(&call),
            docs: variant.docs.clone(),
            ref_time: call.get_dispatch_info().call_weight.ref_time(),
        }
    }

    /// The lines of the documentation under a heading.
    fn lines(&self, section: Section) -> impl Iterator<Item = &'static str> + '_ {
        let lines = self.docs.iter().map(|line| line.trim());
        lines
            .skip_while(move |line| *line != section.heading())
            .skip(1)
            .take_while(|line| !line.starts_with("## "))
            .filter(|line| !line.is_empty())
    }

    /// The same in one line; the points of a list are sentences.
    pub fn section(&self, section: Section) -> String {
        let lines = self.lines(section).map(|line| line.trim_start_matches("- "));
        lines.collect::<Vec<_>>().join(" ")
    }

    /// The names of errors, events or actions under a heading.
    pub fn names(&self, section: Section) -> Vec<&'static str> {
        self.lines(section).flat_map(names).collect()
    }

    pub fn names_permission(&self) -> bool {
        self.section(Section::Errors).contains(THOSE_OF_PERMISSION)
    }

    /// The errors that it has from another pallet.
    pub fn errors_of(&self, pallet: &str) -> Vec<&'static str> {
        OF_OTHERS
            .iter()
            .filter(|(call, of, _)| *call == self.name && *of == pallet)
            .flat_map(|(_, _, errors)| errors.iter().copied())
            .collect()
    }
}

/// The names of types in a line: in backticks, and capital as only they are.
fn names(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split('`').skip(1).step_by(2).filter(|name| name.starts_with(char::is_uppercase))
}

/// All pallets of the registry that have calls.
pub fn pallets() -> Vec<Pallet> {
    use pallet_approvals as approvals;
    use pallet_calculator as calculator;
    use pallet_credits as credits;
    use pallet_governance as governance;
    use pallet_itmo_bridge as bridge;
    use pallet_organisations as organisations;
    use pallet_projects as projects;
    use pallet_validators as validators;
    type R = Runtime;
    vec![
        pallet::<organisations::Call<R>, organisations::Error<R>, organisations::Event<R>>(
            "Organisations",
        ),
        pallet::<approvals::Call<R>, approvals::Error<R>, approvals::Event<R>>("Approvals"),
        pallet::<projects::Call<R>, projects::Error<R>, projects::Event<R>>("Projects"),
        pallet::<credits::Call<R>, credits::Error<R>, credits::Event<R>>("Credits"),
        pallet::<calculator::Call<R>, calculator::Error<R>, calculator::Event<R>>("Calculator"),
        pallet::<bridge::Call<R>, bridge::Error<R>, bridge::Event<R>>("ItmoBridge"),
        pallet::<validators::Call<R>, validators::Error<R>, validators::Event<R>>("Validators"),
        pallet::<governance::Call<R>, governance::Error<R>, governance::Event<R>>("Governance"),
    ]
}

fn pallet<C: TypeInfo, E: TypeInfo, V: TypeInfo>(name: &'static str) -> Pallet {
    let index = variants(&RuntimeCall::type_info())
        .iter()
        .find(|variant| variant.name == name)
        .expect("the runtime has the pallet")
        .index;
    let names = |ty: Type| variants(&ty).iter().map(|variant| variant.name).collect();
    let calls = variants(&C::type_info()).iter().map(|call| Call::new(index, call)).collect();
    Pallet { name, calls, errors: names(E::type_info()), events: names(V::type_info()) }
}

fn variants(ty: &Type) -> Vec<Variant<MetaForm>> {
    match &ty.type_def {
        TypeDef::Variant(of) => {
            // Pallets' enums end in a variant that only carries their type parameters.
            of.variants.iter().filter(|variant| variant.name != "__Ignore").cloned().collect()
        }
        other => panic!("not an enum: {other:?}"),
    }
}

/// A call with as many parts as it takes, and otherwise with zeros: nothing else has a weight that
/// depends on what is given.
fn largest(pallet_index: u8, call: &Variant<MetaForm>) -> RuntimeCall {
    let mut bytes = vec![pallet_index, call.index];
    for field in &call.fields {
        let parts = field.type_name == Some("Parts");
        zeros(&field.ty, if parts { MAX_PARTS } else { 0 }, &mut bytes);
    }
    RuntimeCall::decode_all(&mut &bytes[..])
        .unwrap_or_else(|error| panic!("{} of zeros: {error}", call.name))
}

/// Encodes zeros as a type; a list gets so many elements.
fn zeros(ty: &MetaType, elements: u32, bytes: &mut Vec<u8>) {
    match ty.type_info().type_def {
        TypeDef::Composite(of) => {
            of.fields.iter().for_each(|field| zeros(&field.ty, elements, bytes));
        }
        TypeDef::Variant(of) => {
            let first = of.variants.first().expect("an enum has a variant");
            bytes.push(first.index);
            first.fields.iter().for_each(|field| zeros(&field.ty, elements, bytes));
        }
        TypeDef::Sequence(of) => {
            Compact(elements).encode_to(bytes);
            (0..elements).for_each(|_| zeros(&of.type_param, 0, bytes));
        }
        TypeDef::Array(of) => (0..of.len).for_each(|_| zeros(&of.type_param, 0, bytes)),
        TypeDef::Tuple(of) => of.fields.iter().for_each(|field| zeros(field, elements, bytes)),
        TypeDef::Compact(_) => bytes.push(0),
        TypeDef::Primitive(of) => {
            use TypeDefPrimitive::*;
            let size = match of {
                Bool | U8 | I8 | Str => 1,
                U16 | I16 => 2,
                U32 | I32 | Char => 4,
                U64 | I64 => 8,
                U128 | I128 => 16,
                U256 | I256 => 32,
            };
            bytes.resize(bytes.len() + size, 0);
        }
        TypeDef::BitSequence(_) => bytes.push(0),
    }
}

/// What can be done with a project by a call.
pub fn steps_of(pallet: &str, call: &str) -> Vec<ProjectStep> {
    let is_of_call = |step: &ProjectStep| match step {
        ProjectStep::IssueCredits => (pallet, call) == ("Credits", "issue"),
        _ => pallet == "Projects" && snake(step).replace("_deciding", "") == call,
    };
    ProjectStep::ALL.iter().copied().filter(is_of_call).collect()
}

fn snake(step: &ProjectStep) -> String {
    let mut snake = String::new();
    for c in format!("{step:?}").chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// From which state of its object a call goes on.
fn from(pallet: &str, call: &Call) -> String {
    let mut all: Vec<String> = steps_of(pallet, call.name).into_iter().map(stages).collect();
    let errors = call.names(Section::Errors);
    let state = |error, state: &str| errors.contains(&error).then(|| state.to_owned());
    if pallet == "Credits" {
        // What a block must be is what the refusal of every other block is called.
        all.extend(state("NotHeld", "block: held"));
        all.extend(state("NotOnHold", "block: on hold"));
        all.extend(state("NotInBuffer", "block: buffer"));
        all.extend(state("NotCancellable", "block: held, on hold, buffer"));
        let reserved = ["recognise_retirement", "refuse_retirement", "cancel_retirement_request"];
        all.extend(reserved.contains(&call.name).then(|| "block: reserved".into()));
        all.extend(state("TransfersPaused", "transfers not paused"));
        all.extend(state("AlreadyPaused", "transfers not paused"));
        all.extend(state("NotPaused", "transfers paused"));
    } else {
        all.extend(state("NotReported", "period: reported"));
        all.extend(state("NotVerified", "period: verified"));
        all.extend(state("AlreadySuspended", "organisation: active"));
        all.extend(state("NotSuspended", "organisation: suspended"));
    }
    if (pallet, call.name) == ("Credits", "issue") {
        all.push("period: verified".into());
    }
    match all.is_empty() {
        true => "-".into(),
        false => all.join("; "),
    }
}

fn stages(step: ProjectStep) -> String {
    let stages = step.stages();
    let names = match stages.len() == ProjectStage::ALL.len() {
        true => "any".into(),
        false => stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(", "),
    };
    let of = match step {
        ProjectStep::SubmitDecidingDocument | ProjectStep::ReviewDecidingDocument => {
            "project, for a design document or a validation report"
        }
        ProjectStep::SubmitDocument | ProjectStep::ReviewDocument => {
            "project, for any other document"
        }
        _ => "project",
    };
    format!("{of}: {names}")
}

const HEAD: &str = "\
# Calls

The calls of the registry's pallets, printed by a test of the runtime from its metadata, the permission
table and the table of stages. Do not edit it; run `scripts/update-reference`.

- *Who may*: the officers of whom, the action that the call is, and the organisations whose members may
  do it, with the roles of the members and how far it reaches. See [permissions.md](permissions.md).
- *From*: the stage or the status that its object must be in.
- *Errors*: those of permission are `NotSigned`, `NotAMember`, `OrganisationSuspended`, `NotPermitted`
  and `ApprovalsNeeded`. A call that fails changes nothing.
- *Weight*: the time that is reserved for the call in a block, with the largest arguments, in
  microseconds of reference time; what is not used is given back.

";

pub fn render(pallets: &[Pallet]) -> String {
    let mut page = String::from(HEAD);
    for pallet in pallets {
        let _ = writeln!(page, "## {}\n", pallet.name);
        let _ = writeln!(page, "| call | who may | from | errors | events | weight |");
        let _ = writeln!(page, "|---|---|---|---|---|--:|");
        for call in &pallet.calls {
            let _ = writeln!(page, "| {} |", cells(pallet, call).join(" | "));
        }
        let _ = writeln!(page);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn cells(pallet: &Pallet, call: &Call) -> [String; 6] {
    // The documentation says of whom; the table, which roles.
    let mut who = in_words(&call.section(Section::Origin));
    if let Some(action) = call.action {
        let _ = write!(who, " {}", who_may(action));
    }
    let mut errors = sentence(&call.section(Section::Errors));
    for (_, of, names) in OF_OTHERS.iter().filter(|(name, ..)| *name == call.name) {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(errors, "; of {of}: {}", names.join(", "));
    }
    let events = sentence(&call.section(Section::Events));
    // Rounded up to the microsecond.
    let weight = call.ref_time.div_ceil(1_000_000).to_string();
    [format!("`{}`", call.name), who, from(pallet.name, call), errors, events, weight]
}

/// With actions as the permission table names them, and without links.
fn in_words(text: &str) -> String {
    let mut text = text.replace("[`", "`").replace("`]", "`").replace("`MemberRole::", "`");
    for action in Action::ALL {
        text = text.replace(&format!("`Action::{action:?}`"), &format!("`{action}`"));
    }
    text
}

/// Without its full stop, and without what would end a cell.
fn sentence(text: &str) -> String {
    text.trim_end_matches('.').replace('|', "\\|")
}
