//! `discover`: which mail servers a domain has, and who says so.

use std::io::Write;

use crate::account::Server;
use crate::server::cli::Failure;
use crate::server::discovery::{self, Found, Network, Outcome, Part};
use crate::server::http::error::Refusal;

pub async fn run(domain: &str, json: bool, out: &mut impl Write) -> Result<(), Failure> {
    let found = discovery::find(&Network::system()?, domain).await?;
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string_pretty(&found).map_err(Refusal::from)?)?);
    }
    show(&found, out)
}

fn show(found: &Found, out: &mut impl Write) -> Result<(), Failure> {
    match &found.account {
        Some(account) => {
            show_part(found, Part::Incoming, "incoming", &server(&account.incoming), out)?;
            show_part(found, Part::Outgoing, "outgoing", &server(&account.outgoing), out)?;
        }
        None => writeln!(out, "no complete account was found for {}", found.domain)?,
    }
    if found.exchange {
        show_part(found, Part::Exchange, "exchange", "found by the address alone", out)?;
    }
    writeln!(out, "\nasked, best first:")?;
    for source in &found.sources {
        let outcome = match &source.outcome {
            Outcome::Found => "found".into(),
            Outcome::Led(hosts) => hosts.join(", "),
            Outcome::Nothing => "nothing there".into(),
            Outcome::Failed(trouble) => trouble.to_string(),
        };
        writeln!(out, "  {}: {outcome}", source.place)?;
    }
    Ok(())
}

fn show_part(found: &Found, part: Part, name: &str, value: &str, out: &mut impl Write) -> Result<(), Failure> {
    let place = found.origin(part).map_or("", |source| &source.place);
    Ok(writeln!(out, "{name}  {value}\n          from {place}")?)
}

fn server(server: &Server) -> String {
    let (protocol, security) = (server.protocol.name(), server.security.name());
    format!("{protocol} {}:{} {security} as {}", server.host, server.port, server.username)
}
