//! The whole journey on one machine: arguments and wiring only.

use std::process::ExitCode;

use clap::Parser;
use mailshift::demo::command::{self, Arguments};

fn main() -> ExitCode {
    match command::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mailshift-demo: {error}");
            ExitCode::FAILURE
        }
    }
}
