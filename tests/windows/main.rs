//! The Windows program under Wine, as it is shipped, against the real server: on a screen of its own, with real keys, a
//! stand-in for Outlook and one for its MAPI provider. `make test-windows`.
#![cfg(all(feature = "demo", target_os = "linux"))]

mod attacks;
mod exchange;
mod failure;
mod imap;
mod injection;
mod journey;
mod kept;
mod killed;
mod outlook;
mod stage;
mod stand_ins;
mod start;
mod tray;
mod undo;
mod wine;
