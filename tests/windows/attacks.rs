//! What was possible once: each story is named after what is prevented now.

mod downloads;
mod profiles;
mod secrets;
mod worker;
