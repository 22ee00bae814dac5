//! What is done to people.

use super::{Action, Context, Outcome, Target};
use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;
use crate::server::mailings;
use crate::server::operation::Operation;
use crate::server::projects::identity::{State, overrides};
use crate::server::projects::users::{self, User};
use crate::server::projects::{Project, deletion, waves};

/// Does the action to each of the people, whether or not they have a computer.
pub async fn apply(
    op: &mut Operation,
    project: &Project,
    targets: &[Target],
    action: &Action,
    context: &Context,
) -> Result<Vec<Outcome>, Refusal> {
    let mut outcomes = Vec::with_capacity(targets.len());
    let mut moved = Vec::new();
    for target in targets {
        let refused = match find(op, project, target).await? {
            None => Some(ResponseCode::NobodySignedIn),
            Some(user) => {
                let refused = act(op, project, &user, action).await?;
                moved.push(user.id);
                refused
            }
        };
        outcomes.push(Outcome { target: target.clone(), refused });
    }
    if let Context::Wave(wave) = context {
        waves::write(op, &project.id, wave.as_ref().map(|wave| wave.id.as_str()), &moved).await?;
    }
    Ok(outcomes)
}

async fn find(op: &mut Operation, project: &Project, target: &Target) -> Result<Option<User>, Refusal> {
    match target {
        Target::User(id) => Ok(users::of(&mut **op, &project.id, id).await?),
        Target::Agent(_) => Ok(None),
    }
}

async fn act(
    op: &mut Operation,
    project: &Project,
    user: &User,
    action: &Action,
) -> Result<Option<ResponseCode>, Refusal> {
    let done = match action {
        Action::Invite => mailings::invite_in(op, project, user).await.map(|_| ()),
        Action::Suspend => overrides::set_state(op, user, State::Suspended).await,
        Action::Resume => overrides::set_state(op, user, State::Active).await,
        Action::Delete => deletion::delete_user(op, user).await.map(|_| ()),
        _ => Ok(()),
    };
    match done {
        Ok(()) => Ok(None),
        Err(refusal) if refusal.status() == 409 || refusal.status() == 502 => Ok(Some(refusal.code())),
        Err(refusal) => Err(refusal),
    }
}
