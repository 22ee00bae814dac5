//! STUB of the contract, replaced by identity.
use jiff::Timestamp;
use uuid::Uuid;

use super::Service;
use super::operators::Actor;
use super::project::Project;
use super::refusal::Refusal;

#[derive(Debug, Clone)]
#[allow(dead_code)]
pub enum Action {
    Configure,
    Retry,
    Rehearse,
    Undo,
    Remove,
    Delay { until: Timestamp },
    Assign { user: String },
    Lock { user: String },
    Unlock,
    NewCode,
}
#[derive(Debug, Clone)]
pub struct Outcome {
    pub target: Uuid,
    pub refused: Option<crate::problem::Code>,
}
pub async fn apply(
    service: &Service,
    actor: &Actor,
    project: &Project,
    targets: &[Uuid],
    action: &Action,
) -> Result<Vec<Outcome>, Refusal> {
    let _ = (service, actor, project, action);
    Ok(targets.iter().map(|target| Outcome { target: *target, refused: Some(crate::problem::Code::Act0) }).collect())
}
