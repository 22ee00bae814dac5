//! What the proof of a set-up is made with, and whom it tells.

use super::{Host, Progress};

pub(super) struct Context<'a> {
    /// Messages in the new inbox at the agent's own sign-in to both servers; none where the agent cannot sign in.
    pub inbox_messages: Option<u32>,
    pub host: &'a Host,
    pub progress: &'a dyn Fn(Progress),
    pub stop: &'a dyn Fn() -> bool,
}
