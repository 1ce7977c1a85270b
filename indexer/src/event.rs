// SPDX-License-Identifier: Apache-2.0
//! The events of the registry's pallets, as plain values and as JSON.

use registry_client::{chain, AccountId32, Config};
use registry_primitives::{
    credit::{BlockStatus, RetirementDetails},
    organisation::OrganisationDetails,
    project::{
        Article6Terms, DocumentKind, DocumentStatus, MonitoringReport, ProjectRegistration,
        VintageTonnes,
    },
    ContentHash, MemberRole, OrganisationRole, SerialRange,
};
use serde::Serialize;
use std::collections::BTreeSet;
use subxt::{error::EventsError, utils::Static};

/// Why an event could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A pallet of ours, and an event that did not exist when this indexer was built.
    Unknown,
    Undecodable(Box<EventsError>),
}

/// Writes the enum and its decoding once. A field that the committed metadata has and this list
/// lacks does not compile.
macro_rules! events {
    ($($pallet:ident in $module:ident {
        $($name:ident { $($field:ident: $type:ty),* $(,)? })*
    })*) => {
        #[derive(Clone, PartialEq, Debug, Serialize)]
        #[serde(untagged)]
        pub enum Event {
            $($($name { $($field: $type),* },)*)*
        }

        impl Event {
            /// The pallet, as in the metadata.
            pub fn pallet(&self) -> &'static str {
                match self {
                    $($(Self::$name { .. } => stringify!($pallet),)*)*
                }
            }

            /// The event, as in the metadata.
            pub fn name(&self) -> &'static str {
                match self {
                    $($(Self::$name { .. } => stringify!($name),)*)*
                }
            }

            /// Decodes an event; `None` if it is of a pallet that is not the registry's.
            pub fn read(
                event: &subxt::events::Event<'_, Config>,
            ) -> Result<Option<Self>, Unreadable> {
                match (event.pallet_name(), event.event_name()) {
                    $($((stringify!($pallet), stringify!($name)) => {
                        let chain::$module::events::$name { $($field),* } = event
                            .decode_fields_unchecked_as()
                            .map_err(|error| Unreadable::Undecodable(Box::new(error)))?;
                        Ok(Some(Self::$name { $($field: $field.plain()),* }))
                    })*)*
                    $((stringify!($pallet), _) => Err(Unreadable::Unknown),)*
                    _ => Ok(None),
                }
            }
        }
    };
}

events! {
    Organisations in organisations {
        OrganisationCreated {
            id: u32,
            role: OrganisationRole,
            details: OrganisationDetails,
            first_admin: AccountId32,
            by: AccountId32,
        }
        OrganisationSuspended { id: u32, reason: String, by: AccountId32 }
        OrganisationReactivated { id: u32, by: AccountId32 }
        MemberAdded { organisation: u32, account: AccountId32, role: MemberRole, by: AccountId32 }
    }
    Projects in projects {
        ProjectRegistered { id: u32, registration: ProjectRegistration, by: AccountId32 }
        DocumentSubmitted {
            project: u32,
            document: u32,
            kind: DocumentKind,
            hash: ContentHash,
            size: u64,
            version: u32,
            uploader: u32,
            by: AccountId32,
        }
        DocumentReviewed {
            project: u32,
            document: u32,
            status: DocumentStatus,
            remark: Option<ContentHash>,
            reviewer: u32,
            by: AccountId32,
        }
        ProjectReturned { id: u32 }
        ProjectResubmitted { id: u32 }
        ProjectValidated { id: u32, estimate: u64, certifier: u32, by: AccountId32 }
        ProjectAuthorised {
            id: u32,
            quantity: u64,
            article6: Option<Article6Terms>,
            buffer_rate: u32,
            by: AccountId32,
        }
        ProjectRejected { id: u32, reason: String, by: AccountId32 }
        MonitoringReported { project: u32, period: u32, report: MonitoringReport, by: AccountId32 }
        MonitoringReportVerified {
            project: u32,
            period: u32,
            verified: Vec<VintageTonnes>,
            verification: ContentHash,
            verifier: u32,
            by: AccountId32,
        }
        MonitoringPeriodIssued { project: u32, period: u32, quantity: u64 }
    }
    Credits in credits {
        CreditsIssued {
            project: u32,
            period: u32,
            vintage: u16,
            owner: u32,
            range: SerialRange,
            status: BlockStatus,
        }
        BlockSplit { rest: SerialRange, taken: SerialRange }
        CreditsTransferred {
            from: u32,
            to: u32,
            blocks: Vec<SerialRange>,
            quantity: u64,
            reference: Option<String>,
            by: AccountId32,
        }
        CreditsRetired {
            id: u64,
            owner: u32,
            details: RetirementDetails,
            blocks: Vec<SerialRange>,
            quantity: u64,
            by: AccountId32,
        }
    }
}

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    Organisation(u32),
    Project(u32),
    Retirement(u64),
}

impl Event {
    /// What the event names. The projects of serial numbers that it names are found where the
    /// blocks are, when it is applied.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        use Subject::{Organisation, Project, Retirement};
        match self {
            Self::OrganisationCreated { id, .. }
            | Self::OrganisationSuspended { id, .. }
            | Self::OrganisationReactivated { id, .. } => [Organisation(*id)].into(),
            Self::MemberAdded { organisation, .. } => [Organisation(*organisation)].into(),
            Self::ProjectRegistered { id, registration, .. } => {
                let proponents = registration.proponents.iter().map(|each| each.organisation);
                let certifiers = registration.certifiers.iter().copied();
                let organisations = proponents.chain(certifiers).map(Organisation);
                organisations.chain([Project(*id)]).collect()
            }
            Self::DocumentSubmitted { project, uploader: organisation, .. }
            | Self::DocumentReviewed { project, reviewer: organisation, .. }
            | Self::ProjectValidated { id: project, certifier: organisation, .. }
            | Self::MonitoringReportVerified { project, verifier: organisation, .. }
            | Self::CreditsIssued { project, owner: organisation, .. } => {
                [Project(*project), Organisation(*organisation)].into()
            }
            Self::ProjectReturned { id: project }
            | Self::ProjectResubmitted { id: project }
            | Self::ProjectAuthorised { id: project, .. }
            | Self::ProjectRejected { id: project, .. }
            | Self::MonitoringReported { project, .. }
            | Self::MonitoringPeriodIssued { project, .. } => [Project(*project)].into(),
            Self::BlockSplit { .. } => BTreeSet::new(),
            Self::CreditsTransferred { from, to, .. } => {
                [Organisation(*from), Organisation(*to)].into()
            }
            Self::CreditsRetired { id, owner, .. } => {
                [Retirement(*id), Organisation(*owner)].into()
            }
        }
    }
}

/// From a type of the generated code to the one that it stands for.
trait Plain {
    type Out;
    fn plain(self) -> Self::Out;
}

macro_rules! plain_already {
    ($($type:ty),*) => {$(
        impl Plain for $type {
            type Out = Self;
            fn plain(self) -> Self {
                self
            }
        }
    )*};
}

plain_already!(u16, u32, u64, AccountId32);

impl<T> Plain for Static<T> {
    type Out = T;
    fn plain(self) -> T {
        self.0
    }
}

impl<T: Plain> Plain for Option<T> {
    type Out = Option<T::Out>;
    fn plain(self) -> Self::Out {
        self.map(Plain::plain)
    }
}

impl<T: Plain> Plain for Vec<T> {
    type Out = Vec<T::Out>;
    fn plain(self) -> Self::Out {
        self.into_iter().map(Plain::plain).collect()
    }
}

impl Plain for chain::runtime_types::registry_primitives::text::Text {
    type Out = String;
    fn plain(self) -> String {
        // The pallets store only UTF-8.
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_its_fields_as_json() {
        let account = AccountId32([1; 32]);
        let event = Event::CreditsTransferred {
            from: 3,
            to: 4,
            blocks: vec![SerialRange { start: 27, end: 35 }],
            quantity: 9,
            reference: None,
            by: account,
        };
        let json = serde_json::json!({
            "from": 3,
            "to": 4,
            "blocks": [{ "start": 27, "end": 35 }],
            "quantity": 9,
            "reference": null,
            "by": account.to_string(),
        });
        assert_eq!(serde_json::to_value(&event).unwrap(), json);
        assert_eq!((event.pallet(), event.name()), ("Credits", "CreditsTransferred"));
        assert_eq!(event.subjects(), [Subject::Organisation(3), Subject::Organisation(4)].into());
    }
}
