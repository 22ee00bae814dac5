//! What an operator does to many logins at once. Each one's outcome is told by itself; one that cannot stops no other.

mod target;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::protocol;
use crate::server::directive::orders;
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::Project;
use crate::server::projects::identity::method::Method;
use crate::server::projects::identity::{State, assignment};
use crate::server::projects::users::{self, User};
use crate::server::{Service, db, mailings};
use target::Target;

/// What is to be done. `user` is a user's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Start the set-up now, also where it was delayed.
    Configure,
    /// The same, where it failed or was undone.
    Retry,
    Rehearse,
    Undo,
    /// Let the computer forget the project.
    Remove,
    /// No start before then.
    Delay {
        until: Timestamp,
    },
    /// The login becomes the user's, once.
    Assign {
        user: String,
    },
    /// Whichever login of the computer asks first becomes the user's, once.
    AssignDevice {
        user: String,
    },
    /// Every login of the computer is the user's, until it is unlocked.
    Lock {
        user: String,
    },
    Unlock,
    /// Mail a new code to the login's user.
    NewCode,
}

/// What became of one login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub target: Uuid,
    /// Why nothing was done. None: it was.
    pub refused: Option<ResponseCode>,
}

impl Action {
    /// As the record of what operators did has it.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Configure => "login.configure",
            Self::Retry => "login.retry",
            Self::Rehearse => "login.rehearse",
            Self::Undo => "login.undo",
            Self::Remove => "login.remove",
            Self::Delay { .. } => "login.delay",
            Self::Assign { .. } => "login.assign",
            Self::AssignDevice { .. } => "device.assign",
            Self::Lock { .. } => "device.lock",
            Self::Unlock => "device.unlock",
            Self::NewCode => "user.new-code",
        }
    }

    /// Whether other logins of the same computers are meant, too.
    fn is_for_computers(&self) -> bool {
        matches!(self, Self::AssignDevice { .. } | Self::Lock { .. } | Self::Unlock)
    }

    fn named_user(&self) -> Option<&str> {
        match self {
            Self::Assign { user } | Self::AssignDevice { user } | Self::Lock { user } => Some(user),
            _ => None,
        }
    }
}

/// Does `action` to each of the logins (by id) of the project.
///
/// # Errors
/// When the actor may not, when the user that the action names is not an active one of the project, and when the
/// database fails: then nothing was done to any login.
pub async fn apply(
    service: &Service,
    actor: &Actor,
    project: &Project,
    targets: &[Uuid],
    action: &Action,
) -> Result<Vec<Outcome>, Refusal> {
    actor.may(Role::Operator)?;
    let named = match action.named_user() {
        Some(user) => {
            Some(users::active(service.db.pool(), &project.id, user).await?.ok_or_else(Refusal::no_such_resource)?)
        }
        None => None,
    };
    let detail = match (action, &named) {
        (Action::Delay { until }, _) => until.to_string(),
        (_, Some(user)) => user.old_address.clone(),
        _ => String::new(),
    };
    let receivers = match action {
        Action::NewCode => receivers(service, targets).await?,
        _ => HashMap::new(),
    };
    let now = db::now();
    let mut outcomes = Vec::with_capacity(targets.len());
    let mut tx = Operation::begin(&service.db, actor, Role::Operator).await?;
    for &id in targets {
        let Some(target) = target::find(&mut tx, &project.id, id).await? else {
            outcomes.push(Outcome { target: id, refused: Some(ResponseCode::UnknownAgent) });
            continue;
        };
        let refused = match action {
            Action::NewCode => mail_code(&mut tx, project, receivers.get(&id)).await?,
            other => act(&mut tx, project, &target, other, now).await?,
        };
        if refused.is_none() {
            tx.record(Some(&project.id), action.id(), &target.label(), &detail).await?;
        }
        outcomes.push(Outcome { target: id, refused });
    }
    if action.is_for_computers() {
        db::ring(&mut tx, &project.id).await?;
    } else {
        db::ring_logins(&mut tx, &project.id, targets).await?;
    }
    tx.commit().await?;
    let done = outcomes.iter().filter(|outcome| outcome.refused.is_none()).count();
    tracing::info!(action = action.id(), done, of = targets.len(), "an operator acted");
    Ok(outcomes)
}

/// One action on one login. What is given back is why it was not done.
async fn act(
    tx: &mut Operation,
    project: &Project,
    target: &Target,
    action: &Action,
    now: Timestamp,
) -> Result<Option<ResponseCode>, Refusal> {
    match action {
        Action::Retry if !target::can_retry(tx, target.id).await? => Ok(Some(ResponseCode::NothingToRetry)),
        Action::Configure | Action::Retry => start(tx, project, target).await,
        Action::Rehearse => order(tx, target, protocol::Action::Rehearse).await,
        Action::Undo => order(tx, target, protocol::Action::Undo).await,
        // Orders reach active users only; the login of nobody else is forgotten at once.
        Action::Remove if target.user_state != Some(State::Active) => done(target::forget(tx, target.id, now).await),
        Action::Remove => order(tx, target, protocol::Action::Remove).await,
        Action::Delay { until } => done(target::delay(tx, target.id, Some(*until)).await),
        Action::Assign { user } => done(assignment::for_login(tx, target.id, user, Method::Operator, now).await),
        Action::AssignDevice { user } => done(assignment::for_device(tx, &target.device, user, now).await),
        Action::Lock { user } => done(target::lock(tx, &target.device, Some(user)).await),
        Action::Unlock => done(target::lock(tx, &target.device, None).await),
        Action::NewCode => Ok(None), // by mail_code
    }
}

fn done(written: Result<(), sqlx::Error>) -> Result<Option<ResponseCode>, Refusal> {
    written?;
    Ok(None)
}

/// An order to configure, at once: a delay was for the start that it brings forward.
async fn start(tx: &mut Operation, project: &Project, target: &Target) -> Result<Option<ResponseCode>, Refusal> {
    if project.settings.account.is_none() {
        return Ok(Some(ResponseCode::NoAccountSettings));
    }
    let refused = order(tx, target, protocol::Action::Configure).await?;
    if refused.is_none() {
        target::delay(tx, target.id, None).await?;
    }
    Ok(refused)
}

async fn order(tx: &mut Operation, target: &Target, action: protocol::Action) -> Result<Option<ResponseCode>, Refusal> {
    match (&target.user, target.user_state) {
        (None, _) => Ok(Some(ResponseCode::NobodySignedIn)),
        (Some(user), Some(State::Active)) => {
            orders::give(tx, user, Some(target.id), action).await?;
            Ok(None)
        }
        (Some(_), _) => Ok(Some(ResponseCode::UserNotActive)),
    }
}

/// The user of each login.
async fn receivers(service: &Service, targets: &[Uuid]) -> Result<HashMap<Uuid, User>, Refusal> {
    let mut users = HashMap::with_capacity(targets.len());
    for &login in targets {
        if let Some(user) = users::of_device(service.db.pool(), login).await? {
            users.insert(login, user);
        }
    }
    Ok(users)
}

/// Puts a mail with a new code into the queue.
async fn mail_code(
    tx: &mut Operation,
    project: &Project,
    user: Option<&User>,
) -> Result<Option<ResponseCode>, Refusal> {
    let Some(user) = user else { return Ok(Some(ResponseCode::NobodySignedIn)) };
    if user.project_id != project.id || State::of(&user.state) != Some(State::Active) {
        return Ok(Some(ResponseCode::UserNotActive));
    }
    if project.settings.smtp.is_none() {
        return Ok(Some(ResponseCode::UserMailFailed));
    }
    match mailings::invite(tx, project, user).await {
        Ok(_) => Ok(None),
        Err(refusal) if refusal.code() == ResponseCode::NoAccountSettings => Ok(Some(ResponseCode::NoAccountSettings)),
        Err(other) => Err(other),
    }
}
