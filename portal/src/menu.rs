// SPDX-License-Identifier: Apache-2.0
//! The menu of the site, which is its map too.

use crate::page::{Html, Layout};
use askama::filters::Safe;

/// An entry of the menu: the key of its name, and its address.
type Entry = (&'static str, &'static str);

/// A group of entries: the key of its name, and the entries.
type Group = (&'static str, &'static [Entry]);

/// The groups; the first is always in sight where the window is wide enough.
const MENU: [Group; 4] = [
    (
        "nav.registry",
        &[
            ("nav.projects", "/projects"),
            ("nav.credits", "/credits"),
            ("nav.retirements", "/retirements"),
            ("nav.article6", "/article6"),
            ("nav.statistics", "/statistics"),
            ("nav.organisations", "/organisations"),
            ("nav.verify", "/verify"),
        ],
    ),
    (
        "nav.records",
        &[
            ("nav.transfers", "/transfers"),
            ("nav.cancellations", "/cancellations"),
            ("nav.holdings", "/holdings"),
            ("nav.requests", "/requests/transfers"),
            ("nav.proposals", "/proposals"),
            ("nav.bridge", "/bridge"),
            ("nav.events", "/events"),
        ],
    ),
    (
        "nav.data",
        &[
            ("nav.settings", "/settings"),
            ("nav.calculator", "/calculator"),
            ("nav.open_data", "/open-data"),
            ("nav.api", "/api"),
        ],
    ),
    (
        "nav.about",
        &[
            ("nav.help", "/help"),
            ("nav.network", "/network"),
            ("nav.status", "/status"),
            ("nav.accessibility", "/accessibility"),
            ("nav.privacy", "/privacy"),
        ],
    ),
];

impl Layout {
    /// The groups of the menu.
    pub fn menu(&self) -> &'static [Group] {
        &MENU
    }

    /// The entries that are in sight.
    pub fn sections(&self) -> &'static [Entry] {
        MENU[0].1
    }

    /// Whether an entry's page, or one beneath it, is open.
    fn is_in(&self, section: &str) -> bool {
        self.path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// ` aria-current="page"` for the entry that the page belongs to.
    pub fn current(&self, section: &str) -> Html {
        Safe(if self.is_in(section) { " aria-current=\"page\"" } else { "" }.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_in_the_menu_once() {
        let entries: Vec<Entry> =
            MENU.iter().flat_map(|(_, entries)| entries.iter().copied()).collect();
        let addresses: std::collections::BTreeSet<_> = entries.iter().map(|it| it.1).collect();
        assert_eq!(addresses.len(), entries.len());
        let open = |path| {
            let page = Layout::bare(path);
            let open = entries.iter().filter(|(_, address)| page.is_in(address));
            open.map(|(_, address)| *address).collect::<Vec<_>>()
        };
        assert_eq!(open("/projects/12"), ["/projects"]);
        assert_eq!(open("/projectsx"), [""; 0]);
        assert_eq!(open("/"), [""; 0]);
    }
}
