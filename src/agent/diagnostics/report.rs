//! What the help desk gets to know, as lines of text. English: it is for whoever looks after the computer.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::account::{Account, Server, masked};
use crate::agent::facts::Facts;
use crate::agent::secrets;
use crate::agent::state::Stage;
use crate::mail::Summary;
use crate::os;
use crate::protocol::{InstalledClient, Inventory};

/// The end of the log that is sent: lines, and bytes.
const LINES: usize = 200;
const BYTES: usize = 64 * 1024;
/// Room for everything before the log, in bytes.
const FACTS: usize = 32 * 1024;

/// What nobody but the help desk is told.
pub struct Details<'a> {
    pub kept: Option<secrets::Kept>,
    /// The set-up that is recorded on this computer, or why the record cannot be read.
    pub recorded: Option<Summary>,
    pub language: &'a str,
    /// The end of the log.
    pub log: &'a str,
}

pub fn written(facts: &Facts<'_>, details: &Details<'_>) -> String {
    let mut text = Lines::default();
    agent(facts, details, &mut text);
    facts.inventory.iter().for_each(|inventory| mail_clients(inventory, &mut text));
    set_up(facts, details, &mut text);
    let mut text = shortened(text.0, FACTS);
    text.push_str("\nLog\n");
    text.push_str(details.log);
    text
}

/// A text of names and values. Writing to a `String` cannot fail.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn title(&mut self, words: &str) {
        let _ = writeln!(self.0, "\n{words}");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name}: {value}");
    }
}

fn agent(facts: &Facts<'_>, details: &Details<'_>, text: &mut Lines) {
    let state = facts.state;
    text.line("Mailshift", env!("CARGO_PKG_VERSION"));
    text.line("Written", facts.now);
    text.line("System", format_args!("{}, {}", os::system(), details.language));
    text.line("Server", state.server.as_deref().unwrap_or("none"));
    if let Some(id) = state.device_id {
        text.line("Device", id);
    }
    let stage = match state.stage {
        Stage::Failed { code } => format!("Failed with {}", code.id()),
        stage => format!("{stage:?}"),
    };
    text.line("Stage", format_args!("{stage}, order {}", state.acted_on));
    if let Some(directive) = &state.directive {
        let project = &directive.project;
        text.line("Project", &project.name);
        text.line("User", masked(&directive.user.new_address));
        text.line("Cutover", project.cutover.map_or_else(|| "not set".into(), |at| at.to_string()));
        if let Some(account) = &project.account {
            servers(account, text);
        }
    }
    if let Some(trouble) = facts.trouble {
        text.line("Trouble", format_args!("{} {trouble}", trouble.code().id()));
    }
    if let Some(kept) = details.kept {
        text.line("Device known by", format_args!("{kept:?}"));
    }
    text.line("Events not sent", state.outbox.len());
}

fn servers(account: &Account, text: &mut Lines) {
    for (name, Server { protocol, host, port, security, authentication, .. }) in
        [("Incoming", &account.incoming), ("Outgoing", &account.outgoing)]
    {
        let kind =
            format_args!("{} {host}:{port} {}, {authentication:?}", protocol.name(), security.name()).to_string();
        text.line(name, kind);
    }
    if let Some(exchange) = &account.exchange {
        let (moved, leaves) = (exchange.directory_has_moved, exchange.leaves_own_exchange);
        text.line("Exchange", format_args!("directory has moved: {moved}, leaves an own one: {leaves}"));
    }
}

fn mail_clients(inventory: &Inventory, text: &mut Lines) {
    text.title("Mail programs");
    for client in &inventory.clients {
        self::client(client, text);
    }
    if let Some(room) = inventory.free_disk {
        text.line("Free disk", format_args!("{room} bytes"));
    }
    if let Some(rehearsal) = &inventory.rehearsal {
        let result = rehearsal.stopped_by.as_ref();
        let result = result.map_or_else(|| "would go on".into(), |it| format!("{} {}", it.code.id(), it.detail));
        text.line("Rehearsed", format_args!("{} {result}", rehearsal.at));
    }
}

fn client(client: &InstalledClient, text: &mut Lines) {
    let InstalledClient { kind, version, architecture, installation, channel, .. } = client;
    let about = [kind.id(), version, architecture, installation, channel];
    let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    text.line("Program", format_args!("{about}{}", if client.running { ", running" } else { "" }));
    text.line("  path", &client.program);
    text.line("  profiles", client.profiles.join(" | "));
    text.line("  default", client.default_profile.as_deref().unwrap_or("none"));
    for account in &client.accounts {
        text.line("  account", format_args!("{} {} in {}", account.kind, masked(&account.address), account.profile));
    }
    for file in &client.data_files {
        let size = file.size.map_or_else(|| "not there".into(), |size| format!("{size} bytes"));
        text.line("  file", format_args!("{} {} ({size})", file.kind, file.path));
    }
    for finding in &client.findings {
        text.line("  finding", format_args!("{} {}", finding.code.id(), finding.detail));
    }
}

fn set_up(facts: &Facts<'_>, details: &Details<'_>, text: &mut Lines) {
    text.title("Set-up");
    match &details.recorded {
        None => text.line("Recorded", "none"),
        Some(Summary::Unreadable { reason }) => text.line("Recorded", format_args!("cannot be read: {reason}")),
        Some(Summary::SetUp { id, started, stage, left }) => {
            text.line("Recorded", format_args!("{id}, begun {started}"));
            text.line("Stage", stage);
            text.line("Left", left.iter().map(|code| code.id()).collect::<Vec<_>>().join(" "));
        }
    }
    if let Some(outcome) = &facts.state.outcome {
        text.line("Proof", format_args!("{:?}", outcome.evidence));
    }
}

/// The beginning of a text, up to so many bytes.
pub fn shortened(mut text: String, bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}

/// The last lines of the newest log in a folder; empty when there is none.
pub fn end_of_log(folder: &Path) -> String {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    // Names are dates, and dates sort.
    let Some(newest) = names.map(|entry| entry.path()).filter(|path| path.is_file()).max() else {
        return String::new();
    };
    let bytes = read_end(&newest).unwrap_or_else(|error| error.to_string().into_bytes());
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].iter().flat_map(|line| [line, "\n"]).collect()
}

fn read_end(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let start = size.saturating_sub(BYTES as u64);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(BYTES as u64).read_to_end(&mut bytes)?;
    if start > 0 {
        // The first line is not whole.
        let line = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        bytes.drain(..line);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::state::State;
    use crate::agent::wizard::sample::Known;
    use crate::protocol::{ClientKind, DataFile, Finding, KnownAccount};

    fn report(inventory: Inventory, log: &str) -> String {
        let mut known = Known::of(State::default());
        known.inventory = Some(inventory);
        written(&known.facts(), &Details { kept: None, recorded: None, language: "en", log })
    }

    #[test]
    fn what_was_found_is_told_with_masked_addresses() {
        let client = InstalledClient {
            kind: ClientKind::Outlook,
            version: "16.0".into(),
            running: true,
            accounts: vec![KnownAccount {
                kind: "imap".into(),
                address: "anna@old.example".into(),
                ..KnownAccount::default()
            }],
            data_files: vec![DataFile { path: "x.pst".into(), kind: "pst".into(), ..DataFile::default() }],
            findings: vec![Finding {
                code: crate::problem::ResponseCode::PolicyForbids,
                detail: "ExcludeHttpsRootDomain".into(),
            }],
            ..InstalledClient::default()
        };
        let inventory = Inventory { clients: vec![client], ..Inventory::default() };
        let text = report(inventory, "the log\n");
        for said in [
            "Stage: Unactivated, order 0\n",
            "Program: outlook 16.0, running\n",
            "account: imap a***@old.example",
            "file: pst x.pst (not there)",
            "finding: CFG-16 ExcludeHttpsRootDomain",
            "\nLog\nthe log\n",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }

    #[test]
    fn the_end_of_the_newest_log_is_taken_in_whole_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(end_of_log(folder.path()), "");
        fs::write(folder.path().join("mailshift.2026-11-20.log"), "yesterday\n").expect("written");
        let lines: String = (0..3000).map(|line| format!("{line:0>40} ü\n")).collect();
        fs::write(folder.path().join("mailshift.2026-11-21.log"), &lines).expect("written");
        let end = end_of_log(folder.path());
        assert_eq!(end.lines().count(), LINES);
        assert!(lines.ends_with(&end), "whole lines");
        let long = format!("{}\n{}\n", "ü".repeat(BYTES), "x".repeat(100));
        fs::write(folder.path().join("mailshift.2026-11-22.log"), long).expect("written");
        assert_eq!(end_of_log(folder.path()), format!("{}\n", "x".repeat(100)));
    }

    #[test]
    fn a_report_is_never_too_long() {
        let client = InstalledClient { kind: ClientKind::Other("ü".repeat(FACTS)), ..InstalledClient::default() };
        let inventory = Inventory { clients: vec![client], ..Inventory::default() };
        let text = report(inventory, "log");
        assert!(text.len() < FACTS + 100 && text.ends_with("\nLog\nlog"), "{}", text.len());
    }
}
