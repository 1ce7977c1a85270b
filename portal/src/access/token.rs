// SPDX-License-Identifier: Apache-2.0
//! The token that a signed-in person's program shows: a JSON Web Token (RFC 7519, HS256) that names
//! the session. It says nothing of roles, which are read when it is shown.

use crate::secret::{Purpose, Secret};
use chrono::{DateTime, TimeDelta, Utc};
use jwt_compact::{
    alg::{Hs256, Hs256Key},
    AlgorithmExt, Claims, Header, TimeOptions, UntrustedToken,
};
use serde::{Deserialize, Serialize};

/// How long a token can be shown, in minutes.
pub const MINUTES: i64 = 15;

#[derive(Serialize, Deserialize)]
struct Custom {
    /// The account.
    sub: String,
    /// The session.
    sid: i64,
}

/// A token of a session.
pub fn issue(secret: &Secret, session: i64, account: &str, now: DateTime<Utc>) -> Option<String> {
    let mut claims = Claims::new(Custom { sub: account.to_owned(), sid: session });
    claims.issued_at = Some(now);
    claims.expiration = Some(now + TimeDelta::minutes(MINUTES));
    Hs256.token(&Header::empty().with_token_type("JWT"), &claims, &key(secret)).ok()
}

/// The session that a token names, if the token is ours and not too old.
pub fn session(secret: &Secret, token: &str, now: DateTime<Utc>) -> Option<i64> {
    let token = UntrustedToken::new(token).ok()?;
    // The algorithm is ours, whatever the token says of itself.
    let token = Hs256.validator::<Custom>(&key(secret)).validate(&token).ok()?;
    let times = TimeOptions::new(TimeDelta::zero(), move || now);
    token.claims().validate_expiration(&times).ok()?;
    Some(token.claims().custom.sid)
}

fn key(secret: &Secret) -> Hs256Key {
    Hs256Key::new(secret.key(Purpose::Token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_ours_for_a_quarter_of_an_hour_and_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::open(&folder.path().join("ours")).unwrap();
        let other = Secret::open(&folder.path().join("other")).unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let token = issue(&secret, 7, "5A", now).unwrap();
        assert_eq!(session(&secret, &token, now + TimeDelta::minutes(14)), Some(7));
        assert_eq!(session(&secret, &token, now + TimeDelta::minutes(16)), None);
        assert_eq!(session(&other, &token, now), None);
        let (head, rest) = token.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        // `{"alg":"none","typ":"JWT"}`
        for forged in [
            format!("{head}.{body}."),
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."),
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(session(&secret, &forged, now), None, "{forged}");
        }
    }
}
