//! What `make demo` does.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

use super::Error;
use super::journey::{self, Report};
use super::mail_server::{NEW_PASSWORD, OLD_ADDRESS};
use super::measure;
use super::world::{Options, World};
use crate::os;

/// How long a person may take for the whole journey on their own display.
const PERSON_LIMIT: Duration = Duration::from_hours(1);

/// Shows the whole journey on this machine, with real mail servers and a real Thunderbird.
#[derive(Debug, Parser)]
#[command(name = "mailshift-demo", version)]
pub struct Arguments {
    /// The new mail server is down: the journey ends on the settings to enter by hand.
    #[arg(long)]
    fail: bool,
    /// Leave everything running until Enter.
    #[arg(long)]
    keep: bool,
    /// Play the person on a virtual screen even when there is a display.
    #[arg(long = "virtual")]
    virtual_screen: bool,
    /// Measure the idle agent of this program file instead.
    #[arg(long, value_name = "AGENT")]
    measure: Option<PathBuf>,
    /// Where the report and the pictures go.
    #[arg(long, default_value = "target/demo")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<(), Error> {
    fs::create_dir_all(&arguments.output)?;
    let output = arguments.output.canonicalize()?;
    if let Some(agent) = &arguments.measure {
        let options = Options { agent: agent.canonicalize()?, ..options(&output.join("world"), false, false)? };
        say(&serde_json::to_string_pretty(&measure::idle(options)?).unwrap_or_default());
        return Ok(());
    }
    let own_display = !arguments.virtual_screen && os::display().is_ok();
    let mut world = World::start(options(&output.join("world"), arguments.fail, own_display)?)?;
    let played = if own_display {
        accompany(&mut world, &output, arguments.fail)
    } else {
        journey::play(&mut world, &output, "virtual", arguments.fail)
    };
    let report = played.inspect_err(|_| world.leave_traces(&output))?;
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    fs::write(output.join("report.json"), format!("{text}\n"))?;
    say(&text);
    if arguments.keep || own_display {
        keep(&world)?;
    }
    drop(world);
    if !arguments.fail && !own_display {
        picture_of_the_manual_settings(&output)?;
    }
    as_asked(&report, arguments.fail)
}

fn options(folder: &Path, dead: bool, own_display: bool) -> Result<Options, Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut options = Options::beside(&std::env::current_exe()?, folder);
    options.dead = dead;
    if own_display {
        options.screen = None;
    }
    Ok(options)
}

/// The success journey never sees the manual page: a second, short one takes its picture.
fn picture_of_the_manual_settings(output: &Path) -> Result<(), Error> {
    let mut world = World::start(options(&output.join("world"), true, false)?)?;
    let pictures = output.join("world/pictures");
    fs::create_dir_all(&pictures)?;
    journey::play(&mut world, &pictures, "virtual", true)?;
    fs::copy(pictures.join("manual.png"), output.join("manual.png"))?;
    Ok(())
}

/// The person in front of the display does it; the terminal says what to do next.
fn accompany(world: &mut World, output: &Path, dead: bool) -> Result<Report, Error> {
    let code = world.invited_code()?;
    world.start_agent()?;
    say(&format!("A window asks for a code. The mail in the old mailbox says: {}", code.grouped()));
    say("Type it, see whose it is, and say yes.");
    let staged = |world: &World, stage: &str| world.office.wait_for_stage(OLD_ADDRESS, stage, PERSON_LIMIT);
    staged(world, "waiting")?;
    say(&format!(
        "Good. The mail moves now. In the window choose Continue; the password of the new mailbox is: {NEW_PASSWORD}"
    ));
    journey::accompanied(world, output, dead, PERSON_LIMIT)
}

fn keep(world: &World) -> Result<(), Error> {
    say(&format!("Everything is still running. The agent's home: {}", world.screen.home().display()));
    say(&format!("The Mailshift server: {}   Its database: {}", world.office.url(), world.office.folder().display()));
    say("Look around; press Enter to end. Close the demo's Thunderbird before: its mail servers end, too.");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// A line for the person at the terminal; one that was closed in the meantime is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn as_asked(report: &Report, dead: bool) -> Result<(), Error> {
    let wanted = if dead { "manual" } else { "completed" };
    if report.outcome != wanted {
        return Err(Error::Otherwise(format!("{} instead of {wanted}", report.outcome)));
    }
    if !report.old_profile_unchanged {
        return Err(Error::Otherwise("the old profile is not as it was".into()));
    }
    let proven = report.evidence.imap && report.evidence.smtp && report.evidence.default_profile;
    if !dead && !proven {
        return Err(Error::Otherwise("the evidence is not complete".into()));
    }
    Ok(())
}
