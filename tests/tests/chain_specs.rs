// SPDX-License-Identifier: Apache-2.0
//! The published chain specifications: what they are, and that clients fit them.

mod e2e {
    use anyhow::{ensure, Context, Result};
    use registry_testbed::process::{program, Node};
    use std::{path::Path, process::Command};
    use subxt_rpcs::rpc_params;

    fn folder() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../chain-specs"))
    }

    #[test]
    fn the_hashes_are_those_of_the_files() -> Result<()> {
        let checked = Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(folder())
            .output()?;
        ensure!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        Ok(())
    }

    #[test]
    fn a_name_and_a_file_are_the_same_chain() -> Result<()> {
        let export = |chain: &str| -> Result<serde_json::Value> {
            let output = Command::new(program("registry-node")?)
                .args(["export-chain-spec", "--raw", "--chain", chain])
                .output()?;
            ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Ok(serde_json::from_slice(&output.stdout)?)
        };
        let file = folder().join("local.json");
        let named = export("local")?;
        assert_eq!(named, export(&file.display().to_string())?);
        assert!(named["genesis"]["raw"].is_object(), "the published specification is raw");
        Ok(())
    }

    #[tokio::test]
    async fn clients_are_built_for_the_published_runtime() -> Result<()> {
        let base = tempfile::tempdir()?;
        let node = Node::start(base.path(), &["--chain=local"]).await?;
        let version_15 = rpc_params!["Metadata_metadata_at_version", "0x0f000000"];
        let answer: String = node.registry.client.request("state_call", version_15).await?;
        let answer = hex::decode(answer.trim_start_matches("0x"))?;
        let committed = std::fs::read(folder().join("metadata.scale"))?;
        // An optional list of bytes: there is one, then its length, then the metadata.
        ensure!(
            answer.ends_with(&committed),
            "chain-specs/local.json has another runtime than chain-specs/metadata.scale describes; \
             run scripts/update-chain-specs, and commit"
        );
        Ok(())
    }

    #[test]
    fn what_is_no_specification_is_said() -> Result<()> {
        let broken = tempfile::NamedTempFile::new()?;
        std::fs::write(broken.path(), "{\"name\": \"half a")?;
        let path = broken.path().to_str().context("a path of letters")?;
        for (chain, says) in [
            ("nowhere", "there is no chain or file"),
            (path, "is no chain specification that can be used"),
        ] {
            let output = Command::new(program("registry-node")?)
                .args(["--tmp", "--chain", chain])
                .output()?;
            assert!(!output.status.success());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains(says), "{said}");
        }
        Ok(())
    }
}
