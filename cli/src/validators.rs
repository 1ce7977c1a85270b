// SPDX-License-Identifier: Apache-2.0
//! Who the validators are, and how their nodes reach each other.

use crate::{
    arguments::{Others, ValidatorsCommand},
    failure::BadArguments,
    multiaddr::{Host, Multiaddr},
    output::Output,
};
use anyhow::Result;
use registry_client::{
    node,
    validators::{self, Admission, Contact},
    AccountId32, AtBlock, Registry,
};
use serde_json::json;
use std::net::IpAddr;

/// Runs `registry validators …`.
pub async fn run(command: ValidatorsCommand, node: &str, output: &Output) -> Result<()> {
    let registry = Registry::connect(node).await?;
    let at = registry.at_finalised().await?;
    let as_of = json!({ "number": at.block_number(), "hash": at.block_hash() });
    match command {
        ValidatorsCommand::List => list(&at, as_of, output).await,
        ValidatorsCommand::Departures => departures(&at, as_of, output).await,
        ValidatorsCommand::Authored { session } => authored(&at, session, as_of, output).await,
        ValidatorsCommand::Reserved(others) => {
            let others = self::others(&registry, &at, &others).await?;
            for (_, contact) in &others {
                output.line(format_args!("--reserved-nodes {}", address(contact)))?;
            }
            let others: Vec<_> = others.iter().map(|(_, contact)| address(contact)).collect();
            Ok(output.value(&json!({ "as_of": as_of, "reserved": others }))?)
        }
        ValidatorsCommand::Firewall { others, p2p_port, also } => {
            let others = self::others(&registry, &at, &others).await?;
            let head = format!(
                "chain {:?}, block {} {:?}",
                registry.genesis_hash(),
                at.block_number(),
                at.block_hash()
            );
            let contacts = others.iter().map(|(_, contact)| contact);
            let rules = firewall(contacts, &also, p2p_port, &head);
            output.line(rules.trim_end())?;
            Ok(output.value(&json!({ "as_of": as_of, "nft": rules }))?)
        }
    }
}

async fn list(at: &AtBlock, as_of: serde_json::Value, output: &Output) -> Result<()> {
    let session = validators::session(at).await?;
    let appointed = validators::appointed(at).await?;
    output.line(format_args!("block {} {:?}", at.block_number(), at.block_hash()))?;
    output.line(format_args!("{} appointed, session {}\n", appointed.len(), session.index))?;
    let mut all = Vec::new();
    for (account, admission) in &appointed {
        let place = session.validators.iter().position(|one| one == account);
        let disabled = place
            .and_then(|place| u32::try_from(place).ok())
            .is_some_and(|place| session.disabled.contains(&place));
        output.line(in_words(account, admission, place.is_some(), disabled))?;
        all.push(json!({
            "account": account, "admission": admission, "makes_blocks": place.is_some(),
            "disabled": disabled,
        }));
    }
    let leaving: Vec<_> = session
        .validators
        .iter()
        .filter(|one| !appointed.iter().any(|(account, _)| account == *one))
        .collect();
    for account in &leaving {
        output.line(format_args!("{account}\n  removed; makes blocks for the time being\n"))?;
    }
    Ok(output.value(&json!({
        "as_of": as_of, "session": session.index, "validators": all, "leaving": leaving,
    }))?)
}

fn in_words(account: &AccountId32, admission: &Admission, in_set: bool, disabled: bool) -> String {
    let since = match admission.since {
        0 => "genesis".to_owned(),
        block => format!("block {block}"),
    };
    let state = match (in_set, disabled) {
        (false, _) => "makes blocks from the second session after its appointment",
        (true, false) => "makes blocks",
        (true, true) => "disabled: makes no blocks in this session",
    };
    let flag = admission.flag.map(|flag| {
        format!(
            "\n  FLAGGED     contradictory votes in session {}, reported in block {}",
            flag.session, flag.reported
        )
    });
    format!(
        "{account}\n  operator    {}, for organisation {}\n  node        {}\n  appointed   {since}\n  \
         state       {state}{}\n",
        admission.contact.operator,
        admission.organisation,
        address(&admission.contact),
        flag.unwrap_or_default()
    )
}

async fn departures(at: &AtBlock, as_of: serde_json::Value, output: &Output) -> Result<()> {
    let departures = validators::departures(at).await?;
    output.line(format_args!("block {} {:?}\n", at.block_number(), at.block_hash()))?;
    for (number, gone) in (1..).zip(&departures) {
        output.line(format_args!(
            "{number}  {}\n   operator   {}\n   from       block {} to {}\n   reason     {}\n",
            gone.account,
            gone.admission.contact.operator,
            gone.admission.since,
            gone.at,
            gone.reason
        ))?;
    }
    if departures.is_empty() {
        output.line("nobody was ever removed")?;
    }
    Ok(output.value(&json!({ "as_of": as_of, "departures": departures }))?)
}

async fn authored(
    at: &AtBlock,
    session: Option<u32>,
    as_of: serde_json::Value,
    output: &Output,
) -> Result<()> {
    let running = validators::session(at).await?;
    let session = session.unwrap_or(running.index);
    if session > running.index {
        return Err(BadArguments::because(format!("session {} runs now", running.index)));
    }
    let mut authored = validators::authored(at, session).await?;
    // Who made none is nowhere in the state, and the one to look at.
    if session == running.index {
        let without = running.validators.iter();
        let without = without.filter(|one| !authored.iter().any(|(author, _)| author == *one));
        let without: Vec<_> = without.map(|account| (*account, 0)).collect();
        authored.extend(without);
    }
    authored.sort_by_key(|(account, blocks)| (std::cmp::Reverse(*blocks), account.0));
    let appointed = validators::appointed(at).await?;
    let operator = |account: &AccountId32| {
        let found = appointed.iter().find(|(appointed, _)| appointed == account);
        found.map_or_else(String::new, |(_, admission)| admission.contact.operator.to_text())
    };
    output.line(format_args!("session {session}, up to block {}\n", at.block_number()))?;
    for (account, blocks) in &authored {
        output.line(format_args!("{blocks:>8}  {account}  {}", operator(account)))?;
    }
    if authored.is_empty() {
        output.line("nothing is remembered of this session")?;
    }
    let authored: Vec<_> = authored
        .iter()
        .map(|(account, blocks)| json!({ "account": account, "blocks": blocks }))
        .collect();
    Ok(output.value(&json!({ "as_of": as_of, "session": session, "authored": authored }))?)
}

/// The appointed validators without oneself.
async fn others(
    registry: &Registry,
    at: &AtBlock,
    others: &Others,
) -> Result<Vec<(AccountId32, Contact)>> {
    let own = node::peer_id(registry).await?;
    let appointed = validators::appointed(at).await?;
    let is_own = |account: &AccountId32, contact: &Contact| match &others.account {
        Some(own) => account == own,
        None => contact.peer_id.to_text() == own,
    };
    let all = appointed.into_iter().map(|(account, admission)| (account, admission.contact));
    Ok(all.filter(|(account, contact)| !is_own(account, contact)).collect())
}

/// Where a node is, with its identity.
fn address(contact: &Contact) -> String {
    format!("{}/p2p/{}", contact.address, contact.peer_id)
}

/// Rules that let the others reach the P2P port and nobody else. Names are resolved by `nft` when
/// it loads them.
fn firewall<'a>(
    others: impl Iterator<Item = &'a Contact>,
    also: &[Host],
    port: u16,
    head: &str,
) -> String {
    let accept = |host: &Host| {
        let from = match host {
            Host::Ip(IpAddr::V4(ip)) => format!("ip saddr {ip}"),
            Host::Ip(IpAddr::V6(ip)) => format!("ip6 saddr {ip}"),
            Host::Name(kind, name) if kind == "dns6" => format!("ip6 saddr {name}"),
            Host::Name(_, name) => format!("ip saddr {name}"),
        };
        format!("        {from} tcp dport {port} accept\n")
    };
    let mut rules = String::new();
    for contact in others {
        let address = contact.address.to_text();
        rules += &format!("\n        # {}: {address}\n", contact.operator);
        rules += &match address.parse::<Multiaddr>() {
            Ok(address) => accept(&address.host),
            Err(_) => {
                "        # not let in: write a rule for this kind of address yourself\n".into()
            }
        };
    }
    if !also.is_empty() {
        rules += "\n        # given by --also\n";
        rules += &also.iter().map(accept).collect::<String>();
    }
    format!(
        "#!/usr/sbin/nft -f\n# Validators that may connect to the P2P port. {head}.\n# Load it again \
         when the validators or their addresses change. Names are resolved when it is\n# loaded; if \
         one has none or several addresses, nft loads nothing: write its addresses instead.\n\
         table inet registry_p2p\ndelete table inet registry_p2p\n\ntable inet registry_p2p {{\n    \
         chain input {{\n        type filter hook input priority filter; policy accept;\n        iif \
         lo accept\n{rules}\n        tcp dport {port} drop\n    }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(operator: &str, address: &str) -> Contact {
        Contact {
            operator: operator.try_into().unwrap(),
            peer_id: "12D3KooWx".try_into().unwrap(),
            address: address.try_into().unwrap(),
        }
    }

    #[test]
    fn the_firewall_lets_the_others_in_and_nobody_else() {
        let others = [
            contact("Office A", "/ip4/192.0.2.7/tcp/30333"),
            contact("Office B", "/ip6/2001:db8::7/tcp/30333"),
            contact("Office C", "/dns/c.gov.vu/tcp/30333"),
            contact("Office D", "/dns6/d.gov.vu/tcp/30333"),
            contact("Office E", "/ip4/192.0.2.8/tcp/30333/ws"),
        ];
        let rules = firewall(others.iter(), &["198.51.100.1".parse().unwrap()], 30334, "block 7");
        for line in [
            "# Office A: /ip4/192.0.2.7/tcp/30333\n        ip saddr 192.0.2.7 tcp dport 30334 accept",
            "ip6 saddr 2001:db8::7 tcp dport 30334 accept",
            "ip saddr c.gov.vu tcp dport 30334 accept",
            "ip6 saddr d.gov.vu tcp dport 30334 accept",
            "# given by --also\n        ip saddr 198.51.100.1 tcp dport 30334 accept",
            "# Office E: /ip4/192.0.2.8/tcp/30333/ws\n        # not let in",
        ] {
            assert!(rules.contains(line), "{line}: {rules}");
        }
        assert_eq!(rules.matches(" accept\n").count(), 6, "{rules}");
        let last = rules.rfind("accept").unwrap();
        assert!(rules[last..].contains("tcp dport 30334 drop"), "{rules}");
    }

    #[test]
    fn nothing_that_an_operator_wrote_becomes_a_rule() {
        let hostile = contact("A", "/dns/x;flush ruleset/tcp/30333");
        let rules = firewall([&hostile].into_iter(), &[], 30333, "block 7");
        let lines = rules.lines().filter(|line| line.contains("flush"));
        assert!(lines.into_iter().all(|line| line.trim_start().starts_with('#')), "{rules}");
    }

    #[test]
    fn a_validator_is_described_as_it_stands() {
        let mut admission = Admission {
            organisation: 1,
            contact: contact("Office A", "/ip4/192.0.2.7/tcp/30333"),
            since: 0,
            flag: None,
        };
        let account = AccountId32([7; 32]);
        let text = in_words(&account, &admission, true, false);
        assert!(text.contains("genesis") && text.contains("state       makes blocks\n"), "{text}");
        admission.flag = Some(validators::Flag { session: 2, reported: 9, reports: 1 });
        let text = in_words(&account, &admission, true, true);
        assert!(text.contains("FLAGGED") && text.contains("disabled"), "{text}");
        assert!(in_words(&account, &admission, false, false).contains("second session"));
    }
}
