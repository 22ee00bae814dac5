//! The child process that calls MAPI.

use std::fs;

use mailshift::demo::screen::wait;

use crate::exchange::{EXCHANGE, is_complete};
use crate::journey::SET_UP;
use crate::stage::{SOON, Stage, play};
use crate::wine::OWN_PROGRAMS;

/// Command lines of the programs of this stage that are workers.
fn workers(stage: &Stage) -> Vec<String> {
    let prefix = stage.wine.path(r"C:\").display().to_string();
    let prefix = prefix.trim_end_matches('/').trim_end_matches("drive_c").trim_end_matches('/').to_owned();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let read = |path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).replace('\0', " ");
    let of_stage = processes.filter(|process| read(process.join("environ")).contains(&format!("WINEPREFIX={prefix} ")));
    of_stage.map(|process| read(process.join("cmdline"))).filter(|line| line.contains("mapi-child")).collect()
}

/// F3 of the review on Windows: the agent is killed while its worker is in a slow call. The next agent goes back, makes the
/// profile once more and completes; then the call of the first one ends, nobody listens, and it cleaned up.
#[test]
#[ignore = "needs wine: make test-windows"]
fn a_worker_that_nobody_listens_to_takes_no_profile_away() {
    play(EXCHANGE, |stage| {
        // The profile is made; its services are not.
        stage.provider_is("wait 4")?;
        stage.until_committed()?;
        wait("the slow call", SET_UP, || (stage.noted("mapi").len() >= 4).then_some(()))?;
        assert_eq!(workers(stage).len(), 1, "{:?}", workers(stage));
        stage.kill_agent();
        // It goes back and begins once more by itself.
        stage.start_agent_with(&["--background"])?;
        is_complete(stage)?;
        stage.wake_provider()?;
        wait("the end of every worker", SOON, || workers(stage).is_empty().then_some(()))?;
        is_complete(stage)?;
        assert_eq!(stage.noted("woken"), [""; 0], "it ended with the agent that had started it");
        Ok(())
    });
}

/// M8: the worker looks for libraries in its own folder first, which is never one of downloads.
#[test]
#[ignore = "needs wine: make test-windows"]
fn the_worker_runs_from_a_folder_of_our_own() {
    play(EXCHANGE, |stage| {
        stage.provider_is("wait 4")?;
        stage.until_committed()?;
        wait("the slow call", SET_UP, || (stage.noted("mapi").len() >= 4).then_some(()))?;
        let lines = workers(stage);
        let own = OWN_PROGRAMS.replace('/', r"\");
        assert!(lines.iter().all(|line| line.contains(&own)) && lines.len() == 1, "{lines:?}");
        let (copy, program) =
            (stage.wine.profile().join(OWN_PROGRAMS).join("mailshift-mapi.exe"), stage.wine.program_file());
        assert!(fs::read(copy)? == fs::read(program)?, "it is the very program that runs");
        stage.wake_provider()?;
        is_complete(stage)
    });
}
