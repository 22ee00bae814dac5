//! Every call of the file system fails once, is the first on a full disk, or is the last before the process dies. Each
//! time the end is the old state or the new one, nothing of the person's is touched, no record is lost, and no profile that
//! does not work keeps a password.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;
use crate::os::files::fault::{self, Mode};

const PASSWORD: &str = "geheim-und-lang";

/// Stands in for Thunderbird's library: stores each password under its id.
const LIBRARY: &str = r#"#!/bin/sh
job=$(/bin/cat)
profile=$(printf %s "$job" | /bin/sed 's/.*"profile":"\([^"]*\)".*/\1/')
entries=$(printf %s "$job" | /bin/grep -o '"id":"[^"]*"' | /bin/sed 's/"id"\(.*\)/{"guid"\1,"p":"geheim-und-lang"},/')
printf '{"logins":[%s{}]}' "$entries" > "$profile/logins.json"
echo key > "$profile/key4.db"
"#;

/// A file of the person's, written after the new profile was opened.
const SINCE: &str = "Mail/Local Folders/Written since";

struct Played {
    home: Home,
    old: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// Folders of profiles that were proven to work: theirs is the password, also when the person goes back.
    proven: Mutex<Vec<PathBuf>>,
}

impl Played {
    fn new() -> Self {
        let mut home = Home::new();
        let library = home.folder.path().join("library");
        fs::write(&library, LIBRARY).expect("written");
        fs::set_permissions(&library, fs::Permissions::from_mode(0o700)).expect("a program");
        home.host.helper_exe = library;
        let old = home.contents();
        Self { home, old, proven: Mutex::default() }
    }

    /// As [`super::super::set_up`], with a program that opens the new profile and is content.
    fn set_up(&self) -> Result<(), Error> {
        let home = &self.home;
        let order = Order { hand_over: true, ..Home::order() };
        let cancel = Cancel::default();
        let run = home.run(&order, &cancel);
        recovery::settle(&home.places, &home.host, || {}, || false)?;
        let mut journal = run.begin(home.client(), Some(0))?;
        let mut apply = || {
            run.switch_over(&mut journal)?;
            assert_eq!(journal.left, [], "the password was handed over");
            journal.enter(Stage::Prove, &home.places)?;
            self.open_new();
            completion::complete(&mut journal, Evidence::default(), &home.places)
        };
        match apply() {
            Ok(_) => {
                self.proven.lock().expect("no panic").push(self.folder(&journal));
                Ok(())
            }
            Err(error) => {
                recovery::roll_back(journal, &home.places, &home.host, || {}, || false)?;
                Err(error)
            }
        }
    }

    fn undo(&self) -> Result<(), Error> {
        recovery::undo(&self.home.places, &self.home.host, &|_| {})
    }

    fn recover(&self) -> Result<(), Error> {
        recover(&self.home.places, &self.home.host).map(drop)
    }

    /// Somebody starts the program, which takes the profile that the list names, and writes.
    fn open_new(&self) {
        let list = fs::read_to_string(self.root().join("profiles.ini")).expect("a list");
        let install = list.split("[Install1234]").nth(1).expect("an installation");
        let default = install.lines().find_map(|line| line.strip_prefix("Default=")).expect("a default");
        if default == "old" {
            return;
        }
        for name in ["compatibility.ini", SINCE] {
            fs::write(self.root().join(default).join(name), "by the program").expect("written");
        }
    }

    fn root(&self) -> PathBuf {
        self.home.places.home.join(".thunderbird")
    }

    fn folder(&self, journal: &Journal) -> PathBuf {
        self.root().join(journal.client.profile().to_lowercase().replace(' ', "-") + ".mailshift")
    }

    /// Folders of ours, by whether somebody has used them.
    fn made(&self) -> Vec<(PathBuf, bool)> {
        let entries = fs::read_dir(self.root()).expect("listed").flatten().map(|entry| entry.path());
        let ours = entries.filter(|path| path.extension().is_some_and(|end| end == "mailshift"));
        ours.map(|path| (path.clone(), path.join("compatibility.ini").exists())).collect()
    }

    /// The process has died: what it was writing has no writer any more.
    fn bury(&self) {
        let own = format!(".new-{}-", std::process::id());
        let folders: Vec<PathBuf> = self.home.contents().into_keys().filter(|path| path.is_dir()).collect();
        for folder in folders.iter().chain([&self.home.places.state]) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.contains(&own) {
                    fs::rename(entry.path(), folder.join(name.replace(&own, ".new-99999999-"))).expect("renamed");
                }
            }
        }
    }

    /// The old state or the new one, and the way back to the very first.
    fn check(&self, used: &[PathBuf], what: &str) {
        loop {
            let journal = Journal::read(&self.home.places).expect("a record can be read");
            let now = self.home.contents();
            for (path, bytes) in self.old.iter().filter(|(path, _)| path.file_name() != Some("profiles.ini".as_ref())) {
                assert_eq!(now.get(path), Some(bytes), "{what}: the old profile has changed: {}", path.display());
            }
            for profile in used {
                assert!(profile.join(SINCE).exists(), "{what}: what the person wrote is gone");
            }
            let Some(journal) = journal else { break };
            assert_eq!(journal.stage, Stage::Done, "{what}");
            let (profile, folder) = (journal.client.profile(), self.folder(&journal));
            for file in ["prefs.js", "abook.sqlite", "Mail/Local Folders/Archive.sbd/2019", "logins.json", "key4.db"] {
                assert!(folder.join(file).exists(), "{what}: {profile} is not complete: {file}");
            }
            self.proven.lock().expect("no panic").push(folder);
            self.undo().unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        let list = fs::read(self.root().join("profiles.ini")).expect("there");
        assert_eq!(String::from_utf8_lossy(&list), LIST, "{what}");
        assert_eq!(self.home.records(), 0, "{what}: something is left behind");
        for (folder, was_used) in self.made() {
            assert!(was_used, "{what}: a half-made profile stays");
            if !self.proven.lock().expect("no panic").contains(&folder) {
                let store = fs::read_to_string(folder.join("logins.json")).unwrap_or_default();
                assert!(!store.contains(PASSWORD), "{what}: a profile that does not work keeps the password");
            }
        }
        let mut names: Vec<_> = fs::read_dir(self.root()).expect("listed").flatten().map(|it| it.file_name()).collect();
        names.retain(|name| !name.to_string_lossy().ends_with(".mailshift"));
        names.sort();
        assert_eq!(names, ["old", "profiles.ini"], "{what}: something is left behind");
    }
}

/// Plays `deed` after `before` with every fault at every position, and says how often.
fn sweep(name: &str, before: impl Fn(&Played), deed: impl Fn(&Played) -> Result<(), Error>) {
    let runtime = runtime();
    let _inside = runtime.enter();
    let played = Played::new();
    before(&played);
    fault::arm(played.home.folder.path(), Mode::Count, 0);
    deed(&played).expect("without a fault it works");
    let calls = fault::disarm(played.home.folder.path());
    let (mut runs, mut old, mut new) = (0, 0, 0);
    for mode in Mode::FAULTS {
        for (at, used_since) in (1..=calls).flat_map(|at| [(at, false), (at, true)]) {
            // Only after a sudden end somebody may use what is there.
            if used_since && mode != Mode::Death {
                continue;
            }
            let what = format!("{name}, {mode:?} at {at} of {calls}, used since: {used_since}");
            let played = Played::new();
            before(&played);
            fault::arm(played.home.folder.path(), mode, at);
            let result = deed(&played);
            if mode == Mode::Full {
                // The agent lives, and the disk is still full: it has gone back all the same, or it is done.
                let record = Journal::read(&played.home.places).expect("a record can be read");
                let at_rest = record.is_none_or(|record| record.stage == Stage::Done);
                assert!(at_rest, "{what}: {result:?}");
            }
            fault::disarm(played.home.folder.path());
            if mode == Mode::Death {
                played.bury();
            }
            if used_since {
                played.open_new();
            }
            let used: Vec<PathBuf> =
                played.made().into_iter().filter(|(_, used)| *used).map(|(path, _)| path).collect();
            played.recover().unwrap_or_else(|error| panic!("{what}: {error}"));
            if crate::mail::can_undo(&played.home.places) {
                new += 1;
            } else {
                old += 1;
            }
            runs += 1;
            played.check(&used, &what);
            // A second try begins with nothing in its way.
            played.set_up().unwrap_or_else(|error| panic!("{what}, second try: {error}"));
            played.check(&used, &format!("{what}, second try"));
        }
    }
    println!("{name}: {runs} of {runs} end well ({calls} calls): {old} with nothing to undo, {new} with something");
    assert!(calls > 5, "every call is counted: {calls}");
}

#[test]
fn a_set_up_ends_in_the_old_state_or_the_new() {
    sweep("set-up", |_| (), Played::set_up);
}

#[test]
fn a_set_up_over_another_ends_in_the_old_state_or_the_new() {
    sweep("second set-up", |played| played.set_up().expect("the first"), Played::set_up);
}

#[test]
fn an_undo_ends_in_the_old_state_or_the_new() {
    sweep("undo", |played| played.set_up().expect("it works"), Played::undo);
}

/// A set-up that dies at a position.
fn cut_off(played: &Played, at: u32) {
    fault::arm(played.home.folder.path(), Mode::Death, at);
    played.set_up().expect_err("it dies");
    fault::disarm(played.home.folder.path());
    played.bury();
}

/// The last position at which a set-up dies in a stage.
fn last_of(stage: Stage) -> u32 {
    let mut at = 1;
    let mut last = None;
    loop {
        let played = Played::new();
        fault::arm(played.home.folder.path(), Mode::Death, at);
        let result = played.set_up();
        fault::disarm(played.home.folder.path());
        let record = Journal::read(&played.home.places).expect("a record can be read");
        if record.is_some_and(|record| record.stage == stage) {
            last = Some(at);
        } else if last.is_some() || result.is_ok() {
            return last.expect("a set-up passes every stage");
        }
        at += 1;
    }
}

fn sweep_of_recovery(stage: Stage) {
    let runtime = runtime();
    let _inside = runtime.enter();
    let at = last_of(stage);
    sweep(&format!("recovery at {stage:?}"), |played| cut_off(played, at), Played::recover);
}

#[test]
fn a_recovery_of_a_half_made_profile_ends_in_the_old_state() {
    sweep_of_recovery(Stage::Create);
}

#[test]
fn a_recovery_of_a_half_switched_list_ends_in_the_old_state() {
    sweep_of_recovery(Stage::Switch);
}

#[test]
fn a_recovery_of_a_profile_that_is_not_proven_ends_in_the_old_state() {
    sweep_of_recovery(Stage::Prove);
}
