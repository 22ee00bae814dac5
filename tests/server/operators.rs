//! Operators over HTTP: the first link, signing in, forms, second factor, tokens, roles, and what is kept of it.

pub mod browser;
mod first;
mod forms;
mod record;
mod roles;
mod second_factor;
mod signing_in;
mod tokens;
