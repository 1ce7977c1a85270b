// SPDX-License-Identifier: Apache-2.0
//! The calls that officers make, as JSON, as SCALE and in words.

use crate::{chain, AccountId32, ClientError};
use registry_primitives::{
    credit::{Part, RetirementDetails},
    organisation::OrganisationDetails,
    project::{Article6Terms, DocumentKind, MonitoringReport, ProjectRegistration, VintageTonnes},
    ContentHash, MemberRole, OrganisationRole, Tonnes,
};
use serde::{Deserialize, Serialize};
use subxt::{
    client::{ClientAtBlock, OfflineClientAtBlockT},
    ext::scale_decode::DecodeAsType,
    utils::Static,
};

/// A call of the chain.
///
/// In JSON `{"pallet": "credits", "name": "issue", "args": {"project": 1, "period": 1}}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawCall", into = "RawCall")]
pub enum Call {
    CreateOrganisation {
        role: OrganisationRole,
        details: OrganisationDetails,
        first_admin: AccountId32,
    },
    SuspendOrganisation {
        id: u32,
        reason: String,
    },
    ReactivateOrganisation {
        id: u32,
    },
    AddMember {
        organisation: u32,
        account: AccountId32,
        role: MemberRole,
    },
    RegisterProject {
        registration: Box<ProjectRegistration>,
    },
    SubmitDocument {
        project: u32,
        kind: DocumentKind,
        hash: ContentHash,
        size: u64,
    },
    ReviewDocument {
        project: u32,
        document: u32,
        accept: bool,
        remark: Option<ContentHash>,
    },
    ValidateProject {
        project: u32,
        document: u32,
        estimate: Tonnes,
    },
    AuthoriseProject {
        project: u32,
        quantity: Tonnes,
        article6: Option<Article6Terms>,
        buffer_rate: u32,
    },
    RejectProject {
        project: u32,
        reason: String,
    },
    ReportMonitoring {
        project: u32,
        report: MonitoringReport,
    },
    VerifyMonitoring {
        project: u32,
        period: u32,
        verified: Vec<VintageTonnes>,
        verification: ContentHash,
    },
    Issue {
        project: u32,
        period: u32,
    },
    Transfer {
        parts: Vec<Part>,
        to: u32,
        reference: Option<String>,
    },
    Retire {
        parts: Vec<Part>,
        details: RetirementDetails,
    },
}

/// Pallet and name in the chain's own words, arguments as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    pallet: String,
    name: String,
    args: serde_json::Value,
}

/// Writes the three mappings of every call once: its name on the chain, its JSON arguments, and
/// its typed constructor.
macro_rules! calls {
    ($($pallet:ident.$name:ident => $variant:ident { $($field:ident: $type:ty = $value:expr),* },)*) => {
        impl TryFrom<RawCall> for Call {
            type Error = String;

            fn try_from(raw: RawCall) -> Result<Self, String> {
                let RawCall { pallet, name, args } = raw;
                $(
                    if pallet == stringify!($pallet) && name == stringify!($name) {
                        #[derive(Deserialize)]
                        #[serde(deny_unknown_fields)]
                        struct Args { $($field: $type),* }
                        let Args { $($field),* } = serde_json::from_value(args)
                            .map_err(|error| format!("arguments of {pallet}.{name}: {error}"))?;
                        return Ok(Self::$variant { $($field),* });
                    }
                )*
                const KNOWN: &[&str] =
                    &[$(concat!(stringify!($pallet), ".", stringify!($name))),*];
                Err(format!("there is no call {pallet}.{name}; there are {}", KNOWN.join(", ")))
            }
        }

        impl From<Call> for RawCall {
            fn from(call: Call) -> Self {
                let (pallet, name) = call.name();
                let args = match call {
                    $(Call::$variant { $($field),* } => serde_json::json!({
                        $(stringify!($field): $field),*
                    }),)*
                };
                Self { pallet: pallet.to_owned(), name: name.to_owned(), args }
            }
        }

        impl Call {
            /// Pallet and name, as in the JSON form.
            pub fn name(&self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant { .. } => (stringify!($pallet), stringify!($name)),)*
                }
            }

            /// The call in SCALE, checked against the metadata of the chain at a block.
            pub fn encode<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
                &self,
                at: &ClientAtBlock<C, Client>,
            ) -> Result<Vec<u8>, ClientError> {
                let transactions = at.tx();
                let encoded = match self.clone() {
                    $(Self::$variant { $($field),* } => {
                        let payload = chain::tx().$pallet().$name($($value),*);
                        transactions.validate(&payload).and_then(|()| {
                            transactions.call_data(&payload)
                        })
                    })*
                };
                Ok(encoded.map_err(subxt::Error::from)?)
            }

            /// Reads a call from SCALE; `None` if it is none of the calls that officers make.
            fn read<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
                bytes: &[u8],
                at: &ClientAtBlock<C, Client>,
            ) -> Option<Self> {
                let (pallet, mut rest) = bytes.split_first()?;
                let metadata = at.metadata_ref();
                let pallet = metadata.pallet_by_call_index(*pallet)?;
                let name = pallet.name().to_ascii_lowercase();
                let calls = pallet.call_ty_id()?;
                $(
                    if name == stringify!($pallet)
                        && pallet.call_variant_by_index(*rest.first()?)?.name == stringify!($name)
                    {
                        let call = chain::$pallet::Call::decode_as_type(
                            &mut rest, calls, metadata.types(),
                        );
                        let chain::$pallet::Call::$name { $($field),* } = call.ok()? else {
                            return None;
                        };
                        return Some(Self::$variant { $($field: $field.plain()),* });
                    }
                )*
                None
            }
        }
    };
}

calls! {
    organisations.create_organisation => CreateOrganisation {
        role: OrganisationRole = Static(role),
        details: OrganisationDetails = Static(details),
        first_admin: AccountId32 = first_admin
    },
    organisations.suspend_organisation => SuspendOrganisation {
        id: u32 = id,
        reason: String = text(reason)
    },
    organisations.reactivate_organisation => ReactivateOrganisation { id: u32 = id },
    organisations.add_member => AddMember {
        organisation: u32 = organisation,
        account: AccountId32 = account,
        role: MemberRole = Static(role)
    },
    projects.register_project => RegisterProject {
        registration: Box<ProjectRegistration> = Static(*registration)
    },
    projects.submit_document => SubmitDocument {
        project: u32 = project,
        kind: DocumentKind = Static(kind),
        hash: ContentHash = Static(hash),
        size: u64 = size
    },
    projects.review_document => ReviewDocument {
        project: u32 = project,
        document: u32 = document,
        accept: bool = accept,
        remark: Option<ContentHash> = remark.map(Static)
    },
    projects.validate_project => ValidateProject {
        project: u32 = project,
        document: u32 = document,
        estimate: Tonnes = estimate
    },
    projects.authorise_project => AuthoriseProject {
        project: u32 = project,
        quantity: Tonnes = quantity,
        article6: Option<Article6Terms> = article6.map(Static),
        buffer_rate: u32 = buffer_rate
    },
    projects.reject_project => RejectProject {
        project: u32 = project,
        reason: String = text(reason)
    },
    projects.report_monitoring => ReportMonitoring {
        project: u32 = project,
        report: MonitoringReport = Static(report)
    },
    projects.verify_monitoring => VerifyMonitoring {
        project: u32 = project,
        period: u32 = period,
        verified: Vec<VintageTonnes> = verified.into_iter().map(Static).collect(),
        verification: ContentHash = Static(verification)
    },
    credits.issue => Issue { project: u32 = project, period: u32 = period },
    credits.transfer => Transfer {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        to: u32 = to,
        reference: Option<String> = reference.map(text)
    },
    credits.retire => Retire {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        details: RetirementDetails = Static(details)
    },
}

use chain::runtime_types::registry_primitives::text::Text as ChainText;

fn text(text: String) -> ChainText {
    ChainText(text.into_bytes())
}

/// The way back from the chain's types to those of the domain.
trait Plain<T> {
    fn plain(self) -> T;
}

impl<T> Plain<T> for Static<T> {
    fn plain(self) -> T {
        self.0
    }
}

impl<T> Plain<Box<T>> for Static<T> {
    fn plain(self) -> Box<T> {
        Box::new(self.0)
    }
}

impl<T> Plain<Vec<T>> for Vec<Static<T>> {
    fn plain(self) -> Vec<T> {
        self.into_iter().map(|each| each.0).collect()
    }
}

impl<T, P: Plain<T>> Plain<Option<T>> for Option<P> {
    fn plain(self) -> Option<T> {
        self.map(Plain::plain)
    }
}

impl Plain<String> for ChainText {
    fn plain(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

macro_rules! plain_already {
    ($($type:ty),*) => {$(
        impl Plain<$type> for $type {
            fn plain(self) -> $type {
                self
            }
        }
    )*};
}

plain_already!(bool, u32, u64, AccountId32);

impl Call {
    /// The call in these bytes, so that a signer can see what it signs.
    ///
    /// Only a call that encodes to the very same bytes is returned: nothing can be hidden from
    /// the signer in what a lenient reader leaves out.
    pub fn decode<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
        bytes: &[u8],
        at: &ClientAtBlock<C, Client>,
    ) -> Result<Self, ClientError> {
        let call = Self::read(bytes, at).ok_or_else(|| {
            ClientError::Invalid("the call is none of those that officers make".into())
        })?;
        if call.encode(at)? != bytes {
            return Err(ClientError::Invalid(
                "the call does not read back to the bytes that would be signed".into(),
            ));
        }
        Ok(call)
    }

    /// The action of the permission table that the call needs.
    pub fn action(&self) -> registry_primitives::Action {
        use registry_primitives::Action;
        match self {
            Self::CreateOrganisation { .. } => Action::CreateOrganisation,
            Self::SuspendOrganisation { .. } => Action::SuspendOrganisation,
            Self::ReactivateOrganisation { .. } => Action::ReactivateOrganisation,
            Self::AddMember { .. } => Action::ManageMembers,
            Self::RegisterProject { .. } => Action::RegisterProject,
            Self::SubmitDocument { .. } => Action::SubmitDocument,
            Self::ReviewDocument { .. } => Action::ReviewDocument,
            Self::ValidateProject { .. } => Action::ValidateProject,
            Self::AuthoriseProject { .. } => Action::AuthoriseProject,
            Self::RejectProject { .. } => Action::RejectProject,
            Self::ReportMonitoring { .. } => Action::SubmitMonitoringReport,
            Self::VerifyMonitoring { .. } => Action::VerifyMonitoringReport,
            Self::Issue { .. } => Action::IssueCredits,
            Self::Transfer { .. } => Action::TransferCredits,
            Self::Retire { .. } => Action::RetireCredits,
        }
    }

    /// What the call does, in a sentence for the person who signs it.
    pub fn in_words(&self) -> String {
        let tonnes =
            |parts: &[Part]| parts.iter().map(|part| u128::from(part.quantity)).sum::<u128>();
        match self {
            Self::CreateOrganisation { role, details, first_admin } => format!(
                "Create the organisation “{}” (tax id {}) as {role}, with {first_admin} as its \
                 first Admin.",
                details.name, details.tax_id
            ),
            Self::SuspendOrganisation { id, reason } => {
                format!("Suspend organisation {id}. Public reason: “{reason}”.")
            }
            Self::ReactivateOrganisation { id } => {
                format!("Lift the suspension of organisation {id}.")
            }
            Self::AddMember { organisation, account, role } => {
                format!("Add {account} to organisation {organisation} as {role}.")
            }
            Self::RegisterProject { registration } => {
                format!("Register the project “{}”.", registration.title)
            }
            Self::SubmitDocument { project, kind, hash, size } => {
                format!(
                    "Submit a {kind} of {size} bytes for project {project}; its hash is {hash}."
                )
            }
            Self::ReviewDocument { project, document, accept, .. } => {
                let verb = if *accept { "Accept" } else { "Reject" };
                format!("{verb} document {document} of project {project}.")
            }
            Self::ValidateProject { project, document, estimate } => format!(
                "Validate project {project} with an estimate of {estimate} tonnes, accepting \
                 document {document} as its validation report."
            ),
            Self::AuthoriseProject { project, quantity, article6, .. } => {
                let terms = match article6 {
                    Some(_) => "with Article 6 terms",
                    None => "for domestic use only",
                };
                format!("Authorise project {project} for up to {quantity} tonnes, {terms}.")
            }
            Self::RejectProject { project, reason } => {
                format!("Reject project {project}, finally. Public reason: “{reason}”.")
            }
            Self::ReportMonitoring { project, .. } => {
                format!("Report a monitoring period of project {project}.")
            }
            Self::VerifyMonitoring { project, period, verified, .. } => {
                let sum: u128 = verified.iter().map(|each| u128::from(each.tonnes)).sum();
                format!("Verify {sum} tonnes for period {period} of project {project}.")
            }
            Self::Issue { project, period } => {
                format!("Issue the credits verified for period {period} of project {project}.")
            }
            Self::Transfer { parts, to, .. } => {
                format!("Transfer {} tonnes to organisation {to}.", tonnes(parts))
            }
            Self::Retire { parts, details } => format!(
                "Retire {} tonnes for good ({}), for {}.",
                tonnes(parts),
                details.purpose.as_str(),
                details.beneficiary.name
            ),
        }
    }
}
