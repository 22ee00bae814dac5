//! A Unix socket that only this login can reach; one JSON line each way.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::{Ack, Request};

const NAME: &str = "agent.sock";
/// Longest request or answer, in bytes.
const SIZE_LIMIT: u64 = 4096;
/// Longest a client may take from connecting to its line's end.
const CLIENT_LIMIT: Duration = Duration::from_secs(2);
/// Pause between tries to reach an agent that is just starting.
const RETRY: Duration = Duration::from_millis(50);

/// Answers clients on threads of its own until it is dropped.
#[derive(Debug)]
pub struct Listener {
    path: PathBuf,
    /// The socket file that is ours: a later agent may have put its own in the same place.
    inode: u64,
}

impl Listener {
    /// Only for the holder of the lock: a socket that is already there is a dead process's.
    pub fn start(folder: &Path, answer: impl Fn(Request) -> Ack + Send + Sync + 'static) -> io::Result<Self> {
        let path = folder.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let inode = fs::metadata(&path)?.ino();
        let answer = Arc::new(answer);
        thread::Builder::new().name("requests".into()).spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else {
                    // Out of file descriptors, most likely: do not spin.
                    thread::sleep(RETRY);
                    continue;
                };
                let answer = Arc::clone(&answer);
                let _ = thread::Builder::new().name("request".into()).spawn(move || serve(&client, answer.as_ref()));
            }
        })?;
        Ok(Self { path, inode })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if fs::metadata(&self.path).is_ok_and(|there| there.ino() == self.inode) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn serve(client: &UnixStream, answer: &impl Fn(Request) -> Ack) {
    let served = read_line(client, CLIENT_LIMIT).and_then(|line| {
        let request = serde_json::from_slice(&line)?;
        write_line(client, &answer(request))
    });
    if let Err(error) = served {
        // Never the line itself: it may hold a code.
        tracing::info!(kind = %error.kind(), "a request that is none");
    }
}

/// Asks the agent that listens in `folder`, trying again until `limit` while it does not listen yet.
pub fn ask(folder: &Path, request: &Request, limit: Duration) -> io::Result<Ack> {
    let deadline = Instant::now() + limit;
    let stream = loop {
        match UnixStream::connect(folder.join(NAME)) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(_) => thread::sleep(RETRY),
        }
    };
    write_line(&stream, request)?;
    let left = deadline.saturating_duration_since(Instant::now()).max(CLIENT_LIMIT);
    Ok(serde_json::from_slice(&read_line(&stream, left)?)?)
}

fn write_line(mut stream: &UnixStream, value: &impl serde::Serialize) -> io::Result<()> {
    let mut line = zeroize::Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    stream.set_write_timeout(Some(CLIENT_LIMIT))?;
    stream.write_all(&line)
}

/// One line, at most `limit` from now in all: a client that sends a byte now and then gains nothing.
fn read_line(stream: &UnixStream, limit: Duration) -> io::Result<zeroize::Zeroizing<Vec<u8>>> {
    let deadline = Instant::now() + limit;
    let mut reader = BufReader::new(stream.take(SIZE_LIMIT));
    let mut line = zeroize::Zeroizing::new(Vec::new());
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let bytes = reader.fill_buf()?;
        let (end, length) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) => (true, at + 1),
            None => (bytes.is_empty(), bytes.len()),
        };
        line.extend_from_slice(&bytes[..length]);
        reader.consume(length);
        if end {
            return Ok(line);
        }
    }
}

/// What somebody else than [`ask`] can do.
#[cfg(test)]
pub mod stranger {
    use std::io;
    use std::os::unix::net::UnixStream;
    use std::path::Path;

    pub fn connect(folder: &Path) -> io::Result<UnixStream> {
        UnixStream::connect(folder.join(super::NAME))
    }

    pub fn end_of_writing(client: &UnixStream) {
        // The listener may have hung up already.
        let _ = client.shutdown(std::net::Shutdown::Write);
    }
}
