//! The mail client of a set-up: one place where Thunderbird and Outlook part ways.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::Context;
use super::{Error, Host, Order, outlook, thunderbird};
use crate::os::Places;
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// Which mail client is set up, with all that going back needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Client {
    Thunderbird(Box<thunderbird::SetUp>),
    Outlook(Box<outlook::SetUp>),
}

impl Client {
    /// The mail client that the person uses. Outlook comes first when both are used alike.
    pub fn detect(places: &Places, host: &Host) -> Result<Self, Error> {
        match (outlook::detect(), thunderbird::detect(places, host)) {
            (Ok((outlook, used)), Ok(Some((_, other)))) if used >= other => Ok(Self::Outlook(Box::new(outlook))),
            (_, Ok(Some((install, _)))) => Ok(Self::Thunderbird(Box::new(thunderbird::SetUp::new(install)))),
            (Ok((outlook, _)), _) => Ok(Self::Outlook(Box::new(outlook))),
            (Err(_), Err(error)) | (Err(error), Ok(None)) => Err(error),
        }
    }

    /// The name people know.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Thunderbird(_) => thunderbird::CLIENT,
            Self::Outlook(_) => outlook::CLIENT,
        }
    }

    /// Whether the agent signs in before anything is changed. Where only a browser window can, the mail client's own
    /// sign-in is waited for instead.
    pub fn is_verified_first(&self, order: &Order) -> bool {
        !matches!(self, Self::Outlook(_)) || !order.account.signs_in_there()
    }

    /// Fails early, while nothing has been touched.
    pub fn check(&self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.check(order),
            Self::Outlook(set_up) => set_up.check(order, places, host),
        }
    }

    pub fn is_running(&self) -> bool {
        match self {
            Self::Thunderbird(set_up) => set_up.is_running(),
            Self::Outlook(_) => outlook::process::running().is_some(),
        }
    }

    /// Files that going back replaces.
    pub fn lists(&self) -> Vec<PathBuf> {
        match self {
            Self::Thunderbird(set_up) => set_up.lists(),
            Self::Outlook(_) => Vec::new(),
        }
    }

    /// Whether the new profile is the default, and the mail client has opened it.
    pub fn is_used_anew(&self) -> bool {
        match self {
            Self::Thunderbird(set_up) => set_up.is_used_anew(),
            Self::Outlook(_) => false,
        }
    }

    /// Fails when somebody has opened the old profile since [`Self::plan`]: what is written into it from then on would not
    /// be in the new one.
    pub fn check_still_closed(&self) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.check_still_closed(),
            Self::Outlook(_) => Ok(()),
        }
    }

    /// Asks it to close and waits until it has. See [`super::closing::until_closed`].
    pub fn close(&self, host: &Host, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.close(host, waiting, stop),
            Self::Outlook(_) => outlook::process::close(waiting, stop),
        }
    }

    /// Starts it on its default profile. The child is left to itself; tokio collects its exit status.
    pub fn start(&self, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => thunderbird::process::start(&set_up.install, host).map(drop),
            Self::Outlook(set_up) => outlook::process::start(&set_up.install.program, &[], host).map(drop),
        }
    }

    /// Plans with what is there now that it is closed, and keeps what going back needs. Changes nothing yet.
    pub fn plan(&mut self, order: &Order, id: Uuid, places: &Places, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.plan(order, id, places),
            Self::Outlook(set_up) => set_up.plan(order, places, host),
        }
    }

    /// Makes the new profile. Returns what is left for the person, as in [`super::Outcome::left`].
    pub fn create(&mut self, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.create().map(|()| Vec::new()),
            Self::Outlook(set_up) => set_up.create(host),
        }
    }

    /// Fills the new profile with what the person has in the old one.
    pub fn carry_over(&self) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.carry_over(),
            // Outlook's data files are attached as the profile is made; signatures and templates belong to the login.
            Self::Outlook(_) => Ok(()),
        }
    }

    /// Gives the password to the mail client's own store. Returns what is left for the person: that it did not get there
    /// is no failure.
    pub fn hand_over(&mut self, order: &Order, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.hand_over(order, host),
            // Outlook asks for it once.
            Self::Outlook(_) => Ok(Vec::new()),
        }
    }

    /// Makes the new profile the default one.
    pub fn switch(&self, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.switch(),
            Self::Outlook(set_up) => set_up.switch(host),
        }
    }

    /// Starts it on the new profile and waits until it works there.
    pub fn prove(&self, context: &Context<'_>) -> Result<Evidence, Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.prove(context),
            Self::Outlook(set_up) => set_up.prove(context),
        }
    }

    /// Everything as it was before [`Self::plan`], from whatever stage. The mail client is closed. What a set-up that
    /// `failed` made is taken away, unless it has been used.
    pub fn restore(&self, failed: bool, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(set_up) => set_up.restore(failed),
            Self::Outlook(set_up) => set_up.restore(host),
        }
    }

    /// Whether it would open as the person knows it, once everything is as it was. Without a profile, Outlook would
    /// begin to ask for an account.
    pub fn has_something_to_open(&self) -> bool {
        match self {
            Self::Thunderbird(_) => true,
            Self::Outlook(set_up) => set_up.had_a_profile(),
        }
    }

    /// Name of the new profile.
    pub fn profile(&self) -> String {
        match self {
            Self::Thunderbird(set_up) => set_up.profile(),
            Self::Outlook(set_up) => set_up.profile(),
        }
    }

    /// The old profile as people can find it, when there was one.
    pub fn old_profile(&self, home: &Path) -> Option<String> {
        match self {
            Self::Thunderbird(set_up) => set_up.old_profile(home),
            Self::Outlook(set_up) => set_up.old_profile(),
        }
    }
}
