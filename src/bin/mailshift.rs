//! The agent: arguments and wiring only.

use std::process::ExitCode;

use clap::Parser;
use mailshift::agent::command::{self, Arguments};
use mailshift::mail;

fn main() -> ExitCode {
    // The agent's own short-lived child: its job and the secrets in it come on standard input.
    if std::env::args_os().nth(1).is_some_and(|first| first == mail::NSS_CHILD_ARGUMENT) {
        return mail::nss_child_main();
    }
    match command::run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mailshift: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
