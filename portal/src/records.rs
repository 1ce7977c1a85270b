// SPDX-License-Identifier: Apache-2.0
//! Links to numbered records: what each is called, and where its page is.

use crate::{
    i18n::Language,
    page::{self, Html, Layout},
};
use askama::filters::Safe;
use std::borrow::Borrow;

/// A kind of record that has a number and a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Record {
    Retirement,
    Cancellation,
    TransferRequest,
    RetirementRequest,
    Proposal,
    Constants,
}

impl Record {
    /// Its name with its number.
    pub fn name(self, id: i64) -> String {
        let key = match self {
            Self::Retirement => "retirement.number",
            Self::Cancellation => "cancellation.number",
            Self::TransferRequest => "transfer_request.number",
            Self::RetirementRequest => "retirement_request.number",
            Self::Proposal => "proposal.number",
            Self::Constants => "constants.number",
        };
        Language::current().fill(key, &[("id", id.to_string())])
    }

    /// A link to it.
    pub fn link(self, id: i64) -> String {
        let folder = match self {
            Self::Retirement => "/retirements",
            Self::Cancellation => "/cancellations",
            Self::TransferRequest => "/requests/transfers",
            Self::RetirementRequest => "/requests/retirements",
            Self::Proposal => "/proposals",
            Self::Constants => "/calculator/constants",
        };
        page::link(&format!("{folder}/{id}"), &page::text(&self.name(id)))
    }
}

impl Layout {
    pub fn retirement(&self, id: impl Borrow<i64>) -> Html {
        Safe(Record::Retirement.link(*id.borrow()))
    }

    pub fn cancellation(&self, id: impl Borrow<i64>) -> Html {
        Safe(Record::Cancellation.link(*id.borrow()))
    }

    pub fn transfer_request(&self, id: impl Borrow<i64>) -> Html {
        Safe(Record::TransferRequest.link(*id.borrow()))
    }

    pub fn retirement_request(&self, id: impl Borrow<i64>) -> Html {
        Safe(Record::RetirementRequest.link(*id.borrow()))
    }

    pub fn proposal(&self, id: impl Borrow<i64>) -> Html {
        Safe(Record::Proposal.link(*id.borrow()))
    }

    pub fn constants(&self, version: impl Borrow<i64>) -> Html {
        Safe(Record::Constants.link(*version.borrow()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_address() {
        let all = [
            Record::Retirement,
            Record::Cancellation,
            Record::TransferRequest,
            Record::RetirementRequest,
            Record::Proposal,
            Record::Constants,
        ];
        let links: std::collections::BTreeSet<String> = all.iter().map(|it| it.link(7)).collect();
        assert_eq!(links.len(), all.len());
        for link in links {
            assert!(link.contains("/7\">") && link.contains('7') && !link.contains('…'), "{link}");
        }
    }
}
