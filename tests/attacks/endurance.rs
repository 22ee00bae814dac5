//! A server that survives its disk, its operators and itself.

mod away;
mod cutovers;
mod disk;
mod follower;
mod opening;
mod restoring;
mod stored;
