//! The session's keyring: a real GNOME Keyring that belongs to nobody.

use rustix::process::{Pid, Signal, kill_process};
use zbus::zvariant::ObjectPath;

use super::bus::has_owner;
use super::{Error, START_LIMIT, Session, wait};

/// Opens the test keyring.
const PASSPHRASE: &[u8] = b"test\n";
const SERVICE: &str = "org.freedesktop.secrets";

impl Session {
    /// Starts a keyring in a session that had none.
    pub fn start_keyring(&mut self, unlocked: bool) -> Result<(), Error> {
        let arguments = ["--foreground", "--components=secrets", "--unlock"];
        let (arguments, passphrase) = if unlocked { (&arguments[..], PASSPHRASE) } else { (&arguments[..2], &b""[..]) };
        self.start_program("gnome-keyring-daemon", arguments, passphrase)?;
        self.wait_for_name(SERVICE)
    }

    /// Locks the keyring, as a desktop does after a while
    /// (<https://specifications.freedesktop.org/secret-service-spec/latest/>).
    pub fn lock_keyring(&self) -> Result<(), Error> {
        let default =
            ObjectPath::from_static_str("/org/freedesktop/secrets/aliases/default").map_err(zbus::Error::from)?;
        let service = Some("org.freedesktop.Secret.Service");
        self.bus()?.call_method(Some(SERVICE), "/org/freedesktop/secrets", service, "Lock", &(vec![default],))?;
        Ok(())
    }

    /// Ends the keyring; what it holds stays on the disk.
    pub fn end_keyring(&self) -> Result<(), Error> {
        let bus = self.bus()?;
        let dbus = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        let name = SERVICE.try_into().map_err(zbus::Error::from)?;
        let pid = dbus.get_connection_unix_process_id(name).map_err(zbus::Error::from)?;
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(std::io::Error::from)?;
        }
        wait("the keyring to end", START_LIMIT, || (!has_owner(&bus, SERVICE)).then_some(()))
    }
}
