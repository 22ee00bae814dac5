//! Policies and settings that stand in the way of a set-up.
//!
//! Sources: "Map classic Outlook policies to new Outlook" (names of the account policies), KB4046818
//! (`ZeroConfigExchange`), KB2937684 (`MapiHttpDisabled`), "Control the use of .pst files in Outlook" (`DisablePST`),
//! "Enable Modern Authentication for Office 2013" (`EnableADAL`), "Unexpected Autodiscover behavior when you have registry
//! settings under the \Autodiscover key" (`Exclude…`), all by Microsoft.

use std::path::Path;

use super::install::Install;
use super::registry::{Hive, Key, Value};

/// A policy or setting that a plan has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) struct Blocker {
    pub key: Key,
    /// Name of the value.
    pub name: String,
    /// Exactly as it is: `HKCU\…\ZeroConfigExchange=1`.
    pub setting: String,
    pub blocks: Blocks,
    /// The organisation's, not the person's own: nobody but an administrator changes it.
    pub policy: bool,
}

/// What cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mail) enum Blocks {
    /// Any Exchange account, made in whatever way.
    Exchange,
    /// An Exchange account on Microsoft 365.
    Microsoft365,
    /// An Exchange account anywhere else.
    OtherExchange,
    /// A set-up by Outlook's own wizard in an empty profile: it would take the address of the Windows login.
    EmptyProfile,
    /// An IMAP account.
    Imap,
    /// A POP account.
    Pop3,
    /// Importing a PRF file: another one is waiting.
    Prf,
    /// Adding the old profile's data files.
    DataFiles,
    /// Nothing: worth knowing.
    Nothing,
}

/// A value that hinders when it is this number.
struct Rule {
    /// Below the release's key.
    place: &'static str,
    name: &'static str,
    number: u32,
    blocks: Blocks,
}

const fn rule(place: &'static str, name: &'static str, number: u32, blocks: Blocks) -> Rule {
    Rule { place, name, number, blocks }
}

const AUTODISCOVER: &str = r"Outlook\AutoDiscover";
const IDENTITY: &str = r"Common\Identity";

const RULES: [Rule; 15] = [
    rule(r"Outlook\Options", "DisableExchange", 1, Blocks::Exchange),
    rule(r"Outlook\Options", "DisableIMAP", 1, Blocks::Imap),
    rule(r"Outlook\Options", "DisablePOP3", 1, Blocks::Pop3),
    rule(AUTODISCOVER, "ZeroConfigExchange", 1, Blocks::EmptyProfile),
    rule(AUTODISCOVER, "ExcludeExplicitO365Endpoint", 1, Blocks::Microsoft365),
    rule(AUTODISCOVER, "PreferLocalXML", 1, Blocks::Nothing),
    rule(IDENTITY, "EnableADAL", 0, Blocks::Microsoft365),
    rule(IDENTITY, "DisableADALatopWAMOverride", 1, Blocks::Nothing),
    rule(IDENTITY, "DisableAADWAM", 1, Blocks::Nothing),
    rule("Outlook", "DisablePST", 1, Blocks::DataFiles),
    rule("Outlook", "DisablePST", 2, Blocks::DataFiles),
    rule(r"Outlook\Setup", "DisableOffice365SimplifiedAccountCreation", 1, Blocks::Nothing),
    rule(r"Outlook\Options\General", "DoNewOutlookAutoMigration", 1, Blocks::Nothing),
    rule(r"Common\SignIn", "SignInOptions", 3, Blocks::Nothing),
    rule(r"Common\Internet", "UseOnlineContent", 0, Blocks::Nothing),
];

/// Ways to find an Exchange server outside Microsoft 365. One that is closed is worth knowing, all of them stop it.
const WAYS: [&str; 5] = [
    "ExcludeScpLookup",
    "ExcludeHttpsRootDomain",
    "ExcludeHttpsAutoDiscoverDomain",
    "ExcludeHttpRedirect",
    "ExcludeSrvRecord",
];

const EXCHANGE: &str = r"Software\Microsoft\Exchange";

/// What has to be read for [`blockers`].
pub(super) fn keys(install: &Install) -> Vec<Key> {
    let below = ["Outlook", IDENTITY, r"Common\SignIn", r"Common\Internet"];
    let mut keys: Vec<Key> = below.iter().flat_map(|place| places(install, place)).map(|(key, _)| key).collect();
    keys.push(Key::user(EXCHANGE));
    keys
}

/// Where a setting may stand, the one that prevails first: cloud policy, group policy, the person's own. Whether it is a
/// policy comes with it.
fn places(install: &Install, place: &str) -> [(Key, bool); 3] {
    let below = |above: &str| Key::user(format!(r"{above}\Office\{}\{place}", install.release));
    [
        (below(r"Software\Policies\Microsoft\Cloud"), true),
        (below(r"Software\Policies\Microsoft"), true),
        (below(r"Software\Microsoft"), false),
    ]
}

/// The value that counts, where it stands, and whether it is a policy.
fn effective<'a>(hive: &'a Hive, install: &Install, place: &str, name: &str) -> Option<(Key, bool, &'a Value)> {
    let mut places = places(install, place).into_iter();
    places.find_map(|(key, policy)| hive.value(&key, name).map(|value| (key, policy, value)))
}

/// Everything that stands in the way.
pub(super) fn blockers(hive: &Hive, install: &Install) -> Vec<Blocker> {
    let mut found: Vec<Blocker> = Vec::new();
    for rule in &RULES {
        found.extend(numbered(hive, install, rule));
    }
    found.extend(missing_modern_sign_in(hive, install));
    found.extend(closed_ways(hive, install));
    found.extend(waiting_import(hive, install));
    let exchange = Key::user(EXCHANGE);
    if hive.number(&exchange, "MapiHttpDisabled") == Some(1) {
        found.push(blocker(exchange.clone(), "MapiHttpDisabled", "1", Blocks::Microsoft365, false));
    }
    let options = exchange.below(r"Client\Options");
    if hive.text(&options, "PickLogonProfile").as_deref() == Some("1") {
        found.push(blocker(options, "PickLogonProfile", "1", Blocks::Nothing, false));
    }
    found
}

fn blocker(key: Key, name: &str, data: &str, blocks: Blocks, policy: bool) -> Blocker {
    Blocker { setting: format!(r"{key}\{name}={data}"), key, name: name.into(), blocks, policy }
}

fn numbered(hive: &Hive, install: &Install, rule: &Rule) -> Option<Blocker> {
    let (key, policy, value) = effective(hive, install, rule.place, rule.name)?;
    let data = rule.number.to_string();
    (value.number() == Some(rule.number)).then(|| blocker(key, rule.name, &data, rule.blocks, policy))
}

/// Outlook 2013 knows the sign-in of Microsoft 365 only when it is told to; later ones know it unless they are told not to.
fn missing_modern_sign_in(hive: &Hive, install: &Install) -> Option<Blocker> {
    let told = effective(hive, install, IDENTITY, "EnableADAL").is_some();
    let [.., (key, _)] = places(install, IDENTITY);
    (install.release == "15.0" && !told).then(|| blocker(key, "EnableADAL", "(not set)", Blocks::Microsoft365, false))
}

fn closed_ways(hive: &Hive, install: &Install) -> Vec<Blocker> {
    let closed = WAYS.iter().filter_map(|name| numbered(hive, install, &rule(AUTODISCOVER, name, 1, Blocks::Nothing)));
    let mut closed: Vec<Blocker> = closed.collect();
    // The path of a file with the answer, under the name of a domain: a way of its own.
    let mut places = places(install, AUTODISCOVER).into_iter();
    let has_file = places.any(|(key, _)| {
        let is_xml = |text: String| Path::new(&text).extension().is_some_and(|it| it.eq_ignore_ascii_case("xml"));
        hive.values(&key).any(|(_, value)| value.text().is_some_and(is_xml))
    });
    if closed.len() == WAYS.len() && !has_file {
        for way in &mut closed {
            way.blocks = Blocks::OtherExchange;
        }
    }
    closed
}

/// A PRF file that Outlook imports at its next start, because it takes that for its first.
fn waiting_import(hive: &Hive, install: &Install) -> Option<Blocker> {
    let (key, policy, value) = effective(hive, install, r"Outlook\Setup", "ImportPRF")?;
    let path = value.text().filter(|path| !path.is_empty())?;
    let setup = install.root().below("Setup");
    let waits = ["First-Run", "FirstRun"].iter().all(|name| hive.value(&setup, name).is_none());
    Some(blocker(key, "ImportPRF", &path, if waits { Blocks::Prf } else { Blocks::Nothing }, policy))
}

#[cfg(test)]
mod tests;
