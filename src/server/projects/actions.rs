//! What an operator does to many people or computers at once. Each one's outcome is told by itself; one that cannot stops no
//! other.

mod agent;
mod user;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::users::{self, User};
use crate::server::projects::waves::{self, Wave};
use crate::server::projects::{Project, cutover};

/// What is to be done. `user` is the id of a user, `wave` that of a wave.
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
    /// The agent becomes the user's, once.
    Assign {
        user: String,
    },
    /// Whichever agent of the computer asks first becomes the user's, once.
    AssignDevice {
        user: String,
    },
    /// Every agent of the computer is the user's, until it is unlocked.
    Lock {
        user: String,
    },
    Unlock,
    /// Mail a new code to the agent's user.
    NewCode,
    /// Mail an invitation with a new code.
    Invite,
    /// Into a wave, or out of any.
    Wave {
        wave: Option<String>,
    },
    Suspend,
    Resume,
    /// For good.
    Delete,
}

/// Whom an action is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// By id; what is done to agents is done to each of theirs.
    User(String),
    Agent(Uuid),
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub target: Target,
    /// Why nothing was done. None: it was.
    pub refused: Option<ResponseCode>,
}

/// What an action refers to, looked up once.
enum Context {
    Nothing,
    User(User),
    Wave(Option<Wave>),
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
            Self::Invite => "user.invite",
            Self::Wave { .. } => "wave.put",
            Self::Suspend | Self::Resume => "user.state",
            Self::Delete => "user.delete",
        }
    }

    /// About people, whether or not they have a computer.
    fn is_for_users(&self) -> bool {
        matches!(self, Self::Invite | Self::Wave { .. } | Self::Suspend | Self::Resume | Self::Delete)
    }

    /// Whether other agents of the same computers are meant, too.
    fn is_for_computers(&self) -> bool {
        matches!(self, Self::AssignDevice { .. } | Self::Lock { .. } | Self::Unlock)
    }

    async fn context(&self, db: &Db, project: &Project) -> Result<Context, Refusal> {
        match self {
            Self::Assign { user } | Self::AssignDevice { user } | Self::Lock { user } => {
                let user = users::active(db.pool(), &project.id, user).await?;
                Ok(Context::User(user.ok_or_else(Refusal::no_such_resource)?))
            }
            Self::Wave { wave: Some(wave) } => {
                Ok(Context::Wave(Some(waves::find(db.pool(), &project.id, wave).await?)))
            }
            Self::Wave { wave: None } => Ok(Context::Wave(None)),
            Self::Delay { until } => cutover::to_come("until", *until).map(|_| Context::Nothing),
            _ => Ok(Context::Nothing),
        }
    }
}

/// Does `action` to each of the targets of the project.
///
/// # Errors
/// When the actor may not, when what the action names is not of the project (or no active user), and when the database
/// fails: then nothing was done to anybody.
pub async fn apply(
    db: &Db,
    actor: &Actor,
    project: &Project,
    targets: &[Target],
    action: &Action,
) -> Result<Vec<Outcome>, Refusal> {
    actor.may(Role::Operator)?;
    let context = action.context(db, project).await?;
    let mut op = Operation::begin(db, actor, Role::Operator).await?;
    let outcomes = if action.is_for_users() {
        user::apply(&mut op, project, targets, action, &context).await?
    } else {
        let agents = agents(&mut op, project, targets).await?;
        let all: Vec<Uuid> = agents.iter().flatten().copied().collect();
        let refused = agent::apply(&mut op, project, &all, action, &context).await?;
        if action.is_for_computers() {
            op.wake(&project.id).await?;
        } else {
            db::ring_logins(&mut op, &project.id, &all).await?;
        }
        outcomes(targets, &agents, &refused)
    };
    op.commit().await?;
    let done = outcomes.iter().filter(|outcome| outcome.refused.is_none()).count();
    tracing::info!(action = action.id(), done, of = targets.len(), "an operator acted");
    Ok(outcomes)
}

/// The agents of each target.
async fn agents(op: &mut Operation, project: &Project, targets: &[Target]) -> Result<Vec<Vec<Uuid>>, Refusal> {
    let needs_users = targets.iter().any(|target| matches!(target, Target::User(_)));
    let known = if needs_users { users::agents_of_all(op, &project.id).await? } else { HashMap::new() };
    let of = |target: &Target| match target {
        Target::User(user) => known.get(user).cloned().unwrap_or_default(),
        Target::Agent(id) => vec![*id],
    };
    Ok(targets.iter().map(of).collect())
}

fn outcomes(targets: &[Target], agents: &[Vec<Uuid>], refused: &HashMap<Uuid, ResponseCode>) -> Vec<Outcome> {
    let outcome = |(target, agents): (&Target, &Vec<Uuid>)| {
        let refused = match agents.as_slice() {
            [] => Some(ResponseCode::NobodyActivated),
            agents => agents.iter().find_map(|agent| refused.get(agent)).copied(),
        };
        Outcome { target: target.clone(), refused }
    };
    targets.iter().zip(agents).map(outcome).collect()
}
