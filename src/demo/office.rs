//! The operator's side: a Mailshift server with its database, and its command line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Error;
use super::screen::wait;

/// Longest wait for the server to answer after its start.
const START_LIMIT: Duration = Duration::from_secs(20);
/// The project of the demo and of the journeys.
pub const PROJECT: &str = "Example Ltd";

/// A Mailshift server and its operator. Ended when dropped.
#[derive(Debug)]
pub struct Office {
    program: PathBuf,
    folder: PathBuf,
    /// Where the server listens; kept over restarts.
    address: Option<String>,
    process: Option<Child>,
}

impl Office {
    /// `folder` takes the database and the log.
    pub fn new(program: &Path, folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let office = Self { program: program.to_owned(), folder: folder.to_owned(), address: None, process: None };
        office.run(&["init"])?;
        Ok(office)
    }

    /// Runs the operator's command line and returns what it printed.
    pub fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        let output = self.command().args(arguments).stdin(Stdio::null()).output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        Err(Error::Operator { command: arguments.join(" "), said: text(&output.stderr) })
    }

    /// Writes a file for the operator and returns its path.
    pub fn file(&self, name: &str, contents: &str) -> io::Result<String> {
        let path = self.folder.join(name);
        std::fs::write(&path, contents)?;
        Ok(path.display().to_string())
    }

    /// Starts the server, on the same port as the last time, and waits until it answers.
    pub fn open(&mut self) -> Result<(), Error> {
        let listen = self.address.clone().unwrap_or_else(|| "127.0.0.1:0".into());
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut child =
            self.command().args(["serve", "--listen", &listen]).stdout(Stdio::piped()).stderr(log).spawn()?;
        let output = child.stdout.take();
        self.process = Some(child);
        let (sender, said) = std::sync::mpsc::channel();
        let mut copy = File::options().append(true).open(self.log())?;
        std::thread::spawn(move || {
            for line in output.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                let _ = writeln!(copy, "{line}");
                if let Some((_, url)) = line.split_once("http://") {
                    let _ = sender.send(url.trim().to_owned());
                }
            }
        });
        let address = said.recv_timeout(START_LIMIT).map_err(|_| Error::late("the Mailshift server to listen"))?;
        self.address = Some(address.split(['/', ' ']).next().unwrap_or_default().to_owned());
        Ok(())
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Address for the agents.
    pub fn url(&self) -> String {
        format!("http://{}", self.address.as_deref().unwrap_or("127.0.0.1:9"))
    }

    /// Everything about one person, as `status --json` says it.
    pub fn status(&self, address: &str) -> Result<serde_json::Value, Error> {
        let text = self.run(&["status", PROJECT, "--json"])?;
        let all: serde_json::Value = serde_json::from_str(&text).map_err(|_| Error::late("a status in JSON"))?;
        let people = all["users"].as_array().cloned().unwrap_or_default();
        people
            .into_iter()
            .find(|person| person["address"] == address)
            .ok_or_else(|| Error::late(&format!("{address} in the status")))
    }

    /// Waits until the server has a person in this stage.
    pub fn wait_for_stage(&self, address: &str, stage: &str, limit: Duration) -> Result<serde_json::Value, Error> {
        let found = wait(&format!("{address} to be {stage}"), limit, || {
            self.status(address).ok().filter(|person| person["stage"] == stage)
        });
        Ok(found?)
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--database").arg(self.folder.join("mailshift.db"));
        command
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.kill();
    }
}
