//! Takes out of a text what is nobody's business at the help desk: secrets, whole addresses, names of people and logins.
//!
//! Secrets have no way into the log, so this is the second lock on the door. It rather takes too much than too little.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};
use uuid::Uuid;

use crate::account::masked;
use crate::code::{ActivationCode, AuthenticationCode};
use crate::secret::Secret;

const REMOVED: &str = "[removed]";
/// Shortest word, in characters, that is looked at as a possible token: 15 random bytes in base 64.
const TOKEN: usize = 20;
/// Shorter names are parts of ordinary words.
const NAME: usize = 4;
/// Length of the name of a drive, in characters.
const DRIVE: usize = 2;

/// What is known of this login.
#[derive(Debug, Default)]
pub struct Known {
    /// Texts that must not appear, whatever they look like.
    pub secrets: Vec<Secret>,
    /// The person's home folder.
    pub home: String,
    /// The operating system's name for the login.
    pub login: String,
    /// What the person is called.
    pub names: Vec<String>,
    /// Hosts of the project's servers, which stay when they are numbers.
    pub hosts: Vec<String>,
}

/// What is known of this login, ready to be found.
#[derive(Debug)]
pub struct Redaction {
    secrets: Vec<Secret>,
    hosts: Vec<String>,
    /// What is about this login, with what takes its place.
    own: Vec<(Regex, &'static str)>,
}

struct Patterns {
    userinfo: Regex,
    link: Regex,
    named: Regex,
    bearer: Regex,
    address: Regex,
    folder: Regex,
    code: Regex,
    activation: Regex,
    installer: Regex,
    token: Regex,
    ip: Regex,
}

/// A pattern of this file, in any case and with line ends where lines end.
fn pattern(text: &str) -> Regex {
    let mut builder = RegexBuilder::new(text);
    builder.case_insensitive(true).multi_line(true).build().expect("the tests use every pattern")
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    // RFC 3986 section 3.2.1
    userinfo: pattern(r#"://[^/\s@"'<>]+@"#),
    link: pattern(r"mailshift://\S+"),
    named: pattern(
        r#"([a-z_-]*(?:passwor[dt]|passphrase|kennwort|passwd|secret|token|api[_-]?key|authorization|cookie)[a-z_-]*\\?["']?[ \t]*[=:][ \t]*)\S.*$"#,
    ),
    bearer: pattern(r#"\bbearer[ \t]+[^\s"',;]+"#),
    address: pattern(r#"("[^"\n]*"|[^\s"'<>(),;:=\[\]{}@/\\|`]+)(?:@|%40)([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*)"#),
    folder: pattern(r#"(^|[^\w.])(?:[a-z]:)?[\\/]+(?:users|home|documents and settings)[\\/]+[^\\/\r\n"':;,|<>*?]+"#),
    code: pattern(r"\b[0-9a-z]{4}[- ]?[0-9a-z]{4}[- ]?[0-9a-z]{4}[- ]?[0-9a-z]\b"),
    activation: pattern(r"\b[a-z]{5}[- ]?[a-z]{5}\b"),
    installer: pattern(r"\bmailshift_[a-z]{10}"),
    token: pattern(r"[0-9a-z_+/-]{20,}={0,2}"),
    ip: pattern(r"[0-9a-z:.]*[:.][0-9a-z:.]*"),
});

impl Redaction {
    pub fn new(known: Known) -> Self {
        let Known { secrets, home, login, names, hosts } = known;
        let mut own = Vec::new();
        // A home that is the root, as of a service, names nobody.
        if home.trim_end_matches(['/', '\\']).len() > DRIVE {
            let homes = [home.clone(), home.replace('\\', "\\\\"), home.replace('\\', "/")];
            let homes = homes.map(|home| regex::escape(&home)).join("|");
            own.push((pattern(&format!(r"(?:{homes})($|[^\w.-])")), "~${1}"));
        }
        if !login.is_empty() {
            let login = regex::escape(&login);
            own.push((pattern(&format!(r"([\\/]){login}($|[^\w.-])")), "${1}~${2}"));
        }
        let names = names.iter().filter(|name| name.chars().count() >= NAME).map(|name| regex::escape(name));
        own.extend(names.map(|name| (pattern(&name), "[name]")));
        Self { secrets, hosts, own }
    }

    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret.reveal(), REMOVED);
        }
        let all = &*PATTERNS;
        text = all.userinfo.replace_all(&text, format!("://{REMOVED}@")).into_owned();
        text = all.link.replace_all(&text, format!("mailshift://{REMOVED}")).into_owned();
        text = all.named.replace_all(&text, format!("${{1}}{REMOVED}")).into_owned();
        text = all.bearer.replace_all(&text, format!("Bearer {REMOVED}")).into_owned();
        text = all.address.replace_all(&text, |found: &Captures<'_>| mask(&found[1], &found[2])).into_owned();
        text = all.folder.replace_all(&text, "${1}~").into_owned();
        for (pattern, by) in &self.own {
            text = pattern.replace_all(&text, *by).into_owned();
        }
        text = replaced(&all.code, &text, |word| is_code(word).then_some(REMOVED));
        text = all.installer.replace_all(&text, format!("mailshift_{REMOVED}")).into_owned();
        text = replaced(&all.activation, &text, |word| is_activation_code(word).then_some(REMOVED));
        text = all.token.replace_all(&text, |found: &Captures<'_>| without_tokens(&found[0])).into_owned();
        replaced(&all.ip, &text, |word| self.is_foreign(word).then_some("[address]"))
    }

    /// Whether a word is the number of a computer that is neither this one nor a server of the project.
    fn is_foreign(&self, word: &str) -> bool {
        let word = word.trim_end_matches(['.', ':']);
        // A port may follow the number.
        let bare = word.rsplit_once(':').filter(|(host, _)| host.contains('.')).map_or(word, |(host, _)| host);
        let Ok(address) = bare.parse::<IpAddr>().or_else(|_| word.parse()) else { return false };
        !address.is_loopback() && !address.is_unspecified() && !self.hosts.iter().any(|host| host == bare)
    }
}

fn mask(local: &str, domain: &str) -> String {
    masked(&format!("{}@{domain}", local.trim_matches('"')))
}

fn replaced(pattern: &Regex, text: &str, by: impl Fn(&str) -> Option<&'static str>) -> String {
    let replace = |found: &Captures<'_>| by(&found[0]).map_or_else(|| found[0].to_owned(), str::to_owned);
    pattern.replace_all(text, replace).into_owned()
}

/// A personal code with its slips, which leave most of its secret right. Ordinary words have no digits.
fn is_code(word: &str) -> bool {
    let letters = word.chars().any(char::is_alphabetic);
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let is_told = word.chars().all(|c| !c.is_lowercase());
    (letters && digits) || (is_told && AuthenticationCode::parse(word).is_ok())
}

/// In capitals or in two groups with a hyphen, as people see it: other words of ten letters are words.
fn is_activation_code(word: &str) -> bool {
    let is_told = word.contains('-') || word.chars().all(|c| !c.is_lowercase());
    is_told && ActivationCode::parse(word).is_some()
}

/// Paths consist of such characters too: what is between their slashes is looked at piece by piece.
fn without_tokens(word: &str) -> String {
    let is_word = |piece: &str| piece.len() >= 3 && piece.chars().all(|c| c.is_ascii_lowercase());
    if word.contains('/') && word.split('/').any(is_word) {
        let piece = |piece: &str| if is_token(piece) { REMOVED.to_owned() } else { piece.to_owned() };
        return word.split('/').map(piece).collect::<Vec<_>>().join("/");
    }
    if is_token(word) { REMOVED.into() } else { word.into() }
}

/// Random text mixes digits into its letters, or capitals. Ids do too, and are needed to find things again.
fn is_token(word: &str) -> bool {
    if word.len() < TOKEN || Uuid::try_parse(word.trim_matches(['-', '_', '='])).is_ok() {
        return false;
    }
    let pieces: Vec<&str> = word.split(['-', '_', '=']).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() > 1 && pieces.iter().all(|piece| is_numbered_word(piece)) {
        return false;
    }
    let count = |what: fn(char) -> bool| word.chars().filter(|c| what(*c)).count();
    let (digits, letters) = (count(|c| c.is_ascii_digit()), count(|c| c.is_ascii_alphabetic()));
    let is_name = |piece: &&str| is_numbered_word(piece) || is_camel_case(piece);
    (digits >= 2 && letters >= 2) || !pieces.iter().all(is_name)
}

/// `esr140`, `2026`, `carry`
fn is_numbered_word(word: &str) -> bool {
    word.trim_end_matches(|c: char| c.is_ascii_digit()).chars().all(|c| c.is_ascii_lowercase())
}

/// `LikeThis`, as settings are called, or in capitals like those of the environment. Random letters are in no such order
/// for long.
fn is_camel_case(word: &str) -> bool {
    if word.chars().all(|c| c.is_ascii_uppercase()) {
        return word.len() < TOKEN;
    }
    let mut runs = word.split(|c: char| c.is_ascii_uppercase()).filter(|run| !run.is_empty());
    runs.all(|run| run.len() >= 2 && run.chars().all(|c| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
