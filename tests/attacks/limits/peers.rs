//! Connections, and what is written where others read it.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use reqwest::StatusCode;

use crate::server_support::{Backend, Process, World, stories};

stories!(one_peer_leaves_connections_to_others);

/// L5
async fn one_peer_leaves_connections_to_others(on: Backend) {
    let mut world = on.empty_world();
    world.settings.connections = 16;
    world.furnish(serde_json::json!({}));
    world.start().await;
    let address: SocketAddr = world.url.strip_prefix("http://").expect("an address").parse().expect("an address");
    let greedy: Vec<TcpStream> = (0..40).filter_map(|_| TcpStream::connect(address).ok()).collect();
    assert!(greedy.len() > 16, "the attack was real");
    // The last one was closed, so all before it have been looked at.
    let mut last = greedy.last().expect("one");
    last.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    assert!(matches!(last.read(&mut [0]), Ok(0) | Err(_)));
    let other = reqwest::Client::builder().no_proxy().local_address(IpAddr::from([127, 0, 0, 2]));
    let other = other.build().expect("a client");
    let answer = other.get(format!("{}/healthz", world.url)).send().await.expect("a connection for others");
    assert_eq!(answer.status(), StatusCode::OK);
}

/// L16
#[tokio::test]
async fn the_first_link_is_in_no_log_when_a_file_is_named_for_it() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::empty();
    let path = world.file("first-link", "an old one\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("open to all");
    world.done(&["operator", "list"]); // there is a database
    let server = Process::start(&world, &["--first-link-file", &path]);
    let link = std::fs::read_to_string(&path).expect("a file");
    assert!(link.starts_with(&format!("{}/first/", server.url)), "{link}");
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{mode:o}");
    let page = world.http.get(link.trim()).send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);
}
