//! What the server reads of others' files and letters. See [`crate::fuzz`].

use crate::server::discovery::fuzz as discovery;
use crate::server::mailings::bounce;
use crate::server::projects::users::import;

/// Settings of a domain, from anybody's web server.
pub fn autoconfig(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        discovery::autoconfig(text);
    }
}

/// A mail server's report of a letter that could not be delivered.
pub fn delivery_report(bytes: &[u8]) {
    let _ = bounce::parse(bytes);
}

/// A list of people. Faults name a line that is there.
pub fn people_csv(bytes: &[u8]) {
    if let Err(faults) = import::parse(bytes) {
        assert!(!faults.is_empty(), "a refusal says why");
        assert!(faults.iter().all(|fault| fault.line >= 1));
    }
}
