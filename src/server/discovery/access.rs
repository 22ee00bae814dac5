//! Who may look, how often, and by which way to the network.

use std::time::{Duration, Instant};

use crate::problem::ResponseCode;
use crate::server::Service;
use crate::server::discovery::Network;
use crate::server::http::error::Refusal;
use crate::server::http::limiter::Allowance;
use crate::server::operators::{Actor, Role};

/// Searches of one operator. Each one asks some twenty public places.
pub const ALLOWANCE: Allowance = Allowance { burst: 10, refill: Duration::from_secs(20) };

/// The way to the network for one search.
///
/// # Errors
/// When the actor may not, when they have looked too often, and when this computer cannot reach the network at all.
pub fn network(service: &Service, actor: &Actor) -> Result<Network, Refusal> {
    actor.may(Role::Operator)?;
    let too_often = |retry_after| Refusal::later(ResponseCode::AskedTooOften, retry_after);
    service.discoveries.take(actor.id.clone(), Instant::now()).map_err(too_often)?;
    service.settings.network.clone().map_or_else(|| Ok(Network::system()?), Ok)
}
