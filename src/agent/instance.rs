//! One agent per login. A lock decides who is first; a second start hands its request to the first and ends.

#[cfg(unix)]
#[path = "instance/socket.rs"]
mod channel;
#[cfg(windows)]
#[path = "instance/pipe.rs"]
mod channel;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::offer::Offer;
use crate::os::Places;

/// Longest wait for the first agent: it may hold the lock but not listen yet.
const HAND_OVER_LIMIT: Duration = Duration::from_secs(5);

/// What a second start asks of the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Show the window that fits.
    Open,
    /// Show the window for the code, with what a link has brought filled in.
    Follow(Offer),
    /// Ask whether to go back to the old profile.
    Undo,
    Quit,
    /// Only say how it is going: answered without the agent noticing.
    Status,
}

/// The answer to a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ack {
    /// Version of the agent that runs.
    pub version: String,
    pub pid: u32,
    /// What the agent last said by [`Instance::say`].
    pub status: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the folder for locks and sockets cannot be used")]
    Folder(#[source] io::Error),
    #[error("the agent that runs does not answer")]
    NoAnswer(#[source] io::Error),
}

impl Error {
    pub fn code(&self) -> crate::problem::Code {
        match self {
            Self::Folder(_) | Self::NoAnswer(_) => crate::problem::Code::Set3,
        }
    }
}

/// The outcome of a start.
#[derive(Debug)]
pub enum Claim {
    /// Nobody else runs for this login.
    First(Instance),
    Second(Running),
}

/// This process is the agent of this login until it ends or this value is dropped.
#[derive(Debug)]
pub struct Instance {
    /// The system gives the lock back however the process ends.
    _lock: File,
    status: Arc<Mutex<String>>,
    requests: Option<UnboundedReceiver<Request>>,
    _channel: channel::Listener,
}

/// Another process is the agent of this login.
#[derive(Debug)]
pub struct Running {
    folder: PathBuf,
}

/// Tries to become the agent of this login.
pub fn claim(places: &Places) -> Result<Claim, Error> {
    let folder = places.runtime.clone();
    let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("agent.lock"));
    let lock = lock.map_err(Error::Folder)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Claim::Second(Running { folder })),
        Err(TryLockError::Error(error)) => return Err(Error::Folder(error)),
    }
    let status = Arc::<Mutex<String>>::default();
    let (sender, requests) = mpsc::unbounded_channel();
    let said = Arc::clone(&status);
    let answer = move |request: Request| {
        if request != Request::Status {
            // The agent is about to end: the request is done with either way.
            let _ = sender.send(request);
        }
        let status = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ack { version: env!("CARGO_PKG_VERSION").into(), pid: std::process::id(), status }
    };
    let channel = channel::Listener::start(&folder, answer).map_err(Error::Folder)?;
    Ok(Claim::First(Instance { _lock: lock, status, requests: Some(requests), _channel: channel }))
}

impl Instance {
    /// What second starts ask for, except for their status. Some once.
    pub fn requests(&mut self) -> Option<UnboundedReceiver<Request>> {
        self.requests.take()
    }

    /// What to answer to `Status` from now on.
    pub fn say(&self, status: impl Into<String>) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status.into();
    }
}

/// The agent of this login, should it run.
pub fn running(places: &Places) -> Running {
    Running { folder: places.runtime.clone() }
}

impl Running {
    /// The same without waiting for one that is just starting.
    pub fn hand_over_at_once(&self, request: &Request) -> Result<Ack, Error> {
        channel::ask(&self.folder, request, Duration::ZERO).map_err(Error::NoAnswer)
    }

    /// Hands a request over and waits for the answer.
    pub fn hand_over(&self, request: &Request) -> Result<Ack, Error> {
        channel::ask(&self.folder, request, HAND_OVER_LIMIT).map_err(Error::NoAnswer)
    }
}

#[cfg(test)]
mod tests {
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
        let offer = Offer { server: "https://m.example".into(), code: Some(Secret::new("ABC")) };
        let follow = Request::Follow(offer);
        for request in [Request::Open, Request::Status, follow.clone(), Request::Quit] {
            let ack = second(&places).hand_over(&request).expect("an answer");
            assert_eq!((ack.status.as_str(), ack.pid), ("waiting", std::process::id()));
        }
        let heard: Vec<_> = std::iter::from_fn(|| requests.try_recv().ok()).collect();
        assert_eq!(heard, [Request::Open, follow, Request::Quit]);
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
}
