//! The session's keyring: a real GNOME Keyring that belongs to nobody.

use zbus::zvariant::ObjectPath;

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

    /// Opens it again, as the person's passphrase does.
    pub fn unlock_keyring(&mut self) -> Result<(), Error> {
        self.start_program("gnome-keyring-daemon", &["--unlock"], PASSPHRASE)?;
        // It hands the passphrase to the one that runs, and ends.
        let mut helper = self.children.pop();
        wait("the keyring to open", START_LIMIT, || match helper.as_mut()?.try_wait() {
            Ok(Some(_)) => Some(()),
            _ => None,
        })
    }
}
