//! The agent is killed at every place of a set-up and of the way back: at each write of its journal, and just before each
//! write of its own to the registry. The next one takes everything back, or finishes it; killed again as soon as it has taken
//! everything back, everything is as it was.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mailshift::demo::Error;
use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;

use super::exchange::{EXCHANGE, default_profile, profile};
use super::journey::SET_UP;
use super::kept::assert_as_before;
use super::stage::{Stage, Told, play};

/// More than any set-up needs: the count has to end by itself.
const MOST: usize = 100;
/// Rhythm of looking at the journal: what follows a write takes longer.
const LOOK: Duration = Duration::from_micros(200);
/// Rhythm of looking at windows.
const RHYTHM: Duration = Duration::from_millis(100);

/// How a set-up that was cut off ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The agent is dead again, and everything as it was.
    AsBefore,
    Complete,
}

fn journal(stage: &Stage) -> PathBuf {
    stage.agent_folder().join("journal.json")
}

/// Changes with each write, and when the journal is closed.
fn version(stage: &Stage) -> Option<(u64, i64, i64, u64)> {
    let file = fs::metadata(journal(stage)).ok()?;
    Some((file.ino(), file.mtime(), file.mtime_nsec(), file.size()))
}

fn is_done(stage: &Stage) -> bool {
    let text = fs::read(journal(stage)).unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|journal| journal["stage"] == "done")
}

/// Kills the agent at the write of the journal with this number, closing it included. False when it is over before.
fn kill_at_write(stage: &mut Stage, number: usize, is_over: impl Fn(&Stage) -> bool) -> Result<bool, Error> {
    let (mut known, mut writes, began) = (version(stage), 0, Instant::now());
    loop {
        if writes == 0 {
            begin(stage)?;
        }
        let now = version(stage);
        if now != known {
            (known, writes) = (now, writes + 1);
            if writes == number {
                stage.kill_agent();
                return Ok(true);
            }
            if is_over(stage) {
                return Ok(false);
            }
        }
        if began.elapsed() > SET_UP {
            return Err(Error::Otherwise(format!("write {number} did not come, nor the end")));
        }
        std::thread::sleep(LOOK);
    }
}

/// An agent that was killed in the midst goes on by itself; one that had not begun shows the first page again.
fn begin(stage: &Stage) -> Told {
    if stage.shows("instructions-title") {
        stage.turn_to_page("instructions-title").and_then(|()| stage.commit(None))
    } else {
        Ok(())
    }
}

/// The next agent finishes or takes back what it finds; killed again when it has taken it back.
fn recovered(stage: &mut Stage) -> Result<End, Error> {
    stage.start_agent_with(&["--background"])?;
    let began = Instant::now();
    while began.elapsed() < SET_UP {
        if version(stage).is_none() {
            stage.kill_agent();
            return Ok(End::AsBefore);
        }
        if is_done(stage) {
            return Ok(End::Complete);
        }
        std::thread::sleep(LOOK);
    }
    Err(Error::Otherwise("what was begun did not end".into()))
}

/// What has to be so in either case; the old profile is the same in each.
fn look(stage: &Stage, end: End, before: &str, when: &str) -> Result<String, Error> {
    let (registry, old) = (stage.mail_registry()?, default_profile(before));
    assert_eq!(profile(&registry, &old), profile(before, &old), "{when}: the old profile");
    match end {
        End::AsBefore => assert_as_before(&registry, before, when),
        End::Complete => assert_ne!(default_profile(&registry), old, "{when}"),
    }
    println!("{when}: {end:?}");
    Ok(registry)
}

/// Cuts a set-up off at one place after the other: `cut` begins at the given one, and says whether there was such a one.
fn each_place(
    stage: &mut Stage,
    what: &str,
    cut: impl Fn(&mut Stage, usize) -> Result<bool, Error>,
) -> Result<String, Error> {
    let mut before = stage.mail_registry()?;
    stage.until_waiting()?;
    stage.cut_over()?;
    let mut ends = Vec::new();
    for number in 1..MOST {
        stage.registry_kills_at(if what == "registry" { number } else { 0 })?;
        if !stage.agent_runs() {
            stage.start_agent_with(&["--background"])?;
        }
        let was_cut = cut(stage, number)?;
        stage.registry_kills_at(0)?;
        if !was_cut {
            look(stage, End::Complete, &before, "not cut off")?;
            let as_before = ends.iter().filter(|end| **end == End::AsBefore).count();
            let (all, complete) = (ends.len(), ends.len() - as_before);
            println!("{what}: {all} of {all} end well: {as_before} as before, {complete} complete");
            assert!(all >= 4 && as_before > 0 && complete > 0, "{ends:?}");
            return Ok(before);
        }
        let end = if stage.agent_runs() { End::Complete } else { recovered(stage)? };
        look(stage, end, &before, &format!("{what} {number}"))?;
        if end == End::Complete {
            stage.undo()?;
            stage.screen.close_window(&stage.word("undo-title-done"))?;
            stage.wait_for_outlook(OLD_ADDRESS)?;
            stage.office.run(&["retry", PROJECT, OLD_ADDRESS])?;
            stage.turn_to_page("instructions-title")?;
            before = stage.mail_registry()?;
        }
        ends.push(end);
    }
    panic!("{what} has no end");
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_agent_is_killed_at_each_write_of_its_journal() {
    play(EXCHANGE, |stage| {
        let before = each_place(stage, "journal", |stage, number| kill_at_write(stage, number, is_done))?;
        stage.ended()?;
        each_write_of_an_undo(stage, &before)
    });
}

/// A set-up is complete. The way back is cut off at each of its writes, and finished by the next agent.
fn each_write_of_an_undo(stage: &mut Stage, before: &str) -> Told {
    let (mut number, mut unseen) = (1, 0);
    while number < MOST {
        stage.second_start(&["undo"])?;
        stage.turn_to_page("undo-title")?;
        stage.key("Return")?;
        let was_killed = kill_at_write(stage, number, |stage| version(stage).is_none())?;
        if !was_killed {
            // A busy machine looks too seldom: the last write is the one that closes it.
            unseen += 1;
            assert!(unseen <= 3, "{unseen} times more was written than was seen");
            moved_again(stage)?;
            continue;
        }
        let was_last = version(stage).is_none();
        let end = recovered(stage)?;
        look(stage, end, before, &format!("undo {number}"))?;
        assert_eq!(end, End::AsBefore);
        if was_last {
            println!("undo: {number} of {number} end well");
            assert!(number > 1, "its beginning is written down");
            return Ok(());
        }
        stage.start_agent_with(&["--background"])?;
        moved_again(stage)?;
        number += 1;
    }
    panic!("an undo has no end");
}

/// Going back is over, which is told also after it was cut off; and the person moves once more.
fn moved_again(stage: &mut Stage) -> Told {
    wait("what is told", SET_UP, || stage.shows("undo-title-done").then_some(()))?;
    stage.is_at("undone")?;
    stage.screen.close_window(&stage.word("undo-title-done"))?;
    stage.office.run(&["configure", PROJECT, OLD_ADDRESS])?;
    stage.turn_to_page("instructions-title")?;
    stage.commit(None)?;
    stage.ended().map(drop)
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_agent_is_killed_before_each_write_to_the_registry() {
    play(EXCHANGE, |stage| {
        let cut = |stage: &mut Stage, number| {
            until_over(stage)?;
            let reached = stage.noted("registry").len() >= number;
            assert_eq!(reached, !stage.agent_runs(), "it is the agent that is killed");
            Ok(reached)
        };
        each_place(stage, "registry", cut).map(drop)
    });
}

/// Waits until the set-up is over, or the agent is gone.
fn until_over(stage: &mut Stage) -> Told {
    let limit = Instant::now() + SET_UP;
    while stage.agent_runs() && !is_done(stage) {
        begin(stage)?;
        if Instant::now() > limit {
            return Err(Error::Otherwise("neither the agent nor the set-up has ended".into()));
        }
        std::thread::sleep(RHYTHM);
    }
    Ok(())
}
