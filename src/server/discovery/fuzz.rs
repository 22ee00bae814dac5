//! See [`crate::fuzz`].

use crate::server::discovery::{config, xml};

/// Hosts that are found may become names of folders and lines in files.
pub fn autoconfig(text: &str) {
    let _ = xml::parse(text);
    let Ok(finding) = config::read(text) else { return };
    for server in finding.incoming.iter().chain(&finding.outgoing) {
        assert!(config::is_host(&server.host) && server.port != 0, "{server:?}");
    }
}
