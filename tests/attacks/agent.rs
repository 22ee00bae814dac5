//! An agent and the servers that want something of it.

mod belonging;
mod desk;
mod mail_server;
mod sessions;
mod stand_in;
mod unfinished;
