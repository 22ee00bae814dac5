//! What the idle agent costs: memory, and how often it wakes up while nothing happens.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::Error;
use super::world::{Options, World};

/// After the code was entered: time for caches and connections to settle.
const SETTLE: Duration = Duration::from_secs(5);
/// How long the agent is watched. Shorter than the time the server holds a question open, so that an agent that only
/// waits for the server does nothing at all.
const WATCHED: Duration = Duration::from_secs(40);

/// The figures. Memory in KiB, from `/proc/<pid>/smaps_rollup`.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub seconds: u64,
    /// Voluntary context switches of all threads: each is a wake-up.
    pub wakeups: u64,
    pub cpu_ms: u64,
    pub threads: usize,
    pub resident_kib: u64,
    /// Without pages shared with other programs.
    pub private_kib: u64,
    /// Not backed by a file.
    pub anonymous_kib: u64,
}

/// The agent as it lives for days: started with the session and never opened; and after its window was closed.
#[derive(Debug, Serialize)]
pub struct Idle {
    pub started_with_the_session: Figures,
    pub after_the_window_was_closed: Figures,
}

/// Enters the code, closes the window and watches the agent in the tray; then the same after a new start.
pub fn idle(options: Options) -> Result<Idle, Error> {
    let mut world = World::start(options)?;
    world.start_agent()?;
    world.enter_code(&world.invited_code()?)?;
    world.bind()?;
    world.screen.wait_for_window(&world.word("waiting-title"))?;
    world.screen.close_window(&world.word("waiting-title"))?;
    let after_the_window_was_closed = watch(world.agent_pid())?;
    world.kill_agent();
    world.start_agent_with(&["--background"])?;
    let started_with_the_session = watch(world.agent_pid())?;
    Ok(Idle { started_with_the_session, after_the_window_was_closed })
}

fn watch(pid: u32) -> Result<Figures, Error> {
    std::thread::sleep(SETTLE);
    let process = Path::new("/proc").join(pid.to_string());
    let before = (switches(&process)?, cpu(&process)?);
    std::thread::sleep(WATCHED);
    let after = (switches(&process)?, cpu(&process)?);
    let memory = fs::read_to_string(process.join("smaps_rollup"))?;
    Ok(Figures {
        seconds: WATCHED.as_secs(),
        wakeups: after.0.saturating_sub(before.0),
        cpu_ms: after.1.saturating_sub(before.1) / 1_000_000,
        threads: tasks(&process)?.len(),
        resident_kib: sum(&memory, &["Rss:"]),
        private_kib: sum(&memory, &["Private_Clean:", "Private_Dirty:"]),
        anonymous_kib: sum(&memory, &["Pss_Anon:"]),
    })
}

fn tasks(process: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    fs::read_dir(process.join("task"))?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn switches(process: &Path) -> std::io::Result<u64> {
    let of =
        |task: &std::path::PathBuf| Ok(sum(&fs::read_to_string(task.join("status"))?, &["voluntary_ctxt_switches:"]));
    tasks(process)?.iter().map(of).sum()
}

/// Nanoseconds on a processor, all threads.
fn cpu(process: &Path) -> std::io::Result<u64> {
    let first = |text: String| text.split_whitespace().next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    tasks(process)?.iter().map(|task| fs::read_to_string(task.join("schedstat")).map(first)).sum()
}

/// The sum of the numbers behind these names at the beginning of a line.
fn sum(text: &str, names: &[&str]) -> u64 {
    text.lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(char::is_whitespace)?;
            names.contains(&name).then(|| rest.split_whitespace().next()?.parse::<u64>().ok())?
        })
        .sum()
}
