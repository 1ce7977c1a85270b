// SPDX-License-Identifier: Apache-2.0
//! Where on the chain a record stands: what anybody can check it by.

use crate::{db::Reader, events, problem::Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Where on the chain a record stands.
#[derive(Serialize, ToSchema)]
pub struct Proof {
    /// Hash of the block.
    pub block_hash: String,
    /// Index of the transaction in its block.
    pub extrinsic_index: Option<i32>,
    /// Hash of the transaction.
    pub extrinsic: Option<String>,
    /// The account that signed it.
    pub signer: Option<String>,
    /// Hash of the first block of the chain: which chain this is.
    pub genesis_hash: String,
}

impl Proof {
    /// The proof of what an event says.
    pub async fn load(reader: &mut Reader, block: i64, event: i32) -> Result<Self, Problem> {
        let extrinsic = sqlx::query!(
            r#"SELECT '0x' || encode(x.hash, 'hex') AS "hash!", x.index, x.signer
               FROM chain.events e
               JOIN chain.extrinsics x ON x.height = e.height AND x.index = e.extrinsic_index
               WHERE e.height = $1 AND e.index = $2"#,
            block,
            event
        )
        .fetch_optional(reader.connection())
        .await?;
        let extrinsic_index = extrinsic.as_ref().map(|it| it.index);
        let (extrinsic, signer) = extrinsic.map(|it| (it.hash, it.signer)).unzip();
        Ok(Self {
            block_hash: events::block_hash(reader, block).await?,
            extrinsic_index,
            extrinsic,
            signer: signer.flatten(),
            genesis_hash: genesis(reader).await?,
        })
    }
}

/// Hash of the first block of the chain.
pub async fn genesis(reader: &mut Reader) -> Result<String, Problem> {
    let hash = sqlx::query_scalar!(
        r#"SELECT '0x' || encode(genesis_hash, 'hex') AS "hash!" FROM chain.cursor"#
    )
    .fetch_one(reader.connection())
    .await?;
    Ok(hash)
}
