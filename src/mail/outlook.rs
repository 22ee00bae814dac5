//! Outlook for Windows ("classic"): a new profile beside the old one, made by Outlook's own interface or by its own
//! first start, never by inventing what only Outlook writes.
//!
//! Facts about the registry, Extended MAPI and PRF files come from Microsoft's documentation; each file names its own.

#![allow(dead_code)]

mod account;
mod install;
mod inventory;
pub mod mapi;
mod new_outlook;
mod plan;
mod policy;
mod prf;
mod profile;
mod program;
#[allow(unused_imports)]
mod registry;
#[cfg(test)]
mod samples;
mod version;
