// SPDX-License-Identifier: Apache-2.0
//! Keys: made, kept in files that wallets read, and opened to sign.
//!
//! A key file is the JSON that `@polkadot/keyring` exports: PKCS#8 as version 3 of its encoding,
//! encrypted by XSalsa20-Poly1305 under a key that scrypt derives from the password.

use crate::{
    arguments::{KeyArguments, KeyCommand, NewKey},
    failure::BadArguments,
    output::Output,
};
use anyhow::{anyhow, bail, Context, Result};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use crypto_secretbox::{
    aead::{Aead, KeyInit},
    Key, Nonce, XSalsa20Poly1305,
};
use rand::{rngs::OsRng, TryRngCore};
use registry_client::AccountId32;
use schnorrkel::ExpansionMode;
use serde_json::{json, Value};
use std::{
    fs::OpenOptions,
    io::{BufRead, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use subxt_signer::{
    bip39::{Language, Mnemonic},
    polkadot_js_compat,
    sr25519::Keypair,
    ExposeSecret, SecretString, SecretUri,
};

/// Cost of guessing a password: the stronger of the two settings that wallets write themselves.
const SCRYPT_LOG_N: u8 = 17;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 1;
/// Salt, the three parameters, and the nonce before the encrypted key.
const HEADER_BYTES: usize = 32 + 3 * 4 + 24;
/// What stands before the secret key and between it and the public key.
const PKCS8_HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const PKCS8_DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];
/// Bytes of chance in a recovery phrase of twelve words: as strong as the signature itself.
const ENTROPY_BYTES: usize = 16;
const SHORTEST_PASSWORD: usize = 8;
/// Largest key file that is read.
const MAX_FILE_BYTES: u64 = 1 << 16;

/// Runs `registry key …`.
pub fn run(command: KeyCommand, output: &Output) -> Result<()> {
    match command {
        KeyCommand::Generate(new) => {
            let mnemonic = Mnemonic::from_entropy(&random::<ENTROPY_BYTES>()?)?;
            let (path, address) = create(&new, &mnemonic)?;
            eprintln!(
                "Write the recovery phrase down on paper and keep it apart from the file. It is \
                 shown only now,\nand whoever has it can sign in your name."
            );
            output.result(
                format_args!(
                    "address  {address}\nfile     {}\nphrase   {mnemonic}",
                    path.display()
                ),
                &json!({
                    "address": address, "file": path, "phrase": mnemonic.to_string(),
                }),
            )?;
        }
        KeyCommand::Import(new) => {
            let phrase = phrase()?;
            let mnemonic = Mnemonic::parse_in(Language::English, phrase.expose_secret())
                .map_err(|error| BadArguments::because(format!("the phrase: {error}")))?;
            let (path, address) = create(&new, &mnemonic)?;
            output.result(
                format_args!("address  {address}\nfile     {}", path.display()),
                &json!({ "address": address, "file": path }),
            )?;
        }
        KeyCommand::Show { key } => {
            let account = account(&key)?;
            let public = format!("0x{}", hex::encode(account.0));
            output.result(
                format_args!("address     {account}\npublic key  {public}"),
                &json!({ "address": account, "public_key": public }),
            )?;
        }
    }
    Ok(())
}

/// The account of a key. Public, so no password is needed; it is checked when the key is used.
pub fn account(key: &str) -> Result<AccountId32> {
    match development(key)? {
        Some(pair) => Ok(AccountId32(pair.public_key().0)),
        None => address_in(&read(Path::new(key))?),
    }
}

/// Opens the key that signs.
pub fn open(arguments: &KeyArguments) -> Result<Keypair> {
    let key = arguments.key.as_deref().ok_or_else(|| BadArguments::because("--key is missing"))?;
    if let Some(pair) = development(key)? {
        return Ok(pair);
    }
    let file = read(Path::new(key))?;
    address_in(&file)?;
    let password = password(arguments.password_file.as_deref(), false)?;
    decrypt(&file, password.expose_secret()).with_context(|| key.to_owned())
}

/// The development key of this name, if it is one.
fn development(key: &str) -> Result<Option<Keypair>> {
    if !key.starts_with("//") {
        return Ok(None);
    }
    let invalid = || BadArguments::because(format!("{key} is not a development key"));
    let uri: SecretUri = key.parse().map_err(|_| invalid())?;
    let pair = Keypair::from_uri(&uri).map_err(|_| invalid())?;
    eprintln!("warning: {key} is a development key that everybody knows");
    Ok(Some(pair))
}

fn create(new: &NewKey, mnemonic: &Mnemonic) -> Result<(PathBuf, AccountId32)> {
    let (secret, account) = expand(mnemonic)?;
    let path = new.out.clone().unwrap_or_else(|| PathBuf::from(format!("{account}.json")));
    // Said before a password is asked for; `create_new` below is what makes sure.
    if path.exists() {
        return Err(BadArguments::because(format!(
            "{} exists; a key file is never overwritten",
            path.display()
        )));
    }
    let password = password(new.password_file.as_deref(), true)?;
    let file = encrypt(&secret, &account, &new.name, password.expose_secret())?;
    write(&path, &file).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok((path, account))
}

/// The secret key as wallets store it, and the account.
fn expand(mnemonic: &Mnemonic) -> Result<([u8; 64], AccountId32)> {
    let mini = substrate_bip39::mini_secret_from_entropy(&mnemonic.to_entropy(), "")
        .map_err(|_| anyhow!("the phrase has an unusual length"))?;
    let pair = mini.expand_to_keypair(ExpansionMode::Ed25519);
    let account = AccountId32(pair.public.to_bytes());
    Ok((pair.secret.to_ed25519_bytes(), account))
}

fn encrypt(secret: &[u8; 64], account: &AccountId32, name: &str, password: &str) -> Result<Value> {
    let (salt, nonce) = (random::<32>()?, random::<24>()?);
    let parameters = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P, 32)?;
    let mut key = Key::default();
    scrypt::scrypt(password.as_bytes(), &salt, &parameters, &mut key)?;
    let plain = [&PKCS8_HEADER[..], secret, &PKCS8_DIVIDER, &account.0].concat();
    let sealed = XSalsa20Poly1305::new(&key)
        .encrypt(Nonce::from_slice(&nonce), plain.as_slice())
        .map_err(|_| anyhow!("the key cannot be encrypted"))?;
    let numbers = [1u32 << SCRYPT_LOG_N, SCRYPT_P, SCRYPT_R].map(u32::to_le_bytes).concat();
    let encoded = [&salt[..], &numbers, &nonce, &sealed].concat();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
    Ok(json!({
        "encoded": BASE64.encode(encoded),
        "encoding": {
            "content": ["pkcs8", "sr25519"],
            "type": ["scrypt", "xsalsa20-poly1305"],
            "version": "3",
        },
        "address": account,
        "meta": { "name": name, "whenCreated": u64::try_from(now)? },
    }))
}

fn decrypt(file: &Value, password: &str) -> Result<Keypair> {
    let encoded = file["encoded"].as_str().and_then(|encoded| BASE64.decode(encoded).ok());
    // The reader below takes the header for granted.
    if encoded.is_none_or(|encoded| encoded.len() < HEADER_BYTES) {
        bail!("the file holds no key");
    }
    polkadot_js_compat::decrypt_json(&file.to_string(), password).map_err(|error| match error {
        polkadot_js_compat::Error::Secretbox(_) => {
            anyhow!("the password is wrong, or the file is damaged")
        }
        other => other.into(),
    })
}

fn read(path: &Path) -> Result<Value> {
    let read = || -> Result<Value> {
        let file = std::fs::File::open(path)?;
        Ok(serde_json::from_reader(std::io::Read::take(file, MAX_FILE_BYTES))?)
    };
    read().map_err(|error| BadArguments(error.context(format!("{}", path.display()))).into())
}

fn address_in(file: &Value) -> Result<AccountId32> {
    let address = file["address"].as_str().and_then(|address| address.parse().ok());
    address.ok_or_else(|| BadArguments::because("the file is not a key file of a wallet"))
}

fn write(path: &Path, file: &Value) -> Result<()> {
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    serde_json::to_writer_pretty(&mut out, file)?;
    writeln!(out)?;
    Ok(out.sync_all()?)
}

/// The recovery phrase, from standard input so that no list of processes and no history shows it.
fn phrase() -> Result<SecretString> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("Recovery phrase: ")?.into());
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.into())
}

fn password(file: Option<&Path>, new: bool) -> Result<SecretString> {
    let password = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| BadArguments::because(format!("{}: {error}", path.display())))?;
            text.lines().next().unwrap_or_default().to_owned()
        }
        None => {
            let ask = |prompt| {
                rpassword::prompt_password(prompt)
                    .context("there is no terminal to ask for the password; use --password-file")
            };
            let password = ask("Password of the key file: ")?;
            if new && ask("The same again: ")? != password {
                bail!("the two passwords differ");
            }
            password
        }
    };
    if new && password.chars().count() < SHORTEST_PASSWORD {
        return Err(BadArguments::because(format!(
            "a password has at least {SHORTEST_PASSWORD} characters"
        )));
    }
    Ok(password.into())
}

/// Bytes of chance.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).context("the system gives no random bytes")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// The phrase of the development keys.
    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    fn new_key(folder: &Path, password: &str) -> NewKey {
        let password_file = folder.join("password");
        std::fs::write(&password_file, password).unwrap();
        NewKey {
            out: Some(folder.join("key.json")),
            password_file: Some(password_file),
            name: "Officer".into(),
        }
    }

    fn arguments(new: &NewKey) -> KeyArguments {
        KeyArguments {
            key: new.out.as_ref().map(|path| path.display().to_string()),
            password_file: new.password_file.clone(),
            yes: true,
        }
    }

    #[test]
    fn a_key_file_opens_to_the_key_of_its_phrase() {
        let folder = tempfile::tempdir().unwrap();
        let new = new_key(folder.path(), "correct horse\n");
        let mnemonic = Mnemonic::parse(PHRASE).unwrap();
        let (path, account) = create(&new, &mnemonic).unwrap();
        // What a wallet makes of the same phrase, known independently.
        assert_eq!(account.to_string(), "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        let text = std::fs::read_to_string(&path).unwrap();
        let pair = polkadot_js_compat::decrypt_json(&text, "correct horse").unwrap();
        assert_eq!(pair.public_key().0, account.0);
        let expected = Keypair::from_phrase(&mnemonic, None).unwrap();
        assert_eq!(pair.public_key().0, expected.public_key().0);
        let signature = pair.sign(b"message");
        assert!(subxt_signer::sr25519::verify(&signature, b"message", &expected.public_key()));

        assert_eq!(open(&arguments(&new)).unwrap().public_key().0, account.0);
        std::fs::write(new.password_file.as_ref().unwrap(), "wrong horse").unwrap();
        let error = format!("{:#}", open(&arguments(&new)).unwrap_err());
        assert!(error.contains("the password is wrong"), "{error}");
    }

    #[test]
    fn a_key_file_of_the_console_opens_here() {
        let text = include_str!("../../portal/web/test/made-by-the-page.json");
        let file: Value = serde_json::from_str(text).unwrap();
        let pair = decrypt(&file, "correct horse battery").unwrap();
        let alice = subxt_signer::sr25519::dev::alice().public_key();
        assert_eq!(pair.public_key().0, alice.0);
        assert_eq!(address_in(&file).unwrap().0, alice.0);
        let signature = pair.sign(b"message");
        assert!(subxt_signer::sr25519::verify(&signature, b"message", &alice));
        assert!(decrypt(&file, "wrong horse").is_err());
    }

    #[test]
    fn a_key_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let new = new_key(folder.path(), "correct horse");
        std::fs::write(new.out.as_ref().unwrap(), "precious").unwrap();
        let mnemonic = Mnemonic::from_entropy(&[7; ENTROPY_BYTES]).unwrap();
        assert!(create(&new, &mnemonic).unwrap_err().is::<BadArguments>());
        assert!(write(new.out.as_ref().unwrap(), &json!({})).is_err());
        assert_eq!(std::fs::read_to_string(new.out.unwrap()).unwrap(), "precious");
    }

    #[test]
    fn short_passwords_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let new = new_key(folder.path(), "1234567");
        let mnemonic = Mnemonic::from_entropy(&[7; ENTROPY_BYTES]).unwrap();
        assert!(create(&new, &mnemonic).unwrap_err().is::<BadArguments>());
        assert!(!new.out.unwrap().exists());
    }

    #[test]
    fn a_damaged_file_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let new = new_key(folder.path(), "correct horse");
        let alice = AccountId32(subxt_signer::sr25519::dev::alice().public_key().0);
        for content in [
            json!(null),
            json!({ "address": alice }),
            json!({ "address": alice, "encoded": "AAAA" }),
            json!({ "address": alice, "encoded": BASE64.encode([0; HEADER_BYTES]) }),
            json!({ "address": "x", "encoded": BASE64.encode([0; 200]) }),
            json!({
                "address": alice,
                "encoded": BASE64.encode([0; 200]),
                "encoding": {
                    "content": ["pkcs8", "sr25519"],
                    "type": ["scrypt", "xsalsa20-poly1305"],
                    "version": "3",
                },
            }),
        ] {
            std::fs::write(new.out.as_ref().unwrap(), content.to_string()).unwrap();
            assert!(open(&arguments(&new)).is_err(), "{content}");
        }
    }

    #[test]
    fn development_keys_are_the_known_ones() {
        let alice = development("//Alice").unwrap().unwrap();
        assert_eq!(alice.public_key().0, subxt_signer::sr25519::dev::alice().public_key().0);
        assert!(development("key.json").unwrap().is_none());
    }
}
