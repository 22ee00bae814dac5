//! The record of what operators did: complete, and with nothing that did not happen. And deleting, which only it outlives.
#![cfg(feature = "server")]

mod server_support;

#[allow(dead_code)] // the program of the API's stories, of which these use a part
#[path = "api/client.rs"]
mod client;
#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
mod operators {
    pub mod browser;
}

mod record {
    mod api;
    mod commands;
    mod dashboard;
    mod deletion;
    mod faults;
    mod source;
}
