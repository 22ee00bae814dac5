//! What is filled in for a person who has not entered a code yet: by a link (`mailshift://activate?server=…&code=…`, as
//! the personal page has it), or by the name of the installer's file.
//!
//! Anybody can write a link or name a file. So it is only shown: the person sees the server's name and goes on
//! by a press, an agent that has a server or a user keeps them, and plain HTTP goes to this computer only.

use serde::{Deserialize, Serialize};

use crate::agent::api::Api;
use crate::code::Entered;
use crate::installer_name::Stem;
use crate::secret::Secret;

const SCHEME: &str = "mailshift";
/// What the link asks for: the part behind `mailshift://`.
const ACTIVATE: &str = "activate";
/// Longest link that is read, in bytes.
const LINK_LIMIT: usize = 1000;

/// A server, and perhaps a code for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationLink {
    pub server: String,
    /// As people see it.
    pub code: Option<Secret>,
}

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("this is no mailshift:// link")]
    Other,
    #[error("the link names no server, or one without https")]
    Server,
    #[error("the code in the link is not complete")]
    Code,
}

impl ActivationLink {
    /// Reads a link. Unknown parts are left to later versions.
    pub fn of_link(link: &str) -> Result<Self, LinkError> {
        let url = Some(link).filter(|link| link.len() <= LINK_LIMIT);
        let url = url.and_then(|link| reqwest::Url::parse(link.trim()).ok()).ok_or(LinkError::Other)?;
        if url.scheme() != SCHEME || url.host_str() != Some(ACTIVATE) {
            return Err(LinkError::Other);
        }
        let part = |name| url.query_pairs().find(|(there, _)| there == name).map(|(_, value)| value.into_owned());
        let code = match part("code").map(Secret::new) {
            Some(code) => Some(read(&code).ok_or(LinkError::Code)?),
            None => None,
        };
        Self { server: part("server").unwrap_or_default(), code }.usable().ok_or(LinkError::Server)
    }

    /// Reads the name of the file that this program, or its package, was downloaded as. A name without a server needs
    /// one that is known already.
    pub fn of_file_name(name: &str, known: Option<&str>) -> Option<Self> {
        let Stem { code, server } = Stem::parse(name)?;
        let server = server.or_else(|| known.map(ToOwned::to_owned))?;
        Self { server, code: Some(Secret::new(code.letters())) }.usable()
    }

    /// The server as people tell it from others: its host.
    pub fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.server).ok();
        url.and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_default()
    }

    fn usable(self) -> Option<Self> {
        Api::new(&self.server).is_ok().then_some(self)
    }
}

fn read(code: &Secret) -> Option<Secret> {
    match Entered::parse(code.reveal()).ok()? {
        Entered::Authentication(code) => Some(code.grouped().into()),
        Entered::Activation(code) => Some(Secret::new(code.letters())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::AuthenticationCode;

    fn code() -> String {
        AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]).grouped()
    }

    #[test]
    fn a_link_brings_server_and_code() {
        let link = format!("mailshift://activate?server=https%3A%2F%2Fmove.example.org&code={}&later=1", code());
        let linked = ActivationLink::of_link(&link).expect("a link");
        assert_eq!(linked.server, "https://move.example.org");
        assert_eq!(linked.host(), "move.example.org");
        assert_eq!(linked.code.as_ref().map(Secret::reveal), Some(code().as_str()));
        assert!(!format!("{linked:?}").contains(&code()), "{linked:?}");
        let without = ActivationLink::of_link("mailshift://activate/?server=http://127.0.0.1:8443").expect("a link");
        assert_eq!(without.code, None);
        let project =
            ActivationLink::of_link("MAILSHIFT://activate?server=https://m.example&code=abcde-fghjk").expect("one");
        assert_eq!(project.code.as_ref().map(Secret::reveal), Some("ABCDEFGHJK"));
    }

    #[test]
    fn what_is_no_link_is_refused() {
        let long = format!("mailshift://activate?server=https://m.example&x={}", "x".repeat(LINK_LIMIT));
        for (link, error) in [
            ("", LinkError::Other),
            ("https://activate?server=https://m.example", LinkError::Other),
            ("mailshift:activate?server=https://m.example", LinkError::Other),
            ("mailshift://erase?server=https://m.example", LinkError::Other),
            (&long, LinkError::Other),
            ("mailshift://activate", LinkError::Server),
            ("mailshift://activate?server=http://m.example", LinkError::Server),
            ("mailshift://activate?server=file:///etc/passwd", LinkError::Server),
            ("mailshift://activate?server=https://m.example&code=7KQ2", LinkError::Code),
        ] {
            assert_eq!(ActivationLink::of_link(link), Err(error), "{link}");
        }
    }

    #[test]
    fn the_name_of_the_file_brings_the_projects_code() {
        let linked =
            ActivationLink::of_file_name("mailshift_ABCDEFGHJK_move.example.org (1).exe", None).expect("a link");
        assert_eq!(linked.server, "https://move.example.org");
        assert_eq!(linked.code.as_ref().map(Secret::reveal), Some("ABCDEFGHJK"));
        assert_eq!(ActivationLink::of_file_name("mailshift_ABCDEFGHJK.exe", None), None, "which server?");
        let known = ActivationLink::of_file_name("mailshift_ABCDEFGHJK.exe", Some("https://m.example"));
        assert_eq!(known.map(|linked| linked.server).as_deref(), Some("https://m.example"));
        assert_eq!(ActivationLink::of_file_name("mailshift.exe", Some("https://m.example")), None);
    }
}
