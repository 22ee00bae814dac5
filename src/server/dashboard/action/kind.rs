//! The kinds of action, as forms name them, and what was chosen.

use crate::server::Service;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::projects::actions;
use crate::server::projects::deletion::{self, Extent};
use crate::server::status::table::{Row, Subject};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Invite,
    Configure,
    Retry,
    Rehearse,
    Undo,
    Delay,
    Wave,
    NewCode,
    Assign,
    AssignDevice,
    Lock,
    Unlock,
    Suspend,
    Allow,
    Remove,
    Delete,
}

/// A row that was chosen.
pub struct Target {
    /// As the checkbox sent it.
    pub id: String,
    pub label: String,
    pub user: Option<String>,
    pub subject: actions::Target,
}

impl Target {
    pub fn of(subject: Subject, row: Row) -> Option<Self> {
        let address = row.user.as_ref().map(|user| user.old_address.clone());
        let user = row.user.map(|user| user.id);
        let agent = row.login.as_ref().map(|login| login.id);
        let device = row.login.map(|login| format!("{} ({})", login.device, login.name));
        let (id, label, subject) = match subject {
            Subject::Users => (user.clone()?, address?, actions::Target::User(user.clone()?)),
            Subject::Devices => {
                let label = [device, address].into_iter().flatten().collect::<Vec<_>>().join(", ");
                (agent?.to_string(), label, actions::Target::Agent(agent?))
            }
        };
        Some(Self { id, label, user, subject })
    }
}

impl Kind {
    pub const ALL: [Self; 16] = [
        Self::Invite,
        Self::Configure,
        Self::Retry,
        Self::Rehearse,
        Self::Delay,
        Self::Undo,
        Self::Wave,
        Self::NewCode,
        Self::Assign,
        Self::AssignDevice,
        Self::Lock,
        Self::Unlock,
        Self::Suspend,
        Self::Allow,
        Self::Remove,
        Self::Delete,
    ];

    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    pub fn id(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Configure => "configure",
            Self::Retry => "retry",
            Self::Rehearse => "rehearse",
            Self::Undo => "undo",
            Self::Delay => "delay",
            Self::Wave => "wave",
            Self::NewCode => "new-code",
            Self::Assign => "assign",
            Self::AssignDevice => "assign-device",
            Self::Suspend => "suspend",
            Self::Allow => "allow",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Remove => "remove",
            Self::Delete => "delete",
        }
    }

    /// Needs no computer.
    pub fn is_for_users(self) -> bool {
        matches!(self, Self::Invite | Self::Wave | Self::Suspend | Self::Allow | Self::Delete)
    }

    /// Is about a computer, whoever uses it.
    pub fn is_for_devices(self) -> bool {
        self == Self::AssignDevice
    }

    pub fn name(self, words: Words) -> String {
        words.text(match self {
            Self::Invite => "action-invite",
            Self::Configure => "action-configure",
            Self::Retry => "action-retry",
            Self::Rehearse => "action-rehearse",
            Self::Undo => "action-undo",
            Self::Delay => "action-delay",
            Self::Wave => "action-wave",
            Self::NewCode => "action-new-code",
            Self::Assign => "action-assign",
            Self::AssignDevice => "action-assign-device",
            Self::Suspend => "action-suspend",
            Self::Allow => "action-allow",
            Self::Lock => "action-lock",
            Self::Unlock => "action-unlock",
            Self::Remove => "action-remove",
            Self::Delete => "action-delete",
        })
    }

    /// What will happen, to how many.
    pub fn says(self, words: Words, count: usize) -> String {
        let id = match self {
            Self::Invite => "confirm-invite",
            Self::Configure => "confirm-configure",
            Self::Retry => "confirm-retry",
            Self::Rehearse => "confirm-rehearse",
            Self::Undo => "confirm-undo",
            Self::Delay => "confirm-delay",
            Self::Wave => "confirm-wave",
            Self::NewCode => "confirm-new-code",
            Self::Assign => "confirm-assign",
            Self::AssignDevice => "confirm-assign-device",
            Self::Suspend => "confirm-suspend",
            Self::Allow => "confirm-allow",
            Self::Lock => "confirm-lock",
            Self::Unlock => "confirm-unlock",
            Self::Remove => "confirm-remove",
            Self::Delete => "confirm-delete",
        };
        words.with(id, [("count", count.into())])
    }
}

/// The name of an order as the database has it.
pub fn order_name(words: Words, order: &str) -> String {
    Kind::of(order).map_or_else(|| order.to_owned(), |kind| kind.name(words))
}

/// What deleting the users of these targets would take with it.
pub async fn extent(service: &Service, targets: &[Target]) -> Result<Extent, Refusal> {
    let users: Vec<&str> = targets.iter().filter_map(|target| target.user.as_deref()).collect();
    let mut connection = service.db.pool().acquire().await?;
    Ok(deletion::of_users(&mut connection, &users).await?)
}
