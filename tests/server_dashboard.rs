//! The dashboard over HTTP: what its pages show, and what their forms do.
#![cfg(feature = "server")]

mod server_support;

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
