//! The journey of one person, played step by step: by the accessibility tree and real keys, as someone with a screen
//! reader would go. Each step waits for what the person would see, with a limit.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Error;
use super::mail_server::{NEW_PASSWORD, OLD_ADDRESS as OLD};
use super::screen::wait;
use super::world::{LIMIT, World, old_profile_hash};
use crate::code::AuthenticationCode;
use crate::demo::office::PROJECT;
use crate::protocol::Evidence;

/// Longest wait for a set-up to end: the mail program starts and fetches mail.
const SET_UP_LIMIT: Duration = Duration::from_mins(3);
/// How often the window is looked at while a person does the journey themselves: it is their computer’s time.
const GLANCE: Duration = Duration::from_millis(250);

/// What `make demo` writes to `report.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `virtual` or `own`.
    pub display: String,
    /// From the operator's command to the wizard's window on the screen.
    pub signal_to_wizard_ms: u64,
    /// From "Set up my mail" to the evidence on the server.
    pub commit_to_evidence_ms: u64,
    pub evidence: Evidence,
    /// The old profile's files have the same bytes as before.
    pub old_profile_unchanged: bool,
    /// `completed` or `manual`.
    pub outcome: String,
}

impl World {
    /// Types the invited code, sees for whom it is, and says "that's me".
    pub fn enter_code(&self, code: &AuthenticationCode) -> Result<(), Error> {
        self.type_code(&code.grouped())?;
        let person = self.person()?;
        person.wait_for(&self.word("card-continue"), LIMIT)?;
        Ok(())
    }

    /// Types something into the field for the code and presses Enter.
    pub fn type_code(&self, typed: &str) -> Result<(), Error> {
        self.screen.wait_for_window(&self.word("code-title"))?;
        let person = self.person()?;
        person.type_into(&self.word("code-field"), typed)?;
        Ok(self.screen.key("Return")?)
    }

    /// "That's me": waits until the server has bound the computer.
    pub fn bind(&self) -> Result<(), Error> {
        self.person()?.press_by_keyboard(&self.word("card-continue"), "space")?;
        self.office.wait_for_stage(OLD, "waiting", LIMIT)?;
        Ok(())
    }

    /// The operator gives the signal; how long it takes until the wizard's window is there.
    pub fn cut_over(&self) -> Result<Duration, Error> {
        let title = self.word("instructions-title");
        let before = Instant::now();
        self.office.run(&["cutover", PROJECT, "now"])?;
        wait("the wizard", LIMIT, || self.screen.window(&title))?;
        Ok(before.elapsed())
    }

    /// From the first page to the password page.
    pub fn continue_to_password(&self) -> Result<(), Error> {
        let person = self.person()?;
        person.press_by_keyboard(&self.word("instructions-continue"), "space")?;
        person.wait_for(&self.word("password-field"), LIMIT)?;
        Ok(())
    }

    /// Types the password of the new mailbox.
    pub fn type_password(&self, password: &str) -> Result<(), Error> {
        Ok(self.person()?.type_into(&self.word("password-field"), password)?)
    }

    /// "Set up my mail".
    pub fn commit(&self) -> Result<Instant, Error> {
        self.person()?.press_by_keyboard(&self.word("password-set-up"), "Return")?;
        Ok(Instant::now())
    }

    /// Waits for the confirmation and for the evidence on the server.
    pub fn confirmed(&self) -> Result<Evidence, Error> {
        wait("the confirmation", SET_UP_LIMIT, || self.screen.window(&self.word("confirmation-title")))?;
        let person = self.office.wait_for_stage(OLD, "completed", LIMIT)?;
        serde_json::from_value(person["evidence"].clone()).map_err(|_| Error::Otherwise("no evidence".into()))
    }

    /// Waits for the settings to enter by hand.
    pub fn manual_settings(&self) -> Result<(), Error> {
        wait("the settings by hand", SET_UP_LIMIT, || self.screen.window(&self.word("manual-title")))?;
        self.office.wait_for_stage(OLD, "failed", LIMIT)?;
        Ok(())
    }

    /// A picture of the agent's window.
    pub fn picture(&self, title: &str, path: &Path) -> Result<(), Error> {
        Ok(self.screen.screenshot(Some(title), path)?)
    }
}

/// The whole way, with a picture of each page in `pictures`.
pub fn play(world: &mut World, pictures: &Path, display: &str, dead: bool) -> Result<Report, Error> {
    let old_before = old_profile_hash(world.screen.home())?;
    world.start_agent()?;
    let picture = |world: &World, title: &str, name: &str| world.picture(&world.word(title), &pictures.join(name));
    world.screen.wait_for_window(&world.word("code-title"))?;
    world.enter_code(&world.invited_code()?)?;
    let welcome = world.words.with("code-title-project", &[("project", PROJECT)]);
    world.picture(&welcome, &pictures.join("code.png"))?;
    world.bind()?;
    let signal = world.cut_over()?;
    world.person()?.wait_for(&world.word("instructions-continue"), LIMIT)?;
    picture(world, "instructions-title", "instructions.png")?;
    world.continue_to_password()?;
    world.type_password(NEW_PASSWORD)?;
    picture(world, "password-title", "password.png")?;
    let committed = world.commit()?;
    let (evidence, outcome) = if dead {
        world.manual_settings()?;
        picture(world, "manual-title", "manual.png")?;
        (Evidence::default(), "manual")
    } else {
        // The title changes before the page is drawn: the page is there when its bar is.
        let bar = world.word("status-bar");
        world.person()?.wait_until("the bar", LIMIT, |node| node.name == bar)?;
        picture(world, "status-title", "status.png")?;
        let evidence = world.confirmed()?;
        picture(world, "confirmation-title", "confirmation.png")?;
        (evidence, "completed")
    };
    let commit_to_evidence = committed.elapsed();
    Ok(Report {
        display: display.into(),
        signal_to_wizard_ms: milliseconds(signal),
        commit_to_evidence_ms: milliseconds(commit_to_evidence),
        evidence,
        old_profile_unchanged: old_profile_hash(world.screen.home())? == old_before,
        outcome: outcome.into(),
    })
}

/// The same with a person at their own display: they do it, we watch the server and take the pictures.
pub fn accompanied(world: &mut World, pictures: &Path, dead: bool, limit: Duration) -> Result<Report, Error> {
    let old_before = old_profile_hash(world.screen.home())?;
    let signal = world.cut_over()?;
    let (stage, outcome) = if dead { ("failed", "manual") } else { ("completed", "completed") };
    let pages = ["instructions", "password", "status", "confirmation", "manual"];
    let mut committed = None;
    let person = wait("the end of the journey", limit, || {
        std::thread::sleep(GLANCE);
        for page in pages {
            let (title, path) = (world.word(&format!("{page}-title")), pictures.join(format!("{page}.png")));
            if world.screen.window(&title).is_some() {
                let _ = world.picture(&title, &path);
                if page == "status" {
                    committed.get_or_insert_with(Instant::now);
                }
            }
        }
        world.office.status(OLD).ok().filter(|person| person["stage"] == stage)
    })?;
    Ok(Report {
        display: "own".into(),
        signal_to_wizard_ms: milliseconds(signal),
        commit_to_evidence_ms: committed.map_or(0, |at| milliseconds(at.elapsed())),
        evidence: serde_json::from_value(person["evidence"].clone()).unwrap_or_default(),
        old_profile_unchanged: old_profile_hash(world.screen.home())? == old_before,
        outcome: outcome.into(),
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
