//! Mail clients: find, plan, apply, prove, undo.

mod beside;
mod child;
mod client;
mod closing;
mod completion;
mod context;
mod error;
mod files;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod host;
mod journal;
mod outlook;
mod recovery;
mod reserve;
mod script;
mod set_up;
pub mod sign_in;
mod summary;
pub mod thunderbird;
mod usage;

pub use error::{Error, Side};
pub use host::Host;
pub use outlook::mapi::{MAPI_CHILD_ARGUMENT, mapi_child_main};
pub use recovery::{Recovered, can_undo, has_way_back, is_unfinished};
pub use summary::{Summary, summary};
pub use thunderbird::{NSS_CHILD_ARGUMENT, nss_child_main};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;

use client::Client;

use crate::account::Account;
use crate::os::{self, Places};
use crate::problem::ResponseCode;
use crate::protocol::{Evidence, Inventory, MinimumVersion};
use crate::secret::Secret;

/// What is to be set up, for one person.
#[derive(Debug, Clone)]
pub struct Order {
    pub name: String,
    pub address: String,
    /// The old address: what is carried over belongs to it.
    pub old_address: String,
    /// Placeholders are filled in.
    pub account: Account,
    pub password: Secret,
    /// The password may go into the mail client's own store; else the mail client asks once.
    pub hand_over: bool,
    /// Name of the new profile as people see it; made unique when it is taken.
    pub profile: String,
    /// What is older is not set up.
    pub minimum_versions: Vec<MinimumVersion>,
    /// A person who uses the new Outlook is switched to the classic one.
    pub switch_to_classic_outlook: bool,
}

/// Runs a script of ours beside windows and network.
async fn run<T: Send + 'static>(
    places: &Places,
    host: &Host,
    script: impl FnOnce(&Places, &Host) -> T + Send + 'static,
) -> T {
    let (places, host) = (places.clone(), host.clone());
    script::run(move || script(&places, &host)).await
}

/// What this login has: mail clients, versions, profiles, and what would stop a set-up. What cannot be read is left out.
pub async fn inventory(places: &Places, host: &Host, minimum_versions: &[MinimumVersion]) -> Inventory {
    let minimum_versions = minimum_versions.to_vec();
    run(places, host, move |places, host| {
        let mut clients = outlook::inventory(places, &minimum_versions);
        clients.extend(thunderbird::inventory(places, host));
        Inventory { clients, free_disk: os::files::free_space(&places.state), rehearsal: None }
    })
    .await
}

/// Goes through a set-up as far as it can be planned, without changing anything and without a password.
pub async fn rehearse(order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
    let order = order.clone();
    run(places, host, move |places, host| Client::detect(places, host)?.check(&order, places, host)).await
}

/// Sets a mail client up on the new account and proves that it works. The password is verified against both servers
/// before anything is written; after a failure everything is as it was.
pub async fn set_up(
    order: Order,
    places: &Places,
    host: &Host,
    progress: UnboundedSender<Progress>,
    cancel: Cancel,
) -> Result<Outcome, Error> {
    // Nobody may be listening any more; that stops nothing.
    let tell = move |said| _ = progress.send(said);
    run(places, host, move |places, host| set_up::set_up(&order, places, host, &tell, &cancel)).await
}

/// Finishes or undoes what a killed agent left half done. To be called before anything else at the agent's start, and as
/// often as somebody wants to try again. May wait for the mail client as long as a set-up does.
pub async fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    run(places, host, recovery::recover).await
}

/// As [`recover`], by the person's own wish: a record that cannot be read does not stand in the way for ever. It is kept
/// under another name.
pub async fn recover_again(places: &Places, host: &Host) -> Result<Recovered, Error> {
    run(places, host, recovery::recover_again).await
}

/// Makes the old profile the default again. What the new profile has downloaded stays.
pub async fn undo(places: &Places, host: &Host, progress: UnboundedSender<Progress>) -> Result<(), Error> {
    let tell = move |said| _ = progress.send(said);
    run(places, host, move |places, host| recovery::undo(places, host, &tell)).await
}

/// Opens the mail client as the person would: a running one shows its window.
pub async fn open_client(places: &Places, host: &Host) -> Result<(), Error> {
    run(places, host, |places, host| Client::detect(places, host)?.start(host)).await
}

/// The steps a person sees, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    CheckPassword,
    CloseClient,
    CreateProfile,
    CarryOver,
    SwitchDefault,
    StartClient,
    CheckArrival,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::CheckPassword,
        Self::CloseClient,
        Self::CreateProfile,
        Self::CarryOver,
        Self::SwitchDefault,
        Self::StartClient,
        Self::CheckArrival,
    ];

    /// Stable name: in events and as `step-…` in `i18n`.
    pub fn id(self) -> &'static str {
        match self {
            Self::CheckPassword => "check-password",
            Self::CloseClient => "close-client",
            Self::CreateProfile => "create-profile",
            Self::CarryOver => "carry-over",
            Self::SwitchDefault => "switch-default",
            Self::StartClient => "start-client",
            Self::CheckArrival => "check-arrival",
        }
    }
}

/// What a set-up says while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Started(Step),
    Finished(Step),
    /// The mail client is still open, for instance over a draft: the person is asked to close it.
    WaitingForClose,
    /// The mail client's own sign-in is open: the person signs in there.
    WaitingForSignIn,
}

/// A set-up that is proven to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Name of the mail client as people know it.
    pub client: String,
    /// Name of the new profile.
    pub profile: String,
    /// Name and folder of the old profile, when there was one.
    pub old_profile: Option<String>,
    pub evidence: Evidence,
    /// Small things left for the person, as response codes (`CFG-9`: the mail client asks for the password once).
    pub left: Vec<ResponseCode>,
}

/// Lets a running set-up be stopped. It stops at the next point where nothing is half done.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
