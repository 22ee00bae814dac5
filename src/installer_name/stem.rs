//! What the name of an installer says: which project a new installation belongs to and which server to ask, so that nobody
//! has to type either.
//!
//! The server may be left out (`mailshift_ABCDEFGHJK.msi`), for computers that know it from their settings. A port
//! follows the host (`_move.example.org_8443`): a colon cannot stand in a file name on Windows.

use super::kind;
use crate::code::ActivationCode;
use crate::protocol::is_loopback;

const PREFIX: &str = "mailshift_";
/// Longest host name, in characters (RFC 1035 section 2.3.4).
const HOST_LIMIT: usize = 253;

/// A name without its extension, with code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    pub code: ActivationCode,
    /// Scheme, host and port: `https://move.example.org`; plain HTTP only for this computer itself.
    pub server: Option<String>,
}

impl Stem {
    /// Reads a file name without its folder, with or without extension. None for any other name. A browser that found a
    /// file of this name in its folder may have put ` (1)` behind it.
    pub fn parse(name: &str) -> Option<Self> {
        let (prefix, rest) = name.split_at_checked(PREFIX.len())?;
        let rest = rest.split_once(['(', ' ']).map_or(rest, |(before, _)| before);
        let mut parts = rest.splitn(3, '_');
        let first = parts.next()?;
        let (place, port) = (parts.next(), parts.next());
        // An extension follows the last part, whichever that is.
        let code = if place.is_none() { first.split('.').next()? } else { first };
        let code = ActivationCode::parse(code).filter(|_| prefix.eq_ignore_ascii_case(PREFIX))?;
        let server = match (place, port) {
            (None, _) => None,
            (Some(host), None) => Some(origin(without_extension(host), None)?),
            (Some(host), Some(port)) => Some(origin(host, Some(port.split('.').next()?))?),
        };
        Some(Self { code, server })
    }

    /// The name without extension. A server that is no bare scheme, host and port cannot be written into a name, and is
    /// left out.
    pub fn text(&self) -> String {
        let place = self.server.as_deref().and_then(place).map(|place| format!("_{place}"));
        format!("{PREFIX}{}{}", self.code.letters(), place.unwrap_or_default())
    }
}

/// The end of a host is no extension that an installer has: `.msi` and its like go, `.org` stays.
fn without_extension(text: &str) -> &str {
    kind::split(text).map_or(text, |(stem, _)| stem)
}

fn origin(host: &str, port: Option<&str>) -> Option<String> {
    let host = host.to_ascii_lowercase();
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if host.len() > HOST_LIMIT || !host.split('.').all(label) {
        return None;
    }
    let port = match port {
        Some(port) => format!(":{}", port.parse::<u16>().ok().filter(|port| *port > 0)?),
        None => String::new(),
    };
    let scheme = if is_loopback(&host) { "http" } else { "https" };
    Some(format!("{scheme}://{host}{port}"))
}

fn place(server: &str) -> Option<String> {
    let (_, place) = server.trim_end_matches('/').split_once("://")?;
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    // Only what is read back as the same server.
    let same = origin(host, port).is_some_and(|read| read.eq_ignore_ascii_case(server.trim_end_matches('/')));
    same.then(|| port.map_or_else(|| host.to_owned(), |port| format!("{host}_{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installer_name::Kind;

    fn read(name: &str) -> Option<(String, Option<String>)> {
        Stem::parse(name).map(|file| (file.code.letters().to_owned(), file.server))
    }

    #[test]
    fn code_and_server_are_read_from_the_name() {
        for (name, server) in [
            ("mailshift_ABCDEFGHJK.msi", None),
            ("Mailshift_abcdefghjk", None),
            ("mailshift_ABCDEFGHJK (1).exe", None),
            ("mailshift_ABCDEFGHJK(2).exe", None),
            ("mailshift_ABCDEFGHJK.tar.gz", None),
            ("mailshift_ABCDEFGHJK_move.example.org.msi", Some("https://move.example.org")),
            ("mailshift_ABCDEFGHJK_move.example.org", Some("https://move.example.org")),
            ("mailshift_ABCDEFGHJK_move.example.org.AppImage", Some("https://move.example.org")),
            ("mailshift_ABCDEFGHJK_move.example.org.tar.gz", Some("https://move.example.org")),
            ("mailshift_ABCDEFGHJK_Move.Example.org_8443 (3).msi", Some("https://move.example.org:8443")),
            ("mailshift_ABCDEFGHJK_127.0.0.1_41000.exe", Some("http://127.0.0.1:41000")),
            ("mailshift_ABCDEFGHJK_localhost_41000", Some("http://localhost:41000")),
        ] {
            let server = server.map(ToOwned::to_owned);
            assert_eq!(read(name), Some(("ABCDEFGHJK".to_owned(), server)), "{name}");
        }
    }

    #[test]
    fn any_other_name_says_nothing() {
        for name in [
            "",
            "mailshift",
            "mailshift.exe",
            "mailshift_.exe",
            "mailshift_ABCDEFGHJ.exe",
            "mailshift_ABCDEFGHJKM.exe",
            "setup_ABCDEFGHJK.exe",
            "mailshift_ABCDEFGHJK_.exe",
            "mailshift_ABCDEFGHJK_a..b.exe",
            "mailshift_ABCDEFGHJK_evil.example@b.exe",
            "mailshift_ABCDEFGHJK_move.example.org_0.exe",
            "mailshift_ABCDEFGHJK_move.example.org_99999.exe",
            "mailshift_ABCDEFGHJK_move.example.org_1_2.exe",
            "mailshift_ABCDEFGHJK_mövé.exe",
            "mailshif\u{20ac}ABCDEFGHJK",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let code = ActivationCode::parse("ABCDEFGHJK").expect("a code");
        for server in [None, Some("https://m.example"), Some("https://m.example:8443"), Some("http://127.0.0.1:9")] {
            let file = Stem { code: code.clone(), server: server.map(ToOwned::to_owned) };
            for kind in Kind::ALL {
                assert_eq!(Stem::parse(&(file.text() + kind.extension())).as_ref(), Some(&file));
            }
        }
        let name = |server: &str| Stem { code: code.clone(), server: Some(server.into()) }.text();
        assert_eq!(name("https://m.example/"), "mailshift_ABCDEFGHJK_m.example");
        for other in ["https://[::1]:9", "https://m.example/mail", "http://m.example", "https://u@m.example"] {
            assert_eq!(name(other), "mailshift_ABCDEFGHJK", "{other}: not in a name");
        }
    }
}
