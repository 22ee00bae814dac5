//! Installers with the activation code in their name: downloads, and the links to them.
#![cfg(feature = "server")]

#[allow(dead_code)] // the program of the API's stories, of which these use a part
#[path = "api/client.rs"]
mod client;
mod server_support;

#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
mod operators {
    pub mod browser;
}

mod installers {
    mod downloads;
    mod links;
    mod names;
    mod shelf;
    mod slow;
}
