//! The accessibility tree of a program, as a screen reader gets it (AT-SPI).

use atspi::proxy::accessible::AccessibleProxyBlocking;
use atspi::{Interface, ObjectRefOwned, StateSet};
use serde::Serialize;
use zbus::blocking::{Connection, Proxy};

use crate::demo::screen::Error;

/// Deepest and longest tree that is read: no page of ours comes near.
const DEPTH: usize = 40;
const LENGTH: usize = 2000;
const ROOT: &str = "/org/a11y/atspi/accessible/root";

/// Something on the screen.
#[derive(Debug, Clone, Serialize)]
pub struct Node {
    pub depth: usize,
    /// AT-SPI's name of the role: `push button`, `entry`, `check box`, `label`, `frame`.
    pub role: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// AT-SPI's names of the states: `focusable`, `focused`, `enabled`, `checked`.
    pub states: Vec<String>,
    /// What is typed into a field (dots for a password), or how far a bar is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many actions it offers.
    pub actions: i32,
    /// Place on the screen in pixels: left, top, width, height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(i32, i32, i32, i32)>,
    #[serde(skip)]
    object: ObjectRefOwned,
}

impl Node {
    pub fn is(&self, state: &str) -> bool {
        self.states.iter().any(|there| there == state)
    }

    /// Whether its name or value contains the text.
    pub fn says(&self, text: &str) -> bool {
        self.name.contains(text) || self.value.as_ref().is_some_and(|value| value.contains(text))
    }

    /// Whether it is the same thing on the screen, whatever its state.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.object == other.object
    }

    /// Does its first action.
    pub(super) fn act(&self, bus: &Connection) -> Result<(), Error> {
        let done: bool = proxy(bus, &self.object, "org.a11y.atspi.Action")?.call("DoAction", &(0_i32,))?;
        if done { Ok(()) } else { Err(Error::Late(format!("\"{}\" to do its action", self.name))) }
    }
}

/// The windows of a process and everything in them.
pub(super) fn of(bus: &Connection, pid: u32) -> Result<Vec<Node>, Error> {
    let registry = AccessibleProxyBlocking::builder(bus).destination("org.a11y.atspi.Registry")?.path(ROOT)?.build()?;
    let mut nodes = Vec::new();
    for program in registry.get_children()? {
        // A program may be gone by the time it is asked about.
        if process(bus, &program).is_ok_and(|there| there == pid) {
            add(bus, &program, 0, &mut nodes)?;
        }
    }
    Ok(nodes)
}

fn process(bus: &Connection, program: &ObjectRefOwned) -> zbus::Result<u32> {
    let dbus = zbus::blocking::fdo::DBusProxy::new(bus)?;
    let name = program.name().ok_or(zbus::Error::InvalidReply)?.clone();
    Ok(dbus.get_connection_unix_process_id(name.into())?)
}

/// Parts of a page that vanish while it is read are left out.
fn add(bus: &Connection, object: &ObjectRefOwned, depth: usize, nodes: &mut Vec<Node>) -> Result<(), Error> {
    if depth > DEPTH || nodes.len() > LENGTH || object.is_null() {
        return Ok(());
    }
    let Ok((node, children)) = read(bus, object, depth) else { return Ok(()) };
    nodes.push(node);
    children.iter().try_for_each(|child| add(bus, child, depth + 1, nodes))
}

fn read(bus: &Connection, object: &ObjectRefOwned, depth: usize) -> Result<(Node, Vec<ObjectRefOwned>), Error> {
    let accessible = AccessibleProxyBlocking::builder(bus)
        .destination(object.name_as_str().unwrap_or_default())?
        .path(object.path_as_str())?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()?;
    let interfaces = accessible.get_interfaces()?;
    let has = |interface| interfaces.contains(interface);
    let (mut value, mut actions, mut place) = (None, 0, None);
    if has(Interface::Text) {
        let text = proxy(bus, object, "org.a11y.atspi.Text")?;
        value = text.call::<_, _, String>("GetText", &(0_i32, -1_i32)).ok();
    } else if has(Interface::Value) {
        let number: f64 = proxy(bus, object, "org.a11y.atspi.Value")?.get_property("CurrentValue")?;
        value = Some(number.to_string());
    }
    if has(Interface::Action) {
        actions = proxy(bus, object, "org.a11y.atspi.Action")?.get_property("NActions")?;
    }
    if has(Interface::Component) {
        // 0: relative to the screen.
        place = proxy(bus, object, "org.a11y.atspi.Component")?.call("GetExtents", &(0_u32,)).ok();
    }
    let states: StateSet = accessible.get_state()?;
    let children = accessible.get_children()?;
    let node = Node {
        depth,
        role: accessible.get_role()?.name().to_owned(),
        name: accessible.name()?,
        description: accessible.description().unwrap_or_default(),
        states: states.iter().map(|state| state.to_static_str().to_owned()).collect(),
        value,
        actions,
        place,
        object: object.clone(),
    };
    Ok((node, children))
}

fn proxy<'a>(bus: &Connection, object: &'a ObjectRefOwned, interface: &'a str) -> zbus::Result<Proxy<'a>> {
    let name = object.name_as_str().ok_or(zbus::Error::InvalidReply)?;
    zbus::blocking::proxy::Builder::new(bus)
        .destination(name)?
        .path(object.path_as_str())?
        .interface(interface)?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
}
