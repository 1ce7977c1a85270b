// SPDX-License-Identifier: Apache-2.0
//! What can go wrong between a client and the chain, in sentences.

use subxt::error::DispatchError;

/// A failure of a client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node does not answer.
    #[error("the node at {0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// The chain refused a transaction, or it failed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A call, a payload or a key that cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// Anything that the client library reports.
    #[error(transparent)]
    Chain(#[from] Box<subxt::Error>),
}

impl From<subxt::Error> for ClientError {
    fn from(error: subxt::Error) -> Self {
        Self::Chain(Box::new(error))
    }
}

/// Why the chain did not do what was asked: a stable name and a sentence.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, serde::Serialize)]
#[error("{sentence}")]
pub struct Refused {
    /// `Credits.NotTheOwner`, `Admission.NotAMember`, …
    pub code: String,
    /// The documentation of the error.
    pub sentence: String,
}

impl Refused {
    fn new(code: &str, sentence: &str) -> Self {
        Self { code: code.to_owned(), sentence: sentence.to_owned() }
    }

    /// The reason of a transaction that was included and failed, from the chain's metadata.
    pub fn from_dispatch(error: &DispatchError) -> Self {
        match error {
            DispatchError::Module(module) => match module.details() {
                Ok(details) => Self {
                    code: format!("{}.{}", details.pallet.name(), details.variant.name),
                    sentence: details.variant.docs.join(" "),
                },
                Err(error) => Self::new("Unknown", &error.to_string()),
            },
            DispatchError::BadOrigin => {
                Self::new("BadOrigin", "The signer may not make this call.")
            }
            other => Self::new("Dispatch", &other.to_string()),
        }
    }

    /// The reason of a transaction that the pool did not take, from the node's message.
    pub fn from_pool(message: &str) -> Option<Self> {
        /// What the runtime's `admission` module answers.
        const CUSTOM: &[(&str, &str, &str)] = &[
            ("1", NOT_A_MEMBER, "The account is not a member of any organisation."),
            ("2", "Admission.OrganisationSuspended", "The account's organisation is suspended."),
            (
                "3",
                "Admission.ReservedForGovernance",
                "Only members of the council and validators make this call.",
            ),
        ];
        const NOT_A_MEMBER: &str = "Admission.NotAMember";
        const KNOWN: &[(&str, &str, &str)] = &[
            (
                "outdated",
                "Pool.Stale",
                "The transaction was signed for an earlier state of the account; prepare it again.",
            ),
            (
                "bad signature",
                "Pool.BadSignature",
                "The signature does not fit the transaction, or it was signed too long ago.",
            ),
            ("ancient birth", "Pool.Expired", "The transaction is too old; prepare it again."),
            ("inability to pay", NOT_A_MEMBER, "The account is not known to the registry."),
            (
                "priority is too low",
                "Pool.Replaced",
                "Another transaction with the same number is waiting; wait for it to finish.",
            ),
            (
                "immediately dropped",
                "Pool.Full",
                "The node's pool is full, and others have used less of the chain's time lately; try \
                 again in a few seconds.",
            ),
            ("already imported", "Pool.Known", "The transaction was submitted already."),
        ];
        let message = message.to_lowercase();
        let custom = message
            .split_once("custom error: ")
            .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
        let (_, code, sentence) = match custom {
            Some(number) => CUSTOM.iter().find(|(known, ..)| *known == number)?,
            None => KNOWN.iter().find(|(sign, ..)| message.contains(sign))?,
        };
        Some(Self::new(code, sentence))
    }
}

#[cfg(test)]
mod tests {
    use super::Refused;

    #[test]
    fn the_nodes_messages_become_reasons() {
        let code = |message| Refused::from_pool(message).map(|refused| refused.code);
        for (message, expected) in [
            ("Invalid transaction with custom error: 1", Some("Admission.NotAMember")),
            ("Custom error: 2", Some("Admission.OrganisationSuspended")),
            ("Custom error: 3", Some("Admission.ReservedForGovernance")),
            ("Custom error: 10", None),
            ("Immediately Dropped: The transaction couldn't enter the pool", Some("Pool.Full")),
            ("Invalid Transaction: Transaction is outdated", Some("Pool.Stale")),
            ("Transaction has a bad signature", Some("Pool.BadSignature")),
            ("Transaction has an ancient birth block", Some("Pool.Expired")),
            ("the sky fell", None),
        ] {
            assert_eq!(code(message).as_deref(), expected, "{message}");
        }
    }
}
