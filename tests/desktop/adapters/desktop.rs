//! Questions to the desktop's services, with stand-ins that answer as the documented interfaces do.
#![allow(clippy::used_underscore_binding, reason = "the interface macro names every argument")]

use std::collections::HashMap;

use mailshift::demo::screen::{Options, Session};
use mailshift::os;
use zbus::zvariant::Value;

use super::{again, bare, part, run};

/// The desktop portal's settings.
struct Portal;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Portal {
    #[expect(clippy::unused_self, reason = "the library passes it")]
    fn read(&self, namespace: &str, key: &str) -> zbus::fdo::Result<Value<'static>> {
        if (namespace, key) == ("org.gnome.desktop.interface", "text-scaling-factor") {
            // One variant more than one would think, as the real portal does it.
            Ok(Value::Value(Box::new(Value::from(1.5_f64))))
        } else {
            Err(zbus::fdo::Error::UnknownProperty(key.to_owned()))
        }
    }
}

/// The session of logind.
struct Login;

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Login {
    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the library passes it")]
    fn locked_hint(&self) -> bool {
        true
    }
}

/// The notification service.
struct Notifications(std::sync::mpsc::Sender<(String, String)>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the interface has them")]
    fn notify(
        &self,
        _program: String,
        _replaces: u32,
        _icon: String,
        title: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, zbus::zvariant::OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let _ = self.0.send((title, body));
        1
    }
}

#[test]
#[ignore = "needs dbus: make test"]
fn the_desktop_is_asked_about_text_size_and_lock_and_shows_notifications() {
    let name = "desktop::the_desktop_is_asked_about_text_size_and_lock_and_shows_notifications";
    match part().as_deref() {
        Some("overruled") => return assert_eq!(run(os::text_scale()).to_string(), "1.25"),
        Some(_) => {
            assert_eq!(run(os::text_scale()).to_string(), "1.5");
            assert!(run(os::session_locked()));
            return assert!(run(os::notify("Your mail moves today", "Enter your code")));
        }
        None => {}
    }
    let session = Session::start(&Options { bus: true, ..bare() }).expect("a session");
    let bus = session.bus().expect("a bus");
    let (sender, shown) = std::sync::mpsc::channel();
    let objects = bus.object_server();
    objects.at("/org/freedesktop/portal/desktop", Portal).expect("free");
    objects.at("/org/freedesktop/login1/session/auto", Login).expect("free");
    objects.at("/org/freedesktop/Notifications", Notifications(sender)).expect("free");
    for name in ["org.freedesktop.portal.Desktop", "org.freedesktop.login1", "org.freedesktop.Notifications"] {
        bus.request_name(name).expect("free");
    }
    let address = super::value(&session, "DBUS_SESSION_BUS_ADDRESS");
    let mut asks = again(&session, name, "asks");
    assert!(asks.env("DBUS_SYSTEM_BUS_ADDRESS", address).status().expect("started").success());
    assert_eq!(shown.try_recv().expect("shown"), ("Your mail moves today".into(), "Enter your code".into()));
    let mut overruled = again(&session, name, "overruled");
    assert!(overruled.env("MAILSHIFT_TEXT_SCALE", "1.25").status().expect("started").success());
}
