//! The dashboard over HTTP: what its pages show, and what their forms do.
#![cfg(feature = "server")]

mod server_support;

#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
mod operators {
    pub mod browser;
}

mod pages {
    mod actions;
    mod import;
    mod live;
    mod settings;
    mod tables;
}
