//! Thunderbird with a new profile and without a window, at the page where a person enters their address.

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::marionette::Marionette;

/// How long Thunderbird may take to start, to search, or to sign in: a few seconds on an idle machine.
const LIMIT: Duration = Duration::from_mins(1);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// The inside of the page for new accounts.
const HUB: &str = "const hub = document.querySelector('account-hub-container')?.shadowRoot; ";

pub struct Thunderbird {
    process: Child,
    marionette: Marionette,
    /// Profile and everything else that it writes.
    home: tempfile::TempDir,
}

impl Thunderbird {
    /// Every host name leads to this computer, where `port` answers as HTTPS does. It trusts one further authority.
    pub fn start(port: u16, authority: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let profile = home.path().join("profile");
        std::fs::create_dir(&profile).expect("a folder");
        std::fs::write(profile.join("user.js"), preferences(port)).expect("written");
        let environment = [("LANG", "C.UTF-8"), ("MOZ_CRASHREPORTER_DISABLE", "1"), ("NO_AT_BRIDGE", "1")];
        let process = Command::new("thunderbird")
            .args(["--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile"])
            .arg(&profile)
            .env_clear()
            .envs(environment)
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(["HOME", "XDG_RUNTIME_DIR"].map(|name| (name, home.path())))
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("thunderbird is installed: make setup");
        let port = profile.join("MarionetteActivePort");
        let port = until("Thunderbird to listen", || std::fs::read_to_string(&port).ok()?.trim().parse().ok());
        let mut started = Self { process, marionette: Marionette::connect(port), home };
        started.trust(authority);
        started
    }

    pub fn trust(&mut self, authority: &str) {
        let script = "Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB) \
            .addCertFromBase64(arguments[0], 'C,,')";
        let base64: String = authority.lines().filter(|line| !line.starts_with('-')).collect();
        self.marionette.script(script, &json!([base64]));
    }

    /// Enters a name and an address, lets Thunderbird search, and reads what it found: incoming and outgoing server, each
    /// as protocol, host, port, security, user name and authentication.
    pub fn finds(&mut self, address: &str) -> [String; 2] {
        self.holds("typeof openAccountHub == 'function' && document.readyState == 'complete'");
        self.marionette.script("openAccountHub('MAIL')", &json!([]));
        self.holds("hub?.querySelector('email-auto-form #email')?.checkVisibility()");
        self.fill("email-auto-form #realName", "Anna Example");
        self.fill("email-auto-form #email", address);
        self.go_on();
        let (found, by_hand) = ("email-config-found", "email-manual-incoming-form");
        let shown = |form: &str| format!("hub.querySelector('{form}')?.checkVisibility()");
        self.holds(&format!("{} || {}", shown(found), shown(by_hand)));
        assert!(self.looks(&shown(found)) == true, "nothing found for {address}");
        let said = "['Type', 'Host', 'Port', 'SocketType', 'Username', 'AuthenticationType'].map(part => \
            hub.querySelector('email-config-found #' + arguments[0] + part).textContent.trim())";
        ["incoming", "outgoing"].map(|server| {
            // The words come a moment later than the numbers.
            until("the words of the page", || {
                let parts = self.marionette.script(&format!("{HUB} return {said}"), &json!([server]));
                let parts: Vec<&str> = parts.as_array().expect("parts").iter().filter_map(Value::as_str).collect();
                parts.iter().all(|part| !part.is_empty()).then(|| parts.join(" · "))
            })
        })
    }

    /// Takes what was found and signs in with a password; the account that Thunderbird has then.
    #[cfg(feature = "demo")]
    pub fn signs_in(&mut self, password: &str) -> Value {
        self.go_on();
        self.holds("hub.querySelector('email-password-form:not([hidden])')?.checkVisibility()");
        self.fill("email-password-form:not([hidden]) #password", password);
        self.go_on();
        let account = "const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs'); \
            const of = (server) => ({host: server.hostname, port: server.port, security: server.socketType, \
            authentication: server.authMethod, username: server.username}); \
            const account = MailServices.accounts.accounts.find(account => account.defaultIdentity); \
            return account && {kind: account.incomingServer.type, address: account.defaultIdentity.email, \
            name: account.defaultIdentity.fullName, incoming: of(account.incomingServer), \
            outgoing: of(MailServices.outgoingServer.defaultServer.QueryInterface(Ci.nsISmtpServer))}";
        until("the account", || {
            let account = self.marionette.script(account, &json!([]));
            (!account.is_null()).then_some(account)
        })
    }

    fn fill(&mut self, selector: &str, text: &str) {
        self.marionette.fill(&format!("{HUB} return hub.querySelector('{selector}')"), text);
    }

    fn go_on(&mut self) {
        self.holds("hub.querySelector('account-hub-footer #forward:not([disabled])')?.checkVisibility()");
        self.marionette.click(&format!("{HUB} return hub.querySelector('account-hub-footer #forward')"));
    }

    fn holds(&mut self, condition: &str) {
        until(condition, || (self.looks(condition) == true).then_some(()));
    }

    fn looks(&mut self, condition: &str) -> Value {
        self.marionette.script(&format!("{HUB} return !!({condition})"), &json!([]))
    }
}

impl Drop for Thunderbird {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(self.home.path());
    }
}

/// The preferences of the profile. Nothing leaves this computer.
fn preferences(port: u16) -> String {
    let mut text = String::new();
    for (name, value) in [
        ("marionette.port", json!(0)),
        ("network.dns.forceResolve", json!("127.0.0.1")),
        ("network.socket.forcePort", json!(format!("443={port}"))),
        ("network.proxy.type", json!(0)),
        // Mozilla's own collection of settings.
        ("mailnews.auto_config_url", json!("")),
        ("app.update.auto", json!(false)),
        ("mail.rights.version", json!(1)),
        ("mail.shell.checkDefaultClient", json!(false)),
        ("mailnews.start_page.enabled", json!(false)),
    ] {
        writeln!(text, "user_pref(\"{name}\", {value});").expect("text");
    }
    text
}

/// Looks for something until it is there.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LIMIT, "not in time: {what}");
        std::thread::sleep(LOOK);
    }
}
