//! What travels between agent and server: version 1, JSON over HTTPS (plain HTTP only to this computer itself).
//!
//! Names and shapes here are an interface: fields are only ever added, with a default. Unknown fields are ignored,
//! unknown actions mean "wait". Errors are [`crate::problem::Problem`] documents.

mod client;
mod diagnostics;
mod event;
mod identity;
mod inventory;
mod stage;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Account;
use crate::secret::Secret;

pub use client::ClientKind;
pub use diagnostics::{DIAGNOSTICS_LIMIT, Diagnostics, DiagnosticsTaken};
pub use event::{Event, EventKind, EventsTaken, Evidence, RefusedEvent};
pub use identity::{Proof, Registered, RegistrationRequest, SignInRequest, SignedIn};
pub use inventory::{DataFile, Finding, InstalledClient, Inventory, KnownAccount, MinimumVersion, Rehearsal};
pub use stage::AgentStage;

/// Paths of version 1.
pub mod path {
    pub const ACTIVATIONS: &str = "/v1/activations";
    pub const ACTIVATION_SELF: &str = "/v1/activations/self";
    pub const REGISTRATIONS: &str = "/v1/registrations";
    pub const SIGN_INS: &str = "/v1/sign-ins";
    pub const SIGN_IN_SELF: &str = "/v1/sign-ins/self";
    pub const DIRECTIVE: &str = "/v1/directive";
    pub const INVENTORY: &str = "/v1/inventory";
    pub const EVENTS: &str = "/v1/events";
    pub const PASSWORD: &str = "/v1/password";
    pub const DIAGNOSTICS: &str = "/v1/diagnostics";
    pub const HEALTH: &str = "/healthz";
}

/// Whether a host is this computer itself, the only one that plain HTTP is spoken to.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `POST /v1/activations`: whose code is this? The code is spent only when the token is first used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ActivationRequest {
    pub code: Secret,
    pub device: Device,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What the owner calls the computer.
    pub name: String,
    /// `linux`, `windows`, `macos`.
    pub system: String,
    /// Operating-system login the agent runs for.
    pub login: String,
    /// Version of the agent.
    pub agent: String,
    /// Language of the session, BCP 47.
    #[serde(default)]
    pub language: String,
    /// The same for every login of this computer, and no other computer's; a hash of what the operating system calls it
    /// by, so that the server learns nothing else. Empty when the operating system does not tell.
    #[serde(default)]
    pub machine: String,
}

/// The answer (201) to an activation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Activation {
    pub device_id: Uuid,
    /// Bearer token of this device: may learn the directive and report; never opens a mailbox.
    pub token: Secret,
    pub project: ProjectName,
    /// For whom the code is, so that the person can say "not me" before anything is bound. None for a project's
    /// activation code, which says nothing of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<MaskedUser>,
    /// Which database made the device: its token is of use there and nowhere else. None: an older server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Uuid>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectName {
    pub name: String,
    pub brand: Brand,
    pub helpdesk: Helpdesk,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedUser {
    pub name: String,
    /// `a***@example.org`
    pub address: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Accent colour `#RRGGBB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
}

/// Whom people ask. Empty fields are not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpdesk {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
}

/// The question of `GET /v1/directive`, as its query string. Where the agent stands is part of it, so that a server
/// whose database was restored from a backup learns what it has forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Seconds the question may be held open.
    pub wait: u32,
    /// The epoch of the last directive that the agent has followed; 0: none yet.
    pub epoch: u64,
    /// The last order that the agent has acted on.
    pub acted_on: u64,
    pub stage: AgentStage,
}

/// `GET /v1/directive?wait=50`: what the server wants now. 304 without a body when nothing changed (`If-None-Match`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    pub action: Action,
    /// Rises with every new order of the operator; the agent acts on an order once.
    pub order: u64,
    pub user: User,
    pub project: Project,
    /// Seconds until the next question, when the server does not hold questions open.
    pub poll_seconds: u32,
    /// Another number than before: the database was restored from a backup. The agent says again where it stands, and only
    /// then follows what is ordered. 0: an older server.
    #[serde(default)]
    pub epoch: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Set the mail program up now.
    Configure,
    /// Plan, change nothing, report.
    Rehearse,
    /// Go back to the old profile.
    Undo,
    /// Forget this computer.
    Remove,
    /// Nothing until it is known who the person is.
    Identify,
    /// All done and confirmed: the guardian stops asking.
    Stop,
    #[default]
    #[serde(other)]
    Wait,
}

impl Action {
    /// Stable name: as it travels, in the database and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Configure => "configure",
            Self::Rehearse => "rehearse",
            Self::Undo => "undo",
            Self::Remove => "remove",
            Self::Identify => "identify",
            Self::Stop => "stop",
            Self::Wait => "wait",
        }
    }
}

/// Empty while it is not known who the person is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    pub old_address: String,
    pub new_address: String,
}

/// What an agent needs to know of its project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub name: String,
    #[serde(default)]
    pub brand: Brand,
    #[serde(default)]
    pub helpdesk: Helpdesk,
    /// The moment the mail moves.
    #[serde(default)]
    pub cutover: Option<Timestamp>,
    /// The user's new account, placeholders filled in. None until the operator has entered it.
    #[serde(default)]
    pub account: Option<Account>,
    #[serde(default)]
    pub password: PasswordPolicy,
    #[serde(default)]
    pub articles: Vec<Article>,
    /// What is older is reported before the cutover and not set up.
    #[serde(default)]
    pub minimum_versions: Vec<MinimumVersion>,
    /// People who use the new Outlook are switched to the classic one, when both are installed.
    #[serde(default)]
    pub switch_to_classic_outlook: bool,
}

/// What the password page offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// People may create a new password here (the project has a directory connector).
    pub may_create: bool,
    /// Which choice is made at first.
    pub prefer_create: bool,
    pub rules: PasswordRules,
    /// The password may be handed to the mail program's own store; else the mail program asks once.
    pub hand_over: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { may_create: false, prefer_create: false, rules: PasswordRules::default(), hand_over: true }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordRules {
    pub min_length: u8,
    pub upper_and_lower: bool,
    pub digit: bool,
    pub symbol: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 10, upper_and_lower: false, digit: false, symbol: false }
    }
}

impl PasswordRules {
    /// Each rule that applies, with whether the password meets it.
    pub fn met_by(&self, password: &str) -> Vec<(PasswordRule, bool)> {
        let has = |test: fn(char) -> bool| password.chars().any(test);
        let mut rules =
            vec![(PasswordRule::MinLength(self.min_length), password.chars().count() >= usize::from(self.min_length))];
        if self.upper_and_lower {
            rules.push((PasswordRule::UpperAndLower, has(char::is_uppercase) && has(char::is_lowercase)));
        }
        if self.digit {
            rules.push((PasswordRule::Digit, has(|c| c.is_ascii_digit())));
        }
        if self.symbol {
            rules.push((PasswordRule::Symbol, has(|c| !c.is_alphanumeric() && !c.is_whitespace())));
        }
        rules
    }

    pub fn all_met_by(&self, password: &str) -> bool {
        self.met_by(password).iter().all(|(_, met)| *met)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRule {
    MinLength(u8),
    UpperAndLower,
    Digit,
    Symbol,
}

/// A step-by-step article for setting the mail program up by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    pub title: String,
    pub url: String,
}

/// `POST /v1/password`. Never stored, never logged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPassword {
    pub new_password: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_of_a_newer_server_means_wait() {
        assert_eq!(serde_json::from_str::<Action>("\"dance\"").expect("an action"), Action::Wait);
        assert_eq!(serde_json::from_str::<Action>("\"configure\"").expect("an action"), Action::Configure);
    }

    #[test]
    fn each_password_rule_is_judged_by_itself() {
        let rules = PasswordRules { min_length: 8, upper_and_lower: true, digit: true, symbol: true };
        let met = |password: &str| rules.met_by(password).into_iter().map(|(_, met)| met).collect::<Vec<_>>();
        assert_eq!(met("abc"), [false, false, false, false]);
        assert_eq!(met("abcdefgH"), [true, true, false, false]);
        assert_eq!(met("abcdefgH1"), [true, true, true, false]);
        assert!(rules.all_met_by("abcdefgH1!"));
        assert!(rules.all_met_by("Grüße-42"));
    }
}
