// SPDX-License-Identifier: Apache-2.0
//! Judgement of what the node and the chain say of each other.

use super::{
    facts::{Node, Validator},
    judge::Line,
};
use registry_client::{
    node::Unsafe,
    validators::{Admission, Session},
    AccountId32,
};

/// Every check of a node that answers.
pub fn all(node: &Node) -> Vec<Line> {
    let mut lines = vec![
        version(&node.program, node.runtime, node.known_runtime),
        peers(node.peers, node.should_have_peers),
        sync(node.is_syncing, node.best),
        head(node.age, node.best),
        finality(node.best, node.last_final),
    ];
    match &node.validator {
        None => lines.push(Line::skip("validator", "give the validator's account by --account")),
        Some(validator) => lines.extend(of_validator(validator, node)),
    }
    lines
}

fn of_validator(validator: &Validator, node: &Node) -> Vec<Line> {
    let Validator { account, keys, held, admission, authored } = validator;
    let place = node.session.validators.iter().position(|one| one == account);
    let place = place.and_then(|place| u32::try_from(place).ok());
    let mut lines = vec![registered(keys.is_some()), keystore(*held)];
    match admission {
        Err(error) => lines.push(Line::skip("appointed", error)),
        Ok(admission) => {
            lines.push(appointed(admission.as_ref()));
            lines.push(in_set(admission.is_some(), place.is_some(), node.session.index));
            if let Some(admission) = admission {
                lines.push(contact(admission, &node.peer_id));
                lines.push(flag(admission));
            }
        }
    }
    if let Some(place) = place {
        lines.push(disabled(place, &node.session));
        lines.push(match authored {
            Ok(authored) => blocks(account, authored, &node.session),
            Err(error) => Line::skip("blocks", error),
        });
    }
    lines
}

fn version(program: &str, runtime: u32, known: u32) -> Line {
    let own = env!("CARGO_PKG_VERSION");
    let finding = format!("program {program}, runtime {runtime}");
    // What stands behind the number names the commit.
    let same = program.split(['-', '+']).next() == Some(own);
    if runtime > known {
        return Line::warn(
            "versions",
            format!("{finding}; this command knows runtime {known}"),
            "install the release that the council announced with the upgrade, on both sides",
        );
    }
    if !same {
        return Line::warn(
            "versions",
            format!("{finding}; this command is {own}"),
            "install node and command of one release",
        );
    }
    Line::pass("versions", finding)
}

fn peers(peers: usize, should_have: bool) -> Line {
    /// One other is one cable away from none.
    const FEWEST: usize = 2;
    let finding = format!("connected to {peers} others");
    match (should_have, peers) {
        (false, _) => Line::skip("peers", "this chain needs no others"),
        (true, FEWEST..) => Line::pass("peers", finding),
        _ => Line::fail(
            "peers",
            finding,
            "open the P2P port in the firewall, and start the node with the flags that `registry \
             validators reserved` prints on a node that is connected",
        ),
    }
}

fn sync(is_syncing: bool, best: u64) -> Line {
    match is_syncing {
        true => Line::warn(
            "sync",
            format!("still catching up, at block {best}"),
            "wait until it has caught up before its keys are set",
        ),
        false => Line::pass("sync", format!("has caught up, at block {best}")),
    }
}

fn head(age: i64, best: u64) -> Line {
    // By a clock that is behind, a new block is not born yet; that is the clock's line to say.
    let seconds = (age / 1000).max(0);
    let finding = format!("block {best} is {seconds} s old");
    let advice = "if others have newer ones (ask another operator), look at peers and clock; if \
                  nobody has, too many validators stand still";
    match seconds {
        ..10 => Line::pass("head", finding),
        10..60 => Line::warn("head", finding, advice),
        _ => Line::fail("head", finding, advice),
    }
}

fn finality(best: u64, last_final: u64) -> Line {
    let behind = best.saturating_sub(last_final);
    let finding = format!("{behind} blocks behind the best");
    let advice = "more than two thirds of the validators must vote: find out with the other \
                  operators who does not";
    match behind {
        0..=5 => Line::pass("finality", finding),
        6..=20 => Line::warn("finality", finding, advice),
        _ => Line::fail("finality", finding, advice),
    }
}

fn registered(registered: bool) -> Line {
    match registered {
        true => Line::pass("keys set", "the account has session keys on the chain"),
        false => Line::fail(
            "keys set",
            "the account has no session keys on the chain",
            "make and set them: registry rotate-keys --key FILE, on the node's own machine",
        ),
    }
}

fn keystore(held: Option<Unsafe<bool>>) -> Line {
    match held {
        None => Line::skip("keys held", "there are no keys on the chain to look for"),
        Some(Unsafe::Refused) => Line::skip(
            "keys held",
            "the node does not say: run this on its own machine, where unsafe methods are answered",
        ),
        Some(Unsafe::Answered(true)) => Line::pass("keys held", "the node holds them"),
        Some(Unsafe::Answered(false)) => Line::fail(
            "keys held",
            "the node does not hold the keys that are on the chain",
            "is this the right --base-path? if the keys are lost: registry rotate-keys makes new \
             ones; never copy the keys of a node that still runs",
        ),
    }
}

fn appointed(admission: Option<&Admission>) -> Line {
    match admission {
        Some(admission) => {
            let since = match admission.since {
                0 => "at genesis".to_owned(),
                block => format!("in block {block}"),
            };
            Line::pass("appointed", format!("{since}, as {}", admission.contact.operator))
        }
        None => Line::fail(
            "appointed",
            "the account is not an appointed validator",
            "the council appoints it, once its session keys are set: registry validator add \
             --motion REASON",
        ),
    }
}

fn in_set(appointed: bool, in_set: bool, session: u32) -> Line {
    match (appointed, in_set) {
        (true, true) => Line::pass("in the set", format!("makes blocks in session {session}")),
        (true, false) => Line::warn(
            "in the set",
            format!("appointed, and not yet in session {session}"),
            "it makes blocks from the second session after the appointment: wait",
        ),
        (false, true) => Line::warn(
            "in the set",
            format!("removed, and still in session {session}"),
            "keep the node running until it has left the set",
        ),
        (false, false) => Line::skip("in the set", "the account is not appointed"),
    }
}

fn contact(admission: &Admission, peer_id: &str) -> Line {
    let known = admission.contact.peer_id.to_text();
    match known == peer_id {
        true => Line::pass("identity", format!("{peer_id} is the one that the others know")),
        false => Line::fail(
            "identity",
            format!("{peer_id}, and the others know {known}"),
            "give the node its key again (--node-key-file), or tell the others: registry \
             validator change-contact",
        ),
    }
}

fn flag(admission: &Admission) -> Line {
    match admission.flag {
        None => Line::pass("flag", "no contradictory votes are reported"),
        Some(flag) => Line::fail(
            "flag",
            format!(
                "contradictory votes in session {}, reported {} times since block {}",
                flag.session, flag.reports, flag.reported
            ),
            "the same keys ran twice: stop the second node, make new keys, and explain it to the \
             council, which clears the flag",
        ),
    }
}

fn disabled(place: u32, session: &Session) -> Line {
    match session.disabled.contains(&place) {
        false => Line::pass("disabled", "no"),
        true => Line::fail(
            "disabled",
            format!("may make no blocks in session {}", session.index),
            "see the flag above; a new session without a flag ends it",
        ),
    }
}

fn blocks(account: &AccountId32, authored: &[(AccountId32, u32)], session: &Session) -> Line {
    /// Before each had so many turns, the figures say little.
    const TURNS: u64 = 4;
    let own = authored.iter().find(|(author, _)| author == account);
    let own = own.map_or(0, |(_, blocks)| u64::from(*blocks));
    let all: u64 = authored.iter().map(|(_, blocks)| u64::from(*blocks)).sum();
    let validators = session.validators.len().max(1) as u64;
    let finding =
        format!("{own} of {all} in session {}, by {validators} validators", session.index);
    let advice = "look into the node's log for blocks that it could not finish, and at the clock";
    if all < TURNS.saturating_mul(validators) {
        return Line::skip("blocks", format!("{finding}: too early to tell"));
    }
    match own {
        0 => Line::fail(
            "blocks",
            finding,
            "start the node with --validator, and see whether it holds its keys, above",
        ),
        _ if own.saturating_mul(2 * validators) < all => Line::warn("blocks", finding, advice),
        _ => Line::pass("blocks", finding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::judge::Status;
    use registry_client::validators::{Contact, Flag};

    fn is(line: &Line, status: Status, words: &str) {
        let text = format!("{} {}", line.finding, line.advice.as_deref().unwrap_or_default());
        assert_eq!(line.status, status, "{text}");
        assert!(text.contains(words), "{words}: {text}");
        assert_eq!(line.advice.is_some(), matches!(status, Status::Warn | Status::Fail));
    }

    fn admission() -> Admission {
        let contact = Contact {
            operator: "DEPC".try_into().unwrap(),
            peer_id: "12D3KooWx".try_into().unwrap(),
            address: "/dns/v.gov.vu/tcp/30333".try_into().unwrap(),
        };
        Admission { organisation: 1, contact, since: 7, flag: None }
    }

    fn session(validators: u8) -> Session {
        Session {
            index: 3,
            validators: (0..validators).map(|number| AccountId32([number; 32])).collect(),
            disabled: vec![1],
            aura: Vec::new(),
        }
    }

    #[test]
    fn another_version_is_warned_of() {
        let own = env!("CARGO_PKG_VERSION");
        is(&version(&format!("{own}-abcdef"), 1, 1), Status::Pass, own);
        is(&version(own, 2, 1), Status::Warn, "knows runtime 1");
        is(&version("99.0.0-abcdef", 1, 1), Status::Warn, "of one release");
    }

    #[test]
    fn a_lonely_node_fails() {
        is(&peers(3, true), Status::Pass, "3 others");
        is(&peers(1, true), Status::Fail, "firewall");
        is(&peers(0, true), Status::Fail, "firewall");
        is(&peers(0, false), Status::Skip, "needs no others");
    }

    #[test]
    fn a_node_that_is_not_at_the_head_is_told() {
        is(&sync(false, 5), Status::Pass, "block 5");
        is(&sync(true, 5), Status::Warn, "catching up");
        is(&head(4_000, 5), Status::Pass, "4 s old");
        is(&head(-4_000, 5), Status::Pass, "0 s old");
        is(&head(30_000, 5), Status::Warn, "30 s old");
        is(&head(90_000, 5), Status::Fail, "stand still");
        is(&finality(100, 97), Status::Pass, "3 blocks");
        is(&finality(100, 90), Status::Warn, "two thirds");
        is(&finality(100, 50), Status::Fail, "two thirds");
    }

    #[test]
    fn keys_that_are_missing_on_either_side_fail() {
        is(&registered(true), Status::Pass, "has session keys");
        is(&registered(false), Status::Fail, "rotate-keys");
        is(&keystore(Some(Unsafe::Answered(true))), Status::Pass, "holds");
        is(&keystore(Some(Unsafe::Answered(false))), Status::Fail, "never copy");
        is(&keystore(Some(Unsafe::Refused)), Status::Skip, "own machine");
        is(&keystore(None), Status::Skip, "no keys");
    }

    #[test]
    fn who_is_not_appointed_fails_and_who_waits_is_told() {
        is(&appointed(Some(&admission())), Status::Pass, "in block 7, as DEPC");
        is(&appointed(None), Status::Fail, "council");
        is(&in_set(true, true, 3), Status::Pass, "session 3");
        is(&in_set(true, false, 3), Status::Warn, "second session");
        is(&in_set(false, true, 3), Status::Warn, "left the set");
        is(&in_set(false, false, 3), Status::Skip, "not appointed");
    }

    #[test]
    fn another_identity_than_the_others_know_fails() {
        is(&contact(&admission(), "12D3KooWx"), Status::Pass, "12D3KooWx");
        is(&contact(&admission(), "12D3KooWy"), Status::Fail, "--node-key-file");
    }

    #[test]
    fn who_is_flagged_or_disabled_fails() {
        let mut admission = admission();
        is(&flag(&admission), Status::Pass, "no contradictory");
        admission.flag = Some(Flag { session: 2, reported: 90, reports: 1 });
        is(&flag(&admission), Status::Fail, "the same keys ran twice");
        is(&disabled(0, &session(4)), Status::Pass, "no");
        is(&disabled(1, &session(4)), Status::Fail, "no blocks in session 3");
    }

    #[test]
    fn who_makes_no_blocks_fails() {
        let authored = |counts: [u32; 4]| -> Vec<_> {
            (0..).zip(counts).map(|(number, blocks)| (AccountId32([number; 32]), blocks)).collect()
        };
        let own = AccountId32([0; 32]);
        let judge = |counts| blocks(&own, &authored(counts), &session(4));
        is(&judge([10, 10, 10, 10]), Status::Pass, "10 of 40");
        is(&judge([4, 12, 12, 12]), Status::Warn, "4 of 40");
        is(&judge([0, 10, 10, 10]), Status::Fail, "--validator");
        is(&judge([0, 1, 1, 1]), Status::Skip, "too early");
    }
}
