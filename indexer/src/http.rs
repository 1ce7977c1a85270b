// SPDX-License-Identifier: Apache-2.0
//! `/health` and `/metrics`.

use crate::{
    error::IndexerError,
    metrics::{Health, Status},
};
use axum::{extract::State, http::StatusCode, routing::get, Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

pub async fn bind(address: SocketAddr) -> Result<TcpListener, IndexerError> {
    TcpListener::bind(address).await.map_err(|error| IndexerError::Listen(address, error))
}

/// Serves until the program ends.
pub async fn serve(
    listener: TcpListener,
    status: Arc<Status>,
    prometheus: PrometheusHandle,
) -> std::io::Result<()> {
    let metrics = move || async move {
        // Histograms grow until they are drained.
        prometheus.run_upkeep();
        prometheus.render()
    };
    let routes = Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .with_state(status);
    axum::serve(listener, routes).await
}

async fn health(State(status): State<Arc<Status>>) -> (StatusCode, Json<Health>) {
    let health = status.health();
    let code = match health.healthy {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (code, Json(health))
}
