// SPDX-License-Identifier: Apache-2.0
//! The portal's secret, from which it makes what only it may know: signatures of its tokens, and
//! seals on what it stores. It is in a file, and never in the database that it protects.

use anyhow::{ensure, Context, Result};
use blake2::{
    digest::{consts::U32, KeyInit, Mac},
    Blake2bMac, Digest,
};
use crypto_secretbox::{aead::Aead, Key, Nonce, XSalsa20Poly1305};
use rand::{rngs::OsRng, TryRngCore};
use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

/// Bytes of a secret, of a token, of a hash.
pub const BYTES: usize = 32;
const NONCE: usize = 24;

/// What a key that is made from the secret is for; another purpose has another key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Challenges of sign-in.
    Challenge,
    /// Tokens of programs of signed-in people.
    Token,
    /// What is stored sealed.
    Seal,
}

/// The portal's secret.
#[derive(Clone)]
pub struct Secret(Arc<[u8; BYTES]>);

impl Secret {
    /// Reads it from a file, 64 hexadecimal digits; makes it where there is none.
    pub fn open(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let mut bytes = [0; BYTES];
                hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
                    anyhow::anyhow!(
                        "{} is not a secret: 64 hexadecimal digits, as `openssl rand -hex 32` \
                         prints them",
                        path.display()
                    )
                })?;
                ensure!(bytes != [0; BYTES], "{} is all zeros", path.display());
                Ok(Self(Arc::new(bytes)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    fn make(path: &Path) -> Result<Self> {
        let secret = random()?;
        let made = || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut options = std::fs::OpenOptions::new();
            let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
            writeln!(file, "{}", hex::encode(secret))?;
            file.sync_all()
        };
        made().with_context(|| format!("{} cannot be made", path.display()))?;
        tracing::info!("a new secret was made in {}", path.display());
        Ok(Self(Arc::new(secret)))
    }

    /// A key for a purpose.
    pub fn key(&self, purpose: Purpose) -> [u8; BYTES] {
        self.mark(purpose, &[])
    }

    /// What nobody else can say of some bytes.
    pub fn mark(&self, purpose: Purpose, bytes: &[u8]) -> [u8; BYTES] {
        // Keyed BLAKE2b takes any key of up to 64 bytes.
        let mac = <Blake2bMac<U32> as KeyInit>::new_from_slice(&*self.0);
        let Ok(mut mac) = mac else { return [0; BYTES] };
        Mac::update(&mut mac, &[purpose as u8]);
        Mac::update(&mut mac, bytes);
        mac.finalize().into_bytes().into()
    }

    /// Bytes that only this secret opens again.
    pub fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE>()?;
        let sealed = self.cipher().encrypt(Nonce::from_slice(&nonce), bytes);
        let sealed = sealed.map_err(|_| anyhow::anyhow!("nothing can be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The bytes in a seal, if this secret made it and nobody changed it.
    pub fn unseal(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        self.cipher().decrypt(Nonce::from_slice(nonce), sealed).ok()
    }

    fn cipher(&self) -> XSalsa20Poly1305 {
        XSalsa20Poly1305::new(Key::from_slice(&self.key(Purpose::Seal)))
    }
}

/// Bytes of chance from the system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).context("the system gives no chance")?;
    Ok(bytes)
}

/// The hash that a token is kept as: it is all chance, so that nothing can be tried out.
pub fn hash(token: &[u8]) -> [u8; BYTES] {
    blake2::Blake2b::<U32>::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("more/secret");
        let made = Secret::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Secret::open(&path).unwrap();
        assert_eq!(made.key(Purpose::Token), read.key(Purpose::Token));
        assert_ne!(made.key(Purpose::Token), made.key(Purpose::Seal));
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for bad in ["", "1324", &"00".repeat(32), &"zz".repeat(32)] {
            std::fs::write(&path, bad).unwrap();
            assert!(Secret::open(&path).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_seal_is_opened_by_its_secret_alone_and_only_unbroken() {
        let secret = Secret(Arc::new([7; BYTES]));
        let mut sealed = secret.seal(b"an officer's key").unwrap();
        assert_eq!(secret.unseal(&sealed).unwrap(), b"an officer's key");
        assert!(Secret(Arc::new([8; BYTES])).unseal(&sealed).is_none());
        assert_ne!(sealed, secret.seal(b"an officer's key").unwrap());
        sealed[30] ^= 1;
        assert!(secret.unseal(&sealed).is_none());
        assert!(secret.unseal(&[]).is_none());
    }
}
