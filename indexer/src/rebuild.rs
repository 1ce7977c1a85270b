// SPDX-License-Identifier: Apache-2.0
//! `rebuild`: throws away what was indexed and indexes it again.

use crate::{
    checksum::{self, Checksums},
    database::{self, Writer},
    error::IndexerError,
    follow::{Ended, Endpoints, Follower, Stop},
    metrics::Status,
    node::Node,
};
use std::sync::Arc;

/// Rebuilds up to what is finalised now. `None` if a signal came first: what was indexed until
/// then stays, and `run` goes on from there.
pub async fn rebuild(endpoints: Endpoints, stop: Stop) -> Result<Option<Checksums>, IndexerError> {
    let mut writer = Writer::open(&endpoints.database).await?;
    // Nothing is thrown away before it is known that it can be had again.
    let node = Node::connect(&endpoints.node).await?;
    node.state(0).await?;
    let height = node.finalised_height().await?;
    tracing::info!("indexing again from genesis to height {height}");
    writer.drop_schema().await?;

    let status = Arc::new(Status::default());
    let follower = Follower::new(endpoints.clone(), Some(height), status, stop);
    match follower.run(Some((writer, node))).await? {
        Ended::Stopped => Ok(None),
        Ended::Reached => {
            let mut connection = database::connect(&endpoints.database).await?;
            Ok(Some(checksum::read(&mut connection).await?))
        }
    }
}
