//! Starts beside each other, and clients that mean no good.

use std::io::{Read, Write};

use super::channel::stranger::{connect, end_of_writing};
use super::*;
use crate::secret::Secret;

/// Long after everybody should have been answered or hung up on.
const TEST_LIMIT: Duration = Duration::from_secs(30);

fn places() -> (tempfile::TempDir, Places) {
    let home = tempfile::tempdir().expect("a folder");
    let places = Places::below(home.path()).expect("folders");
    (home, places)
}

fn first(places: &Places) -> Instance {
    match claim(places).expect("a claim") {
        Claim::First(instance) => instance,
        Claim::Second(_) => panic!("nobody else runs"),
    }
}

fn second(places: &Places) -> Running {
    match claim(places).expect("a claim") {
        Claim::First(_) => panic!("there is a first one"),
        Claim::Second(running) => running,
    }
}

#[test]
fn a_second_start_hands_its_requests_to_the_first() {
    let (_home, places) = places();
    let mut instance = first(&places);
    instance.say("waiting");
    let mut requests = instance.requests().expect("not taken yet");
    let link = ActivationLink { server: "https://m.example".into(), code: Some(Secret::new("ABC")) };
    let follow = Request::Follow(link);
    for request in [Request::Open, Request::Status, follow.clone(), Request::Quit] {
        let ack = second(&places).hand_over(&request).expect("an answer");
        assert_eq!((ack.status.as_str(), ack.pid), ("waiting", std::process::id()));
    }
    let heard: Vec<_> = std::iter::from_fn(|| requests.try_recv().ok()).collect();
    assert_eq!(heard, [Request::Open, follow, Request::Quit]);
}

#[test]
fn whatever_the_session_there_is_one_agent_beside_the_state() {
    let (home, places) = places();
    let mut instance = first(&places);
    let mut requests = instance.requests().expect("not taken yet");
    // As `su`, some remote desktops and cron have it: another folder for sockets, or none.
    let elsewhere = Places { runtime: home.path().join("other"), ..places.clone() };
    fs::create_dir_all(&elsewhere.runtime).expect("made");
    let running = second(&elsewhere);
    running.hand_over(&Request::Open).expect("the first one is found by what its lock says");
    assert_eq!(requests.try_recv().ok(), Some(Request::Open));
    assert_eq!(running.elsewhere(), None, "the same screen");
}

#[cfg(unix)]
#[test]
fn an_agent_at_another_screen_or_computer_is_told_apart() {
    let (_home, places) = places();
    let _instance = first(&places);
    let here = Holder::here(&places);
    for (host, display, told) in
        [("", "", false), ("", ":77", true), ("other", "", true)].map(|(host, display, told)| {
            (if host.is_empty() { here.host.clone() } else { host.into() }, display.to_owned(), told)
        })
    {
        let holder = Holder { host, display, ..here.clone() };
        fs::write(lock_path(&places), serde_json::to_vec(&holder).expect("plain")).expect("written");
        assert_eq!(running(&places).elsewhere().is_some(), told, "{holder:?}");
    }
}

#[test]
fn another_session_takes_over_when_nothing_is_being_worked_on() {
    let (_home, places) = places();
    let mut instance = first(&places);
    let mut requests = instance.requests().expect("not taken yet");
    instance.is_busy(true);
    assert_eq!(running(&places).take_over(&places), TakenOver::Busy);
    assert!(requests.try_recv().is_err(), "it was not even asked");
    instance.is_busy(false);
    let ending = std::thread::spawn(move || {
        assert_eq!(requests.blocking_recv(), Some(Request::TakeOver));
        drop(instance);
    });
    assert_eq!(running(&places).take_over(&places), TakenOver::Free);
    ending.join().expect("ended");
    drop(first(&places));
}

#[cfg(unix)]
#[test]
fn only_this_login_can_reach_the_socket_and_it_goes_with_the_agent() {
    use std::os::unix::fs::PermissionsExt;
    let (_home, places) = places();
    let socket = places.runtime.join("agent.sock");
    let instance = first(&places);
    assert_eq!(fs::metadata(&socket).expect("there").permissions().mode() & 0o777, 0o600);
    drop(instance);
    assert!(!socket.exists());
    drop(first(&places));
}

#[cfg(unix)]
#[test]
fn a_socket_left_by_a_killed_agent_is_replaced() {
    let (_home, places) = places();
    drop(std::os::unix::net::UnixListener::bind(places.runtime.join("agent.sock")).expect("bound"));
    let _instance = first(&places);
    second(&places).hand_over(&Request::Status).expect("an answer");
}

#[cfg(windows)]
#[test]
fn the_pipe_has_another_name_each_time_and_goes_with_the_agent() {
    let (_home, places) = places();
    let name = || fs::read_to_string(places.runtime.join("agent.pipe"));
    let instance = first(&places);
    let before = name().expect("a name");
    drop(instance);
    assert_eq!(name().expect_err("gone").kind(), io::ErrorKind::NotFound);
    let deadline = std::time::Instant::now() + TEST_LIMIT;
    while fs::OpenOptions::new().read(true).write(true).open(&before).is_ok() {
        assert!(std::time::Instant::now() < deadline, "the pipe outlives its agent");
        std::thread::yield_now();
    }
    let _instance = first(&places);
    assert_ne!(name().expect("a name"), before);
}

#[cfg(windows)]
#[test]
fn a_name_left_by_a_killed_agent_is_replaced() {
    let (_home, places) = places();
    fs::write(places.runtime.join("agent.pipe"), r"\\.\pipe\mailshift-nobody").expect("written");
    running(&places).hand_over_at_once(&Request::Status).expect_err("nobody is there");
    let _instance = first(&places);
    second(&places).hand_over(&Request::Status).expect("an answer");
}

#[test]
fn garbage_and_endless_lines_and_slow_clients_do_no_harm() {
    let (_home, places) = places();
    let mut instance = first(&places);
    let mut requests = instance.requests().expect("not taken yet");
    let _silent = connect(&places.runtime).expect("connected");
    for line in [&b"\n"[..], b"dance\n", b"\xff\xfe\n", b"{\"open\":", &[b'x'; 10_000]] {
        let mut client = connect(&places.runtime).expect("connected");
        // The agent may hang up in the middle.
        let _ = client.write_all(line);
        end_of_writing(&client);
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer);
        assert_eq!(answer, b"", "no answer to what is no request");
    }
    second(&places).hand_over(&Request::Open).expect("an answer, while the silent client is still there");
    assert_eq!(requests.try_recv().ok(), Some(Request::Open));
    assert!(requests.try_recv().is_err());
}

#[test]
fn everybody_who_asks_at_the_same_time_is_answered() {
    let (_home, places) = places();
    let _instance = first(&places);
    let ask = || running(&places).hand_over_at_once(&Request::Status).map(|ack| ack.pid);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..20).map(|_| scope.spawn(ask)).collect();
        for answer in asked {
            assert_eq!(answer.join().expect("no panic").expect("an answer"), std::process::id());
        }
    });
}

#[test]
fn a_client_that_says_nothing_is_hung_up_on() {
    let (_home, places) = places();
    let _instance = first(&places);
    let mut client = connect(&places.runtime).expect("connected");
    let (sender, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(client.read(&mut [0])));
    // A socket says that it ended, a pipe that it broke.
    let heard = heard.recv_timeout(TEST_LIMIT).expect("the end, not silence");
    assert!(matches!(&heard, Ok(0)) || heard.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe));
}
