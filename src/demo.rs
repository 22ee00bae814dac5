//! Real mail servers and a played person, for `make demo` and the tests.
pub mod mail_server;
pub mod person;
pub mod screen;
