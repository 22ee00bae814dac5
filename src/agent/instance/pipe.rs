//! A named pipe that only this login can reach; one JSON line each way.
//!
//! The name is drawn anew for each agent and kept in a file of the agent's own folder. So nobody else can listen under it
//! first, and who may read the folder decides who finds the pipe. The default access list of a pipe lets its owner,
//! administrators and the system write to it, and everybody else only read
//! (<https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights>): nobody else can ask, and
//! without a question there is nothing to read.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, thread};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Ack, Request};
use crate::os::files;

/// The file that holds the pipe's name.
const NAME: &str = "agent.pipe";
/// Longest request or answer, in bytes.
const SIZE_LIMIT: u64 = 4096;
/// Longest a client may take from connecting to its line's end.
const CLIENT_LIMIT: Duration = Duration::from_secs(2);
/// Pause between tries to reach an agent that is just starting.
const RETRY: Duration = Duration::from_millis(50);

/// Answers clients on a thread of its own until it is dropped.
#[derive(Debug)]
pub struct Listener {
    file: PathBuf,
    pipe: String,
    _end: oneshot::Sender<()>,
}

impl Listener {
    /// Only for the holder of the lock: a name that is already there is a dead process's.
    pub fn start(folder: &Path, answer: impl Fn(Request) -> Ack + Send + Sync + 'static) -> io::Result<Self> {
        let pipe = format!(r"\\.\pipe\mailshift-{}", Uuid::new_v4());
        let (end, ended) = oneshot::channel();
        let (ready, first) = std::sync::mpsc::sync_channel(1);
        let name = pipe.clone();
        thread::Builder::new().name("requests".into()).spawn(move || {
            let runtime = match runtime() {
                Ok(runtime) => runtime,
                Err(error) => return ready.send(Err(error)).unwrap_or_default(),
            };
            runtime.block_on(async move {
                match instance(&name, true) {
                    Ok(server) => {
                        let _ = ready.send(Ok(()));
                        tokio::select! {
                            () = listen(&name, server, std::sync::Arc::new(answer)) => {}
                            // The sender is never used: it goes with the listener.
                            _ = ended => {}
                        }
                    }
                    Err(error) => ready.send(Err(error)).unwrap_or_default(),
                }
            });
        })?;
        first.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))?;
        let file = folder.join(NAME);
        files::atomic_write(&file, pipe.as_bytes(), files::PRIVATE)?;
        Ok(Self { file, pipe, _end: end })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A later agent may have put its own name in the same place.
        if fs::read_to_string(&self.file).is_ok_and(|there| there == self.pipe) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// One end for one client, of this computer only.
fn instance(name: &str, first: bool) -> io::Result<NamedPipeServer> {
    ServerOptions::new().first_pipe_instance(first).reject_remote_clients(true).create(name)
}

async fn listen(
    name: &str,
    mut server: NamedPipeServer,
    answer: std::sync::Arc<impl Fn(Request) -> Ack + Send + Sync + 'static>,
) {
    loop {
        let connected = server.connect().await;
        // The next client finds a free end at once, whatever this one does.
        let next = loop {
            match instance(name, false) {
                Ok(next) => break next,
                // Too many clients at once, most likely: do not spin.
                Err(_) => sleep(RETRY).await,
            }
        };
        let client = std::mem::replace(&mut server, next);
        if connected.is_ok() {
            let answer = std::sync::Arc::clone(&answer);
            tokio::spawn(async move { serve(client, answer.as_ref()).await });
        }
    }
}

async fn serve(mut client: NamedPipeServer, answer: &impl Fn(Request) -> Ack) {
    let served = async {
        let line = limited(CLIENT_LIMIT, read_line(&mut client)).await?;
        let request = serde_json::from_slice(&line)?;
        write_line(&mut client, &answer(request)).await?;
        // Closing our end first would take away what the client has not read yet.
        let _ = limited(CLIENT_LIMIT, client.read(&mut [0])).await;
        Ok::<_, io::Error>(())
    };
    if let Err(error) = served.await {
        // Never the line itself: it may hold a code.
        tracing::info!(kind = %error.kind(), "a request that is none");
    }
}

/// Asks the agent that listens in `folder`, trying again until `limit` while it does not listen yet.
pub fn ask(folder: &Path, request: &Request, limit: Duration) -> io::Result<Ack> {
    runtime()?.block_on(async {
        let began = Instant::now();
        let deadline = began + limit;
        let mut stream = loop {
            match connect(folder) {
                Ok(stream) => break stream,
                // There is an agent, and it makes the next end just now.
                Err(error) if is_busy(&error) && began.elapsed() < CLIENT_LIMIT.max(limit) => sleep(RETRY).await,
                Err(error) if Instant::now() >= deadline => return Err(error),
                Err(_) => sleep(RETRY).await,
            }
        };
        write_line(&mut stream, request).await?;
        let left = deadline.saturating_duration_since(Instant::now()).max(CLIENT_LIMIT);
        Ok(serde_json::from_slice(&limited(left, read_line(&mut stream)).await?)?)
    })
}

fn connect(folder: &Path) -> io::Result<NamedPipeClient> {
    let name = fs::read_to_string(folder.join(NAME))?;
    ClientOptions::new().open(name)
}

/// `ERROR_PIPE_BUSY` of winerror.h: every end has its client.
fn is_busy(error: &io::Error) -> bool {
    error.raw_os_error() == Some(231)
}

async fn limited<T>(limit: Duration, call: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(limit, call).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn write_line(stream: &mut (impl AsyncWriteExt + Unpin), value: &impl serde::Serialize) -> io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    limited(CLIENT_LIMIT, stream.write_all(&line)).await
}

/// One line; the other end closing it ends the line as well.
async fn read_line(stream: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut stream = stream.take(SIZE_LIMIT);
    let mut line = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 512]);
    loop {
        let length = stream.read(part.as_mut()).await?;
        let bytes = &part[..length];
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                line.extend_from_slice(&bytes[..=at]);
                return Ok(line);
            }
            None if length == 0 => return Ok(line),
            None => line.extend_from_slice(bytes),
        }
    }
}

/// What somebody else than [`ask`] can do.
#[cfg(test)]
pub mod stranger {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::Path;
    use std::thread;
    use std::time::Instant;

    pub fn connect(folder: &Path) -> io::Result<File> {
        let name = fs::read_to_string(folder.join(super::NAME))?;
        let began = Instant::now();
        loop {
            match OpenOptions::new().read(true).write(true).open(&name) {
                Err(error) if super::is_busy(&error) && began.elapsed() < super::CLIENT_LIMIT => thread::yield_now(),
                other => return other,
            }
        }
    }

    /// A pipe has no end of its own for each direction: the listener waits for more until its limit.
    pub fn end_of_writing(_client: &File) {}
}
