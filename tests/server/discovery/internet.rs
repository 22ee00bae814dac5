//! A small internet on this computer: a name server and an HTTPS server that is every host.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use hickory_resolver::proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, MX, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use mailshift::server::discovery::{self, Found, Network, Source};
use tokio::net::UdpSocket;

/// What a host answers.
#[derive(Clone)]
pub enum Reply {
    File(&'static str, String),
    Redirect(String),
    Status(u16),
    /// Goes on for ever.
    Endless,
    /// Never comes.
    Silent,
}

#[derive(Default)]
pub struct Internet {
    records: HashMap<(String, RecordType), Vec<RData>>,
    replies: HashMap<String, Reply>,
    /// Every URL that was asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Internet {
    /// A host of the HTTPS server answers this at `host/path`, without the query.
    pub fn page(mut self, place: &str, reply: Reply) -> Self {
        let host = place.split('/').next().expect("a host");
        self.replies.insert(place.into(), reply);
        self.address(host, "127.0.0.1")
    }

    pub fn config(self, place: &str, host: &str) -> Self {
        self.page(place, Reply::File("text/xml", config(host)))
    }

    pub fn address(self, host: &str, address: &str) -> Self {
        match address.parse().expect("an address") {
            std::net::IpAddr::V4(v4) => self.record(host, RData::A(A(v4))),
            std::net::IpAddr::V6(v6) => self.record(host, RData::AAAA(AAAA(v6))),
        }
    }

    pub fn mx(self, domain: &str, preference: u16, host: &str) -> Self {
        self.record(domain, RData::MX(MX::new(preference, name(host))))
    }

    pub fn srv(self, service: &str, (priority, weight, port): (u16, u16, u16), host: &str) -> Self {
        self.record(service, RData::SRV(SRV::new(priority, weight, port, name(host))))
    }

    fn record(mut self, owner: &str, data: RData) -> Self {
        self.records.entry((owner.to_lowercase(), data.record_type())).or_default().push(data);
        self
    }

    pub fn asked(&self) -> Arc<Mutex<Vec<String>>> {
        Arc::clone(&self.asked)
    }

    pub async fn network(self) -> Network {
        // Once per process; the second test finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let hosts: Vec<String> =
            self.replies.keys().filter_map(|place| Some(place.split('/').next()?.into())).collect();
        let name_server = name_server(self.records).await;
        let (authority, web_server) = web_server(hosts, self.replies, self.asked).await;
        Network::with(name_server, &[authority], &[web_server]).expect("a network")
    }

    pub async fn find(self, domain: &str) -> Found {
        discovery::find(&self.network().await, domain).await.expect("a domain")
    }
}

/// The source of this place.
pub fn source<'a>(found: &'a Found, place: &str) -> &'a Source {
    found.sources.iter().find(|source| source.place == place).unwrap_or_else(|| panic!("{place}: {:?}", found.sources))
}

pub fn config(host: &str) -> String {
    let server = |element: &str, kind: &str, host: String, port: u16| {
        format!(
            "<{element} type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port><socketType>SSL</socketType>\
             <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></{element}>"
        )
    };
    format!(
        "<clientConfig version=\"1.1\"><emailProvider id=\"x\">{}{}</emailProvider></clientConfig>",
        server("incomingServer", "imap", format!("imap.{host}"), 993),
        server("outgoingServer", "smtp", format!("smtp.{host}"), 465)
    )
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).expect("a name");
    name.set_fqdn(true);
    name
}

async fn name_server(records: HashMap<(String, RecordType), Vec<RData>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            let answer = answer(&buffer[..length], &records).expect("a proper question");
            socket.send_to(&answer, peer).await.expect("sent");
        }
    });
    address
}

fn answer(question: &[u8], records: &HashMap<(String, RecordType), Vec<RData>>) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let owner = query.name().to_ascii().trim_end_matches('.').to_lowercase();
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = true;
    answer.metadata.recursion_available = true;
    let known = records.get(&(owner.clone(), query.query_type()));
    for data in known.into_iter().flatten() {
        answer.add_answer(Record::from_rdata(query.name().clone(), 60, data.clone()));
    }
    if !records.keys().any(|(known, _)| *known == owner) {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    answer.add_query(query);
    answer.to_vec().ok()
}

async fn web_server(
    hosts: Vec<String>,
    replies: HashMap<String, Reply>,
    asked: Arc<Mutex<Vec<String>>>,
) -> (reqwest::Certificate, SocketAddr) {
    let made = rcgen::generate_simple_self_signed(hosts).expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let config = RustlsConfig::from_pem(certificate.clone().into(), key.into()).await.expect("usable");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("not blocking");
    let address = listener.local_addr().expect("an address");
    let replies = Arc::new(replies);
    let app = axum::Router::new().fallback(move |request: Request| {
        let (replies, asked) = (Arc::clone(&replies), Arc::clone(&asked));
        async move { reply(&replies, &asked, request).await }
    });
    let server = axum_server::from_tcp_rustls(listener, config).expect("a server");
    tokio::spawn(server.serve(app.into_make_service()));
    (reqwest::Certificate::from_pem(certificate.as_bytes()).expect("a certificate"), address)
}

async fn reply(replies: &HashMap<String, Reply>, asked: &Mutex<Vec<String>>, request: Request) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let host = host.or_else(|| request.uri().host().map(str::to_owned)).expect("a host");
    let place = format!("{host}{}", request.uri().path());
    asked.lock().expect("no panic").push(format!("{host}{}", request.uri().path_and_query().expect("a path")));
    match replies.get(&place) {
        Some(Reply::File(kind, text)) => ([(header::CONTENT_TYPE, *kind)], text.clone()).into_response(),
        Some(Reply::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response(),
        Some(Reply::Status(status)) => StatusCode::from_u16(*status).expect("a status").into_response(),
        Some(Reply::Endless) => {
            let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 16 * 1024]));
            ([(header::CONTENT_TYPE, "text/xml")], Body::from_stream(chunks)).into_response()
        }
        Some(Reply::Silent) => std::future::pending().await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
