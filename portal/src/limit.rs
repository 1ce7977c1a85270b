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
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
    Quota, RateLimiter,
};
use ipnet::IpNet;
use std::{
    hash::Hash,
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

/// A bucket for each of some clients.
type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// What is left in a bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Left {
    /// Requests that a full one holds.
    limit: u32,
    /// Requests that it holds now.
    remaining: u32,
}

/// Buckets that fill with so many requests a second; none for no limit.
fn buckets<K: Hash + Eq + Clone>(per_second: u32) -> Option<Arc<Buckets<K>>> {
    let per_second = NonZeroU32::new(per_second)?;
    let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1));
    let quota = Quota::per_second(per_second).allow_burst(burst);
    Some(Arc::new(RateLimiter::dashmap(quota).with_middleware()))
}

/// Takes one request from a bucket; how long to wait if it is empty.
fn take<K: Hash + Eq + Clone>(
    buckets: Option<&Arc<Buckets<K>>>,
    key: &K,
) -> Result<Option<Left>, Duration> {
    let Some(buckets) = buckets else { return Ok(None) };
    match buckets.check_key(key) {
        Ok(state) => Ok(Some(Left {
            limit: state.quota().burst_size().get(),
            remaining: state.remaining_burst_capacity(),
        })),
        Err(until) => Err(until.wait_time_from(DefaultClock::default().now())),
    }
}

/// How much each key of a program may ask, wherever it asks from.
#[derive(Clone)]
pub struct KeyLimit(Option<Arc<Buckets<i64>>>);

impl KeyLimit {
    /// Requests a second for each key, none for no limit.
    pub fn new(per_second: u32) -> Self {
        Self(buckets(per_second))
    }

    /// Takes one request from a key's bucket.
    pub fn take(&self, key: i64) -> Result<(), Problem> {
        take(self.0.as_ref(), &key).map(|_| ()).map_err(refused)
    }
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
    clients: Option<Arc<Buckets<IpAddr>>>,
    proxies: Arc<[IpNet]>,
}

impl Limit {
    /// Requests a second for each client, none for no limit; and the proxies that say in
    /// `X-Forwarded-For` for whom they ask.
    pub fn new(per_second: u32, proxies: Vec<IpNet>) -> Self {
        Self { clients: buckets(per_second), proxies: proxies.into() }
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

    /// Whether an address is that of a proxy that is believed.
    pub fn believes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|proxy| proxy.contains(&address))
    }

    /// Who asks: the connection's other end, or whom a proxy that is believed names last.
    fn client(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        let believed = |address: &IpAddr| self.believes(*address);
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
pub fn whole(address: IpAddr) -> IpAddr {
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
    match take(limit.clients.as_ref(), &client) {
        Ok(left) => {
            let mut response = next.run(request).await;
            if let Some(left) = left {
                tell(response.headers_mut(), left);
            }
            response
        }
        Err(wait) => refused(wait).into_response(),
    }
}

/// Says what is left, and in how many seconds all of it is there again.
fn tell(headers: &mut HeaderMap, Left { limit, remaining }: Left) {
    let per_second = (limit / BURST).max(1);
    let reset = limit.saturating_sub(remaining).div_ceil(per_second);
    for (name, value) in
        [("ratelimit-limit", limit), ("ratelimit-remaining", remaining), ("ratelimit-reset", reset)]
    {
        headers.insert(HeaderName::from_static(name), value.into());
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
            let left = take(limit.clients.as_ref(), &greedy).unwrap();
            assert_eq!(left, Some(Left { limit: 20, remaining: 19 - request }));
        }
        let wait = take(limit.clients.as_ref(), &greedy).unwrap_err();
        assert!(wait <= Duration::from_millis(500), "{wait:?}");
        assert!(take(limit.clients.as_ref(), &other).is_ok());
        let none = self::limit(0);
        assert!((0..1_000).all(|_| take(none.clients.as_ref(), &greedy) == Ok(None)));
    }

    #[test]
    fn what_is_left_is_told_with_the_seconds_until_all_is_there() {
        let mut headers = HeaderMap::new();
        tell(&mut headers, Left { limit: 500, remaining: 449 });
        let told = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(told("ratelimit-limit"), "500");
        assert_eq!(told("ratelimit-remaining"), "449");
        assert_eq!(told("ratelimit-reset"), "2");
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
