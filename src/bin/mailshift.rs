//! The agent: arguments and wiring only.

// On Windows a program for the desktop: no console window comes up with it.
#![windows_subsystem = "windows"]

use std::process::ExitCode;

use mailshift::agent::command::{self, Arguments};
use mailshift::mail;
use mailshift::os::{self, guard, terminal};

fn main() -> ExitCode {
    guard::not_from_the_current_folder();
    // The agent's own short-lived children: their job and the secrets in it come on standard input.
    let first = std::env::args_os().nth(1);
    if first.as_deref().is_some_and(|first| first == mail::NSS_CHILD_ARGUMENT) {
        os::harden();
        return mail::nss_child_main();
    }
    if first.as_deref().is_some_and(|first| first == mail::MAPI_CHILD_ARGUMENT) {
        os::harden();
        return mail::mapi_child_main();
    }
    guard::load_from_the_system_only();
    terminal::attach();
    let arguments = Arguments::of_this_process();
    let somebody_is_there = !arguments.is_quiet();
    match command::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&error.to_string(), somebody_is_there);
            ExitCode::from(error.exit_code())
        }
    }
}
