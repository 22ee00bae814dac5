//! The calls of the agents, `/v1`.

pub mod activations;
pub mod devices;
pub mod events;
pub mod inventory;
pub mod last_seen;
pub mod password;
pub mod registrations;
pub mod sign_ins;
