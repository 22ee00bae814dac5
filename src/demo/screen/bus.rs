//! The session's bus, its keyring, and the switch for accessibility.

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use zbus::blocking::{Connection, Proxy, connection};

use super::{BUS, Error, Keyring, Options, START_LIMIT, Session, wait};

/// Longest wait for one answer on the bus.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// What the bus may start by itself. Everything else of the machine (portals, virtual file systems) stays away.
const SERVICES: [&str; 3] = ["org.a11y.Bus", "org.a11y.atspi.Registry", "org.xfce.Xfconf"];
/// Folders in which distributions keep the descriptions of services.
const SERVICE_FOLDERS: [&str; 2] = ["/usr/share/dbus-1/services", "/usr/share/dbus-1/accessibility-services"];

impl Session {
    /// A connection to the session's bus.
    pub fn bus(&self) -> Result<Connection, Error> {
        match &self.bus {
            Some(address) => connect(address),
            None => Ok(Connection::session()?),
        }
    }

    pub(super) fn wait_for_name(&self, name: &str) -> Result<(), Error> {
        let bus = self.bus()?;
        wait(name, START_LIMIT, || has_owner(&bus, name).then_some(()))
    }

    pub(super) fn start_bus(&mut self, folder: &Path, options: &Options) -> Result<(), Error> {
        let configuration = write_configuration(folder, options.keyring == Keyring::OnDemand)?;
        let configuration = format!("--config-file={}", configuration.display());
        let address = self.start_announced("dbus-daemon", &[&configuration, "--nofork", "--print-address=1"])?;
        self.set(BUS, address.trim());
        self.bus = Some(address.trim().to_owned());
        if options.accessibility {
            self.enable_accessibility()?;
        }
        match options.keyring {
            Keyring::None | Keyring::OnDemand => Ok(()),
            Keyring::Locked => self.start_keyring(false),
            Keyring::Unlocked => self.start_keyring(true),
        }
    }

    /// Toolkits publish their tree only while both switches are on.
    fn enable_accessibility(&self) -> Result<(), Error> {
        let bus = self.bus()?;
        let status = Proxy::new(&bus, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status")?;
        for switch in ["IsEnabled", "ScreenReaderEnabled"] {
            status.set_property(switch, true).map_err(zbus::Error::from)?;
        }
        Ok(())
    }

    /// A connection to the accessibility bus.
    pub(in crate::demo) fn accessibility_bus(&self) -> Result<Connection, Error> {
        let bus = self.bus()?;
        let proxy = Proxy::new(&bus, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus")?;
        let address: String = proxy.call("GetAddress", &())?;
        connect(&address)
    }
}

fn connect(address: &str) -> Result<Connection, Error> {
    Ok(connection::Builder::address(address)?.method_timeout(CALL_LIMIT).build()?)
}

pub(super) fn has_owner(bus: &Connection, name: &str) -> bool {
    let answer = bus.call_method(
        Some("org.freedesktop.DBus"),
        "/org/freedesktop/DBus",
        Some("org.freedesktop.DBus"),
        "NameHasOwner",
        &name,
    );
    answer.is_ok_and(|answer| answer.body().deserialize().unwrap_or(false))
}

fn write_configuration(folder: &Path, keyring: bool) -> io::Result<std::path::PathBuf> {
    let services = folder.join("services");
    fs::create_dir_all(&services)?;
    for name in SERVICES.into_iter().chain(keyring.then_some("org.freedesktop.secrets")) {
        let file = format!("{name}.service");
        if let Some(there) = SERVICE_FOLDERS.iter().map(|dir| Path::new(dir).join(&file)).find(|path| path.exists()) {
            fs::copy(there, services.join(file))?;
        }
    }
    let text = format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
         <busconfig><type>session</type><listen>unix:path={}/bus</listen><auth>EXTERNAL</auth>\
         <servicedir>{}</servicedir><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
        folder.display(),
        services.display(),
    );
    let path = folder.join("bus.conf");
    fs::write(&path, text)?;
    Ok(path)
}
