//! The tray as its host sees it: an item on the bus
//! (<https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/>) and its menu (`com.canonical.dbusmenu`).

use std::collections::HashMap;
use std::time::Duration;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedValue, Value};

use super::bus::has_owner;
use super::{Error, Session, wait};

/// Longest wait for the item of a program that just started.
const ITEM_LIMIT: Duration = Duration::from_secs(20);

/// A line of a menu: the number it is chosen by, and its text (empty for a separator).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    id: i32,
    pub label: String,
    pub enabled: bool,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Session {
    /// Waits for the tray item of a program and clicks it with the left button.
    pub fn tray_click(&self, pid: u32) -> Result<(), Error> {
        let bus = self.item(pid)?;
        item(&bus, pid)?.call::<_, _, ()>("Activate", &(0_i32, 0_i32))?;
        Ok(())
    }

    /// Text of the item when the pointer rests on it.
    pub fn tray_tooltip(&self, pid: u32) -> Result<String, Error> {
        type ToolTip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
        let bus = self.item(pid)?;
        let (_, _, _, text): ToolTip = item(&bus, pid)?.get_property("ToolTip")?;
        Ok(text)
    }

    /// The menu of a program's tray item.
    pub fn tray_menu(&self, pid: u32) -> Result<Vec<Line>, Error> {
        lines(&self.item(pid)?, pid)
    }

    /// Waits for a line of the menu that can be chosen, and chooses it.
    pub fn tray_choose(&self, pid: u32, label: &str) -> Result<(), Error> {
        let bus = self.item(pid)?;
        let line = wait(&format!("\"{label}\" in the tray menu"), ITEM_LIMIT, || {
            lines(&bus, pid).ok()?.into_iter().find(|line| line.label == label && line.enabled)
        })?;
        menu(&bus, pid)?.call::<_, _, ()>("Event", &(line.id, "clicked", Value::from(""), 0_u32))?;
        Ok(())
    }

    fn item(&self, pid: u32) -> Result<Connection, Error> {
        let bus = self.bus()?;
        wait("the tray item", ITEM_LIMIT, || has_owner(&bus, &name(pid)).then_some(()))?;
        Ok(bus)
    }
}

fn name(pid: u32) -> String {
    format!("org.kde.StatusNotifierItem-{pid}-1")
}

fn item(bus: &Connection, pid: u32) -> Result<Proxy<'_>, Error> {
    Ok(Proxy::new(bus, name(pid), "/StatusNotifierItem", "org.kde.StatusNotifierItem")?)
}

fn menu(bus: &Connection, pid: u32) -> Result<Proxy<'_>, Error> {
    Ok(Proxy::new(bus, name(pid), "/MenuBar", "com.canonical.dbusmenu")?)
}

fn lines(bus: &Connection, pid: u32) -> Result<Vec<Line>, Error> {
    let everything: (i32, i32, &[&str]) = (0, -1, &[]);
    let (_, (_, _, children)): (u32, Layout) = menu(bus, pid)?.call("GetLayout", &everything)?;
    Ok(children.into_iter().filter_map(|child| Layout::try_from(child).ok()).map(line).collect())
}

fn line((id, properties, _): Layout) -> Line {
    let label = properties.get("label").and_then(|label| String::try_from(label.try_clone().ok()?).ok());
    let enabled = properties.get("enabled").and_then(|enabled| bool::try_from(enabled).ok());
    // Underscores mark access keys; a double one stands for itself.
    let label = label.unwrap_or_default().replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_");
    Line { id, label, enabled: enabled.unwrap_or(true) }
}
