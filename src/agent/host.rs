//! Names of servers as people tell them apart: by their end.

/// Longest name that is shown whole, in characters.
const SHOWN: usize = 40;
/// Second parts of names below which organisations register theirs: `example.co.uk`.
const SHARED: [&str; 7] = ["ac", "co", "com", "edu", "gov", "net", "org"];

/// The host of an address.
pub fn of(address: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).ok()?;
    url.host_str().map(ToOwned::to_owned)
}

/// Whose server it is stands at the end: a name that is too long loses its beginning.
pub fn shown(host: &str) -> String {
    let surplus = host.chars().count().saturating_sub(SHOWN);
    if surplus == 0 {
        return host.to_owned();
    }
    format!("…{}", host.chars().skip(surplus + 1).collect::<String>())
}

/// About what somebody has registered: the last two parts of a name, or three where the second is everybody's. Without
/// a list of all registries this is a rule of thumb, for hints only.
pub fn site(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return host;
    }
    let parts: Vec<&str> = host.split('.').collect();
    let is_shared = parts.len() > 2 && parts[parts.len() - 1].len() == 2 && SHARED.contains(&parts[parts.len() - 2]);
    let kept = if is_shared { 3 } else { 2 };
    parts[parts.len().saturating_sub(kept)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_name_is_always_seen() {
        let long = format!("move.example.org.{}.evil.example", "a".repeat(60));
        let told = shown(&long);
        assert!(told.starts_with('…') && told.ends_with(".evil.example"), "{told}");
        assert_eq!(told.chars().count(), SHOWN);
        assert_eq!(shown("move.example.org"), "move.example.org");
    }

    #[test]
    fn what_belongs_together_ends_alike() {
        for (host, wanted) in [
            ("move.example.org", "example.org"),
            ("Example.org.", "example.org"),
            ("mail.example.co.uk", "example.co.uk"),
            ("localhost", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(site(host), wanted, "{host}");
        }
        assert_ne!(site("example.org.evil.example"), site("example.org"));
    }
}
