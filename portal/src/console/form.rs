// SPDX-License-Identifier: Apache-2.0
//! The table of forms: every call that an officer may make, what it asks for, and when it can be
//! made. Pages, checks and the body of a call follow from it.
//!
//! When a call can be made is the chain's to say, and the node is asked; the table repeats it only
//! so that a refusal can be explained, and a test compares it with the chain's own.

use super::field::{
    field, optional, Field,
    Kind::{
        self, Account, Blocks, Countries, Country, Degrees, Document, File, Flag, Hash, Json, Line,
        List, Member, MonitoringPeriod, Name, Names, Number, Object, Organisation, Organisations,
        Percent, Period, SizedFile, Text, Tonnes, Variant, Years,
    },
    Part,
};
use registry_primitives::{
    credit::{CancellationReason, MAX_PARTY_NAME, MAX_REFERENCE, MAX_RETIREMENT_REASON},
    organisation::{MAX_NAME, MAX_REASON, MAX_TAX_ID},
    project::{
        DocumentKind, FirstTransfer, ProjectStage, Purpose, MAX_EXTERNAL_ID, MAX_REGION, MAX_TITLE,
    },
    Action, ActionClass, Gas, MemberRole, MitigationType, OrganisationRole, Sector, SectoralScope,
};

/// A form of a call.
pub struct Form {
    /// The call, as `pallet.name`.
    pub call: &'static str,
    /// What an officer must be allowed to do; for approvals that of the proposed call.
    pub action: Option<Action>,
    /// What it is about, and so where it is offered.
    pub about: About,
    /// The stages of the project in which it can be made; none where a project does not matter.
    pub stages: &'static [ProjectStage],
    /// What it asks for.
    pub fields: &'static [Field],
}

/// What a form is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// Nothing that is there yet, or the registry as a whole.
    Registry,
    Organisation,
    Member,
    Project,
    Document,
    MonitoringPeriod,
    ProponentChange,
    /// Credits of the officer's own organisation.
    OwnCredits,
    /// Anybody's credits.
    Credits,
    /// A request for a transfer, for who shall give.
    TransferAsked,
    /// A request for a transfer, of who asked.
    TransferRequested,
    /// A request for an international retirement, for the Government.
    RetirementAsked,
    /// A request for an international retirement, of the owner.
    RetirementRequested,
    Proposal,
    /// The bridge to the ITMO platform.
    Bridge,
    /// A case of the bridge.
    BridgeCase,
}

/// Who may own credits.
const OWNERS: &[OrganisationRole] =
    &[OrganisationRole::ProjectDeveloper, OrganisationRole::Certifier];
const CERTIFIERS: &[OrganisationRole] = &[OrganisationRole::Certifier];

const NUMBER: Kind = Number { least: 1, most: u32::MAX as u64 };
const REQUEST: Kind = Number { least: 1, most: (1 << 53) - 1 };
const BLOCKS: Kind = Number { least: 10, most: u32::MAX as u64 };
const YEAR: Kind = Number { least: 1990, most: 2200 };
const REASON: Kind = Text(MAX_REASON);

const DETAILS: &[Field] = &[
    field("name", Line(MAX_NAME)),
    field("tax_id", Line(MAX_TAX_ID)),
    field("country", Country),
    field(
        "sectoral_scopes",
        Names("scope", || names(SectoralScope::ALL, SectoralScope::as_str), 0),
    ),
    field("profile", Hash),
];
const PROPONENTS: Kind =
    List(&[field("organisation", Organisation(OWNERS)), field("share", Percent)]);
const VINTAGES: Kind = List(&[field("vintage", YEAR), field("tonnes", Tonnes)]);
const TERMS: Kind = Object(&[
    field("purposes", Names("purpose", || names(Purpose::ALL, Purpose::as_str), 1)),
    field("parties", Countries),
    optional("cooperative_approach", Number { least: 1, most: 9_999 }),
    field("valid", Years),
    field(
        "first_transfer",
        Name("first_transfer", || names(FirstTransfer::ALL, FirstTransfer::as_str)),
    ),
]);
const REGISTRATION: &[Field] = &[
    field("title", Line(MAX_TITLE)),
    field("external_id", Line(MAX_EXTERNAL_ID)),
    field("proponents", PROPONENTS),
    field("sector", Name("sector", || names(Sector::ALL, Sector::as_str))),
    field("sectoral_scope", Name("scope", || names(SectoralScope::ALL, SectoralScope::as_str))),
    field(
        "mitigation_type",
        Name("mitigation", || names(MitigationType::ALL, MitigationType::as_str)),
    ),
    field("gases", Names("gas", || names(Gas::ALL, Gas::as_str), 1)),
    field("crediting_period", Period),
    field(
        "locations",
        List(&[
            field("region", Line(MAX_REGION)),
            optional(
                "coordinates",
                Object(&[field("latitude", Degrees(90)), field("longitude", Degrees(180))]),
            ),
        ]),
    ),
    field("estimated_cost_usd", Number { least: 0, most: (1 << 53) - 1 }),
    field("estimate", Tonnes),
    field("details", File),
    field("certifiers", Organisations(CERTIFIERS)),
];

/// What credits are retired for, and for whom.
macro_rules! retirement {
    ($($purpose:expr),* $(,)?) => {
        Object(&[
            field("purpose", Variant("retirement_purpose", &[$($purpose),*])),
            field("beneficiary", Object(&[
                field("name", Line(MAX_PARTY_NAME)),
                field("country", Country),
            ])),
            optional("on_behalf_of", Line(MAX_PARTY_NAME)),
            optional("reason", Text(MAX_RETIREMENT_REASON)),
            optional("reference", Line(MAX_REFERENCE)),
        ])
    };
}
const OWNERS_RETIREMENT: Kind =
    retirement!(("voluntary", Part::Nothing), ("national_compliance", Part::Nothing));
const INTERNATIONAL_RETIREMENT: Kind = retirement!((
    "international_transfer",
    Part::Some(&[
        field("country", Country),
        field("entity", Line(MAX_PARTY_NAME)),
        field("towards", Name("purpose", || names(Purpose::ALL, Purpose::as_str))),
    ])
));
const STATES_RETIREMENT: Kind = retirement!(
    ("legal_action", Part::Nothing),
    ("ndc_use", Part::Some(&[field("year", YEAR)])),
    ("other", Part::Nothing),
);
const CORRECTS: Kind = Variant(
    "corrects",
    &[
        ("nothing", Part::Nothing),
        ("issuance", Part::Some(&[field("project", NUMBER), field("period", NUMBER)])),
        ("retirement", Part::One(&[field("retirement", REQUEST)])),
    ],
);

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|it| name(*it)).collect()
}

/// Roles that a member can be given: there is one Root, made at genesis.
fn member_roles() -> Vec<&'static str> {
    let roles = MemberRole::ALL.iter().filter(|role| **role != MemberRole::Root);
    roles.map(|role| role.as_str()).collect()
}

/// Roles that an organisation can be created with: there is one Government.
fn organisation_roles() -> Vec<&'static str> {
    let roles = OrganisationRole::ALL.iter().filter(|it| **it != OrganisationRole::Government);
    roles.map(|role| role.as_str()).collect()
}

/// Reasons that the Government may give by itself; deductions are made by a recognition.
fn cancellation_reasons() -> Vec<&'static str> {
    let reasons = CancellationReason::ALL.iter().filter(|reason| !reason.is_a_deduction());
    reasons.map(|reason| reason.as_str()).collect()
}

const fn form(
    call: &'static str,
    action: Action,
    about: About,
    stages: &'static [ProjectStage],
    fields: &'static [Field],
) -> Form {
    Form { call, action: Some(action), about, stages, fields }
}

impl Form {
    /// Whether it takes blocks of this state.
    pub fn takes_blocks(&self, state: &str) -> bool {
        let takes = |field: &Field| matches!(field.kind, Blocks(states) if states.contains(&state));
        self.fields.iter().any(takes)
    }

    /// Whether it is about monitoring periods at this stage.
    pub fn is_for_stage(&self, stage: &str) -> bool {
        let is = |field: &Field| matches!(field.kind, MonitoringPeriod(of) if of == stage);
        self.fields.iter().any(is)
    }
}

/// All forms, in the order of the calls.
pub static FORMS: &[Form] = {
    use ProjectStage::{
        Authorised, Completed, Rejected, Returned, Submitted, Suspended, Validated, Withdrawn,
    };
    const ANY: &[ProjectStage] = &[];
    const ALIVE: &[ProjectStage] = &[Submitted, Returned, Validated, Authorised, Suspended];
    const OPEN: &[ProjectStage] = &[Submitted, Returned, Validated];
    const EVERY: &[ProjectStage] =
        &[Submitted, Returned, Validated, Rejected, Authorised, Suspended, Completed, Withdrawn];
    const RUNNING: &[ProjectStage] = &[Authorised];
    const HELD: Kind = Blocks(&["held"]);
    &[
        form(
            "organisations.create_organisation",
            Action::CreateOrganisation,
            About::Registry,
            ANY,
            &[
                field("role", Name("organisation_role", organisation_roles)),
                field("details", Object(DETAILS)),
                field("first_admin", Account),
            ],
        ),
        form(
            "organisations.suspend_organisation",
            Action::SuspendOrganisation,
            About::Organisation,
            ANY,
            &[field("id", NUMBER), field("reason", REASON)],
        ),
        form(
            "organisations.reactivate_organisation",
            Action::ReactivateOrganisation,
            About::Organisation,
            ANY,
            &[field("id", NUMBER)],
        ),
        form(
            "organisations.add_member",
            Action::ManageMembers,
            About::Organisation,
            ANY,
            &[
                field("organisation", NUMBER),
                field("account", Account),
                field("role", Name("member_role", member_roles)),
            ],
        ),
        form(
            "organisations.remove_member",
            Action::ManageMembers,
            About::Member,
            ANY,
            &[field("account", Member)],
        ),
        form(
            "organisations.change_member_role",
            Action::ManageMembers,
            About::Member,
            ANY,
            &[field("account", Member), field("role", Name("member_role", member_roles))],
        ),
        form(
            "organisations.replace_key",
            Action::ManageMembers,
            About::Member,
            ANY,
            &[field("old", Member), field("new", Account)],
        ),
        form(
            "organisations.update_profile",
            Action::UpdateProfile,
            About::Organisation,
            ANY,
            &[field("organisation", NUMBER), field("profile", File)],
        ),
        form(
            "organisations.change_organisation",
            Action::ChangeOrganisation,
            About::Organisation,
            ANY,
            &[field("organisation", NUMBER), field("details", Object(DETAILS))],
        ),
        Form {
            call: "approvals.approve",
            action: None,
            about: About::Proposal,
            stages: ANY,
            fields: &[field("id", NUMBER)],
        },
        Form {
            call: "approvals.withdraw",
            action: None,
            about: About::Proposal,
            stages: ANY,
            fields: &[field("id", NUMBER)],
        },
        form(
            "approvals.set_threshold",
            Action::ChangeSettings,
            About::Registry,
            ANY,
            &[
                field(
                    "class",
                    Name("action_class", || names(ActionClass::ALL, ActionClass::as_str)),
                ),
                field("officers", Number { least: 1, most: 100 }),
            ],
        ),
        form(
            "projects.register_project",
            Action::RegisterProject,
            About::Registry,
            ANY,
            &[field("registration", Object(REGISTRATION))],
        ),
        form(
            "projects.submit_document",
            Action::SubmitDocument,
            About::Project,
            ALIVE,
            &[
                field("project", NUMBER),
                field(
                    "kind",
                    Name("document_kind", || names(DocumentKind::ALL, DocumentKind::as_str)),
                ),
                field("hash", SizedFile),
            ],
        ),
        form(
            "projects.review_document",
            Action::ReviewDocument,
            About::Document,
            ALIVE,
            &[
                field("project", NUMBER),
                field("document", Document(None)),
                field("accept", Flag("accept")),
                optional("remark", File),
            ],
        ),
        form(
            "projects.validate_project",
            Action::ValidateProject,
            About::Document,
            &[Submitted],
            &[
                field("project", NUMBER),
                field("document", Document(Some("validation_report"))),
                field("estimate", Tonnes),
            ],
        ),
        form(
            "projects.authorise_project",
            Action::AuthoriseProject,
            About::Project,
            &[Validated],
            &[
                field("project", NUMBER),
                field("quantity", Tonnes),
                optional("article6", TERMS),
                field("buffer_rate", Percent),
            ],
        ),
        form(
            "projects.reject_project",
            Action::RejectProject,
            About::Project,
            OPEN,
            &[field("project", NUMBER), field("reason", REASON)],
        ),
        form(
            "projects.report_monitoring",
            Action::SubmitMonitoringReport,
            About::Project,
            RUNNING,
            &[
                field("project", NUMBER),
                field(
                    "report",
                    Object(&[
                        field("period", Period),
                        field("vintages", VINTAGES),
                        field("report", File),
                    ]),
                ),
            ],
        ),
        form(
            "projects.verify_monitoring",
            Action::VerifyMonitoringReport,
            About::MonitoringPeriod,
            RUNNING,
            &[
                field("project", NUMBER),
                field("period", MonitoringPeriod("reported")),
                field("verified", VINTAGES),
                field("verification", File),
            ],
        ),
        form(
            "projects.withdraw_project",
            Action::WithdrawProject,
            About::Project,
            OPEN,
            &[field("project", NUMBER), field("reason", REASON)],
        ),
        form(
            "projects.suspend_project",
            Action::SuspendProject,
            About::Project,
            RUNNING,
            &[field("project", NUMBER), field("reason", REASON)],
        ),
        form(
            "projects.resume_project",
            Action::SuspendProject,
            About::Project,
            &[Suspended],
            &[field("project", NUMBER)],
        ),
        form(
            "projects.complete_project",
            Action::CompleteProject,
            About::Project,
            RUNNING,
            &[field("project", NUMBER), optional("reason", REASON)],
        ),
        form(
            "projects.change_terms",
            Action::AuthoriseProject,
            About::Project,
            &[Authorised, Suspended],
            &[field("project", NUMBER), optional("article6", TERMS)],
        ),
        form(
            "projects.propose_proponents",
            Action::ChangeProponents,
            About::Project,
            ALIVE,
            &[field("project", NUMBER), field("proponents", PROPONENTS)],
        ),
        form(
            "projects.consent_to_proponents",
            Action::ChangeProponents,
            About::ProponentChange,
            ALIVE,
            &[field("project", NUMBER), field("number", NUMBER)],
        ),
        form(
            "projects.withdraw_proponents",
            Action::ChangeProponents,
            About::ProponentChange,
            ALIVE,
            &[field("project", NUMBER), field("number", NUMBER)],
        ),
        form(
            "projects.assign_certifiers",
            Action::AssignCertifiers,
            About::Project,
            ALIVE,
            &[field("project", NUMBER), field("certifiers", Organisations(CERTIFIERS))],
        ),
        form(
            "projects.certify_project",
            Action::CertifyProject,
            About::Project,
            &[Validated, Authorised],
            &[field("project", NUMBER)],
        ),
        form(
            "projects.revoke_certification",
            Action::RevokeCertification,
            About::Project,
            EVERY,
            &[
                field("project", NUMBER),
                field("certifier", Organisation(CERTIFIERS)),
                field("reason", REASON),
            ],
        ),
        form(
            "projects.return_monitoring",
            Action::VerifyMonitoringReport,
            About::MonitoringPeriod,
            RUNNING,
            &[
                field("project", NUMBER),
                field("period", MonitoringPeriod("reported")),
                field("remark", File),
            ],
        ),
        form(
            "projects.refuse_issuance",
            Action::IssueCredits,
            About::MonitoringPeriod,
            &[Authorised, Suspended],
            &[
                field("project", NUMBER),
                field("period", MonitoringPeriod("verified")),
                field("reason", REASON),
            ],
        ),
        form(
            "credits.issue",
            Action::IssueCredits,
            About::MonitoringPeriod,
            RUNNING,
            &[field("project", NUMBER), field("period", MonitoringPeriod("verified"))],
        ),
        form(
            "credits.transfer",
            Action::TransferCredits,
            About::OwnCredits,
            ANY,
            &[
                field("parts", HELD),
                field("to", Organisation(OWNERS)),
                optional("reference", Line(MAX_REFERENCE)),
            ],
        ),
        form(
            "credits.retire",
            Action::RetireCredits,
            About::OwnCredits,
            ANY,
            &[field("parts", HELD), field("details", OWNERS_RETIREMENT)],
        ),
        form(
            "credits.request_retirement",
            Action::RetireCredits,
            About::OwnCredits,
            ANY,
            &[field("parts", HELD), field("details", INTERNATIONAL_RETIREMENT)],
        ),
        form(
            "credits.recognise_retirement",
            Action::RecogniseRetirement,
            About::RetirementAsked,
            ANY,
            &[field("request", REQUEST)],
        ),
        form(
            "credits.refuse_retirement",
            Action::RecogniseRetirement,
            About::RetirementAsked,
            ANY,
            &[field("request", REQUEST), field("reason", REASON)],
        ),
        form(
            "credits.cancel_retirement_request",
            Action::RetireCredits,
            About::RetirementRequested,
            ANY,
            &[field("request", REQUEST)],
        ),
        form(
            "credits.request_transfer",
            Action::RequestTransfer,
            About::Registry,
            ANY,
            &[
                field("project", NUMBER),
                optional("vintage", YEAR),
                field("quantity", Tonnes),
                field("from", Organisation(OWNERS)),
                field("to", Organisation(OWNERS)),
                optional("reference", Line(MAX_REFERENCE)),
            ],
        ),
        form(
            "credits.approve_transfer",
            Action::RequestTransfer,
            About::TransferAsked,
            ANY,
            &[field("request", REQUEST), field("parts", HELD)],
        ),
        form(
            "credits.reject_transfer",
            Action::RequestTransfer,
            About::TransferAsked,
            ANY,
            &[field("request", REQUEST), field("reason", REASON)],
        ),
        form(
            "credits.cancel_transfer_request",
            Action::RequestTransfer,
            About::TransferRequested,
            ANY,
            &[field("request", REQUEST)],
        ),
        form(
            "credits.retire_for_the_state",
            Action::RetireForTheState,
            About::Credits,
            ANY,
            &[field("parts", HELD), field("details", STATES_RETIREMENT)],
        ),
        form(
            "credits.cancel",
            Action::CancelCredits,
            About::Credits,
            ANY,
            &[
                field("parts", Blocks(&["held", "on_hold", "buffer"])),
                field("reason", Name("cancellation_reason", cancellation_reasons)),
                field("corrects", CORRECTS),
                field("statement", REASON),
            ],
        ),
        form(
            "credits.hold",
            Action::HoldCredits,
            About::Credits,
            ANY,
            &[field("parts", HELD), field("reason", REASON)],
        ),
        form(
            "credits.release",
            Action::ReleaseCredits,
            About::Credits,
            ANY,
            &[field("parts", Blocks(&["on_hold"]))],
        ),
        form(
            "credits.release_buffer",
            Action::ReleaseCredits,
            About::Credits,
            ANY,
            &[field("parts", Blocks(&["buffer"])), field("to", Organisation(OWNERS))],
        ),
        form(
            "credits.pause_transfers",
            Action::PauseTransfers,
            About::Registry,
            ANY,
            &[field("reason", REASON)],
        ),
        form("credits.resume_transfers", Action::PauseTransfers, About::Registry, ANY, &[]),
        form(
            "credits.set_deductions",
            Action::ChangeSettings,
            About::Registry,
            ANY,
            &[field(
                "deductions",
                Object(&[
                    field("share_of_proceeds", Percent),
                    field("overall_mitigation", Percent),
                ]),
            )],
        ),
        form(
            "calculator.set_constants",
            Action::ChangeSettings,
            About::Registry,
            ANY,
            &[field("constants", Json), field("reason", REASON)],
        ),
        form("itmo_bridge.request_round", Action::OperateBridge, About::Bridge, ANY, &[]),
        form(
            "itmo_bridge.retry_case",
            Action::OperateBridge,
            About::BridgeCase,
            ANY,
            &[field("case", NUMBER)],
        ),
        form(
            "itmo_bridge.dismiss_case",
            Action::OperateBridge,
            About::BridgeCase,
            ANY,
            &[field("case", NUMBER), field("reason", REASON)],
        ),
        form(
            "itmo_bridge.link_company",
            Action::OperateBridge,
            About::Bridge,
            ANY,
            &[field("company", Line(MAX_NAME)), field("organisation", Organisation(OWNERS))],
        ),
        form(
            "itmo_bridge.pause",
            Action::OperateBridge,
            About::Bridge,
            ANY,
            &[field("reason", REASON)],
        ),
        form("itmo_bridge.resume", Action::OperateBridge, About::Bridge, ANY, &[]),
        form(
            "itmo_bridge.change_settings",
            Action::ChangeSettings,
            About::Bridge,
            ANY,
            &[field(
                "settings",
                Object(&[
                    field("estimate", Tonnes),
                    field("issuance", Tonnes),
                    field("interval", BLOCKS),
                    field("window", BLOCKS),
                ]),
            )],
        ),
    ]
};

/// The form of a call.
pub fn find(call: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.call == call)
}

/// The forms that are offered about something.
pub fn about(about: &'static [About]) -> impl Iterator<Item = &'static Form> {
    FORMS.iter().filter(move |form| about.contains(&form.about))
}

#[cfg(test)]
mod tests {
    use super::{super::field::samples, *};
    use registry_client::{payload, Call, H256};
    use serde_json::json;
    use std::collections::{BTreeMap, BTreeSet};

    /// Calls of officers without a form of their own, and why.
    const ELSEWHERE: &[(&str, &str)] = &[
        ("approvals.propose", "prepared by itself where several officers must agree"),
        ("organisations.approve_application", "whole in the application, with its signature"),
    ];

    /// A row of the reference of calls, which is printed from the chain's own tables.
    struct Row {
        who: String,
        from: String,
    }

    fn reference() -> BTreeMap<String, Row> {
        let text = include_str!("../../../docs/reference/calls.md");
        let mut pallet = String::new();
        let mut rows = BTreeMap::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                pallet = snake(name);
            }
            let cells: Vec<_> = line.split(" | ").map(str::trim).collect();
            if let [name, who, from, _, _, _] = cells[..] {
                let Some(name) = name.strip_prefix("| `").and_then(|it| it.strip_suffix('`'))
                else {
                    continue;
                };
                let row = Row { who: who.to_owned(), from: from.to_owned() };
                rows.insert(format!("{pallet}.{name}"), row);
            }
        }
        rows
    }

    /// `ItmoBridge` is `itmo_bridge`.
    fn snake(name: &str) -> String {
        let mut snake = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
        }
        snake
    }

    /// Those of the council, of validators and of operators are signed on the machines that they run.
    fn is_an_officers(call: &str) -> bool {
        let others = [
            "validators.",
            "governance.",
            "itmo_bridge.observe",
            "itmo_bridge.add_operator",
            "itmo_bridge.remove_operator",
        ];
        !others.iter().any(|other| call.starts_with(other))
    }

    #[test]
    fn every_call_of_an_officer_has_a_form() {
        let known: BTreeSet<&str> =
            FORMS.iter().map(|form| form.call).chain(ELSEWHERE.iter().map(|it| it.0)).collect();
        let reference = reference();
        assert!(reference.len() > 55, "{}", reference.len());
        let officers: BTreeSet<&str> =
            reference.keys().map(String::as_str).filter(|call| is_an_officers(call)).collect();
        assert_eq!(known, officers);
        assert_eq!(known.len(), FORMS.len() + ELSEWHERE.len(), "a call has two forms");
    }

    /// A call of the form, as the signing module sends it.
    fn sample(form: &Form, variant: usize, whole: bool) -> Call {
        let (pallet, name) = form.call.split_once('.').unwrap();
        let args = samples::object(form.fields, variant, whole);
        let call = json!({ "pallet": pallet, "name": name, "args": args });
        serde_json::from_value(call.clone()).unwrap_or_else(|error| panic!("{error}: {call}"))
    }

    #[test]
    fn what_a_form_sends_is_its_call() {
        let at = payload::offline(H256([7; 32])).unwrap();
        for form in FORMS {
            for (variant, whole) in [(0, true), (1, true), (2, true), (0, false)] {
                let call = sample(form, variant, whole);
                assert_eq!(call.action(), form.action, "{}", form.call);
                let bytes = call.encode(&at).unwrap();
                assert_eq!(Call::decode(&bytes, &at).unwrap(), call, "{}", form.call);
            }
        }
    }

    #[test]
    fn a_form_says_what_the_chain_says_of_who_and_when() {
        let reference = reference();
        for form in FORMS {
            let Row { who, from } = &reference[form.call];
            if let Some(action) = form.action {
                assert!(who.contains(&format!("`{action}`")), "{}: {who}", form.call);
            }
            let stages: Vec<_> = form.stages.iter().map(|stage| stage.as_str()).collect();
            let told = from.split("; ").find_map(|part| {
                let (what, stages) = part.split_once(": ")?;
                (what == "project" || what == "project, for any other document").then_some(stages)
            });
            let all = stages.len() == ProjectStage::ALL.len();
            let expected = if all { "any".to_owned() } else { stages.join(", ") };
            assert_eq!(told.unwrap_or_default(), expected, "{}: {from}", form.call);
            for field in form.fields {
                let states = match field.kind {
                    Blocks(states) => states.join(", ").replace('_', " "),
                    MonitoringPeriod(stage) => stage.to_owned(),
                    _ => continue,
                };
                let told = from.split("; ").filter_map(|part| part.split_once(": "));
                let mut told = told.filter(|(what, _)| ["block", "period"].contains(what));
                assert!(told.any(|(_, told)| told == states), "{}: {from}", form.call);
            }
        }
    }
}
