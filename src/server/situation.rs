//! Everything a decision about a login depends on, read from the database.

use jiff::Timestamp;
use uuid::Uuid;

use super::decision::{self, Decision, Situation};
use super::identity::standing::{self, Standing};
use super::orders::{self, Of};
use super::project::Project;
use super::refusal::Refusal;
use super::users::User;
use super::{Service, project, users, waves};
use crate::protocol::Action;

/// How often an order may be made in one look: once for the cutover, once more for what came in between.
const ROUNDS: usize = 4;

/// What the server wants of a login.
pub struct Wanted {
    pub action: Action,
    /// Number of the order; 0 for none.
    pub order: i64,
    /// Whose the login is.
    pub user: Option<User>,
    /// With the cutover that holds for the user.
    pub project: Project,
    /// When time alone will change it.
    pub wake_at: Option<Timestamp>,
}

/// Settles whose the login is, and makes the orders that time makes.
pub async fn wanted(service: &Service, login: Uuid, now: Timestamp) -> Result<Wanted, Refusal> {
    let pool = service.db.pool();
    let Standing { project, user, since, delayed_until } = standing::settle(service, login).await?;
    let mut project = project::find(pool, &project).await?;
    let Some(user) = user else {
        return Ok(Wanted { action: Action::Identify, order: 0, user: None, project, wake_at: None });
    };
    let user = users::find(pool, &user).await?;
    project.cutover = waves::of_user(pool, &user.id, project.cutover).await?;
    let of = Of { user: &user.id, device: login, since };
    let mut rounds = 0;
    loop {
        let situation = situation(service, &of, &project, delayed_until).await?;
        let Decision { action, make, wake_at } = decision::decide(&situation, now);
        match make {
            Some(cause) if rounds < ROUNDS => {
                rounds += 1;
                orders::make(&service.db, &of, cause, situation.order).await?;
            }
            _ => {
                let order = situation.order.map_or(0, |order| order.number);
                return Ok(Wanted { action, order, user: Some(user), project, wake_at });
            }
        }
    }
}

async fn situation(
    service: &Service,
    of: &Of<'_>,
    project: &Project,
    delayed_until: Option<Timestamp>,
) -> Result<Situation, sqlx::Error> {
    let pool = service.db.pool();
    let order = orders::newest(pool, of).await?;
    let report = match &order {
        Some(order) => orders::newest_report(pool, of.device, order).await?,
        None => None,
    };
    let settings = &project.settings;
    Ok(Situation {
        device: of.device.to_string(),
        ready: settings.account.is_some(),
        cutover: project.cutover,
        lead: settings.lead(),
        spread: settings.spread(),
        undo_window: settings.undo_window(),
        retry_limit: settings.retry_limit(),
        cutover_taken: orders::cutover_taken(pool, of).await?,
        delayed_until,
        order,
        report,
    })
}
