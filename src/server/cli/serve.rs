//! `serve`: answers the agents until it is told to stop.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::server::cli::Failure;
use crate::server::cli::database::told;
use crate::server::cli::lines::Lines;
use crate::server::db::Migrated;
use crate::server::http::open_files;
use crate::server::{self, Certificate, Db, Files, SecretSource, Settings, operators};

/// Variable with what is logged, for instance `debug` or `mailshift=debug,info`.
const LOG: &str = "MAILSHIFT_LOG";

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8443", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Make the database when there is none; for trials. Without it, a mistyped path is refused.
    #[arg(long)]
    create: bool,
    /// A proxy in front speaks HTTPS to the agents and sets X-Forwarded-For. It is believed from this computer, and from
    /// where --proxy says.
    #[arg(long)]
    behind_tls_proxy: bool,
    /// Where the proxy is when it is not on this computer; can be given several times.
    #[arg(long, value_name = "ADDRESS", requires = "behind_tls_proxy")]
    proxy: Vec<IpAddr>,
    /// Where the link that makes the first administrator is written, for its owner alone, instead of standard output: that
    /// ends in a log that others may read.
    #[arg(long, value_name = "PATH")]
    first_link_file: Option<PathBuf>,
    /// The server's own certificate with its chain, PEM. Changes of the file are noticed within a minute, or at SIGHUP.
    #[arg(long, value_name = "PATH", requires = "tls_key", conflicts_with = "behind_tls_proxy")]
    tls_certificate: Option<PathBuf>,
    /// The private key of the certificate, PEM.
    #[arg(long, value_name = "PATH", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// A file with the token that reads /metrics from elsewhere than this computer.
    #[arg(long, value_name = "PATH")]
    metrics_token_file: Option<PathBuf>,
    /// How the log is written.
    #[arg(long, value_enum, default_value_t = Log::Text)]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Log {
    /// Lines for people.
    Text,
    /// One JSON object in each line.
    Json,
}

/// Files that are open besides connections, at most: the database, the log, mail.
const OTHER_FILES: usize = 256;

pub async fn run(
    database: &str,
    installers: Option<PathBuf>,
    serve: Serve,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Serve { listen, create, behind_tls_proxy, proxy, first_link_file, .. } = serve;
    let Serve { tls_certificate, tls_key, metrics_token_file, log, .. } = serve;
    let certificate = match tls_certificate.zip(tls_key) {
        Some((certificate, key)) => Some(Arc::new(Certificate::read(Files { certificate, key }).await?)),
        None => None,
    };
    if !listen.ip().is_loopback() && !behind_tls_proxy && certificate.is_none() {
        return Err(Failure::PlainHttp(listen));
    }
    start_log(log);
    if behind_tls_proxy && proxy.is_empty() && !listen.ip().is_loopback() {
        tracing::warn!("--behind-tls-proxy without --proxy: X-Forwarded-For is believed from this computer only");
    }
    let mut settings = Settings { behind_proxy: behind_tls_proxy, certificate, installers, ..Settings::default() };
    settings.proxies = proxy.into_iter().map(|address| address.to_canonical()).collect();
    settings.metrics_token = metrics_token_file.map(SecretSource::File);
    let open_files = open_files::raise();
    if let Some(limit) = open_files.and_then(|limit| usize::try_from(limit).ok()) {
        settings.connections = settings.connections.min(limit.saturating_sub(OTHER_FILES).max(1));
    }
    if create {
        Db::create(database).await?.0.close().await;
    }
    let (db, migrated) = Db::open_to_serve(database).await?;
    if migrated != Migrated::Nothing {
        tracing::warn!(database = db.name(), "{}", told(&migrated));
    }
    let listening = |source| Failure::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(listening)?;
    let scheme = if settings.certificate.is_some() { "https" } else { "http" };
    let local = listener.local_addr().map_err(listening)?;
    let mut told = Vec::new();
    writeln!(told, "listening on {scheme}://{local}")?;
    if let Some(token) = server::first_link(&db).await? {
        let hours = operators::link::LIFE.as_secs() / 3600;
        let link = format!("{scheme}://{local}/first/{}", token.reveal());
        let lead = format!("create the first administrator (once, within {hours} hours)");
        if let Some(path) = first_link_file {
            let unwritten = |source| Failure::File { path: path.clone(), source };
            write_alone(&path, &link).map_err(unwritten)?;
            writeln!(told, "{lead}: the link is in {}", path.display())?;
        } else {
            writeln!(told, "{lead}: {link}")?;
            writeln!(told, "whoever reads this output can use the link; --first-link-file PATH writes it elsewhere")?;
        }
    }
    // In one piece: whoever waits for the first line may not read on.
    out.write_all(&told)?;
    out.flush()?;
    let connections = settings.connections;
    tracing::info!(address = %listen, database = db.name(), open_files, connections, "serving");
    server::serve(listener, db, settings, stopped()).await.map_err(Failure::Serve)
}

/// Writes a line into a new file that only its owner may read.
fn write_alone(path: &Path, line: &str) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{line}")
}

fn start_log(form: Log) {
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Lines(std::io::stderr()));
    // An embedding program may have its own log already.
    let _ = match form {
        Log::Text => log.try_init(),
        Log::Json => log.json().try_init(),
    };
}

/// Ready when the operating system asks the program to end.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    if interrupted.await.is_err() {
        // Without a way to be asked, the program runs until it is ended.
        std::future::pending::<()>().await;
    }
}
