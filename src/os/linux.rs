//! Linux: X11 or Wayland, D-Bus, XDG.

pub mod autostart;
pub mod display;
pub mod links;

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::{Display, NoDisplay, var};

/// Longest wait for a display to accept a connection.
const DISPLAY_LIMIT: Duration = Duration::from_secs(5);

/// The toolkit takes Wayland whenever it is named and then never looks at X11, so neither do we.
pub fn display() -> Result<Display, NoDisplay> {
    if let Some(name) = var("WAYLAND_DISPLAY") {
        // An absolute name stands for itself (wl_display_connect).
        let socket = PathBuf::from(var("XDG_RUNTIME_DIR").unwrap_or_default()).join(name);
        let path = socket.clone();
        let listens = within(DISPLAY_LIMIT, move || UnixStream::connect(path).is_ok());
        return if listens { Ok(Display::Wayland(socket)) } else { Err(NoDisplay::Wayland(socket)) };
    }
    let name = var("DISPLAY").ok_or(NoDisplay::NotSet)?;
    let copy = name.clone();
    let answers = within(DISPLAY_LIMIT, move || x11rb::connect(Some(&copy)).is_ok());
    if answers { Ok(Display::X11(name)) } else { Err(NoDisplay::X11(name)) }
}

/// Whether the call says yes within the limit: a display at the other end of a dead connection says nothing at all.
fn within(limit: Duration, call: impl FnOnce() -> bool + Send + 'static) -> bool {
    let (sender, answer) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name("display".into()).spawn(move || sender.send(call()));
    thread.is_ok() && answer.recv_timeout(limit).unwrap_or(false)
}

pub fn harden() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};
    // Not dumpable also keeps other processes of the login from reading the memory (ptrace(2)).
    let quiet = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let core = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum });
    if let Err(error) = quiet.and(core) {
        tracing::warn!(%error, "memory of this process may be dumped");
    }
}

pub fn login() -> String {
    var("USER").or_else(|| var("LOGNAME")).or_else(login_of_this_process).unwrap_or_default()
}

/// Services and containers often run without `USER`.
fn login_of_this_process() -> Option<String> {
    let id = rustix::process::getuid().as_raw().to_string();
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let of_id = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    };
    users.lines().find_map(of_id)
}

/// The pretty name that people give in the settings (machine-info(5)), else the host name.
pub fn device_name() -> String {
    let pretty = fs::read_to_string("/etc/machine-info").ok().and_then(|info| pretty_hostname(&info));
    pretty
        .or_else(|| fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .map(|name| name.trim().to_owned())
        .unwrap_or_default()
}

/// machine-id(5)
pub fn machine() -> Option<String> {
    fs::read_to_string("/etc/machine-id").ok()
}

fn pretty_hostname(info: &str) -> Option<String> {
    let name = info.lines().find_map(|line| line.strip_prefix("PRETTY_HOSTNAME="))?;
    Some(name.trim().trim_matches(['"', '\'']).to_owned()).filter(|name| !name.is_empty())
}

/// `LockedHint` of logind's session of this process
/// (<https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html>). None without logind.
pub fn session_locked() -> Option<bool> {
    let bus = zbus::blocking::Connection::system().ok()?;
    let session = zbus::blocking::Proxy::new(
        &bus,
        "org.freedesktop.login1",
        // Stands for the session of the caller, or for the login's graphical session.
        "/org/freedesktop/login1/session/auto",
        "org.freedesktop.login1.Session",
    );
    session.ok()?.get_property("LockedHint").ok()
}

/// GNOME's text size, read as the desktop portal publishes it
/// (<https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>).
pub fn text_scale() -> Option<f32> {
    let bus = zbus::blocking::Connection::session().ok()?;
    let portal = zbus::blocking::Proxy::new(
        &bus,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings",
    );
    let answer: zbus::zvariant::OwnedValue =
        portal.ok()?.call("Read", &("org.gnome.desktop.interface", "text-scaling-factor")).ok()?;
    // `Read` wraps the value in one variant too many (`ReadOne` does not, but is younger).
    let value = zbus::zvariant::Value::from(answer);
    let inner = match value {
        zbus::zvariant::Value::Value(inner) => *inner,
        other => other,
    };
    #[allow(clippy::cast_possible_truncation, reason = "a factor of about one")]
    inner.downcast_ref::<f64>().ok().map(|factor| factor as f32)
}

#[cfg(test)]
mod tests {
    use super::pretty_hostname;

    #[test]
    fn the_name_people_gave_their_computer_is_found() {
        let info = "ICON_NAME=computer-laptop\nPRETTY_HOSTNAME=\"Ann's Laptop\"\n";
        assert_eq!(pretty_hostname(info).as_deref(), Some("Ann's Laptop"));
        assert_eq!(pretty_hostname("PRETTY_HOSTNAME=\n"), None);
        assert_eq!(pretty_hostname(""), None);
    }
}
