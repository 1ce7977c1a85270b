// SPDX-License-Identifier: Apache-2.0
//! Secrets of webhooks and what is signed with them, by the Standard Webhooks specification.

use crate::secret::{self, BYTES};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What the text of a secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret.
pub fn new_secret() -> anyhow::Result<[u8; BYTES]> {
    secret::random()
}

/// A secret as receivers are shown it.
pub fn text(secret: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64.encode(secret))
}

/// The header `webhook-signature`: a signature by each secret.
pub fn header(secrets: &[Vec<u8>], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures = secrets.iter().filter_map(|secret| sign(secret, id, timestamp, body));
    signatures.collect::<Vec<_>>().join(" ")
}

fn sign(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    // It takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let header =
            header(&[secret.clone(), secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(header, format!("{one} {one}"));
    }

    #[test]
    fn a_secret_is_shown_with_its_prefix() {
        let secret = new_secret().unwrap();
        let shown = text(&secret);
        assert_eq!(BASE64.decode(shown.strip_prefix("whsec_").unwrap()).unwrap(), secret);
    }
}
