// SPDX-License-Identifier: Apache-2.0
//! How much one client may ask, so that who asks too much slows nobody but himself.
//!
//! Each has a bucket of ten seconds' worth of requests (GCRA). A client is an IPv4 address, or the
//! network of 64 bits that an IPv6 address is in, as providers give them out.

use crate::problem::{Message, Problem};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    clock::{Clock, DefaultClock},
    DefaultKeyedRateLimiter, Quota,
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

/// Seconds' worth of requests that may come at once: a page has a few files, a person a few tabs.
const BURST: u32 = 10;
/// How often clients that ask no more are forgotten.
const FORGET: Duration = Duration::from_secs(60);

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who asked, as far as the connection and proxies that are believed tell: an address, or a network
/// of IPv6. Requests carry it for the audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Client(pub IpAddr);

/// How much each key of a program may ask, wherever it asks from.
#[derive(Clone)]
pub struct KeyLimit(Option<Arc<DefaultKeyedRateLimiter<i64>>>);

impl KeyLimit {
    /// Requests a second for each key, none for no limit.
    pub fn new(per_second: u32) -> Self {
        Self(quota(per_second).map(|quota| Arc::new(DefaultKeyedRateLimiter::keyed(quota))))
    }

    /// Takes one request from a key's bucket.
    pub fn take(&self, key: i64) -> Result<(), Problem> {
        let Some(keys) = &self.0 else { return Ok(()) };
        keys.check_key(&key)
            .map_err(|until| refused(until.wait_time_from(DefaultClock::default().now())))
    }
}

fn quota(per_second: u32) -> Option<Quota> {
    NonZeroU32::new(per_second).map(|per_second| {
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
        Quota::per_second(per_second).allow_burst(burst)
    })
}

fn refused(wait: Duration) -> Problem {
    metrics::counter!("portal_requests_refused_total").increment(1);
    let seconds = wait.as_secs().saturating_add(1);
    let told = Message::new("problem.too_many_requests").with("seconds", seconds);
    Problem::too_many_requests(told, seconds)
}

/// The limit, and whom to believe about where a request comes from.
#[derive(Clone)]
pub struct Limit {
    clients: Option<Arc<DefaultKeyedRateLimiter<IpAddr>>>,
    proxies: Arc<[IpNet]>,
}

impl Limit {
    /// Requests a second for each client, none for no limit; and the proxies that say in
    /// `X-Forwarded-For` for whom they ask.
    pub fn new(per_second: u32, proxies: Vec<IpNet>) -> Self {
        let clients =
            quota(per_second).map(|quota| Arc::new(DefaultKeyedRateLimiter::keyed(quota)));
        Self { clients, proxies: proxies.into() }
    }

    /// Forgets clients that ask no more, for as long as the portal runs.
    pub async fn forget(self) {
        let Some(clients) = self.clients else { return };
        loop {
            tokio::time::sleep(FORGET).await;
            clients.retain_recent();
            clients.shrink_to_fit();
        }
    }

    /// Takes one request from the client's bucket; how long to wait if it is empty.
    fn take(&self, client: IpAddr) -> Result<(), Duration> {
        let Some(clients) = &self.clients else { return Ok(()) };
        let now = DefaultClock::default();
        clients.check_key(&client).map_err(|until| until.wait_time_from(now.now()))
    }

    /// Who asks: the connection's other end, or whom a proxy that is believed names last.
    fn client(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        let believed = |address: &IpAddr| self.proxies.iter().any(|proxy| proxy.contains(address));
        if !believed(&connection) {
            return whole(connection);
        }
        // From the last to the first: what stands before a client's own address, he wrote himself.
        let names = headers.get_all(FORWARDED);
        let names: Vec<&str> = names
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|it| it.split(','))
            .collect();
        let mut client = connection;
        for name in names.iter().rev() {
            let Ok(address) = name.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
            if !believed(&client) {
                break;
            }
        }
        whole(client)
    }
}

/// What counts as one client.
fn whole(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// Answers 429 to who asks too much. The health of the portal may always be asked.
pub async fn enforce(State(limit): State<Limit>, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(connection)) = connection else { return next.run(request).await };
    let client = limit.client(connection.ip().to_canonical(), request.headers());
    request.extensions_mut().insert(Client(client));
    if request.uri().path().starts_with("/api/v1/health") {
        return next.run(request).await;
    }
    match limit.take(client) {
        Ok(()) => next.run(request).await,
        Err(wait) => refused(wait).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limit(per_second: u32) -> Limit {
        Limit::new(per_second, vec!["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn who_asks_too_much_waits_and_others_do_not() {
        let limit = limit(2);
        let (greedy, other) = (address("192.0.2.1"), address("192.0.2.2"));
        for request in 0..20 {
            assert!(limit.take(greedy).is_ok(), "request {request}");
        }
        let wait = limit.take(greedy).unwrap_err();
        assert!(wait <= Duration::from_millis(500), "{wait:?}");
        assert!(limit.take(other).is_ok());
        let none = self::limit(0);
        assert!((0..1_000).all(|_| none.take(greedy).is_ok()));
    }

    #[test]
    fn a_client_is_who_a_known_proxy_says_and_nobody_else_is_believed() {
        let from = |connection: &str, forwarded: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED, HeaderValue::from_static(forwarded));
            limit(1).client(address(connection), &headers).to_string()
        };
        assert_eq!(from("127.0.0.1", "192.0.2.7"), "192.0.2.7");
        // He claims to be somebody else; the proxy has added who he is.
        assert_eq!(from("127.0.0.1", "198.51.100.1, 192.0.2.7"), "192.0.2.7");
        // Through two proxies.
        assert_eq!(from("127.0.0.1", "192.0.2.7, 10.1.2.3"), "192.0.2.7");
        // Nobody has to believe him.
        assert_eq!(from("192.0.2.9", "198.51.100.1"), "192.0.2.9");
        assert_eq!(from("127.0.0.1", "unknown"), "127.0.0.1");
        assert_eq!(
            limit(1).client(address("127.0.0.1"), &HeaderMap::new()).to_string(),
            "127.0.0.1"
        );
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(whole(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
        assert_eq!(whole(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }
}
