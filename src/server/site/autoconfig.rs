//! Mozilla autoconfig for the projects' domains: any mail program finds the settings at
//! `https://autoconfig.<domain>/mail/config-v1.1.xml`, when that name leads to this server.
//!
//! The answer depends on the domain alone, so nobody learns who has a mailbox. Format and places:
//! draft-ietf-mailmaint-autoconfig.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use axum::routing::get;
use quick_xml::escape::escape;
use serde::Deserialize;
use sqlx::{AnyPool, Row};

use crate::account::{Account, Authentication, Protocol, Security, Server};
use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::http::limiter::{self, Allowance};
use crate::server::projects::Project;
use crate::server::{Service, db, discovery, projects};

/// What one peer may ask; a whole organisation may be behind it.
pub const ALLOWANCE: Allowance = Allowance { burst: 100, refill: Duration::from_millis(200) };

pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/mail/config-v1.1.xml", get(show))
        .route("/.well-known/autoconfig/mail/config-v1.1.xml", get(show))
}

#[derive(Deserialize)]
struct Asked {
    emailaddress: Option<String>,
}

async fn show(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    asked: Result<Query<Asked>, QueryRejection>,
    parts: Parts,
) -> Result<([(HeaderName, &'static str); 2], String), Refusal> {
    let Ok(Query(asked)) = asked else { return Err(Refusal::malformed("emailaddress is one mail address")) };
    let busy = |retry_after| Refusal::busy(retry_after);
    service.lookups.take(limiter::network(peer), Instant::now()).map_err(busy)?;
    let domain = domain(asked.emailaddress.as_deref(), &parts).ok_or_else(Refusal::no_such_resource)?;
    let account = account_of(service.db.pool(), &domain).await?.ok_or_else(Refusal::no_such_resource)?;
    let headers = [(header::CONTENT_TYPE, "text/xml; charset=utf-8"), (header::CACHE_CONTROL, "max-age=300")];
    Ok((headers, config(&domain, &account)))
}

/// The address's domain, or that of the host that was asked, as DNS has it.
fn domain(address: Option<&str>, parts: &Parts) -> Option<String> {
    if let Some((_, domain)) = address.and_then(|address| address.rsplit_once('@')) {
        return discovery::canonical(domain);
    }
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).or_else(|| parts.uri.host())?;
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    discovery::canonical(host.strip_prefix("autoconfig.").unwrap_or(&host))
}

/// The account of the newest project that moves mail to this domain.
async fn account_of(pool: &AnyPool, domain: &str) -> Result<Option<Account>, Refusal> {
    // As DNS has it, and as people write it. A domain has no wildcards of LIKE in it.
    let (written, _) = idna::domain_to_unicode(domain);
    let rows = sqlx::query(
        "SELECT p.id, (SELECT COUNT(*) FROM project_user o WHERE o.project_id = p.id
             AND (o.old_key LIKE $1 OR o.old_key LIKE $2)) AS leaving,
             (SELECT MIN(w.cutover_at) FROM wave w WHERE w.project_id = p.id) AS first_wave
         FROM project p WHERE EXISTS (SELECT 1 FROM project_user u WHERE u.project_id = p.id
             AND (u.new_key LIKE $1 OR u.new_key LIKE $2)) ORDER BY p.created_at DESC, p.id DESC",
    )
    .bind(format!("%@{domain}"))
    .bind(format!("%@{written}"))
    .fetch_all(pool)
    .await?;
    for row in rows {
        let project = projects::find(pool, row.try_get("id")?).await?;
        let stays = row.try_get::<i64, _>("leaving")? == 0;
        if (stays || has_moved(&project, row.try_get("first_wave")?)) && project.settings.account.is_some() {
            return Ok(project.settings.account);
        }
    }
    Ok(None)
}

/// Until the cutover, people who keep their addresses still have their mail on the old servers.
fn has_moved(project: &Project, first_wave: Option<i64>) -> bool {
    let cutovers = [project.cutover.map(|cutover| cutover.at), first_wave.map(db::time)];
    cutovers.into_iter().flatten().any(|at| at <= db::now())
}

/// `domain` as DNS has it: Thunderbird discards a file with another letter in it than the ASCII ones.
fn config(domain: &str, account: &Account) -> String {
    let domain = escape(domain);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <clientConfig version=\"1.1\">\n  <emailProvider id=\"{domain}\">\n    <domain>{domain}</domain>\n    \
         <displayName>{domain}</displayName>\n    <displayShortName>{domain}</displayShortName>\n{}{}  \
         </emailProvider>\n</clientConfig>\n",
        server("incomingServer", &account.incoming, &domain),
        server("outgoingServer", &account.outgoing, &domain),
    )
}

/// Host names are filled in: not every mail program knows placeholders there, and none as DNS needs them.
fn server(element: &str, server: &Server, domain: &str) -> String {
    let kind = match server.protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop3",
        Protocol::Smtp => "smtp",
    };
    let security = match server.security {
        Security::Tls => "SSL",
        Security::StartTls => "STARTTLS",
    };
    let authentication = match server.authentication {
        Authentication::Password => "password-cleartext",
        Authentication::OAuth2 => "OAuth2",
    };
    format!(
        "    <{element} type=\"{kind}\">\n      <hostname>{}</hostname>\n      <port>{}</port>\n      \
         <socketType>{security}</socketType>\n      <username>{}</username>\n      \
         <authentication>{authentication}</authentication>\n    </{element}>\n",
        escape(&*server.host.replace("%EMAILDOMAIN%", domain)),
        server.port,
        escape(&*server.username),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(protocol: Protocol, security: Security, authentication: Authentication) -> Server {
        let (host, username) = ("m.%EMAILDOMAIN%".into(), "%EMAILLOCALPART%&\"<x>".into());
        Server { protocol, host, port: 1143, security, authentication, username }
    }

    #[test]
    fn our_own_reader_reads_what_was_written() {
        for protocol in [Protocol::Imap, Protocol::Pop3] {
            for security in [Security::Tls, Security::StartTls] {
                for authentication in [Authentication::Password, Authentication::OAuth2] {
                    let account = Account {
                        incoming: sample(protocol, security, authentication),
                        outgoing: sample(Protocol::Smtp, security, authentication),
                        certificate_authority: None,
                        exchange: None,
                    };
                    let read = discovery::read(&config("new.example", &account)).expect("a config");
                    let filled_in = |server: &Server| Server { host: "m.new.example".into(), ..server.clone() };
                    assert_eq!(read.incoming, Some(filled_in(&account.incoming)));
                    assert_eq!(read.outgoing, Some(filled_in(&account.outgoing)));
                }
            }
        }
    }
}
