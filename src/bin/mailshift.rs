//! The agent: arguments and wiring only.

use std::process::ExitCode;

use clap::Parser;
use mailshift::agent::command::{self, Arguments};
use mailshift::mail;

fn main() -> ExitCode {
    // The agent's own short-lived children: their job and the secrets in it come on standard input.
    let first = std::env::args_os().nth(1);
    if first.as_deref().is_some_and(|first| first == mail::NSS_CHILD_ARGUMENT) {
        return mail::nss_child_main();
    }
    if first.as_deref().is_some_and(|first| first == mail::MAPI_CHILD_ARGUMENT) {
        return mail::mapi_child_main();
    }
    match command::run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mailshift: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
