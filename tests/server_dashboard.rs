//! The dashboard over HTTP: what its pages show, and what their forms do.
#![cfg(feature = "server")]

mod server_support;

#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
mod operators {
    pub mod browser;
}

#[allow(dead_code)] // the internet of the stories of discovery, of which these use a part
#[path = "server_discovery/internet.rs"]
mod internet;

mod pages {
    mod actions;
    mod discovery;
    mod import;
    mod live;
    mod mails;
    mod settings;
    mod tables;
}
