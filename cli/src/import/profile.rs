// SPDX-License-Identifier: Apache-2.0
//! The off-chain profile of an organisation: kept in a file, whose hash is on the chain.

use crate::key;
use anyhow::{Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use registry_client::import::Organisation;
use registry_primitives::ContentHash;
use serde_json::json;
use std::{
    fs::{DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Writes the profile of an organisation into a folder, where only its owner reads it; its hash.
pub fn write(folder: &Path, organisation: &Organisation) -> Result<ContentHash> {
    let text = text(organisation, &key::random::<32>()?)?;
    let hash = ContentHash(Blake2b::<U32>::digest(&text).into());
    let path = folder.join(format!("{hash}.json"));
    let written = || {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(&text)?;
        file.sync_all()
    };
    written().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(hash)
}

/// The salt keeps others from finding out contacts by trying: there are few telephone numbers.
fn text(organisation: &Organisation, salt: &[u8; 32]) -> Result<Vec<u8>> {
    let contact = &organisation.contact;
    Ok(serde_json::to_vec_pretty(&json!({
        "name": organisation.name,
        "tax_id": organisation.tax_id,
        "email": contact.email,
        "phone": contact.phone,
        "minister": contact.minister,
        "salt": hex::encode(salt),
    }))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{import::LIMITS, values::hash_of};
    use registry_client::import::Import;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn profiles_are_named_by_their_hash_and_never_the_same() {
        let csv = b"NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE\n\
                    Reefs,info@reefs.example,+678 1,T/1,Developer\n";
        let import = Import::read(("o.csv", csv), ("u.csv", b""), LIMITS);
        let read = &import.organisations.0;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a/profiles");
        let hash = write(&folder, &read.all[0]).unwrap();
        let path = folder.join(format!("{hash}.json"));
        assert_eq!(hash_of(&path).unwrap().0, hash);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("info@reefs.example") && text.contains("+678 1"), "{text}");
        assert_ne!(write(&folder, &read.all[0]).unwrap(), hash);
    }
}
