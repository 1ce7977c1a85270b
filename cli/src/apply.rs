// SPDX-License-Identifier: Apache-2.0
//! Applications to be registered: signed with the key that will be the first Admin's.

use crate::{
    arguments::Apply, failure::BadArguments, key, offline::write, output::Output, transact,
};
use anyhow::Result;
use registry_client::{call::ApplicantSignature, AccountId32, Call, Registry};
use registry_primitives::{organisation::application_payload, OrganisationRole};
use serde_json::json;
use subxt::utils::MultiSignature;
use subxt_signer::sr25519::Keypair;

/// Runs `registry apply`. The file is the call that approves the application, so that it can be
/// read, prepared and signed like every other call.
pub async fn run(arguments: Apply, node: &str, output: &Output) -> Result<()> {
    let Apply { role, description, profile, genesis, key, out } = arguments;
    if matches!(role, OrganisationRole::Government | OrganisationRole::Ministry) {
        return Err(BadArguments::because("the Government and ministries do not apply"));
    }
    let details = description.with(profile.unwrap_or_default()).map_err(BadArguments)?;
    let genesis = match genesis {
        Some(genesis) => genesis,
        None => Registry::connect(node).await?.genesis_hash(),
    };
    output.line(format_args!(
        "Apply to be registered as {role}: “{}” (tax id {}, {})\nchain   {genesis:?}",
        details.name, details.tax_id, details.country
    ))?;
    transact::confirm(&key)?;
    let pair = key::open(&key)?;
    let payload = application_payload(&genesis, role, &details);
    let signature = sign(&pair, &payload);
    let applicant = AccountId32(pair.public_key().0);
    let call = Call::ApproveApplication { role, details, applicant, signature };
    write(&out, &call)?;
    output.result(
        format_args!(
            "applied in {}\nsigner  {applicant}\nA Government Admin approves it by: registry \
             organisation approve-application --file {}",
            out.display(),
            out.display()
        ),
        &json!({ "status": "applied", "file": out, "genesis": genesis, "call": call }),
    )?;
    Ok(())
}

fn sign(pair: &Keypair, payload: &[u8]) -> ApplicantSignature {
    ApplicantSignature(MultiSignature::Sr25519(pair.sign(payload).0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Cli, Command};
    use clap::Parser;
    use registry_client::H256;
    use subxt_signer::sr25519::{dev, verify, Signature};

    const GENESIS: &str = "0x0707070707070707070707070707070707070707070707070707070707070707";

    async fn apply(role: &str, out: &str) -> Result<()> {
        let line = format!(
            "registry apply --role {role} --tax-id TAX-1 --country VU --key //Bob --yes \
             --genesis {GENESIS} --out {out} --name Reefs"
        );
        let cli = Cli::try_parse_from(line.split_whitespace())?;
        let Command::Apply(arguments) = cli.command else { panic!("{line}") };
        run(*arguments, "ws://127.0.0.1:1", &Output::Nobody).await
    }

    #[tokio::test]
    async fn an_application_is_a_call_that_an_admin_can_make() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("application.json");
        apply("project_developer", &out.display().to_string()).await.unwrap();
        let text = std::fs::read_to_string(out).unwrap();
        let call: Call = serde_json::from_str(&text).unwrap();
        let Call::ApproveApplication { role, details, applicant, signature } = call else {
            panic!("{text}")
        };
        assert_eq!(applicant.0, dev::bob().public_key().0);
        let MultiSignature::Sr25519(signature) = signature.0 else { panic!("{text}") };
        let payload = application_payload(&H256([7; 32]), role, &details);
        assert!(verify(&Signature(signature), &payload, &dev::bob().public_key()));
        // It is good on that chain alone.
        let elsewhere = application_payload(&H256([8; 32]), role, &details);
        assert!(!verify(&Signature(signature), &elsewhere, &dev::bob().public_key()));
    }

    #[tokio::test]
    async fn ministries_do_not_apply() {
        let error = apply("ministry", "/nonexistent/x.json").await.unwrap_err();
        assert!(error.is::<BadArguments>());
    }
}
