//! A server as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::World;

/// It is ended, by its own handle, when the test ends.
pub struct Process {
    pub child: Child,
    pub url: String,
}

impl Process {
    /// On a free port; its log is appended to the file `log` in the world's folder.
    pub fn start(world: &World, arguments: &[&str]) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(world.folder.path().join("log"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_mailshift-server"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("MAILSHIFT_DATABASE", world.database())
            .env("MAILSHIFT_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(log.expect("a file"))
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").expect(&line).to_owned();
        Self { child, url }
    }

    /// Ends it without asking (SIGKILL on Unix).
    pub fn kill(mut self) {
        self.child.kill().expect("it is running");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
