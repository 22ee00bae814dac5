//! The record of what operators did: complete, and with nothing that did not happen. And deleting, which only it outlives.

mod api;
mod commands;
mod dashboard;
mod deletion;
mod faults;
mod source;
