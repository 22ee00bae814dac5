//! Every parser of bytes that are not ours, as a function of bytes: fed by `make fuzz` (coverage-guided, for as long as one
//! likes) and by `tests/agent/fuzz.rs` (the kept corpus and a few thousand changes of it, with every test run).
//!
//! A target may refuse its bytes; it must not panic, hang, or read something else in what it has written itself.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::code::{ActivationCode, Entered};
use crate::installer_name::{InstallerName, Stem};
use crate::problem::Problem;
use crate::protocol::{Activation, Directive, Event, Inventory, Question};

/// A parser with its name, which is also the name of its corpus in `tests/fuzz/corpus`.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "profiles_ini", run: crate::mail::thunderbird::fuzz::profiles_ini },
    Target { name: "prefs_js", run: crate::mail::thunderbird::fuzz::prefs_js },
    Target { name: "registry", run: crate::mail::fuzz::registry },
    Target { name: "imap", run: crate::mail::fuzz::imap },
    Target { name: "autoconfig", run: crate::server::fuzz::autoconfig },
    Target { name: "delivery_report", run: crate::server::fuzz::delivery_report },
    Target { name: "people_csv", run: crate::server::fuzz::people_csv },
    Target { name: "problem", run: json::<Problem> },
    Target { name: "directive", run: directive },
    Target { name: "file_name", run: file_name },
    Target { name: "link", run: crate::agent::fuzz::link },
];

/// What is read of foreign JSON reads the same once it was written by us.
fn json<T: DeserializeOwned + Serialize>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_string(&read).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(serde_json::to_string(&again).expect("it can be written again"), written);
}

/// Everything that agents and servers say to each other, as the other side reads it.
fn directive(bytes: &[u8]) {
    json::<Directive>(bytes);
    json::<Activation>(bytes);
    json::<Event>(bytes);
    json::<Inventory>(bytes);
    json::<Question>(bytes);
}

/// A name of an installer is written as it was read; what people type and paste is no name but may be anything.
fn file_name(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    same(ActivationCode::parse(text), |code| ActivationCode::parse(code.letters()));
    let _ = Entered::parse(text);
    same(Stem::parse(text), |stem| Stem::parse(&format!("{}.msi", stem.text())));
    same(InstallerName::parse(text), |name| InstallerName::parse(&name.text()));
}

fn same<T: Debug + PartialEq>(read: Option<T>, again: impl Fn(&T) -> Option<T>) {
    if let Some(read) = read {
        assert_eq!(again(&read).as_ref(), Some(&read));
    }
}
