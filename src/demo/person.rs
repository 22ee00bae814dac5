//! Plays a person who uses a screen reader and a keyboard: sees the accessibility tree, presses real keys.

mod tree;

use std::time::Duration;

use zbus::blocking::Connection;

use super::screen::{Error, Session, wait};
pub use tree::Node;

/// Longest wait for something to appear on a page or to react.
const LIMIT: Duration = Duration::from_secs(20);
/// Longest wait for the focus to move after Tab.
const FOCUS_LIMIT: Duration = Duration::from_secs(2);
/// How often Tab is pressed at most on the way to a control.
const TABS: usize = 40;

/// A person in front of one program.
#[derive(Debug)]
pub struct Person<'a> {
    session: &'a Session,
    bus: Connection,
    pid: u32,
}

impl<'a> Person<'a> {
    /// A person who looks at the windows of the program with this process id.
    pub fn new(session: &'a Session, pid: u32) -> Result<Self, Error> {
        Ok(Self { session, bus: session.accessibility_bus()?, pid })
    }

    /// Everything the program shows, parents before children. Empty while it shows nothing.
    pub fn tree(&self) -> Result<Vec<Node>, Error> {
        tree::of(&self.bus, self.pid)
    }

    /// The first thing with this name, and this role if one is asked for, that is on the screen now.
    pub fn find(&self, role: Option<&str>, name: &str) -> Option<Node> {
        self.tree().ok()?.into_iter().find(|node| node.name == name && role.is_none_or(|role| node.role == role))
    }

    /// Every text on the screen, line by line.
    pub fn text_of_page(&self) -> String {
        let nodes = self.tree().unwrap_or_default();
        let texts = nodes.iter().flat_map(|node| [Some(&node.name), node.value.as_ref()]).flatten();
        texts.filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Waits until a name or value on the screen contains the text.
    pub fn wait_for(&self, text: &str, limit: Duration) -> Result<Node, Error> {
        self.wait_until(&format!("\"{text}\" on the screen"), limit, |node| node.says(text))
    }

    /// Waits until a node is as wanted.
    pub fn wait_until(&self, what: &str, limit: Duration, wanted: impl Fn(&Node) -> bool) -> Result<Node, Error> {
        wait(what, limit, || self.tree().ok()?.into_iter().find(|node| wanted(node)))
    }

    /// Waits until no name and no value on the screen contains the text.
    pub fn wait_until_gone(&self, text: &str, limit: Duration) -> Result<(), Error> {
        wait(&format!("\"{text}\" to leave the screen"), limit, || {
            self.tree().ok().filter(|nodes| !nodes.iter().any(|node| node.says(text))).map(drop)
        })
    }

    /// Does to a control what a screen reader does when it is pressed. Waits until it is there and can be pressed.
    pub fn press(&self, name: &str) -> Result<(), Error> {
        let what = format!("\"{name}\" to be pressed");
        let node =
            self.wait_until(&what, LIMIT, |node| node.name == name && node.actions > 0 && node.is("focusable"))?;
        node.act(&self.bus)
    }

    /// Presses Tab until the control has the focus.
    pub fn tab_to(&self, name: &str) -> Result<Node, Error> {
        let wanted = |node: &Node| node.name == name && node.is("focusable");
        self.wait_until(&format!("\"{name}\""), LIMIT, wanted)?;
        self.turn_to()?;
        for _ in 0..TABS {
            let before = self.focused();
            if let Some(node) = before.as_ref().filter(|node| node.name == name) {
                return Ok(node.clone());
            }
            self.session.key("Tab")?;
            // With a single control, or past the last one, Tab may rightly change nothing.
            let moved = || (!same(self.focused().as_ref(), before.as_ref())).then_some(());
            let _ = wait("the focus to move", FOCUS_LIMIT, moved);
        }
        Err(Error::Late(format!("\"{name}\" to be reached by Tab")))
    }

    /// Reaches a control by Tab and presses a key on it: `Space` or `Return`.
    pub fn press_by_keyboard(&self, name: &str, key: &str) -> Result<(), Error> {
        self.tab_to(name)?;
        self.session.key(key)
    }

    /// Reaches a field by Tab, empties it and types into it.
    pub fn type_into(&self, name: &str, text: &str) -> Result<(), Error> {
        self.tab_to(name)?;
        self.session.key("ctrl+a")?;
        self.session.key("BackSpace")?;
        self.session.type_text(text)
    }

    /// Brings the program's window to the front, if it is not: keys go to the window in front.
    pub fn turn_to(&self) -> Result<(), Error> {
        let nodes = self.tree()?;
        let mut windows = nodes.iter().filter(|node| node.depth == 1);
        match windows.clone().find(|window| window.is("active")).or(windows.next()) {
            Some(window) if !window.is("active") => self.session.bring_to_front(&window.name),
            _ => Ok(()),
        }
    }

    /// What has the focus.
    pub fn focused(&self) -> Option<Node> {
        // A window is "focused" in some toolkits, too: the control is what comes last.
        self.tree().ok()?.into_iter().rfind(|node| node.is("focused"))
    }
}

fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_same_as(other),
        (None, None) => true,
        _ => false,
    }
}
