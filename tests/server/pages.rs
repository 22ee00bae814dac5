//! The dashboard over HTTP: what its pages show, and what their forms do.

mod actions;
mod discovery;
mod import;
mod live;
mod mails;
mod settings;
mod tables;
