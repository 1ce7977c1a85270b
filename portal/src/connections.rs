// SPDX-License-Identifier: Apache-2.0
//! Connections of clients: taken as they come, and cut off where a client keeps the portal waiting.
//!
//! A client that sends its request byte by byte, takes none of its answer, or opens connections and
//! says nothing, holds a connection and some memory for as long as it is let. So each has a time for
//! all three, and a number of connections that it may have.

use crate::limit::{self, Limit};
use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    Router,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{
    collections::HashMap,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::{pin, Pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout, Instant, Sleep},
};
use tower::ServiceExt;

/// How long a client may take for the head of a request, and may say nothing between two.
const HEAD: Duration = Duration::from_secs(10);
/// The same of a proxy that is believed: it keeps connections for those who ask through it, and is
/// the first to close them.
const HEAD_OF_PROXY: Duration = Duration::from_secs(150);
/// Largest head of a request, with its address and headers.
const LARGEST_HEAD: usize = 64 << 10;
/// How long a client may take nothing of its answer.
const STALLED: Duration = Duration::from_secs(60);
/// Connections that one client may have; a proxy that is believed has as many as it needs.
const EACH: usize = 256;
/// How long requests that have begun may take when the portal is told to end.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long to wait when there is nothing left to make a connection of.
const AGAIN: Duration = Duration::from_secs(1);

/// Answers on a listener until `ended`; requests that have begun are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limit: Limit,
    ended: impl Future<Output = ()>,
) {
    let (ending, told) = watch::channel(());
    let counts = Counts::default();
    let mut connections = JoinSet::new();
    let mut ended = pin!(ended);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    after(error).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = &mut ended => break,
        };
        let proxy = limit.believes(address.ip());
        let place = if proxy { None } else { Some(counts.take(limit::whole(address.ip()))) };
        let place = match place {
            // It has enough already.
            Some(None) => continue,
            other => other.flatten(),
        };
        let patience = if proxy { HEAD_OF_PROXY } else { HEAD };
        let answered = answer(stream, address, router.clone(), patience, told.clone());
        connections.spawn(async move {
            answered.await;
            drop(place);
        });
    }
    drop(listener);
    drop(ending);
    let finished = async { while connections.join_next().await.is_some() {} };
    if timeout(FAREWELL, finished).await.is_err() {
        tracing::info!("connections that were still open are closed");
    }
}

/// Waits where accepting failed for want of something; a connection that was lost is nothing.
async fn after(error: io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be taken");
        sleep(AGAIN).await;
    }
}

/// Answers the requests of one connection.
async fn answer(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    patience: Duration,
    mut told: watch::Receiver<()>,
) {
    // Events and small answers are not kept back to be sent together.
    let _ = stream.set_nodelay(true);
    let service = tower::service_fn(move |request: axum::http::Request<_>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(LARGEST_HEAD);
    let io = TokioIo::new(Patient::new(stream, STALLED));
    let mut connection = pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
    loop {
        tokio::select! {
            done = connection.as_mut() => {
                if let Err(error) = done {
                    tracing::debug!(%error, "a connection broke off");
                }
                return;
            }
            // The sender is gone: the portal ends.
            _ = told.changed(), if told.has_changed().is_ok() => {
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// How many connections each client has.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection of a client, as long as it is there.
struct Place {
    counts: Counts,
    client: IpAddr,
}

impl Counts {
    /// A place for one more; none if the client has all that it may.
    fn take(&self, client: IpAddr) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        if *count >= EACH {
            return None;
        }
        *count += 1;
        Some(Place { counts: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

/// A connection that is given up when its other end takes nothing for too long.
struct Patient<S> {
    stream: S,
    most: Duration,
    /// Runs while something waits to be taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn new(stream: S, most: Duration) -> Self {
        Self { stream, most, stalled: None }
    }

    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let most = self.most;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + most)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn a_client_has_so_many_connections_and_another_has_its_own() {
        let counts = Counts::default();
        let (greedy, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let mut places: Vec<_> = (0..EACH).map(|_| counts.take(greedy).unwrap()).collect();
        assert!(counts.take(greedy).is_none());
        assert!(counts.take(other).is_some());
        places.pop();
        assert!(counts.take(greedy).is_some());
        drop(places);
        assert!(counts.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_takes_nothing_is_given_up_and_who_takes_it_is_not() {
        let (ours, theirs) = tokio::io::duplex(4);
        let mut ours = Patient::new(ours, Duration::from_millis(20));
        let stuck = ours.write_all(b"12345678").await.unwrap_err();
        assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
        drop(theirs);

        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut ours = Patient::new(ours, Duration::from_secs(60));
        let reader = tokio::spawn(async move {
            let mut bytes = [0; 16];
            theirs.read_exact(&mut bytes).await.unwrap();
            bytes
        });
        ours.write_all(&[7; 16]).await.unwrap();
        assert_eq!(reader.await.unwrap(), [7; 16]);
        assert!(ours.stalled.is_none());
    }
}
