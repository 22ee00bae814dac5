//! One agent per login, whatever the session: the lock lies beside the state, also where a home is used at two computers.
//! A second start hands its request to the first and ends; one in another session may take over.

#[cfg(unix)]
#[path = "instance/socket.rs"]
mod channel;
#[cfg(windows)]
#[path = "instance/pipe.rs"]
mod channel;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::activation::link::ActivationLink;
use crate::os::{self, Places};

/// Longest wait for the first agent: it may hold the lock but not listen yet.
const HAND_OVER_LIMIT: Duration = Duration::from_secs(5);
/// Longest wait for an agent to end that has said it would, and the pause between two looks.
const END_LIMIT: Duration = Duration::from_secs(10);
const END_LOOK: Duration = Duration::from_millis(50);
/// Its content names the holder.
const LOCK: &str = "agent.lock";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Show the window that fits.
    Open,
    /// Show the window for the code, with what a link has brought filled in.
    Follow(ActivationLink),
    Undo,
    Quit,
    /// End, for a session in which the person wants to go on. Not while something is being worked on.
    TakeOver,
    /// Only say how it is going: answered without the agent noticing.
    Status,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ack {
    pub version: String,
    pub pid: u32,
    /// What the agent last said by [`Instance::say`].
    pub status: String,
    /// Something is being worked on: it does not end now.
    pub busy: bool,
}

/// Who the agent of this login is, as it says in the file that it has locked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    pub pid: u32,
    /// Name of the computer: a home may be used at several.
    pub host: String,
    pub display: String,
    pub runtime: PathBuf,
}

impl Holder {
    fn here(places: &Places) -> Self {
        let display = os::display_name().unwrap_or_default();
        Self { pid: std::process::id(), host: os::device_name(), display, runtime: places.runtime.clone() }
    }

    /// None while nobody has written it, and where a locked file cannot be read (Windows).
    fn read(places: &Places) -> Option<Self> {
        serde_json::from_slice(&fs::read(lock_path(places)).ok()?).ok()
    }

    /// At another screen or another computer than this process.
    fn is_elsewhere(&self, here: &Self) -> bool {
        self.host != here.host || (self.display != here.display && !self.display.is_empty())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the folder for locks and sockets cannot be used")]
    Folder(#[source] io::Error),
    #[error("the agent that runs does not answer")]
    NoAnswer(#[source] io::Error),
}

impl Error {
    pub fn code(&self) -> crate::problem::ResponseCode {
        match self {
            Self::Folder(_) | Self::NoAnswer(_) => crate::problem::ResponseCode::StateUnreadable,
        }
    }
}

#[derive(Debug)]
pub enum Claim {
    First(Instance),
    Second(Running),
}

/// This process is the agent of this login until it ends or this value is dropped.
#[derive(Debug)]
pub struct Instance {
    /// The system gives the locks back however the process ends. The second one is where older agents look.
    _locks: [File; 2],
    said: Arc<Mutex<Said>>,
    requests: Option<UnboundedReceiver<Request>>,
    _channel: channel::Listener,
}

#[derive(Debug)]
pub struct Running {
    folder: PathBuf,
    /// Set when it runs at another screen or computer.
    elsewhere: Option<Holder>,
}

#[derive(Debug, Default)]
struct Said {
    status: String,
    busy: bool,
}

/// How it went to take over from another session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOver {
    Free,
    Busy,
    /// It does not answer: it runs at another computer, or an older version.
    Silent,
}

pub fn claim(places: &Places) -> Result<Claim, Error> {
    let Some(mut lock) = locked(&lock_path(places))? else { return Ok(Claim::Second(running(places))) };
    let Some(older) = locked(&places.runtime.join(LOCK))? else { return Ok(Claim::Second(running(places))) };
    note(&mut lock, &Holder::here(places)).map_err(Error::Folder)?;
    let said = Arc::<Mutex<Said>>::default();
    let (sender, requests) = mpsc::unbounded_channel();
    let told = Arc::clone(&said);
    let answer = move |request: Request| {
        let said = told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_refused = request == Request::TakeOver && said.busy;
        if request != Request::Status && !is_refused {
            // The agent is about to end: the request is done with either way.
            let _ = sender.send(request);
        }
        let (status, busy) = (said.status.clone(), said.busy);
        Ack { version: env!("CARGO_PKG_VERSION").into(), pid: std::process::id(), status, busy }
    };
    let channel = channel::Listener::start(&places.runtime, answer).map_err(Error::Folder)?;
    Ok(Claim::First(Instance { _locks: [lock, older], said, requests: Some(requests), _channel: channel }))
}

fn lock_path(places: &Places) -> PathBuf {
    places.state.join(LOCK)
}

/// None: somebody else has it.
fn locked(path: &Path) -> Result<Option<File>, Error> {
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(Error::Folder)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Error::Folder(error)),
    }
}

fn note(lock: &mut File, holder: &Holder) -> io::Result<()> {
    let line = serde_json::to_vec(holder)?;
    lock.set_len(0)?;
    lock.write_all(&line)
}

impl Instance {
    /// What second starts ask for, except for their status. Some once.
    pub fn requests(&mut self) -> Option<UnboundedReceiver<Request>> {
        self.requests.take()
    }

    /// What to answer to `Status` from now on.
    pub fn say(&self, status: impl Into<String>) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).status = status.into();
    }

    /// Whether something is being worked on that is not to be broken off.
    pub fn is_busy(&self, busy: bool) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).busy = busy;
    }
}

/// The agent of this login, should it run.
pub fn running(places: &Places) -> Running {
    let here = Holder::here(places);
    let holder = Holder::read(places);
    // A socket of another computer is of no use here, even where its folder is shared.
    let folder = holder.as_ref().filter(|holder| holder.host == here.host && holder.runtime.is_absolute());
    let folder = folder.map_or_else(|| places.runtime.clone(), |holder| holder.runtime.clone());
    Running { folder, elsewhere: holder.filter(|holder| holder.is_elsewhere(&here)) }
}

impl Running {
    /// Who it is, when it runs at another screen or computer.
    pub fn elsewhere(&self) -> Option<&Holder> {
        self.elsewhere.as_ref()
    }

    /// Asks it to end, and waits until it has.
    pub fn take_over(&self, places: &Places) -> TakenOver {
        match self.hand_over(&Request::TakeOver) {
            Err(_) => return TakenOver::Silent,
            Ok(ack) if ack.busy => return TakenOver::Busy,
            Ok(_) => {}
        }
        let deadline = Instant::now() + END_LIMIT;
        loop {
            match locked(&lock_path(places)) {
                Ok(Some(_)) => return TakenOver::Free,
                _ if Instant::now() >= deadline => return TakenOver::Busy,
                _ => std::thread::sleep(END_LOOK),
            }
        }
    }

    /// The same without waiting for one that is just starting.
    pub fn hand_over_at_once(&self, request: &Request) -> Result<Ack, Error> {
        channel::ask(&self.folder, request, Duration::ZERO).map_err(Error::NoAnswer)
    }

    pub fn hand_over(&self, request: &Request) -> Result<Ack, Error> {
        channel::ask(&self.folder, request, HAND_OVER_LIMIT).map_err(Error::NoAnswer)
    }
}

#[cfg(test)]
mod tests;
