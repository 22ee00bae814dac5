//! The real program, started as an operator starts it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::server_support::{LIMIT, World};

/// A certificate for `localhost` and its key, PEM.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

pub fn free_certificate() -> Pair {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    Pair { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() }
}

pub struct Program {
    /// Without a server of its own.
    pub world: World,
    pub url: String,
    running: Option<Child>,
    log: Arc<Mutex<String>>,
}

impl Program {
    pub fn new() -> Self {
        Self { world: World::empty(), url: String::new(), running: None, log: Arc::default() }
    }

    /// Puts a certificate into the place where the server looks for it.
    pub fn put(&self, pair: &Pair) -> (String, String) {
        (self.world.file("certificate.pem", &pair.certificate), self.world.file("key.pem", &pair.key))
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        self.world.done(arguments)
    }

    pub fn start(&mut self, options: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailshift-server"));
        command.arg("--database").arg(self.world.database());
        self.run(command, options);
    }

    /// With a limit on open files.
    pub fn start_with_files(&mut self, limit: u32, options: &[&str]) {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {limit} && exec \"$@\""), "sh"]);
        command.arg(env!("CARGO_BIN_EXE_mailshift-server")).arg("--database").arg(self.world.database());
        self.run(command, options);
    }

    fn run(&mut self, mut command: Command, options: &[&str]) {
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let (errors, log) = (child.stderr.take().expect("a pipe"), Arc::clone(&self.log));
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let mut log = log.lock().expect("no panic");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let line = lines.next().expect("a line").expect("text");
        line.strip_prefix("listening on ").expect("an address").clone_into(&mut self.url);
        self.running = Some(child);
    }

    fn signal(&self, name: &str) {
        let id = self.running.as_ref().expect("a running program").id();
        let sent = Command::new("kill").args([name, &id.to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    /// Whether the log says something in time.
    pub fn logs(&self, text: &str) -> bool {
        let start = Instant::now();
        while !self.log.lock().expect("no panic").contains(text) {
            if start.elapsed() > LIMIT {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Ends the program as the operating system does; what it has logged.
    pub fn stop(&mut self) -> String {
        self.signal("-TERM");
        let status = self.running.take().expect("a running program").wait().expect("an end");
        let log = self.log.lock().expect("no panic").clone();
        assert!(status.success(), "{status} {log}");
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // It may have ended already.
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}
