//! The kinds of action, and doing one to each target.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::operation::Operation;
use crate::server::operators::{Role, Viewer};
use crate::server::projects::actions::{self, Action};
use crate::server::projects::deletion::{self, Extent};
use crate::server::projects::identity::{State, overrides};
use crate::server::projects::users::User;
use crate::server::projects::{Project, users, waves};
use crate::server::status::table::{Row, Subject};
use crate::server::{Service, mailings};

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

/// An action with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Plain(Kind),
    Delay(Timestamp),
    /// Id of a user.
    Assign(String),
    AssignDevice(String),
    Lock(String),
    /// Id of a wave; none takes out of any.
    Wave(Option<String>),
}

/// A row that was chosen.
pub struct Target {
    /// As the checkbox sent it.
    pub id: String,
    pub label: String,
    pub user: Option<String>,
    pub login: Option<Uuid>,
}

pub struct Outcome {
    /// The id of the [`Target`].
    pub target: String,
    /// Why not, in words.
    pub refused: Option<String>,
    pub code: Option<ResponseCode>,
}

impl Target {
    pub fn of(subject: Subject, row: Row) -> Option<Self> {
        let address = row.user.as_ref().map(|user| user.old_address.clone());
        let user = row.user.map(|user| user.id);
        let login = row.login.as_ref().map(|login| login.id);
        let device = row.login.map(|login| format!("{} ({})", login.device, login.name));
        let (id, label) = match subject {
            Subject::Users => (user.clone()?, address?),
            Subject::Devices => {
                let label = [device, address].into_iter().flatten().collect::<Vec<_>>().join(", ");
                (login?.to_string(), label)
            }
        };
        Some(Self { id, label, user, login })
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

/// Does it to each target.
pub async fn apply(
    service: &Arc<Service>,
    viewer: &Viewer,
    project: &Project,
    targets: &[Target],
    ask: Ask,
) -> Result<Vec<Outcome>, Refusal> {
    let action = match ask {
        Ask::Wave(wave) => return put(service, viewer, project, targets, wave).await,
        Ask::Plain(Kind::Invite) => return invite(service, viewer, project, targets).await,
        Ask::Plain(Kind::Suspend) => return rule(service, viewer, targets, State::Suspended).await,
        Ask::Plain(Kind::Allow) => return rule(service, viewer, targets, State::Active).await,
        Ask::Plain(Kind::Delete) => return delete(service, viewer, targets).await,
        Ask::Plain(Kind::Configure) => Action::Configure,
        Ask::Plain(Kind::Rehearse) => Action::Rehearse,
        Ask::Plain(Kind::Undo) => Action::Undo,
        Ask::Plain(Kind::Remove) => Action::Remove,
        Ask::Plain(Kind::Unlock) => Action::Unlock,
        Ask::Plain(Kind::NewCode) => Action::NewCode,
        Ask::Plain(_) => Action::Retry,
        Ask::Delay(until) => Action::Delay { until },
        Ask::Assign(user) => Action::Assign { user },
        Ask::AssignDevice(user) => Action::AssignDevice { user },
        Ask::Lock(user) => Action::Lock { user },
    };
    let logins = logins(service, project).await?;
    let of = |target: &Target| match &target.user {
        // A user's order is for each computer of theirs.
        Some(user) if target.id == *user => logins.get(user).cloned().unwrap_or_default(),
        _ => target.login.into_iter().collect(),
    };
    let pairs: Vec<(&Target, Vec<Uuid>)> = targets.iter().map(|target| (target, of(target))).collect();
    let all: Vec<Uuid> = pairs.iter().flat_map(|(_, logins)| logins.iter().copied()).collect();
    let outcomes = actions::apply(service, &viewer.actor, project, &all, &action).await?;
    let refused: HashMap<Uuid, ResponseCode> =
        outcomes.into_iter().filter_map(|outcome| outcome.refused.map(|code| (outcome.target, code))).collect();
    let words = viewer.words;
    let outcome = |(target, logins): (&Target, Vec<Uuid>)| {
        let code = logins.iter().find_map(|login| refused.get(login)).copied();
        let refused = match code {
            Some(code) => Some(crate::server::dashboard::codes::entry(words, code).operator),
            None if logins.is_empty() => Some(words.text("action-no-device")),
            None => None,
        };
        Outcome { target: target.id.clone(), refused, code }
    };
    Ok(pairs.into_iter().map(outcome).collect())
}

async fn logins(service: &Service, project: &Project) -> Result<HashMap<String, Vec<Uuid>>, Refusal> {
    let rows = sqlx::query(
        "SELECT l.id, l.user_id FROM login l JOIN project_user u ON u.id = l.user_id
         WHERE u.project_id = $1 AND l.state = 'bound' ORDER BY l.id",
    )
    .bind(project.id.clone())
    .fetch_all(service.db.pool())
    .await?;
    let mut logins: HashMap<String, Vec<Uuid>> = HashMap::new();
    for row in &rows {
        if let Ok(id) = row.try_get::<String, _>("id")?.parse() {
            logins.entry(row.try_get("user_id")?).or_default().push(id);
        }
    }
    Ok(logins)
}

/// The users of the targets that have one.
async fn named(service: &Service, targets: &[Target]) -> Result<Vec<(String, User)>, Refusal> {
    let mut named = Vec::with_capacity(targets.len());
    for target in targets {
        if let Some(user) = &target.user {
            named.push((target.id.clone(), users::find(service.db.pool(), user).await?));
        }
    }
    Ok(named)
}

/// Who is in another state comes into the state `to`; the others are left alone.
async fn rule(service: &Service, viewer: &Viewer, targets: &[Target], to: State) -> Result<Vec<Outcome>, Refusal> {
    let named = named(service, targets).await?;
    let mut outcomes = Vec::with_capacity(named.len());
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    for (target, user) in named {
        let code = match overrides::set_state(&mut tx, &user, to).await {
            Ok(()) => None,
            Err(refusal) if refusal.status() == ResponseCode::NotSuspended.status() => Some(refusal.code()),
            Err(other) => return Err(other),
        };
        let refused = code.map(|code| crate::server::dashboard::codes::entry(viewer.words, code).operator);
        outcomes.push(Outcome { target, refused, code });
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// What deleting the users of these targets would take with it.
pub async fn extent(service: &Service, targets: &[Target]) -> Result<Extent, Refusal> {
    let users: Vec<&str> = targets.iter().filter_map(|target| target.user.as_deref()).collect();
    let mut connection = service.db.pool().acquire().await?;
    Ok(deletion::of_users(&mut connection, &users).await?)
}

async fn delete(service: &Service, viewer: &Viewer, targets: &[Target]) -> Result<Vec<Outcome>, Refusal> {
    let named = named(service, targets).await?;
    let mut outcomes = Vec::with_capacity(named.len());
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    for (target, user) in named {
        deletion::delete_user(&mut tx, &user).await?;
        outcomes.push(Outcome { target, refused: None, code: None });
    }
    tx.commit().await?;
    Ok(outcomes)
}

async fn put(
    service: &Service,
    viewer: &Viewer,
    project: &Project,
    targets: &[Target],
    wave: Option<String>,
) -> Result<Vec<Outcome>, Refusal> {
    let users: Vec<String> = targets.iter().filter_map(|target| target.user.clone()).collect();
    let known = waves::list(service.db.pool(), &project.id).await?;
    if wave.as_ref().is_some_and(|wave| !known.iter().any(|known| known.id == *wave)) {
        return Err(Refusal::no_such_resource());
    }
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    waves::put_users(&mut tx, &project.id, wave.as_deref(), &users).await?;
    tx.commit().await?;
    Ok(targets.iter().map(|target| Outcome { target: target.id.clone(), refused: None, code: None }).collect())
}

async fn invite(
    service: &Service,
    viewer: &Viewer,
    project: &Project,
    targets: &[Target],
) -> Result<Vec<Outcome>, Refusal> {
    let named = named(service, targets).await?;
    let mut outcomes = Vec::with_capacity(named.len());
    let mut tx = Operation::begin(&service.db, &viewer.actor, Role::Operator).await?;
    for (target, user) in named {
        let code = mailings::check(project, &user).err();
        if code.is_none() {
            mailings::invite_in(&mut tx, project, &user).await?;
        }
        let refused = code.map(|code| crate::server::dashboard::codes::entry(viewer.words, code).operator);
        outcomes.push(Outcome { target, refused, code });
    }
    tx.commit().await?;
    Ok(outcomes)
}
