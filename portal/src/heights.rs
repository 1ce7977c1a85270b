// SPDX-License-Identifier: Apache-2.0
//! How far the indexer is, as it tells with every block that it has written.

use crate::db::Database;
use sqlx::postgres::PgListener;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Where the indexer notifies heights.
const CHANNEL: &str = "registry_blocks";
/// How long to wait before a lost connection is made anew.
const AGAIN: Duration = Duration::from_secs(2);

/// The height that was indexed last.
#[derive(Clone)]
pub struct Heights(Arc<watch::Sender<i64>>);

impl Default for Heights {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Heights {
    /// Changes with every height.
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.0.subscribe()
    }

    /// Listens for as long as the portal runs.
    pub async fn listen(self, database: Database) {
        loop {
            if let Err(error) = self.hear(&database).await {
                tracing::warn!(%error, "the indexer's notices are not heard");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn hear(&self, database: &Database) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(database.pool()).await?;
        listener.listen(CHANNEL).await?;
        // What was written while nobody listened.
        self.0.send_modify(|_| {});
        // None where the connection was lost.
        while let Some(notice) = listener.try_recv().await? {
            if let Ok(height) = notice.payload().parse() {
                self.0.send_replace(height);
            }
        }
        Ok(())
    }
}
