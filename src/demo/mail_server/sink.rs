//! Takes mail by SMTP (RFC 5321) and puts it into the mailboxes.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{Mailbox, NEW_ADDRESS, OLD_ADDRESS};

/// A listening SMTP server. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Sink {
    pub port: u16,
    task: JoinHandle<()>,
}

impl Sink {
    pub async fn start(folder: PathBuf) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let folder = folder.clone();
                tokio::spawn(async move {
                    if let Err(error) = talk(stream, &folder).await {
                        tracing::debug!(%error, "an SMTP client went away");
                    }
                });
            }
        });
        Ok(Self { port, task })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(stream: TcpStream, folder: &Path) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut recipients: Vec<String> = Vec::new();
    stream.write_all(b"220 localhost ESMTP\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().trim().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                recipients.push(address.to_ascii_lowercase());
                b"250 OK\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let message = message(&mut stream).await?;
                deliver(folder, &recipients, &message)?;
                recipients.clear();
                b"250 OK\r\n"
            }
            "RSET" => {
                recipients.clear();
                b"250 OK\r\n"
            }
            "HELO" | "MAIL" | "NOOP" => b"250 OK\r\n",
            "QUIT" => {
                return stream.write_all(b"221 bye\r\n").await;
            }
            _ => b"502 unknown\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// Lines up to the single dot, doubled dots undone.
async fn message(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut message = String::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "." {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(line));
        message.push_str("\r\n");
    }
}

fn deliver(folder: &Path, recipients: &[String], message: &str) -> io::Result<()> {
    let new = recipients.iter().any(|address| address == NEW_ADDRESS);
    let old = recipients.iter().any(|address| address != NEW_ADDRESS);
    if old {
        Mailbox::of(folder, OLD_ADDRESS).deliver(message)?;
    }
    if new {
        Mailbox::of(folder, NEW_ADDRESS).deliver(message)?;
    }
    Ok(())
}
