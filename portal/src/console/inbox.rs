// SPDX-License-Identifier: Apache-2.0
//! What waits for the officer, and what can be begun.

use super::{
    facts,
    form::{self, About, Form},
    legal::{self, Offer},
    private, Desk, Officer,
};
use crate::{
    answers::Time,
    bridge,
    db::Reader,
    page::{self, Layout},
    problem::Problem,
    proposals,
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use registry_primitives::{Action, OrganisationRole, Reach};

/// Rows of each kind that a page shows; the lists of the site have the rest.
const ROWS: i64 = 20;

/// Something that waits for a decision.
pub struct Waiting {
    /// What waits, as in the statistics of what is pending.
    kind: String,
    project: Option<i64>,
    title: Option<String>,
    /// The number of the document, the period, the change or the request.
    number: Option<i64>,
    /// A kind of document, a party, or tonnes: what tells one from another.
    detail: Option<String>,
    quantity: Option<i64>,
    since: Option<Time>,
}

/// The kinds, in the order of the page, with the calls that end the waiting.
const KINDS: &[(&str, &[&str])] = &[
    ("projects_to_authorise", &["projects.authorise_project", "projects.reject_project"]),
    ("periods_to_issue", &["credits.issue", "projects.refuse_issuance"]),
    ("retirement_requests", &["credits.recognise_retirement", "credits.refuse_retirement"]),
    ("documents_to_review", &["projects.review_document", "projects.validate_project"]),
    ("reports_to_verify", &["projects.verify_monitoring", "projects.return_monitoring"]),
    ("projects_to_certify", &["projects.certify_project"]),
    ("projects_to_resubmit", &["projects.submit_document", "projects.withdraw_project"]),
    ("reports_to_correct", &["projects.report_monitoring"]),
    ("proponent_changes", &["projects.consent_to_proponents", "projects.withdraw_proponents"]),
    ("transfer_requests_received", &["credits.approve_transfer", "credits.reject_transfer"]),
    ("transfer_requests_sent", &["credits.cancel_transfer_request"]),
    ("own_retirement_requests", &["credits.cancel_retirement_request"]),
];

impl Waiting {
    /// What an officer of an organisation is waited for. What a ministry decides on is what lies
    /// within its scopes; nothing else of it concerns anybody but the certifier, the proponents, and
    /// the owners.
    async fn load(reader: &mut Reader, organisation: i64) -> Result<Vec<Self>, Problem> {
        Ok(sqlx::query_as!(
            Self,
            r#"WITH me AS (
                   SELECT id, role = 'government' AS decides,
                          CASE WHEN role = 'ministry' THEN sectoral_scopes ELSE '{}' END AS scopes
                   FROM chain.organisations WHERE id = $1
               ), concerned AS (
                   SELECT p.id, p.title, p.stage, p.created_at,
                          me.decides OR p.sectoral_scope = ANY (me.scopes) AS decides,
                          EXISTS (SELECT FROM chain.proponents o
                                  WHERE o.project = p.id AND o.organisation = me.id) AS proposes,
                          EXISTS (SELECT FROM chain.certifiers o
                                  WHERE o.project = p.id AND o.organisation = me.id) AS certifies
                   FROM chain.projects p CROSS JOIN me
               ), waiting AS (
                   SELECT 'projects_to_authorise' AS kind, id AS project, title,
                          NULL::BIGINT AS number, NULL::TEXT AS detail, NULL::BIGINT AS quantity,
                          created_at AS since
                   FROM concerned WHERE stage = 'validated' AND decides
                   UNION ALL
                   SELECT 'projects_to_certify', id, title, NULL, NULL, NULL, created_at
                   FROM concerned c WHERE stage = 'authorised' AND certifies AND NOT EXISTS (
                       SELECT FROM chain.certifications f
                       WHERE f.project = c.id AND f.certifier = $1 AND f.revoked_at IS NULL)
                   UNION ALL
                   SELECT 'projects_to_resubmit', id, title, NULL, NULL, NULL, created_at
                   FROM concerned WHERE stage = 'returned' AND proposes
                   UNION ALL
                   SELECT 'documents_to_review', c.id, c.title, d.document, d.kind, NULL,
                          d.submitted_at
                   FROM chain.documents d JOIN concerned c ON c.id = d.project
                   WHERE d.status = 'submitted' AND d.reviewer IS NULL AND c.certifies
                     AND c.stage IN ('submitted', 'returned', 'validated', 'authorised', 'suspended')
                   UNION ALL
                   SELECT CASE m.stage WHEN 'reported' THEN 'reports_to_verify'
                                       WHEN 'returned' THEN 'reports_to_correct'
                                       ELSE 'periods_to_issue' END,
                          c.id, c.title, m.period, NULL,
                          (SELECT SUM(COALESCE(v.verified, v.reported))::BIGINT
                           FROM chain.monitoring_vintages v
                           WHERE v.project = m.project AND v.period = m.period),
                          m.ends
                   FROM chain.monitoring_periods m JOIN concerned c ON c.id = m.project
                   WHERE (m.stage = 'reported' AND c.certifies)
                      OR (m.stage = 'returned' AND c.proposes)
                      OR (m.stage = 'verified' AND c.decides AND c.stage = 'authorised')
                   UNION ALL
                   SELECT 'proponent_changes', c.id, c.title, h.number, NULL, NULL, h.proposed_at
                   FROM chain.proponent_changes h JOIN concerned c ON c.id = h.project
                   WHERE h.status = 'open'
                     AND (c.proposes OR EXISTS (
                         SELECT FROM chain.proponent_change_shares s
                         WHERE s.project = h.project AND s.number = h.number
                           AND s.organisation = $1))
                     AND NOT EXISTS (SELECT FROM chain.proponent_change_consents a
                                     WHERE a.project = h.project AND a.number = h.number
                                       AND a.organisation = $1)
                   UNION ALL
                   SELECT CASE WHEN r.from_owner = $1 THEN 'transfer_requests_received'
                               ELSE 'transfer_requests_sent' END,
                          r.project, p.title, r.id, t.name, r.quantity, r.requested_at
                   FROM chain.transfer_requests r
                   JOIN chain.projects p ON p.id = r.project
                   JOIN chain.organisations t
                     ON t.id = CASE WHEN r.from_owner = $1 THEN r.to_owner ELSE r.from_owner END
                   WHERE r.status = 'open' AND $1 IN (r.from_owner, r.initiator)
                   UNION ALL
                   SELECT CASE WHEN r.owner = $1 THEN 'own_retirement_requests'
                               ELSE 'retirement_requests' END,
                          NULL, NULL, r.id, r.beneficiary, r.quantity, r.requested_at
                   FROM chain.retirement_requests r
                   WHERE r.status = 'open' AND (r.owner = $1 OR EXISTS (
                       SELECT FROM chain.retirement_request_parts q
                       JOIN concerned c ON c.id = q.project
                       WHERE q.request = r.id AND c.decides))
               ), counted AS (
                   SELECT *, row_number() OVER (PARTITION BY kind ORDER BY since, number) AS at
                   FROM waiting
               )
               SELECT kind AS "kind!", project, title, number, detail, quantity,
                      since AS "since: Time"
               FROM counted WHERE at <= $2 ORDER BY kind, at"#,
            organisation,
            ROWS
        )
        .fetch_all(reader.connection())
        .await?)
    }

    /// The number of what waits, as a form's query calls it.
    fn query(&self, form: &Form) -> Vec<(&'static str, String)> {
        let of = |name, value: Option<i64>| value.map(|value| (name, value.to_string()));
        let number = match form.about {
            About::Document => "document",
            About::MonitoringPeriod => "period",
            About::ProponentChange => "number",
            _ => "request",
        };
        let needs_number = form.about != About::Project;
        let project = of("project", self.project).filter(|_| form.fields[0].name == "project");
        project.into_iter().chain(of(number, self.number).filter(|_| needs_number)).collect()
    }

    /// The forms that end the waiting, for who may.
    fn offers(&self, l: &Layout, desk: &Desk, calls: &[&str]) -> Vec<(&'static str, String)> {
        let fits = |form: &&Form| {
            // A validation report is validated, and anything else is not.
            let validates = form.call == "projects.validate_project";
            !validates || self.detail.as_deref() == Some("validation_report")
        };
        let allowed = |form: &&'static Form| {
            form.action.is_some_and(|action| legal::refused_to(l, desk, action).is_none())
        };
        calls
            .iter()
            .filter_map(|call| form::find(call))
            .filter(fits)
            .filter(allowed)
            .map(|form| (form.call, address(l, form, &self.query(form))))
            .collect()
    }

    /// The page of the thing itself.
    fn link(&self, l: &Layout) -> Option<(String, String)> {
        match (self.kind.as_str(), self.project, self.number) {
            ("transfer_requests_received" | "transfer_requests_sent", _, Some(id)) => Some((
                l.to(format!("/requests/transfers/{id}")),
                l.say("transfer_request.number", "id", id),
            )),
            ("retirement_requests" | "own_retirement_requests", _, Some(id)) => Some((
                l.to(format!("/requests/retirements/{id}")),
                l.say("retirement_request.number", "id", id),
            )),
            (_, Some(id), _) => Some((
                l.to(format!("/console/projects/{id}")),
                self.title.clone().unwrap_or_default(),
            )),
            _ => None,
        }
    }

    /// What tells it from others, in words.
    fn words(&self, l: &Layout) -> Option<String> {
        let number = |key: &str| self.number.map(|n| l.say(key, "n", n));
        match self.kind.as_str() {
            "documents_to_review" => {
                let kind = l.label("document_kind", self.detail.as_deref()?);
                Some(format!("{} – {kind}", number("console.document")?))
            }
            "reports_to_verify" | "reports_to_correct" | "periods_to_issue" => {
                number("console.period")
            }
            "proponent_changes" => number("proponents.number"),
            _ => self.detail.clone(),
        }
    }
}

/// Where a form is, filled in as far as it is known.
pub fn address(l: &Layout, form: &Form, query: &[(&str, String)]) -> String {
    let path = format!("/console/act/{}", form.call);
    l.to(page::address(&path, query.iter().map(|(name, value)| (*name, value.as_str()))))
}

/// A row of the page.
pub struct Row {
    pub link: Option<(String, String)>,
    pub words: Option<String>,
    pub quantity: Option<i64>,
    pub since: Option<Time>,
    /// Calls and where their forms are.
    offers: Vec<(&'static str, String)>,
}

impl Row {
    fn choices(&self) -> &[(&'static str, String)] {
        &self.offers
    }
}

#[derive(Template)]
#[template(path = "console/home.html")]
struct Page {
    l: Layout,
    c: Desk,
    /// Kinds of what waits, with their rows.
    waiting: Vec<(&'static str, Vec<Row>)>,
    applications: i64,
    /// Cases of the bridge to the ITMO platform.
    cases: i64,
    proposals: Vec<proposals::Proposal>,
    offers: Vec<Offer>,
}

impl Page {
    /// How many officers must agree to a proposal.
    fn needed(&self, proposal: &proposals::Proposal) -> String {
        self.l.n(i64::from(proposal.required))
    }

    /// Whether the officer has approved a proposal already.
    fn has_approved(&self, proposal: &proposals::Proposal) -> bool {
        proposal.has_approved(&self.c.account)
    }
}

/// Whether an officer may do what waits to be approved.
fn may_approve(l: &Layout, desk: &Desk, proposal: &proposals::Proposal) -> bool {
    let action: Option<Action> = proposal.action.parse().ok();
    action.is_some_and(|action| legal::refused_to(l, desk, action).is_none())
}

/// `/console`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let c = Desk::of(&caller)?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("console.inbox").to_owned();
    l.json = None;
    let mut waiting = Vec::new();
    let mut proposals = Vec::new();
    if let Some(organisation) = c.id() {
        let mut all = Waiting::load(&mut reader, organisation).await?;
        for (kind, calls) in KINDS {
            let (of, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.kind == *kind);
            all = others;
            let rows: Vec<_> = of
                .iter()
                .map(|it| Row {
                    link: it.link(&l),
                    words: it.words(&l),
                    quantity: it.quantity,
                    since: it.since,
                    offers: it.offers(&l, &c, calls),
                })
                // What a colleague alone may do waits for the colleague.
                .filter(|row| !row.offers.is_empty())
                .collect();
            if !rows.is_empty() {
                waiting.push((*kind, rows));
            }
        }
        proposals = proposals::waiting(&mut reader, organisation, ROWS).await?;
        proposals.retain(|it| may_approve(&l, &c, it));
    }
    let cases = match c.reach(Action::OperateBridge) {
        Reach::No => 0,
        _ => bridge::open_cases(&mut reader).await?,
    };
    drop(reader);
    let applications = match c.reach(Action::CreateOrganisation) != Reach::No && c.is_government() {
        true => facts::waiting_applications(&app).await?,
        false => 0,
    };
    let offers = begin(&l, &c);
    private(&Page { l, c, waiting, applications, cases, proposals, offers })
}

/// What can be begun: forms about nothing that is there yet, and about one's own credits.
fn begin(l: &Layout, desk: &Desk) -> Vec<Offer> {
    let about: &[About] = match desk.organisation_role {
        Some(OrganisationRole::Government) => &[About::Registry, About::Credits],
        _ => &[About::Registry, About::OwnCredits],
    };
    // Settings have a page of their own, where one sees what one changes.
    let elsewhere = [
        "approvals.set_threshold",
        "credits.set_deductions",
        "calculator.set_constants",
        "credits.pause_transfers",
        "credits.resume_transfers",
    ];
    form::FORMS
        .iter()
        .filter(|form| about.contains(&form.about) && !elsewhere.contains(&form.call))
        .filter_map(|form| {
            // What a role can never do is not worth a line here.
            let refused = legal::refused_to(l, desk, form.action?);
            (refused.is_none() || desk.suspended).then(|| Offer {
                form,
                address: address(l, form, &[]),
                refusal: legal::refused(l, desk, form),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_waiting_is_ended_by_forms_and_has_a_name() {
        for (kind, calls) in KINDS {
            assert!(calls.iter().all(|call| form::find(call).is_some()), "{kind}");
            let name = format!("waiting_for.{kind}");
            assert!(crate::i18n::Language::English.find(&name).is_some(), "{name}");
        }
    }
}
