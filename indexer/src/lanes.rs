// SPDX-License-Identifier: Apache-2.0
//! Several connections to a node, each of which asks one thing after the other.
//!
//! A node leaves Nagle's algorithm on: of two short answers over one connection, it keeps the second
//! back until the first is acknowledged, and who has nothing to send acknowledges after 40 ms. Who asks
//! one thing at a time acknowledges every answer with the next question.

use std::sync::{Arc, Mutex, PoisonError};
use subxt::rpcs::{client::RpcClient, Error};
use tokio::sync::Semaphore;

/// So many are open at most: enough for a node to be busy with on all cores of a small machine.
const MOST: usize = 8;

/// The connections; they are opened when they are needed.
#[derive(Clone)]
pub struct Lanes {
    url: Arc<str>,
    /// Those that nobody uses now.
    free: Arc<Mutex<Vec<RpcClient>>>,
    places: Arc<Semaphore>,
}

impl Lanes {
    pub fn to(url: &str) -> Self {
        Self { url: url.into(), free: Arc::default(), places: Arc::new(Semaphore::new(MOST)) }
    }

    /// Asks over a connection that nobody else uses meanwhile. One that failed is not used again.
    pub async fn ask<T>(
        &self,
        questions: impl AsyncFnOnce(&RpcClient) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // It is never closed.
        let _place = self.places.acquire().await.ok();
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let client = match free {
            Some(client) => client,
            None => RpcClient::from_insecure_url(&self.url).await?,
        };
        let answer = questions(&client).await?;
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(client);
        Ok(answer)
    }
}
