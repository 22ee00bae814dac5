//! Operators who do more than they may, and sessions and tokens in the wrong hands.

#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
#[path = "../operators/browser.rs"]
mod browser;
#[path = "privilege/destinations.rs"]
mod destinations;
#[path = "privilege/sessions.rs"]
mod sessions;
