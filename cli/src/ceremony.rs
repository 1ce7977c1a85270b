// SPDX-License-Identifier: Apache-2.0
//! How a country starts its chain: every operator contributes public keys, any officer assembles
//! them into a specification, and all compare the hash of the sealed one.

mod assemble;
pub mod contribution;
pub mod raw;
mod well_known;

use crate::{
    arguments::{Assemble, CeremonyCommand, Contribute, Seal, Verify},
    failure::BadArguments,
    key,
    output::Output,
    transact,
};
use anyhow::{bail, Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use contribution::{Content, Contribution};
use raw::RawSpec;
use registry_client::{node, AccountId32, Registry, H256};
use registry_primitives::Text;
use serde_json::json;
use std::{fs::OpenOptions, io::Write, path::Path, process::Command};

/// Runs `registry ceremony …`.
pub async fn run(command: CeremonyCommand, node: &str, output: &Output) -> Result<()> {
    match command {
        CeremonyCommand::Contribute(arguments) => contribute(*arguments, node, output).await,
        CeremonyCommand::Assemble(arguments) => assemble(&arguments, output),
        CeremonyCommand::Seal(arguments) => seal(&arguments, output),
        CeremonyCommand::Verify(arguments) => verify(&arguments, output),
    }
}

/// BLAKE2b-256.
fn blake2b(content: &[u8]) -> H256 {
    H256(Blake2b::<U32>::digest(content).into())
}

/// A hash as it is read over the telephone: groups of four.
fn spoken(hash: &H256) -> String {
    let digits = hex::encode(hash);
    let groups = (0..digits.len()).step_by(4).filter_map(|at| digits.get(at..at + 4));
    groups.collect::<Vec<_>>().join(" ")
}

/// Writes a file that must not be there yet: what others have compared is never replaced.
fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => BadArguments::because(format!(
            "{} exists and is not overwritten: move it away or name another file",
            path.display()
        )),
        _ => BadArguments::because(format!("{} cannot be written: {error}", path.display())),
    })
}

async fn contribute(arguments: Contribute, node: &str, output: &Output) -> Result<()> {
    let Contribute {
        id,
        name,
        peer_id,
        address,
        account,
        aura,
        grandpa,
        ask_node,
        key,
        output: out,
    } = arguments;
    let operator = Text::try_from(name.as_str()).map_err(|error| BadArguments(error.into()))?;
    if ask_node {
        this_is_the_node(node, &peer_id.to_string(), &aura, &grandpa).await?;
    }
    output.line(format_args!(
        "chain      {id}\noperator   {operator}\nnode       {address}/p2p/{peer_id}\n\
         aura       {aura:?}\ngrandpa    {grandpa:?}"
    ))?;
    transact::confirm(&key)?;
    let pair = key::open(&key)?;
    let account = account.unwrap_or(AccountId32(pair.public_key().0));
    let content = Content { chain: id, operator, peer_id, address, account, aura, grandpa };
    let contribution = Contribution::sign(content, &pair).map_err(BadArguments)?;
    write_new(&out, (serde_json::to_string_pretty(&contribution)? + "\n").as_bytes())?;
    let fingerprint = contribution.content.fingerprint()?;
    output.result(
        format_args!(
            "account    {account}\nsigned in  {}\n\nSend the file to everybody who assembles the \
             specification, and read them this over the telephone:\n  {}",
            out.display(),
            spoken(&fingerprint)
        ),
        &json!({
            "status": "contributed", "file": out, "fingerprint": fingerprint,
            "contribution": contribution,
        }),
    )?;
    Ok(())
}

/// Refuses if the node that was asked is another one, or lacks the session keys.
async fn this_is_the_node(node: &str, peer_id: &str, aura: &H256, grandpa: &H256) -> Result<()> {
    let registry = Registry::connect(node).await?;
    let its = node::peer_id(&registry).await?;
    if its != peer_id {
        bail!("the node at {node} has the identity {its}, not {peer_id}");
    }
    for (kind, key) in [("aura", aura), ("gran", grandpa)] {
        let found = node::has_key(&registry, kind, &key.0).await?;
        match found {
            node::Unsafe::Answered(true) => (),
            node::Unsafe::Answered(false) => {
                bail!("the node at {node} does not hold the {kind} key {key:?}")
            }
            node::Unsafe::Refused => bail!(
                "the node at {node} does not say which keys it holds: ask it on its own machine, \
                 started with --rpc-methods unsafe"
            ),
        }
    }
    Ok(())
}

/// Contributions from their files.
fn read_all(paths: &[std::path::PathBuf]) -> Result<Vec<Contribution>> {
    paths
        .iter()
        .map(|path| crate::values::from_json(path).map_err(BadArguments).map_err(Into::into))
        .collect()
}

fn assemble(arguments: &Assemble, output: &Output) -> Result<()> {
    let contributions = read_all(&arguments.contribution)?;
    let code = raw::read(&arguments.wasm)?;
    if !assemble::is_runtime(&code) {
        return Err(BadArguments::because(format!(
            "{} is not a runtime: it is the file that ends in .wasm",
            arguments.wasm.display()
        )));
    }
    assemble::check(arguments, &contributions)?;
    let text = assemble::specification(arguments, &contributions, &code)?;
    write_new(&arguments.output, text.as_bytes())?;
    let hashes = raw::Hashes::of(text.as_bytes());
    output.line(format_args!(
        "{} validators, {} members of the council, {} officers for acts that ask for more than one",
        contributions.len(),
        arguments.council.len(),
        arguments.officers
    ))?;
    for one in &contributions {
        output.line(format_args!(
            "\n{}\n  account      {}\n  fingerprint  {}",
            one.content.operator,
            one.content.account,
            spoken(&one.content.fingerprint()?)
        ))?;
    }
    let notes = assemble::notes(arguments, &contributions);
    for note in &notes {
        output.line(format_args!("\nnote: {note}"))?;
    }
    let runtime = blake2b(&code);
    output.result(
        format_args!(
            "\nassembled in  {}\nruntime       {runtime:?}\nblake2b-256   {:?}\nRead out       {}\n\n\
             Whoever assembles the same files gets the same hash. Then, one of you: registry \
             ceremony seal --spec {} --output raw.json",
            arguments.output.display(),
            hashes.blake2b,
            spoken(&hashes.blake2b),
            arguments.output.display()
        ),
        &json!({
            "status": "assembled", "file": arguments.output, "hashes": hashes, "runtime": runtime,
            "notes": notes,
        }),
    )?;
    Ok(())
}

fn seal(arguments: &Seal, output: &Output) -> Result<()> {
    let program = arguments.node_binary.display();
    let plain = arguments.spec.display();
    if arguments.output.exists() {
        return Err(BadArguments::because(format!(
            "{} exists and is not overwritten: a sealed specification is never made again",
            arguments.output.display()
        )));
    }
    let made = Command::new(&arguments.node_binary)
        .args(["export-chain-spec", "--raw", "--chain"])
        .arg(&arguments.spec)
        .output()
        .map_err(|error| {
            BadArguments::because(format!(
                "{program} cannot be run ({error}): name the node's program by --node-binary"
            ))
        })?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr);
        bail!("{program} makes no genesis of {plain}:\n{}", said.trim_end());
    }
    let spec = RawSpec::parse(&made.stdout).with_context(|| format!("what {program} made"))?;
    write_new(&arguments.output, &made.stdout)?;
    describe(&spec, &arguments.output, output)?;
    output.line(format_args!(
        "\nSend {} to every operator. Each checks it before starting: registry ceremony verify \
         --spec {} --hash {:?}",
        arguments.output.display(),
        arguments.output.display(),
        spec.file.blake2b
    ))?;
    Ok(())
}

fn verify(arguments: &Verify, output: &Output) -> Result<()> {
    let file = arguments.spec.display();
    let content = raw::read(&arguments.spec)?;
    let spec =
        RawSpec::parse(&content).map_err(|error| BadArguments(error.context(file.to_string())))?;
    describe(&spec, &arguments.spec, output)?;
    if let Some(hash) = arguments.hash.filter(|hash| !spec.file.have(*hash)) {
        bail!("{file} does not have the hash {hash:?}: do not start a node with it");
    }
    let members = spec.members()?;
    for one in read_all(&arguments.contribution)? {
        let operator = &one.content.operator;
        one.check().with_context(|| format!("contribution of {operator}"))?;
        if one.content.chain != spec.id || !members.have(&one.content) {
            bail!("the contribution of {operator} is not in {file}: do not start a node with it");
        }
        output.line(format_args!("the contribution of {operator} is in it"))?;
    }
    if arguments.hash.is_some() {
        output.line("the hash is the one given")?;
    }
    Ok(())
}

/// What is in a raw specification.
fn describe(spec: &RawSpec, path: &Path, output: &Output) -> Result<()> {
    let members = spec.members()?;
    let genesis = spec.genesis_hash();
    let code = spec.code_hash().context("the specification has no runtime")?;
    output.line(format_args!(
        "file           {}, {} bytes\nblake2b-256    {:?}\nsha-256        {:?}\ngenesis block  \
         {genesis:?}\nRead out       {}\n\nchain          {} ({}), {}\nbootnodes      {}\nruntime        \
         {code:?}\nsessions       {} blocks\nofficers       {}",
        path.display(),
        spec.file.bytes,
        spec.file.blake2b,
        spec.file.sha256,
        spoken(&spec.file.blake2b),
        spec.name,
        spec.id,
        spec.chain_type,
        spec.boot_nodes.len(),
        members.session_length,
        officers(&members),
    ))?;
    output.line(format_args!("\ncouncil of {}", members.council.len()))?;
    for account in &members.council {
        output.line(format_args!("  {account}"))?;
    }
    output.line(format_args!(
        "\n{} validators, never fewer than {}",
        members.validators.len(),
        members.minimum
    ))?;
    for validator in &members.validators {
        let contact = validator.contact.as_ref().with_context(|| {
            format!("{} has session keys and is not appointed", validator.account)
        })?;
        output.line(format_args!(
            "  {}\n    operator {}\n    node     {}/p2p/{}\n    aura     {:?}\n    grandpa  {:?}",
            validator.account,
            contact.operator,
            contact.address,
            contact.peer_id,
            validator.aura,
            validator.grandpa
        ))?;
    }
    output.value(&json!({
        "file": path, "hashes": spec.file, "genesis": genesis, "name": spec.name, "id": spec.id,
        "chain_type": spec.chain_type, "bootnodes": spec.boot_nodes, "runtime": code,
        "members": members,
    }))?;
    Ok(())
}

fn officers(members: &raw::Members) -> String {
    let words = members
        .officers
        .iter()
        .map(|(class, officers)| format!("{} {officers}", class.replace('_', " ")));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_out_in_groups_of_four() {
        let mut hash = H256([0xab; 32]);
        hash.0[0] = 0x12;
        let spoken = spoken(&hash);
        assert!(spoken.starts_with("12ab abab "), "{spoken}");
        assert_eq!(spoken.split(' ').count(), 16);
    }

    #[test]
    fn files_are_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("raw.json");
        write_new(&path, b"first").unwrap();
        assert!(write_new(&path, b"second").unwrap_err().is::<BadArguments>());
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
    }
}
