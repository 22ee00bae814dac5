//! The program in the tray.

pub mod api;
pub mod enrolment;
pub mod guardian;
pub mod instance;
pub mod notice;
pub mod state;
pub mod theme;
pub mod tray;
pub mod undo;
pub mod vault;
pub mod waiting;
pub mod widget;
pub mod wizard;
pub mod words;
