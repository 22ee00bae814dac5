//! A server that survives its disk, its operators and itself.

mod away;
#[path = "../api/client.rs"]
mod client;
mod cutovers;
mod disk;
mod follower;
mod opening;
mod restoring;
mod stored;
