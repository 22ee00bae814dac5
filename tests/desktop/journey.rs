//! The whole journey and everything that can come in between, with real mail servers, a real desktop, a real
//! Thunderbird and the real programs. One world per test; people act by the accessibility tree and real keys.

mod accessibility;
mod answers;
mod arrival;
mod closing;
mod codes;
mod failure;
mod identity;
mod killed;
mod orders;
mod password;
mod report;
mod secrets;
mod session;
mod stage;
mod success;
mod undo;
