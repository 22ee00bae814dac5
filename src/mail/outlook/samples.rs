//! Sample registries of our own making in `tests/windows/hives`: what Outlook of several ages and kinds leaves there.
//! Beside each stands what is to be read from it.

mod damage;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value as Json;

use super::install::{self, Install};
use super::inventory::{self, Seen};
use super::new_outlook::{self, NewOutlook};
use super::policy::blockers;
use super::profile::{Profile, default_profile, profiles};
use super::program::{Architecture, Program};
use super::registry::Hive;
use crate::protocol::{InstalledClient, MinimumVersion};

/// Names of all samples.
pub(super) const NAMES: [&str; 10] = [
    "damaged",
    "microsoft-365",
    "never-started",
    "new-outlook",
    "outlook-2010",
    "outlook-2013",
    "outlook-2016-msi",
    "outlook-2019-imap",
    "outlook-x86",
    "policies",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows/hives")
}

/// A sample's registry.
pub(super) fn hive(name: &str) -> Hive {
    let path = folder().join(name).with_extension("reg");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Hive::parsed(&text)
}

/// The classic Outlooks of a sample.
pub(super) fn installs(name: &str, hive: &Hive) -> Vec<Install> {
    install::find(hive, &|path| look(name, path))
}

/// The programs that are really there, each under its long and its short name.
fn look(sample: &str, path: &Path) -> Option<Program> {
    let folder = path.to_str()?.strip_suffix(r"\OUTLOOK.EXE")?.to_lowercase();
    let (folder, architecture, version) = match folder.as_str() {
        r"c:\progra~2\micros~1\office14" | r"c:\program files (x86)\microsoft office\office14"
            if sample == "outlook-2010" =>
        {
            (r"C:\Program Files (x86)\Microsoft Office\Office14", Architecture::X86, "14.0.7015.1000")
        }
        r"c:\progra~1\micros~1\office15" | r"c:\program files\microsoft office\office15" => {
            (r"C:\Program Files\Microsoft Office\Office15", Architecture::X64, "15.0.4420.1017")
        }
        r"c:\program files\microsoft office\office16" => {
            (r"C:\Program Files\Microsoft Office\Office16", Architecture::X64, "16.0.4266.1001")
        }
        r"c:\program files\microsoft office\root\office16" => {
            (r"C:\Program Files\Microsoft Office\root\Office16", Architecture::X64, "16.0.17932.20100")
        }
        r"c:\program files (x86)\microsoft office\root\office16" => {
            (r"C:\Program Files (x86)\Microsoft Office\root\Office16", Architecture::X86, "16.0.16731.20900")
        }
        _ => return None,
    };
    Some(Program { path: format!(r"{folder}\OUTLOOK.EXE").into(), architecture, version: Some(version.into()) })
}

/// Three GiB for every copy of a mailbox, one for every other file; one archive is gone.
fn size(path: &Path) -> Option<u64> {
    let is_copy = path.extension().is_some_and(|extension| extension == "ost");
    (!path.to_str()?.contains("fehlt")).then_some(if is_copy { 3 << 30 } else { 1 << 30 })
}

#[derive(Serialize)]
struct Reading {
    outlooks: Vec<Outlook>,
    new_outlook: Option<NewOutlook>,
    inventory: Vec<InstalledClient>,
}

#[derive(Serialize)]
struct Outlook {
    install: Install,
    default_profile: Option<String>,
    profiles: Vec<Profile>,
    blockers: Vec<String>,
}

fn reading_of(name: &str, hive: &Hive) -> Reading {
    let installs = installs(name, hive);
    let new_outlook = new_outlook::find(hive, Path::new(r"C:\Users\x\AppData\Local"), &|_| false);
    let inventory = inventory::clients(&Seen {
        hive,
        installs: &installs,
        new_outlook: new_outlook.as_ref(),
        minimum_versions: &MinimumVersion::refused_by_microsoft_365(),
        size: &size,
        free_disk: Some(6 << 30),
        running: true,
        new_running: false,
    });
    let outlooks = installs.into_iter().map(|install| Outlook {
        default_profile: default_profile(hive, &install.root()),
        profiles: profiles(hive, &install.root()),
        blockers: blockers(hive, &install)
            .into_iter()
            .map(|it| format!("{:?}, {}: {}", it.blocks, if it.policy { "policy" } else { "own" }, it.setting))
            .collect(),
        install,
    });
    Reading { outlooks: outlooks.collect(), new_outlook, inventory }
}

#[test]
fn every_sample_is_read_as_it_stands_beside_it() {
    let mut named: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "reg") {
            named.push(path.file_stem().expect("a name").to_string_lossy().into_owned());
        }
    }
    named.sort();
    assert_eq!(named, NAMES, "no sample is forgotten");
    let mut different = Vec::new();
    for name in NAMES {
        let read = serde_json::to_value(reading_of(name, &hive(name))).expect("plain data");
        let text = fs::read_to_string(folder().join(name).with_extension("json")).unwrap_or_default();
        if serde_json::from_str::<Json>(&text).ok().as_ref() != Some(&read) {
            different.push(format!("{name}.json\n{}", serde_json::to_string_pretty(&read).expect("plain data")));
        }
    }
    assert!(different.is_empty(), "read instead:\n{}", different.join("\n"));
}
