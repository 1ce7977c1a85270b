// SPDX-License-Identifier: Apache-2.0
//! The server: what it shares between requests, its addresses, and what wraps every answer.

use crate::{
    about::{self, About},
    access, article6, assets, blocks, bodies, bridge, calculator, cancellations, certificate,
    charts, connections, console,
    courier::Courier,
    credits,
    db::Database,
    description::{self, Api},
    directory::Directory,
    download, events, extrinsics, feed, files,
    heights::Heights,
    holdings, home, language, limit,
    limit::{KeyLimit, Limit},
    manual, map, mrv, network,
    node::Node,
    open_data, organisations, people, places, prepare,
    problem::{self, Message, Problem},
    project, projects, proposals, requests, retirements, search,
    secret::Secret,
    settings,
    site::Site,
    statistics,
    statistics::pages::Statistic,
    status::{self, monitor::Monitor},
    submissions::Submissions,
    transfers, wallets, webhooks,
};
use axum::{
    extract::{DefaultBodyLimit, Request},
    http::{header, HeaderName, HeaderValue, Method, StatusCode},
    middleware::{from_fn, from_fn_with_state, Next},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use blake2::{digest::consts::U8, Blake2b, Digest};
use std::{
    any::Any,
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{Instant, SystemTime},
};
use tokio::sync::Notify;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{predicate::Predicate, CompressionLayer, DefaultPredicate},
    cors,
    cors::CorsLayer,
};
use tracing::Instrument;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

/// Largest body of a request.
pub const MAX_BODY: usize = 1 << 20;

/// Pages: nothing but what the portal itself serves, and nothing inline.
const PAGE_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; \
                           frame-ancestors 'none'; object-src 'none'";
/// What may stand in a page of another site.
const EMBED_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; \
                            frame-ancestors *; object-src 'none'";
/// The vendored reference of the API sets styles and icons inline.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

/// What all requests share.
#[derive(Clone)]
pub struct App {
    /// The indexer's tables.
    pub database: Database,
    /// The node.
    pub node: Node,
    /// Transactions sent through this portal.
    pub submissions: Submissions,
    /// How far the indexer is.
    pub heights: Heights,
    /// What must not be on a public chain.
    pub directory: Directory,
    /// What only this portal knows.
    pub secret: Secret,
    /// Where the public finds it.
    pub site: Site,
    /// How the parts of the service work.
    pub monitor: Monitor,
    /// Files whose hashes are on the chain, or will be.
    pub files: files::Files,
    /// What the map of projects is drawn on.
    pub map: map::Map,
    /// What wallets are told of the network.
    pub wallets: wallets::Wallets,
    /// Wakes who signs submissions.
    pub mrv: Arc<Notify>,
    /// Who tells people and programs what happened.
    pub courier: Courier,
    /// Sets certificates.
    pub press: certificate::Press,
    /// What whoever runs it says of it.
    pub about: About,
    /// How much each key of a program may ask.
    pub key_limit: KeyLimit,
}

/// The API and its description.
pub fn api() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(home::totals))
        .routes(routes!(search::api))
        .routes(routes!(projects::list))
        .routes(routes!(project::show))
        .routes(routes!(blocks::list))
        .routes(routes!(credits::show))
        .routes(routes!(holdings::list))
        .routes(routes!(transfers::list))
        .routes(routes!(transfers::show))
        .routes(routes!(article6::show))
        .routes(routes!(article6::authorisations::list))
        .routes(routes!(article6::first_transfers::list))
        .routes(routes!(bridge::show))
        .routes(routes!(bridge::events::list))
        .routes(routes!(bridge::rounds::list))
        .routes(routes!(bridge::cases::list))
        .routes(routes!(network::show))
        .routes(routes!(retirements::list))
        .routes(routes!(certificate::pages::show))
        .routes(routes!(certificate::verify::api))
        .routes(routes!(cancellations::list))
        .routes(routes!(cancellations::show))
        .routes(routes!(requests::transfers::list))
        .routes(routes!(requests::transfers::show))
        .routes(routes!(requests::retirements::list))
        .routes(routes!(requests::retirements::show))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::show))
        .routes(routes!(settings::show))
        .routes(routes!(calculator::answer))
        .routes(routes!(calculator::constants::list))
        .routes(routes!(calculator::constants::show))
        .routes(routes!(organisations::list))
        .routes(routes!(organisations::show))
        .routes(routes!(events::list))
        .routes(routes!(feed::stream))
        .routes(routes!(events::show))
        .routes(routes!(statistics::credit_flows::list))
        .routes(routes!(statistics::credit_stock::list))
        .routes(routes!(statistics::project_flows::list))
        .routes(routes!(statistics::project_stock::list))
        .routes(routes!(statistics::pending::show))
        .routes(routes!(places::regions::list))
        .routes(routes!(status::health))
        .routes(routes!(status::ready::live))
        .routes(routes!(status::ready::ready))
        .routes(routes!(status::history::history))
        .routes(routes!(prepare::prepare))
        .routes(routes!(extrinsics::submit))
        .routes(routes!(extrinsics::status))
        .routes(routes!(extrinsics::follow))
        .routes(routes!(access::session::challenge))
        .routes(routes!(access::session::sign_in, access::session::show, access::session::sign_out))
        .routes(routes!(access::session::refresh))
        .routes(routes!(access::session::sign_out_everywhere))
        .routes(routes!(access::keys::list, access::keys::make))
        .routes(routes!(access::keys::revoke))
        .routes(routes!(access::audit::list))
        .routes(routes!(people::account::show, people::account::change, people::account::delete))
        .routes(routes!(people::account::confirm))
        .routes(routes!(people::members::list))
        .routes(routes!(people::profiles::show, people::profiles::save))
        .routes(routes!(people::invitations::list, people::invitations::invite))
        .routes(routes!(people::invitations::revoke))
        .routes(routes!(people::invitations::open))
        .routes(routes!(people::invitations::claim))
        .routes(routes!(people::applications::list, people::applications::apply))
        .routes(routes!(people::applications::show, people::applications::withdraw))
        .routes(routes!(people::applications::reject))
        .routes(routes!(mrv::gateway::show, mrv::gateway::make, mrv::gateway::forget))
        .routes(routes!(mrv::submissions::list, mrv::submissions::submit))
        .routes(routes!(mrv::submissions::show))
        .routes(routes!(webhooks::api::list, webhooks::api::make))
        .routes(routes!(webhooks::api::show, webhooks::api::remove))
        .routes(routes!(webhooks::api::test))
        .routes(routes!(webhooks::api::rotate))
        .routes(routes!(webhooks::api::enable))
        .routes(routes!(webhooks::deliveries::list))
        .routes(routes!(webhooks::deliveries::retry))
        .routes(routes!(files::deposits::list))
        .routes(routes!(files::download::file, files::deposits::delete))
        .routes(routes!(files::info::info))
        .split_for_parts();
    description.merge(uploads().split_for_parts().1);
    description::complete(&mut description);
    (router, description)
}

/// What takes its time and its own measure: bodies that are large and may come slowly.
fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(files::upload::upload))
}

/// Everything that the portal answers.
pub fn router(app: App, limit: Limit) -> Router {
    let (api, description) = api();
    let pages = Router::new()
        .route("/", get(home::page))
        .route("/index.json", get(home::json))
        .route("/search", get(search::page))
        .route("/search.json", get(search::api))
        .route("/projects", get(projects::page))
        .route("/projects.json", get(projects::list))
        .route("/projects/map", get(map::page))
        .route("/projects/map.svg", get(map::svg_file))
        .route("/projects/map.png", get(map::png_file))
        .route("/embed/projects/map", get(map::embed))
        .route("/projects/{id}", get(project::page))
        .route("/credits", get(blocks::page))
        .route("/credits.json", get(blocks::list))
        .route("/credits/{serial}", get(credits::page))
        .route("/retirements", get(retirements::page))
        .route("/retirements.json", get(retirements::list))
        .route("/retirements/{id}", get(certificate::pages::page))
        .route("/c/{name}", get(certificate::pages::short))
        .route("/verify", get(certificate::verify::form).post(certificate::verify::upload))
        .route("/holdings", get(holdings::page))
        .route("/holdings.json", get(holdings::list))
        .route("/transfers", get(transfers::page))
        .route("/transfers.json", get(transfers::list))
        .route("/transfers/{id}", get(transfers::record))
        .route("/article6", get(article6::page))
        .route("/article6.json", get(article6::show))
        .route("/article6/authorisations", get(article6::authorisations::page))
        .route("/article6/authorisations.json", get(article6::authorisations::list))
        .route("/article6/first-transfers", get(article6::first_transfers::page))
        .route("/article6/first-transfers.json", get(article6::first_transfers::list))
        .route("/bridge", get(bridge::page))
        .route("/bridge.json", get(bridge::show))
        .route("/bridge/events", get(bridge::events::page))
        .route("/bridge/events.json", get(bridge::events::list))
        .route("/bridge/rounds", get(bridge::rounds::page))
        .route("/bridge/rounds.json", get(bridge::rounds::list))
        .route("/bridge/cases", get(bridge::cases::page))
        .route("/bridge/cases.json", get(bridge::cases::list))
        .route("/network", get(network::page))
        .route("/network.json", get(network::show))
        .route("/open-data", get(open_data::page))
        .route(open_data::PACKAGE, get(open_data::package))
        .route("/open-data/{name}", get(open_data::dictionary))
        .route("/api", get(about::programs))
        .route("/accessibility", get(about::accessibility))
        .route("/privacy", get(about::privacy))
        .route("/help", get(manual::overview))
        .route("/help/{name}", get(manual::part))
        .route("/cancellations", get(cancellations::page))
        .route("/cancellations.json", get(cancellations::list))
        .route("/cancellations/{id}", get(cancellations::record))
        .route("/requests/transfers", get(requests::transfers::page))
        .route("/requests/transfers.json", get(requests::transfers::list))
        .route("/requests/transfers/{id}", get(requests::transfers::record))
        .route("/requests/retirements", get(requests::retirements::page))
        .route("/requests/retirements.json", get(requests::retirements::list))
        .route("/requests/retirements/{id}", get(requests::retirements::record))
        .route("/proposals", get(proposals::page))
        .route("/proposals.json", get(proposals::list))
        .route("/proposals/{id}", get(proposals::record))
        .route("/settings", get(settings::page))
        .route("/settings.json", get(settings::show))
        .route("/calculator", get(calculator::page))
        .route("/calculator.json", get(calculator::answer))
        .route("/calculator/constants", get(calculator::constants::page))
        .route("/calculator/constants.json", get(calculator::constants::list))
        .route("/calculator/constants/{version}", get(calculator::constants::record))
        .route("/organisations", get(organisations::page))
        .route("/organisations.json", get(organisations::list))
        .route("/organisations/{id}", get(organisations::profile))
        .route("/events", get(events::page))
        .route("/events.json", get(events::list))
        .route("/events/{position}", get(events::details))
        .route("/statistics", get(statistics::pages::overview))
        .route("/statistics/balance.svg", get(charts::balance::svg_file))
        .route("/statistics/balance.png", get(charts::balance::png_file))
        .route("/embed/statistics/balance", get(charts::balance::embed))
        .route("/statistics.json", get(statistics::pending::show))
        .route("/status", get(status::page))
        .route("/status.json", get(status::health))
        .route("/status.atom", get(status::atom::feed))
        .route("/account/confirm", get(people::pages::confirm).post(people::pages::confirmed))
        .route("/invitation", get(people::pages::invitation).post(people::pages::accept))
        .route("/add-network", get(wallets::add_network))
        .route("/chain-spec.json", get(wallets::chain_spec))
        .route("/demonstration", get(wallets::demonstration))
        .route("/robots.txt", get(|| async { "User-agent: *\nAllow: /\nDisallow: /api/\n" }));
    let files = open_data::LISTS.iter().fold(Router::new(), |all, list| all.merge(list.routes()));
    let statistics = Router::new()
        .merge(statistic::<statistics::credit_flows::Flows>("credits/flows"))
        .merge(statistic::<statistics::credit_stock::Stock>("credits/stock"))
        .merge(statistic::<statistics::project_flows::Flows>("projects/flows"))
        .merge(statistic::<statistics::project_stock::Stock>("projects/stock"));
    let cors = CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods([Method::GET, Method::HEAD])
        .expose_headers([
            header::ETAG,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ACCEPT_RANGES,
        ]);
    let site = Router::new()
        .merge(pages)
        .merge(console::routes())
        .merge(files)
        .merge(statistics)
        .merge(api)
        .merge(assets::routes())
        .merge(SwaggerUi::new("/api/docs").url("/api/v1/openapi.json", description))
        .fallback(|| async { Problem::not_found(Message::new("problem.no_page")) })
        .layer(from_fn_with_state(app.clone(), access::idempotency::once))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(bodies::in_time))
        .merge(uploads().split_for_parts().0)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(limit, limit::enforce))
        .layer(from_fn_with_state(app.clone(), problem::give_form))
        .layer(cors)
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_change)))
        .layer(from_fn(bodies::read_on))
        .layer(from_fn(protect))
        .layer(from_fn(observe))
        .with_state(app);
    // Around all addresses, because it takes the language from their front.
    Router::new().fallback_service(site).layer(from_fn(language::choose))
}

/// Of a page that other sites may show in theirs.
#[derive(Clone)]
pub struct MayBeFramed;

/// Of an answer whose bytes go out as they are: its tag and its length are theirs.
#[derive(Clone)]
pub struct AsItIs;

fn may_change(
    _: StatusCode,
    _: axum::http::Version,
    _: &axum::http::HeaderMap,
    extensions: &axum::http::Extensions,
) -> bool {
    extensions.get::<AsItIs>().is_none()
}

/// The page, the JSON and the files of a statistic.
fn statistic<S: Statistic>(name: &str) -> Router<App> {
    let page = format!("/statistics/{name}");
    Router::new()
        .route(&page, get(statistics::pages::page::<S>))
        .route(&format!("{page}.json"), get(download::json::<S>))
        .route(&format!("{page}.svg"), get(charts::svg_file::<S>))
        .route(&format!("{page}.png"), get(charts::png_file::<S>))
        .route(&format!("/embed{page}"), get(charts::embed::<S>))
}

/// Answers until the process is told to end; requests that have begun are finished.
pub async fn serve(app: App, limit: Limit, listen: SocketAddr) -> anyhow::Result<()> {
    tokio::spawn(app.node.clone().watch());
    tokio::spawn(app.directory.clone().prepare());
    tokio::spawn(mrv::work(app.clone()));
    let courier = app.courier.clone();
    let telling = tokio::spawn(courier.clone().work(app.clone()));
    tokio::spawn(files::housekeeping::run(app.clone()));
    tokio::spawn(app.heights.clone().listen(app.database.clone()));
    tokio::spawn(app.monitor.clone().watch(app.clone()));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    tokio::spawn(limit.clone().forget());
    let ended = async move {
        asked_to_end().await;
        courier.end();
    };
    connections::serve(listener, router(app, limit.clone()), limit, ended).await;
    telling.await?;
    Ok(())
}

async fn asked_to_end() {
    use tokio::signal::unix::{signal, SignalKind};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Serves what is measured to Prometheus, apart from the public.
pub async fn serve_metrics(address: SocketAddr) -> anyhow::Result<()> {
    let handle = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    let metrics = Router::new().route("/metrics", get(move || async move { handle.render() }));
    tokio::spawn(async move { axum::serve(listener, metrics).await });
    Ok(())
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    Problem::internal(cause).into_response()
}

/// Headers that keep browsers from doing what no page of ours asks for.
async fn protect(request: Request, next: Next) -> Response {
    let docs = request.uri().path().starts_with("/api/docs");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = next.run(request).await;
    let framed = response.extensions().get::<MayBeFramed>().is_some();
    let headers = response.headers_mut();
    if !reads {
        // What other origins may read, they may not send.
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    let policy = match (docs, framed) {
        (true, _) => DOCS_POLICY,
        (_, true) => EMBED_POLICY,
        _ => PAGE_POLICY,
    };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ] {
        // What is said of one answer alone stays.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if framed {
        headers.remove(header::X_FRAME_OPTIONS);
    }
    response
}

/// Gives a request its number, and writes one line about it.
async fn observe(request: Request, next: Next) -> Response {
    const ID: HeaderName = HeaderName::from_static("x-request-id");
    let id = request.headers().get(&ID).filter(|id| is_plain(id)).cloned().unwrap_or_else(new_id);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    async move {
        let began = Instant::now();
        let mut response = next.run(request).await;
        let elapsed = began.elapsed();
        let status = response.status().as_u16();
        tracing::info!(%method, path, status, milliseconds = elapsed.as_millis(), "answered");
        let labels = [("method", method.to_string()), ("status", status.to_string())];
        metrics::counter!("portal_requests_total", &labels).increment(1);
        metrics::histogram!("portal_request_seconds", &labels).record(elapsed.as_secs_f64());
        response.headers_mut().insert(ID, id);
        response
    }
    .instrument(span)
    .await
}

/// Whether a request's number, given by a proxy, can be taken over.
fn is_plain(id: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

fn new_id() -> HeaderValue {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut digest = Blake2b::<U8>::new();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    digest.update(now.as_nanos().to_le_bytes());
    digest.update(COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    HeaderValue::try_from(hex::encode(digest.finalize()))
        .unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_requests_differ_and_hostile_ones_are_not_taken_over() {
        assert_ne!(new_id(), new_id());
        assert!(is_plain(&new_id()));
        assert!(is_plain(&HeaderValue::from_static("a-1")));
        assert!(!is_plain(&HeaderValue::from_static("a b")));
        assert!(!is_plain(&HeaderValue::from_static("")));
    }

    #[test]
    fn the_api_describes_what_it_answers() {
        let (_, description) = api();
        let json = serde_json::to_value(&description).unwrap();
        assert!(json["openapi"].as_str().unwrap().starts_with("3.1"));
        for path in [
            "/api/v1/totals",
            "/api/v1/credits/{serial}",
            "/api/v1/cancellations/{id}",
            "/api/v1/requests/transfers/{id}",
            "/api/v1/requests/retirements",
            "/api/v1/proposals/{id}",
            "/api/v1/settings",
            "/api/v1/calculator/estimate",
            "/api/v1/calculator/constants/{version}",
            "/api/v1/extrinsics/prepare",
        ] {
            assert!(json["paths"].get(path).is_some(), "{path}");
        }
        // A name for each operation, by which clients are generated.
        let operations = json["paths"].as_object().unwrap().values();
        let operations = operations.flat_map(|path| path.as_object().unwrap().values());
        let ids: Vec<_> = operations.filter_map(|it| it["operationId"].as_str()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        // Every answer's type is described, not just named.
        let text = json.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(json["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
