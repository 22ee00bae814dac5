//! A server with projects, reached over HTTPS under the names that a mail program tries.

use std::fmt::Write as _;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

use super::program::{Pair, Program};
use super::thunderbird::Thunderbird;

pub struct Stage {
    program: Program,
    authority: String,
}

impl Stage {
    /// Its certificate is good for these domains.
    pub fn new(domains: &[&str]) -> Self {
        let mut program = Program::new();
        let (pair, authority) = certificate(domains);
        let (certificate, key) = program.put(&pair);
        program.start(&["--tls-certificate", &certificate, "--tls-key", &key]);
        Self { program, authority }
    }

    /// A project whose people get these addresses.
    pub fn project(&self, name: &str, account: &Value, addresses: &[&str]) {
        let settings = self.program.world.file("project.json", &json!({"account": account}).to_string());
        let mut users = "name;old address;new address;login\n".to_owned();
        for (number, address) in addresses.iter().enumerate() {
            writeln!(users, "Person {number};p{number}@old.example;{address};p{number}").expect("text");
        }
        let users = self.program.world.file("users.csv", &users);
        self.program.done(&["project", "create", name, "--file", &settings]);
        self.program.done(&["users", "import", name, &users]);
    }

    /// A new Thunderbird that reaches the server.
    pub fn thunderbird(&self) -> Thunderbird {
        let (_, port) = self.program.url.rsplit_once(':').expect("a port");
        Thunderbird::start(port.parse().expect("a port"), &self.authority)
    }
}

/// A certificate for both places where the settings of a domain may be, and the authority that it comes from.
fn certificate(domains: &[&str]) -> (Pair, String) {
    let mut own = CertificateParams::default();
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = own.self_signed(&key).expect("a certificate").pem();
    let issuer = Issuer::new(own, key);
    let names: Vec<String> =
        domains.iter().flat_map(|domain| [(*domain).to_owned(), format!("autoconfig.{domain}")]).collect();
    let key = KeyPair::generate().expect("a key");
    let made = CertificateParams::new(names).expect("names").signed_by(&key, &issuer).expect("a certificate");
    (Pair { certificate: made.pem(), key: key.serialize_pem() }, authority)
}
