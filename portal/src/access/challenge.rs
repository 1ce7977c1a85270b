// SPDX-License-Identifier: Apache-2.0
//! What a person signs to sign in.
//!
//! The message names this registry, the account, a nonce and when it expires. The nonce carries all
//! of it under the portal's mark, so that nothing is stored for who only asks; once used, it is
//! remembered until it expires.

use crate::{
    answers::Time,
    secret::{self, Purpose, Secret},
    site::Site,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use chrono::{DateTime, TimeDelta, Utc};

/// How long a message can be signed and sent back, in minutes.
const MINUTES: i64 = 5;
const CHANCE: usize = 16;
const SECONDS: usize = 8;
const MARK: usize = 16;

/// A nonce that has not been used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// What makes it one of its kind.
    pub nonce: String,
    /// Until when it can be used.
    pub expires: DateTime<Utc>,
}

impl Challenge {
    /// A new one for an account.
    pub fn new(secret: &Secret, site: &Site, account: &str, now: DateTime<Utc>) -> Option<Self> {
        let chance = secret::random::<CHANCE>().ok()?;
        // Whole seconds, as the nonce tells them.
        let expires = (now + TimeDelta::minutes(MINUTES)).timestamp();
        let mut bytes = [&chance[..], &expires.to_be_bytes()].concat();
        bytes.extend(mark(secret, site, account, &bytes));
        Some(Self { nonce: BASE64.encode(bytes), expires: DateTime::from_timestamp(expires, 0)? })
    }

    /// One that comes back: it must be ours, for this account, and not too old.
    pub fn returned(
        secret: &Secret,
        site: &Site,
        account: &str,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let bytes = BASE64.decode(nonce).ok().filter(|it| it.len() == CHANCE + SECONDS + MARK)?;
        let (told, marked) = bytes.split_at(CHANCE + SECONDS);
        // Compared as a whole, so that how long it takes tells little; nor could it be guessed bytewise.
        let ours = secret::hash(&mark(secret, site, account, told)) == secret::hash(marked);
        let seconds = i64::from_be_bytes(told[CHANCE..].try_into().ok()?);
        let expires = DateTime::from_timestamp(seconds, 0)?;
        (ours && now < expires).then(|| Self { nonce: nonce.to_owned(), expires })
    }

    /// What is signed.
    pub fn message(&self, site: &Site, account: &str) -> String {
        format!(
            "{host} wants you to sign in with your account:\n{account}\n\nThis proves that you hold \
             the account's key. It changes nothing on the chain and costs nothing. Sign it only on \
             {url}\n\nURI: {url}\nNonce: {nonce}\nExpiration Time: {expires}",
            host = site.host(),
            url = site.url(),
            nonce = self.nonce,
            expires = Time(self.expires),
        )
    }
}

fn mark(secret: &Secret, site: &Site, account: &str, told: &[u8]) -> [u8; MARK] {
    let bytes = [site.url().as_bytes(), b"\n", account.as_bytes(), b"\n", told].concat();
    let mut mark = [0; MARK];
    mark.copy_from_slice(&secret.mark(Purpose::Challenge, &bytes)[..MARK]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> (tempfile::TempDir, Secret, Site, DateTime<Utc>) {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::open(&folder.path().join("secret")).unwrap();
        let site = "https://registry.example".parse().unwrap();
        (folder, secret, site, DateTime::from_timestamp(1_700_000_000, 0).unwrap())
    }

    #[test]
    fn a_challenge_comes_back_for_its_account_and_in_time() {
        let (_folder, secret, site, now) = fixture();
        let made = Challenge::new(&secret, &site, "5A", now).unwrap();
        let back = |account, nonce: &str, now| {
            Challenge::returned(&secret, &site, account, nonce, now).is_some()
        };
        assert!(back("5A", &made.nonce, now + TimeDelta::minutes(4)));
        assert!(!back("5A", &made.nonce, now + TimeDelta::minutes(5)));
        assert!(!back("5B", &made.nonce, now));
        assert!(!back("5A", "", now) && !back("5A", "AAAA", now));
        let other: Site = "https://phish.example".parse().unwrap();
        assert!(Challenge::returned(&secret, &other, "5A", &made.nonce, now).is_none());
    }

    #[test]
    fn the_message_names_the_registry_the_account_and_the_nonce() {
        let (_folder, secret, site, now) = fixture();
        let made = Challenge::new(&secret, &site, "5A", now).unwrap();
        let message = made.message(&site, "5A");
        assert!(message.starts_with("registry.example wants you to sign in"), "{message}");
        assert!(message.contains("\n5A\n") && message.contains(&made.nonce), "{message}");
        assert!(message.contains("Expiration Time: 2023-11-14T22:18:20.000Z"), "{message}");
    }
}
