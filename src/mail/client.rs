//! The mail client of a set-up: one place where Thunderbird and Outlook part ways.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, Host, Order, Progress, outlook, thunderbird};
use crate::os::Places;
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// Which mail client is set up, with all that going back needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Client {
    Thunderbird(Box<thunderbird::Record>),
    Outlook(Box<outlook::Record>),
}

/// How much a mail client means to the person; the greater is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Installed,
    HasProfiles,
    Running,
}

/// What a proof is made of and whom it tells.
pub(super) struct Proving<'a> {
    /// The agent itself has signed in to both servers.
    pub signed_in: bool,
    /// Messages in the new inbox at the agent's own sign-in.
    pub inbox_messages: u32,
    pub host: &'a Host,
    pub progress: &'a (dyn Fn(Progress) + Sync),
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Client {
    /// The mail client that the person uses. Outlook comes first when both are used alike.
    pub async fn chosen(places: &Places, host: &Host) -> Result<Self, Error> {
        let (outlook, thunderbird) = (outlook::chosen().await, thunderbird::chosen(places, host).await);
        match (outlook, thunderbird) {
            (Ok((outlook, used)), Ok(Some((_, other)))) if used >= other => Ok(Self::Outlook(Box::new(outlook))),
            (_, Ok(Some((install, _)))) => Ok(Self::Thunderbird(Box::new(thunderbird::Record::new(install)))),
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
    pub async fn check(&self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.check(order).await,
            Self::Outlook(record) => record.check(order, places, host).await,
        }
    }

    pub async fn is_running(&self) -> bool {
        match self {
            Self::Thunderbird(record) => record.is_running().await,
            Self::Outlook(record) => record.is_running().await,
        }
    }

    /// Files that going back replaces.
    pub fn lists(&self) -> Vec<PathBuf> {
        match self {
            Self::Thunderbird(record) => record.lists(),
            Self::Outlook(_) => Vec::new(),
        }
    }

    /// Whether the new profile is the default, and the mail client has opened it.
    pub async fn is_used_anew(&self) -> bool {
        match self {
            Self::Thunderbird(record) => record.is_used_anew().await,
            Self::Outlook(_) => false,
        }
    }

    /// Fails when somebody has opened the old profile since [`Self::plan`]: what is written into it from then on would not
    /// be in the new one.
    pub async fn check_still_closed(&self) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.check_still_closed().await,
            Self::Outlook(_) => Ok(()),
        }
    }

    /// Asks it to close and waits until it has. See [`super::closing::until_closed`].
    pub async fn close(&self, host: &Host, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.close(host, waiting, stop).await,
            Self::Outlook(record) => record.close(waiting, stop).await,
        }
    }

    /// Starts it on its default profile.
    pub fn start(&self, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.start(host),
            Self::Outlook(record) => record.start(host),
        }
    }

    /// Plans with what is there now that it is closed, and keeps what going back needs. Changes nothing yet.
    pub async fn plan(&mut self, order: &Order, id: Uuid, places: &Places, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.plan(order, id, places).await,
            Self::Outlook(record) => record.plan(order, places, host).await,
        }
    }

    /// Makes the new profile. Returns what is left for the person, as in [`super::Outcome::left`].
    pub async fn create(&mut self, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        match self {
            Self::Thunderbird(record) => record.create().await.map(|()| Vec::new()),
            Self::Outlook(record) => record.create(host).await,
        }
    }

    /// Fills the new profile with what the person has in the old one.
    pub async fn carry_over(&mut self, order: &Order, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        match self {
            Self::Thunderbird(record) => record.carry_over(order, host).await,
            // Outlook's data files are attached as the profile is made; signatures and templates belong to the login.
            Self::Outlook(_) => Ok(Vec::new()),
        }
    }

    /// Makes the new profile the default one.
    pub async fn switch(&self, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.switch().await,
            Self::Outlook(record) => record.switch(host).await,
        }
    }

    /// Starts it on the new profile and waits until it works there.
    pub async fn prove(&self, proving: &Proving<'_>) -> Result<Evidence, Error> {
        match self {
            Self::Thunderbird(record) => record.prove(proving).await,
            Self::Outlook(record) => record.prove(proving).await,
        }
    }

    /// Everything as it was before [`Self::plan`], from whatever stage. The mail client is closed. What a set-up that
    /// `failed` made is taken away, unless it has been used.
    pub async fn restore(&self, failed: bool, host: &Host) -> Result<(), Error> {
        match self {
            Self::Thunderbird(record) => record.restore(failed).await,
            Self::Outlook(record) => record.restore(host).await,
        }
    }

    /// Whether it would open as the person knows it, once everything is as it was. Without a profile, Outlook would
    /// begin to ask for an account.
    pub fn has_something_to_open(&self) -> bool {
        match self {
            Self::Thunderbird(_) => true,
            Self::Outlook(record) => record.had_a_profile(),
        }
    }

    /// Name of the new profile.
    pub fn profile(&self) -> String {
        match self {
            Self::Thunderbird(record) => record.profile(),
            Self::Outlook(record) => record.profile(),
        }
    }

    /// The old profile as people can find it, when there was one.
    pub fn old_profile(&self, home: &Path) -> Option<String> {
        match self {
            Self::Thunderbird(record) => record.old_profile(home),
            Self::Outlook(record) => record.old_profile(),
        }
    }
}
