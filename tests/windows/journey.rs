//! The steps of the journey, as a person with a keyboard goes. On each page the key that goes on is Enter.

use std::time::Duration;

use mailshift::code::AuthenticationCode;
use mailshift::demo::Error;
use mailshift::demo::mail_server::{NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::protocol::Evidence;

use super::stage::{SOON, Stage, Told};

/// Longest wait for a set-up to end.
pub const SET_UP: Duration = Duration::from_mins(3);

/// How a set-up ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The last page is there, and the server has the evidence.
    Complete(Evidence),
    /// The settings by hand are there, with this response code.
    Manual(String),
}

impl End {
    /// The response code, or that all is done.
    pub fn code(&self) -> &str {
        if let Self::Manual(code) = self { code } else { "complete" }
    }
}

impl Stage {
    /// The words on a control.
    pub fn word(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// Waits until the page with these words as its title is in front and takes keys.
    pub fn turn_to_page(&self, id: &str) -> Told {
        self.turn_to(&self.word(id))
    }

    pub fn shows(&self, id: &str) -> bool {
        self.screen.window(&self.word(id)).is_some()
    }

    /// Types the invited code and sees for whom it is.
    pub fn enter_code(&self) -> Told {
        self.turn_to_page("code-title")?;
        self.type_text(&self.invited_code()?.grouped())?;
        self.key("Return")?;
        self.turn_to(&self.words.with("code-title-project", &[("project", PROJECT)]))
    }

    /// "That's me": waits until the server has bound the computer.
    pub fn bind(&self) -> Told {
        self.key("Return")?;
        self.is_at("waiting")?;
        wait("the waiting page", SOON, || self.shows("waiting-title").then_some(()))?;
        Ok(())
    }

    /// From the first start until the agent waits for the move.
    pub fn until_waiting(&mut self) -> Told {
        self.start_agent()?;
        self.enter_code()?;
        self.bind()
    }

    /// The operator gives the signal: the wizard comes up.
    pub fn cut_over(&self) -> Told {
        self.office.run(&["cutover", PROJECT, "now"])?;
        self.turn_to_page("instructions-title")
    }

    /// From the first page of the wizard until "Set up my mail" has been pressed, with the password where one is asked for.
    pub fn commit(&self, password: Option<&str>) -> Told {
        self.key("Return")?;
        self.turn_to_page("password-title")?;
        if let Some(password) = password {
            self.type_text(password)?;
        }
        self.key("Return")
    }

    /// From the first start until "Set up my mail" has been pressed, for a mailbox that Outlook itself signs in to.
    pub fn until_committed(&mut self) -> Told {
        self.until_waiting()?;
        self.cut_over()?;
        self.commit(None)
    }

    /// The same for a mailbox with a password.
    pub fn until_committed_with_password(&mut self) -> Told {
        self.until_waiting()?;
        self.cut_over()?;
        self.commit(Some(NEW_PASSWORD))
    }

    /// Waits until the set-up has ended, one way or the other.
    pub fn ended(&self) -> Result<End, Error> {
        self.ended_within(SET_UP)
    }

    pub fn ended_within(&self, limit: Duration) -> Result<End, Error> {
        let pages = ["confirmation-title", "manual-title"];
        let page = wait("the end of the set-up", limit, || pages.into_iter().find(|page| self.shows(page)))?;
        if page == "manual-title" {
            return Ok(End::Manual(self.is_at("failed")?["last_code"].as_str().unwrap_or_default().to_owned()));
        }
        let evidence = serde_json::from_value(self.is_at("completed")?["evidence"].clone());
        evidence.map(End::Complete).map_err(|_| Error::Otherwise("there is no evidence".into()))
    }

    /// Back to the old profile, by the command line, and the person says yes.
    pub fn undo(&self) -> Told {
        self.second_start(&["undo"])?;
        self.turn_to_page("undo-title")?;
        self.key("Return")?;
        wait("the way back", SET_UP, || self.shows("undo-title-done").then_some(()))?;
        self.is_at("undone").map(drop)
    }

    /// The code of the newest invitation in the old mailbox.
    pub fn invited_code(&self) -> Result<AuthenticationCode, Error> {
        Ok(wait("the invitation", SOON, || {
            let letters = self.mail.read_inbox(OLD_ADDRESS).ok()?;
            let mut invitations = letters.iter().rev().filter(|letter| letter.contains("Mailshift"));
            invitations.find_map(|letter| AuthenticationCode::parse(letter).ok())
        })?)
    }
}
