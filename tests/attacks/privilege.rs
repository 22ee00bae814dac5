//! Operators who do more than they may, and sessions and tokens in the wrong hands.

#[allow(dead_code)] // the browser of the operators' stories, of which these use a part
#[path = "../server/operators/browser.rs"]
mod browser;
mod destinations;
mod sessions;
