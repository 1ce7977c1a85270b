// SPDX-License-Identifier: Apache-2.0
//! Slow clients and crowds of them: each is cut off in its time, and others are served meanwhile.

mod e2e {
    use crate::world::{is_problem, wire, Place};
    use anyhow::{ensure, Context, Result};
    use registry_testbed::process::{free_port, program, Process};
    use std::{
        net::{IpAddr, Ipv4Addr, SocketAddr},
        time::{Duration, Instant},
    };
    use tokio::{
        io::AsyncWriteExt,
        net::{TcpSocket, TcpStream},
    };

    /// Connections that one client may have.
    const EACH: usize = 256;

    /// A portal that believes nobody about whom he asks for, as on the open Internet.
    async fn open_portal(place: &Place) -> Result<(Process, String)> {
        let portal = format!("http://127.0.0.1:{}", free_port()?);
        let folder = place.folder.path();
        let command = [
            program("registry-portal")?,
            format!("--listen={}", portal.trim_start_matches("http://")),
            format!("--database={}", place.stack.database_url()),
            format!("--node={}", place.stack.node_url()),
            format!("--secret={}", folder.join("open/secret").display()),
            format!("--files={}", folder.join("open/files").display()),
            "--trusted-proxies=10.0.0.0/8".into(),
            "--requests-per-second=0".into(),
        ];
        let process = Process::start("open-portal", folder, &[], &command)?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while reqwest::get(format!("{portal}/api/v1/totals")).await.is_err() {
            ensure!(Instant::now() < deadline, "the portal does not answer");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok((process, portal))
    }

    /// Somebody else: another address of this machine.
    fn other() -> Result<reqwest::Client> {
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        Ok(reqwest::Client::builder().no_proxy().local_address(address).build()?)
    }

    /// The longest that somebody else waits for an answer while something else is done.
    async fn others_are_served(portal: &str) -> Result<Duration> {
        let client = other()?;
        let mut longest = Duration::ZERO;
        for _ in 0..10 {
            let began = Instant::now();
            let answer = client.get(format!("{portal}/api/v1/totals")).send().await?;
            ensure!(answer.status() == 200, "others get {}", answer.status());
            longest = longest.max(began.elapsed());
        }
        ensure!(longest < Duration::from_secs(2), "others waited {longest:?}");
        Ok(longest)
    }

    /// Sends a head and then a byte a second of the rest; what came back, and after how long.
    async fn trickle(portal: &str, begin: &str, rest: &str) -> Result<(wire::Said, Duration)> {
        let mut stream = wire::connect(portal).await?;
        let began = Instant::now();
        stream.write_all(begin.as_bytes()).await?;
        for byte in rest.bytes().cycle().take(120) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            // Told that nobody reads it any more.
            if stream.write_all(&[byte]).await.is_err() {
                break;
            }
            if readable(&stream) {
                break;
            }
        }
        let took = began.elapsed();
        Ok((wire::listen(&mut stream, Duration::from_secs(3)).await?, took))
    }

    /// Whether an answer or the end is there.
    fn readable(stream: &TcpStream) -> bool {
        let mut byte = [0];
        // Waits for nothing; an end counts too.
        !matches!(
            stream.try_read(&mut byte),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock
        )
    }

    #[tokio::test]
    async fn slow_clients_are_cut_off_and_others_served() -> Result<()> {
        let mut place = Place::new().await?;
        let (mut process, portal) = open_portal(&place).await?;
        let head = "GET /api/v1/totals HTTP/1.1\r\nHost: x\r\n";
        let post =
            "POST /api/v1/session/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{";
        let chunked = "POST /api/v1/session/challenge HTTP/1.1\r\nHost: x\r\n\
                       Transfer-Encoding: chunked\r\n\r\n1f4\r\n{";
        let silent = async {
            let mut stream = wire::connect(&portal).await?;
            let began = Instant::now();
            let said = wire::listen(&mut stream, Duration::from_secs(30)).await?;
            anyhow::Ok((said, began.elapsed()))
        };
        let (slow_head, slow_body, slow_chunks, silent, served) = tokio::join!(
            trickle(&portal, head, "X-Slow: 1\r\n"),
            trickle(&portal, post, " "),
            trickle(&portal, chunked, " "),
            silent,
            others_are_served(&portal),
        );
        let (said, took) = slow_head?;
        println!("a slow head is cut off after {took:.1?} with {:?}", said.status);
        ensure!(said.closed && took < Duration::from_secs(15), "{said:?} after {took:?}");
        ensure!(said.status.is_none_or(|it| it == 408), "{said:?}");
        for (said, took) in [slow_body?, slow_chunks?] {
            println!("a slow body is refused after {took:.1?} with {:?}", said.status);
            ensure!(took > Duration::from_secs(20) && took < Duration::from_secs(40), "{took:?}");
            // The first byte was taken by whoever looked whether something is there.
            let text = format!("H{}", said.text);
            ensure!(text.starts_with("HTTP/1.1 408"), "{said:?}");
            let body = text.rsplit("\r\n\r\n").next().context("a body")?;
            is_problem(408, "application/problem+json", body)?;
        }
        let (said, took) = silent?;
        println!("who says nothing is cut off after {took:.1?}");
        ensure!(said.closed && took < Duration::from_secs(15), "{said:?} after {took:?}");
        println!("others waited for {:.1?} at most", served?);
        process.ensure_running()?;
        place.is_well().await
    }

    #[tokio::test]
    async fn a_crowd_of_connections_takes_nobodys_place() -> Result<()> {
        let mut place = Place::new().await?;
        let (mut process, portal) = open_portal(&place).await?;
        let memory = |id: u32| -> Result<u64> {
            let pages = std::fs::read_to_string(format!("/proc/{id}/statm"))?;
            Ok((pages.split(' ').nth(1).context("pages")?.parse::<u64>()? * 4_096) >> 20)
        };
        let before = memory(process.id())?;
        let mut crowd = Vec::new();
        for _ in 0..400 {
            crowd.push(wire::connect(&portal).await?);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let open = crowd.iter().filter(|stream| !readable(stream)).count();
        println!("{open} of {} connections of one client are kept", crowd.len());
        ensure!(open == EACH, "{open} are kept");
        // He himself has no more, and everybody else has his own.
        let answer = reqwest::Client::builder().no_proxy().build()?;
        let answer = answer.get(format!("{portal}/api/v1/totals")).send().await;
        ensure!(answer.is_err(), "one more than all was answered");
        println!("others waited for {:.1?} at most", others_are_served(&portal).await?);

        // From many addresses at once: each within its number, thousands together.
        let port: u16 = portal.rsplit(':').next().context("a port")?.parse()?;
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut others = Vec::new();
        for client in 10..25 {
            for _ in 0..100 {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, client), 0)))?;
                others.push(socket.connect(target).await?);
            }
        }
        println!("{} more connections are open", others.len());
        println!("others waited for {:.1?} at most", others_are_served(&portal).await?);
        let during = memory(process.id())?;
        println!("memory of the portal: {before} MB, and {during} MB with the crowd");
        ensure!(during < 300, "{during} MB");
        tokio::time::sleep(Duration::from_secs(12)).await;
        let open = crowd.iter().chain(&others).filter(|stream| !readable(stream)).count();
        ensure!(open == 0, "{open} idle connections are open still");
        let answer = reqwest::get(format!("{portal}/api/v1/totals")).await?;
        ensure!(answer.status() == 200, "he may ask again");
        process.ensure_running()?;
        place.is_well().await
    }

    /// Streams of events that are open at once.
    const STREAMS: usize = 500;

    #[tokio::test]
    async fn streams_that_nobody_reads_hold_nothing_that_others_need() -> Result<()> {
        let mut place = Place::new().await?;
        place.cast.issue(&place.registry, "Told to nobody", 100).await?;
        place.stack.wait_for_indexer().await?;
        let mut held = Vec::new();
        for _ in 0..STREAMS + 20 {
            let mut stream = wire::connect(&place.portal).await?;
            let ask = "GET /api/v1/events/stream?after=0-0 HTTP/1.1\r\nHost: x\r\n\r\n";
            stream.write_all(ask.as_bytes()).await?;
            held.push(stream);
        }
        // And files, of which nobody takes anything either.
        for path in ["/api/v1/events.csv", "/api/v1/events.ndjson", "/events.xlsx"] {
            let mut stream = wire::connect(&place.portal).await?;
            let ask = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(ask.as_bytes()).await?;
            held.push(stream);
        }
        let began = Instant::now();
        let session = place.signed_in(&place.cast.first.clone()).await?;
        for path in ["/api/v1/session", "/api/v1/projects", "/api/v1/events.csv", "/api/v1/audit"] {
            let (status, _) = status_of(&session, path).await?;
            ensure!(status == 200, "{path} answered {status}");
        }
        println!("{} readers take nothing; others wait {:.1?}", held.len(), began.elapsed());
        ensure!(began.elapsed() < Duration::from_secs(10));
        // One stream more is too many, and says so; when the others are gone there is room.
        let (status, body) = status_of(&session, "/api/v1/events/stream").await?;
        ensure!(status == 503, "{status}: {body}");
        is_problem(503, "application/problem+json", &body)?;
        drop(held);
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let stream = format!("{}/api/v1/events/stream", place.portal);
            if reqwest::get(stream).await?.status() == 200 {
                break;
            }
            ensure!(Instant::now() < deadline, "the places of those who left are not free");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        place.is_well().await
    }

    async fn status_of(api: &registry_testbed::Api, path: &str) -> Result<(u16, String)> {
        let answer = api.request(reqwest::Method::GET, path).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }
}
