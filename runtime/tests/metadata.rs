// SPDX-License-Identifier: Apache-2.0
//! The metadata that clients are built against is the runtime's.

use std::{env, fs, path::Path};

#[test]
fn the_committed_metadata_is_the_runtimes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chain-specs/metadata.scale");
    let metadata = registry_runtime::Runtime::metadata_at_version(15)
        .expect("the runtime serves metadata version 15");
    if env::var_os("UPDATE_METADATA").is_some() {
        fs::write(&path, &*metadata).expect("chain-specs can be written");
    }
    let committed = fs::read(&path).expect("chain-specs/metadata.scale exists");
    assert!(
        committed == *metadata,
        "chain-specs/metadata.scale is not this runtime's metadata: clients would not understand \
         the chain. Run scripts/update-metadata and commit the file."
    );
}
