//! The settings file of a project.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::Account;
use crate::protocol::{Article, Brand, Helpdesk, MinimumVersion, PasswordPolicy};
use crate::server::described;
use crate::server::projects::communication::{Downloads, Reminders};
use crate::server::projects::directory::Directory;
use crate::server::secret_source::SecretSource;

/// Enough for an organisation that installs everywhere in one night, and few enough to be deleted again.
pub const COMPUTERS_PER_HOUR: u32 = 2_000;

/// Everything an operator decides about a project, as the JSON file that `project create` and `project set` read.
/// Every field may be left out. Fields that nobody reads are refused when somebody writes them ([`crate::server::projects::unread`]), and kept
/// when they were stored by a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Settings {
    /// The new account: `incoming` and `outgoing`, each `{protocol, host, port, security, authentication, username}`.
    /// `host` and `username` may hold `%EMAILADDRESS%`, `%EMAILLOCALPART%`, `%EMAILDOMAIN%` and `%REALNAME%`.
    /// `certificate_authority` is PEM text or the path of a PEM file, relative to the settings file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<described::Account>)]
    pub account: Option<Account>,
    /// When the mail moves: `2026-11-21T18:00[Europe/Berlin]`, or with an offset, or in the operator's own time zone.
    /// Kept apart from the other settings: a file without it leaves the cutover as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutover: Option<String>,
    /// Minutes after the cutover until the first computer starts.
    pub lead_minutes: u32,
    /// Minutes over which the computers' starts are spread out.
    pub spread_minutes: u32,
    /// Most computers that start in one minute after a scheduled cutover; the others take the next minutes. `null`: no
    /// limit.
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 4_294_967_295_u64)]
    pub starts_per_minute: Option<NonZeroU32>,
    /// Hours after a success during which going back can be ordered; the agent stops asking afterwards.
    pub undo_hours: u32,
    /// Hours after the cutover until which failures are tried again without being asked.
    pub retry_hours: u32,
    /// New computers that may come with the activation code in one hour. More are asked to come again.
    pub computers_per_hour: u32,
    /// Days an authentication code is valid.
    pub code_days: u32,
    /// `{"colour": "#RRGGBB"}`
    #[schema(value_type = described::Brand)]
    pub brand: Brand,
    /// `{"name", "email", "phone"}`: whom people ask.
    #[schema(value_type = described::Helpdesk)]
    pub helpdesk: Helpdesk,
    /// `[{"title", "url"}]`: step-by-step articles for setting the mail program up by hand.
    #[schema(value_type = Vec<described::Article>)]
    pub articles: Vec<Article>,
    /// `{"may_create", "prefer_create", "hand_over", "rules": {"min_length", "upper_and_lower", "digit", "symbol"}}`
    #[schema(value_type = described::PasswordPolicy)]
    pub password: PasswordPolicy,
    /// `{"command": ["program", "argument", …]}` or `{"webhook": {"url", "key"}}`: takes new passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<Directory>,
    /// A new computer's login becomes the one active user whose `login` has the same name, without a question. The computer
    /// tells that name itself: whoever has the activation code can say to be anybody. So it cannot be had together with
    /// `password.may_create`, and who was found in this way never sets a password here.
    pub directory_match: bool,
    /// How invitations are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Smtp>,
    /// Where people get the agent, for the invitation. HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_url: Option<String>,
    /// This server as people reach it, `https://mailshift.example.org`: for the personal links in the mails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// `{"windows": {"url", "sha256"}, "linux": …, "macos": …}`: where the personal page sends people for the agent.
    pub downloads: Downloads,
    /// `{"every_days", "at_most"}`: mails to people without an activated computer. Left out: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
    /// IANA name, `Europe/Berlin`: for times in mails and for when reminders may go. Left out: the server's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `[{"client", "release", "installation", "version", "install"}]`: mail clients that are too old. Left out: what
    /// Microsoft 365 refuses.
    #[schema(value_type = Vec<described::MinimumVersion>)]
    pub minimum_versions: Vec<MinimumVersion>,
    /// People who use the new Outlook are switched to the classic one, when both are installed.
    pub switch_to_classic_outlook: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: None,
            cutover: None,
            lead_minutes: 10,
            spread_minutes: 0,
            starts_per_minute: NonZeroU32::new(200),
            undo_hours: 72,
            retry_hours: 24,
            computers_per_hour: COMPUTERS_PER_HOUR,
            code_days: 14,
            brand: Brand::default(),
            helpdesk: Helpdesk::default(),
            articles: Vec::new(),
            password: PasswordPolicy::default(),
            directory: None,
            directory_match: false,
            smtp: None,
            download_url: None,
            public_url: None,
            downloads: Downloads::default(),
            reminders: None,
            time_zone: None,
            minimum_versions: MinimumVersion::refused_by_microsoft_365(),
            switch_to_classic_outlook: false,
        }
    }
}

impl Settings {
    pub fn lead(&self) -> SignedDuration {
        SignedDuration::from_mins(self.lead_minutes.into())
    }

    pub fn spread(&self) -> SignedDuration {
        SignedDuration::from_mins(self.spread_minutes.into())
    }

    pub fn undo_window(&self) -> SignedDuration {
        SignedDuration::from_hours(self.undo_hours.into())
    }

    pub fn retry_limit(&self) -> SignedDuration {
        SignedDuration::from_hours(self.retry_hours.into())
    }

    pub fn code_validity(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.code_days) * 24)
    }

    /// Where the organisation is.
    pub fn zone(&self) -> TimeZone {
        let named = self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or_else(TimeZone::system)
    }
}

/// The server that takes invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Smtp {
    pub host: String,
    /// Usual for the kind of security when left out: 465, 587, 25.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    pub security: SmtpSecurity,
    /// Left out: no sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `{"file": path}` or `{"env": name}`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<described::SecretSource>)]
    pub password: Option<SecretSource>,
    /// Sender of the invitations: `Help desk <help@example.org>`
    pub from: String,
    /// Path of a PEM file, when the server's certificate comes from the organisation's own authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub certificate_authority: Option<std::path::PathBuf>,
    /// Letters per minute at most.
    #[serde(default = "usual_pace")]
    #[schema(value_type = u64, minimum = 1, maximum = 4_294_967_295_u64)]
    pub per_minute: u32,
}

/// What providers of mail usually allow one sender.
fn usual_pace() -> u32 {
    30
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// Encrypted from the first byte.
    Tls,
    /// Starts in the clear and switches; nothing is sent when the server does not.
    StartTls,
    /// Only to this computer itself.
    None,
}

impl Smtp {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            SmtpSecurity::Tls => 465,
            SmtpSecurity::StartTls => 587,
            SmtpSecurity::None => 25,
        })
    }
}
