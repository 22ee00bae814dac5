//! Arguments and wiring of the server and of the operator's commands.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use mailshift::server::cli::{self, Arguments};

/// Exit status: 0 done, 1 failed, 2 wrong usage (from the argument parser).
#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Every TLS connection of this process uses ring; nobody else has installed a provider before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Box::pin(cli::run(arguments, &mut std::io::stdout())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nowhere is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "mailshift-server: {failure}");
            ExitCode::FAILURE
        }
    }
}
