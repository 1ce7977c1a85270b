// SPDX-License-Identifier: Apache-2.0
//! How this node's worker reaches the ITMO platform: read from a file at start, and handed to the
//! worker in the node's local storage. Nothing of it is ever logged or on the chain.

use codec::Encode;
use pallet_itmo_bridge::{
    platform::{Access, ACCESS_KEY},
    worker::{LIST, LOCK, MEMORY},
};
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use std::{fs, net::IpAddr, path::Path};

/// Reads the file: JSON with `endpoint`, `api_key`, `email` and `password`.
pub fn read(path: &Path) -> Result<Access, String> {
    let about = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    ensure_private(path).map_err(|error| about(&error))?;
    let text = fs::read_to_string(path).map_err(|error| about(&error))?;
    parse(&text).map_err(|error| about(&error))
}

/// Hands it to the worker; takes away what an earlier start has handed over if there is none.
pub fn hand_over(storage: &mut impl OffchainStorage, access: Option<&Access>) {
    // No worker runs yet: a lock is one that a killed node has left behind.
    storage.remove(STORAGE_PREFIX, LOCK);
    let access = access.map(Encode::encode);
    if storage.get(STORAGE_PREFIX, ACCESS_KEY) != access {
        // Token and list are those of another account.
        storage.remove(STORAGE_PREFIX, MEMORY);
        storage.remove(STORAGE_PREFIX, LIST);
    }
    match access {
        Some(access) => storage.set(STORAGE_PREFIX, ACCESS_KEY, &access),
        None => storage.remove(STORAGE_PREFIX, ACCESS_KEY),
    }
}

/// Never quotes the text: it has a password.
fn parse(text: &str) -> Result<Access, String> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        format!("is no JSON (line {}, column {})", error.line(), error.column())
    })?;
    let entries = json.as_object().ok_or("is no JSON object")?;
    const NAMES: [&str; 4] = ["endpoint", "api_key", "email", "password"];
    if let Some(name) = entries.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("has {name:?}; it has {}", NAMES.join(", ")));
    }
    let entry = |name| match entries.get(name).and_then(serde_json::Value::as_str) {
        Some(value) if !value.is_empty() => Ok(value.to_owned()),
        _ => Err(format!("lacks {name:?}")),
    };
    let [endpoint, api_key, email, password] = NAMES.map(entry);
    let mut endpoint = endpoint?;
    if !endpoint.starts_with("https://") && !is_local(&endpoint) {
        return Err("the endpoint begins with https://, unless it is on this machine".into());
    }
    if !endpoint.ends_with('/') {
        endpoint.push('/');
    }
    Ok(Access { endpoint, api_key: api_key?, email: email?, password: password? })
}

/// Whether an address is on this machine, as an adapter's beside the node.
fn is_local(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whoever may read the file may use the platform in the country's name.
#[cfg(unix)]
fn ensure_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err("others can read it: chmod 600".into()),
    }
}

#[cfg(not(unix))]
fn ensure_private(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Decode;
    use sp_core::offchain::storage::InMemOffchainStorage;

    const WHOLE: &str = r#"{"endpoint": "https://platform.invalid/api/v1",
        "api_key": "k", "email": "e", "password": "secret"}"#;

    #[test]
    fn what_the_file_says_is_handed_over_and_taken_away() {
        let access = parse(WHOLE).unwrap();
        assert_eq!(access.endpoint, "https://platform.invalid/api/v1/");
        let mut storage = InMemOffchainStorage::default();
        hand_over(&mut storage, Some(&access));
        let stored = storage.get(STORAGE_PREFIX, ACCESS_KEY).unwrap();
        assert_eq!(Access::decode(&mut &stored[..]).unwrap(), access);
        // The same again: what the worker has read stays, but for a lock that nobody holds.
        for key in [LOCK, MEMORY, LIST] {
            storage.set(STORAGE_PREFIX, key, b"x");
        }
        hand_over(&mut storage, Some(&access));
        let there = |storage: &InMemOffchainStorage| {
            [LOCK, MEMORY, LIST].map(|key| storage.get(STORAGE_PREFIX, key).is_some())
        };
        assert_eq!(there(&storage), [false, true, true]);
        // Another account's: it begins anew.
        let other = Access { email: "f".into(), ..access };
        hand_over(&mut storage, Some(&other));
        assert_eq!(there(&storage), [false; 3]);
        hand_over(&mut storage, None);
        assert_eq!(storage.get(STORAGE_PREFIX, ACCESS_KEY), None);
    }

    #[test]
    fn a_refusal_never_says_what_is_in_the_file() {
        for bad in [
            "secret",
            r#"{"password": "secret"}"#,
            r#"["secret"]"#,
            r#"{"endpoint": "ftp://secret", "api_key": "secret", "email": "e", "password": "secret"}"#,
            r#"{"endpoint": "https://x/", "api_key": "", "email": "secret", "password": "secret"}"#,
        ] {
            let error = parse(bad).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
        let unknown = WHOLE.replace("api_key", "apikey");
        assert!(parse(&unknown).unwrap_err().contains("apikey"));
    }

    #[test]
    fn without_encryption_only_this_machine_is_asked() {
        let with =
            |endpoint: &str| parse(&WHOLE.replace("https://platform.invalid/api/v1", endpoint));
        for good in [
            "http://127.0.0.1:9400/api/v1/",
            "http://localhost/",
            "http://127.0.0.1",
            "http://[::1]:9400/",
        ] {
            assert!(with(good).is_ok(), "{good}");
        }
        for bad in [
            "http://platform.invalid/",
            "http://127.0.0.1.invalid/",
            "http://127.0.0.1:80@platform.invalid/",
            "platform",
            "http://",
        ] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), WHOLE).unwrap();
        let allow =
            |mode| fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
        allow(0o644);
        assert!(read(file.path()).unwrap_err().contains("chmod 600"));
        allow(0o600);
        assert!(read(file.path()).is_ok());
        assert!(read(Path::new("/nowhere/at/all")).is_err());
    }
}
