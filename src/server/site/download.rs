//! `/download/mailshift_<code>_<server>.msi` and its like: the installer of that kind under that name; and
//! `/download?system=windows&type=msi&code=<code>`, which leads there.
//!
//! Of a code only the form is looked at, so nobody learns here whether there is such a project. A server is named in a
//! file's name only if it is this one: nobody makes a link to here that gets people to install something that asks
//! somebody else.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http_body_util::BodyExt;
use serde::Deserialize;
use tower_http::services::ServeFile;
use tower_http::services::fs::ServeFileSystemResponseBody;

use crate::code::ActivationCode;
use crate::installer_name::{InstallerName, Kind, Stem};
use crate::server::http::error::Refusal;
use crate::server::http::extract::Peer;
use crate::server::http::limiter;
use crate::server::installers::link::{self, PATH};
use crate::server::installers::pace::paced;
use crate::server::installers::system::System;
use crate::server::site::installer_choice::{self, Visitor};
use crate::server::site::person::only_project;
use crate::server::{Service, projects};

/// Bytes that are read from a file at once. A download that waits for its peer keeps two such pieces, and what the
/// connection has in its own buffers.
const PIECE: usize = 64 * 1024;
/// When somebody comes again who found all places taken.
const RETRY: Duration = Duration::from_secs(30);

pub fn routes() -> Router<Arc<Service>> {
    Router::new().route(PATH, get(choose)).route("/download/{name}", get(send))
}

/// The file. Conditions and parts are answered as well (RFC 9110 sections 13 and 14), so that a download that broke off
/// can go on.
async fn send(
    State(service): State<Arc<Service>>,
    Peer(peer): Peer,
    name: Result<Path<String>, PathRejection>,
    parts: Parts,
) -> Result<Response, Refusal> {
    // All that come through a proxy are its connections; it can count them itself.
    let own = if service.settings.behind_proxy { None } else { Some(peer) };
    let own = own
        .map(|peer| service.limits.downloads_by_peer.take(limiter::network(peer)).ok_or(Refusal::busy(RETRY)))
        .transpose()?;
    let places = Arc::clone(&service.limits.downloads);
    let place = places.try_acquire_owned().map_err(|_| Refusal::busy(RETRY))?;
    let name = name.ok().and_then(|Path(name)| InstallerName::parse(&name));
    let Some((name, file)) = file(&service, name).await? else { return nothing(&service, &parts.headers).await };
    let answer = read(&file, parts.clone()).await.map_err(Refusal::unhandled)?;
    if answer.status().as_u16() == 404 {
        return nothing(&service, &parts.headers).await;
    }
    let mut response = answer.map(|body| paced(body.into_data_stream(), (place, own), service.settings.stall));
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(name.kind.media_type()));
    }
    // A name that was read has letters, digits, dots, hyphens and underscores only (RFC 6266 section 4.3).
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", name.text())) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // May be kept, but is asked for each time: a newer one may be there.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// The file that lies in the folder for a name. The name only chooses its kind: no part of it gets into a path.
async fn file(service: &Service, name: Option<InstallerName>) -> Result<Option<(InstallerName, PathBuf)>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    if let Some(server) = name.stem.as_ref().and_then(|stem| stem.server.as_ref())
        && !own_servers(service).await?.iter().any(|own| own.eq_ignore_ascii_case(server))
    {
        return Ok(None);
    }
    Ok(service.installers.path(name.kind).await.map(|path| (name, path)))
}

/// How people reach this server: the public addresses of its projects.
async fn own_servers(service: &Service) -> Result<Vec<String>, Refusal> {
    let projects = projects::all(service.db.pool()).await?;
    let addresses = projects.into_iter().filter_map(|project| project.settings.public_url);
    Ok(addresses.map(|address| address.trim_end_matches('/').to_owned()).collect())
}

async fn read(file: &PathBuf, mut parts: Parts) -> io::Result<axum::http::Response<ServeFileSystemResponseBody>> {
    let serve = || ServeFile::new(file).with_buf_chunk_size(PIECE).ignore_multi_range_requests(true);
    let answer = serve().try_call(Request::from_parts(parts.clone(), ())).await?;
    // A part of another file than the one that was begun is of no use: then all of it (RFC 9110 section 13.1.5).
    let begun = parts.headers.remove(header::IF_RANGE);
    if begun.is_some_and(|tag| answer.headers().get(header::ETAG) != Some(&tag))
        && parts.headers.remove(header::RANGE).is_some()
    {
        return serve().try_call(Request::from_parts(parts, ())).await;
    }
    Ok(answer)
}

/// What is asked for; each may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `windows`, `linux`, `macos`; else the visitor's own.
    system: String,
    /// `msi`, `deb` and so on; else the preferred one of the system.
    r#type: String,
    /// Activation code of a project.
    code: String,
}

/// Leads to the installer, or shows what there is to choose from when it is not clear which one.
async fn choose(
    State(service): State<Arc<Service>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Ok(Query(asked)) = asked else { return nothing(&service, &headers).await };
    let code = match asked.code.as_str() {
        "" => None,
        code => match ActivationCode::parse(code) {
            Some(code) => Some(code),
            None => return nothing(&service, &headers).await,
        },
    };
    let server = own_server(&service, &headers).await?;
    let name = |kind| InstallerName { kind, stem: code.clone().map(|code| Stem { code, server: server.clone() }) };
    let visitor = Visitor::of(&headers);
    let installers = service.installers.all().await;
    let system = if asked.system.is_empty() { None } else { Some(System::of_settings(&asked.system)) };
    let fits = |kind: Kind| {
        let type_fits = asked.r#type.is_empty() || Kind::of_id(&asked.r#type) == Some(kind);
        type_fits && system.is_none_or(|system| system == Some(System::of(kind)))
    };
    let mut fitting = installers.iter().map(|installer| installer.kind).filter(|kind| fits(*kind));
    let is_said = system.is_some() || !asked.r#type.is_empty();
    let found = if is_said { fitting.next() } else { fitting.find(|kind| visitor.system == Some(System::of(*kind))) };
    let mut response = match found {
        Some(kind) => Redirect::temporary(&link::path(&name(kind))).into_response(),
        None if is_said || installers.is_empty() => return nothing(&service, &headers).await,
        None => {
            let offers =
                installer_choice::offers(&visitor.words, &installers, |kind| link::path(&name(kind)), visitor.system);
            installer_choice::page(&visitor, only_project(&service).await?, offers)
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// This server, as the browser calls it or as all projects do.
async fn own_server(service: &Service, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut servers = own_servers(service).await?;
    servers.sort_unstable();
    servers.dedup();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let called = |server: &&String| server.split_once("://").is_some_and(|(_, place)| place.eq_ignore_ascii_case(host));
    let asked = servers.iter().find(called).cloned();
    Ok(asked.or_else(|| if servers.len() == 1 { servers.pop() } else { None }))
}

async fn nothing(service: &Service, headers: &HeaderMap) -> Result<Response, Refusal> {
    Ok(installer_choice::nothing(&Visitor::of(headers), only_project(service).await?))
}
