//! Slow lines get their file; whoever takes nothing keeps nobody else from it.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use super::shelf::{PUBLIC, Shelf, bytes};
use crate::server_support::{Backend, LIMIT, eventually};

/// How long these servers wait for a peer that takes nothing.
const STALL: Duration = Duration::from_secs(2);
/// More than the buffers between server and client hold.
const LARGE: usize = 16_000_000;

async fn shelf(downloads: usize) -> Shelf {
    let project = json!({"public_url": PUBLIC});
    Shelf::with(Backend::Sqlite, project, |world| {
        world.settings.downloads = downloads;
        world.settings.stall = STALL;
    })
    .await
}

/// A connection that takes in little beforehand, and has asked for the file.
async fn asked(shelf: &Shelf, name: &str) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(64 * 1024).expect("a small buffer");
    let address = shelf.world.url.trim_start_matches("http://").parse().expect("an address");
    let mut stream = socket.connect(address).await.expect("connected");
    let request = format!("GET /download/{name} HTTP/1.1\r\nHost: m.example\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_line_gets_the_whole_file() {
    let shelf = shelf(1).await;
    shelf.put("mailshift.msi", &bytes(1, LARGE));
    let mut stream = asked(&shelf, &shelf.name(".msi")).await;
    let (start, mut got, mut piece) = (Instant::now(), 0, vec![0; 1_000_000]);
    loop {
        // A line that carries a megabyte in an eighth of the time that a stall may take.
        tokio::time::sleep(STALL / 8).await;
        let mut room = piece.len();
        while room > 0 {
            match stream.read(&mut piece[..room]).await.expect("more") {
                0 => {
                    assert!(start.elapsed() > STALL * 3 / 2, "slower than a stall may take: {:?}", start.elapsed());
                    assert!(got > LARGE, "the head and all of the file: {got}");
                    return;
                }
                read => (got, room) = (got + read, room - read),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_downloads_than_there_is_room_for_come_again() {
    let shelf = shelf(1).await;
    shelf.put("mailshift.msi", &bytes(1, LARGE));
    let path = format!("/download/{}", shelf.name(".msi"));
    let mut first = asked(&shelf, &shelf.name(".msi")).await;
    first.read_exact(&mut [0; 1000]).await.expect("begun");
    let busy = shelf.ask(Method::GET, &path, &[("Accept", "text/html")]).await;
    assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(busy.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    assert_eq!(busy.header("content-type"), "text/html; charset=utf-8");

    // It goes away, and its place is free.
    drop(first);
    eventually("the place is free", async || shelf.get(&path).await.status == StatusCode::OK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_is_let_go() {
    let mut shelf = shelf(1).await;
    shelf.put("mailshift.msi", &bytes(1, LARGE));
    let mut stalled = asked(&shelf, &shelf.name(".msi")).await;
    stalled.read_exact(&mut [0; 1000]).await.expect("begun");
    let path = format!("/download/{}", shelf.name(".msi"));
    assert_eq!(shelf.get(&path).await.status, StatusCode::SERVICE_UNAVAILABLE);
    eventually("the place is free", async || shelf.get(&path).await.status == StatusCode::OK).await;
    // Those that the client keeps for its next question are not open for long either.
    shelf.world.http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    eventually("the connection is closed", async || {
        shelf.get("/metrics").await.text().lines().any(|line| line == "mailshift_connections 1")
    })
    .await;

    // What was under way arrives, and then the end, before all of the file.
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(LIMIT, stalled.read_to_end(&mut rest)).await.expect("an end in time");
    assert!(ended.is_err() || rest.len() < LARGE, "{}", rest.len());
}
