//! Operators over HTTP: the first link, signing in, forms, second factor, tokens, roles, and what is kept of it.
#![cfg(feature = "server")]

mod server_support;

mod operators {
    mod browser;
    mod first;
    mod forms;
    mod record;
    mod roles;
    mod second_factor;
    mod signing_in;
    mod tokens;
}
