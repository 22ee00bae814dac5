//! `serve`: answers the agents until it is told to stop.

use std::io::Write;
use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::server::{self, Db, Settings, operators};

/// Variable with what is logged, for instance `debug` or `mailshift=debug,info`.
const LOG: &str = "MAILSHIFT_LOG";

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8443", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// A proxy in front speaks HTTPS to the agents and sets X-Forwarded-For.
    #[arg(long)]
    behind_tls_proxy: bool,
}

pub async fn run(database: &str, serve: Serve, out: &mut impl Write) -> Result<(), Failure> {
    if !serve.listen.ip().is_loopback() && !serve.behind_tls_proxy {
        return Err(Failure::PlainHttp(serve.listen));
    }
    let filter = EnvFilter::try_from_env(LOG).unwrap_or_else(|_| EnvFilter::new("info"));
    // An embedding program may have its own log already.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    let db = Db::open(database).await?;
    let address = serve.listen;
    let listening = |source| Failure::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listening)?;
    let local = listener.local_addr().map_err(listening)?;
    let mut told = format!("listening on http://{local}\n");
    if let Some(token) = server::first_link(&db).await? {
        let hours = operators::link::LIFE.as_secs() / 3600;
        let link = format!("http://{local}/first/{}", token.reveal());
        told += &format!("create the first administrator (once, within {hours} hours): {link}\n");
    }
    // In one piece: whoever waits for the first line may not read on.
    out.write_all(told.as_bytes())?;
    out.flush()?;
    tracing::info!(%address, database = db.name(), "serving");
    let settings =
        Settings { behind_proxy: serve.behind_tls_proxy, https: serve.behind_tls_proxy, ..Settings::default() };
    server::serve(listener, db, settings, stopped()).await.map_err(Failure::Serve)
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
