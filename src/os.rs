//! What the operating system does for us. The only door to the environment.

pub mod autostart;
pub mod files;
pub mod guard;
pub mod links;
mod places;
pub mod terminal;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;
#[cfg(target_os = "windows")]
mod windows;
#[cfg(target_os = "windows")]
use windows as imp;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as imp;

use std::time::Duration;

pub use places::Places;

/// Longest wait for the notification service: it is started on demand on some desktops.
const NOTIFY_LIMIT: Duration = Duration::from_secs(5);
/// Longest wait for an answer about the session (locked? text size?): both have a harmless default.
const ASK_LIMIT: Duration = Duration::from_secs(2);
/// Time between two looks whether the session is still locked.
const LOCK_LOOK: Duration = Duration::from_secs(2);
/// Text is never drawn smaller than designed, and every page is tested up to this factor.
const TEXT_SCALE_LIMITS: (f32, f32) = (1.0, 2.0);

/// The name under which ids of computers are hashed; drawn once, for good.
const MACHINES: uuid::Uuid = uuid::uuid!("6d3a1f52-9c0e-4b7d-8e21-5f4a7c90b3d6");

/// A text from the environment. Empty counts as not set, as the XDG Base Directory Specification has it.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where windows can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Display {
    /// Windows and macOS: there is always one.
    Native,
    /// The name, such as `:0`.
    X11(String),
    /// Path of the socket.
    Wayland(std::path::PathBuf),
}

/// Why no window can be shown. The window toolkit ends the process in each of these cases, so ask first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoDisplay {
    #[error("neither DISPLAY nor WAYLAND_DISPLAY is set")]
    NotSet,
    #[error("no X server answers at DISPLAY={0}")]
    X11(String),
    #[error("no Wayland compositor listens at {0}")]
    Wayland(std::path::PathBuf),
    #[error("this session has no desktop")]
    NotInteractive,
}

impl NoDisplay {
    pub fn code(&self) -> crate::problem::ResponseCode {
        crate::problem::ResponseCode::NoDisplay
    }
}

/// The display of this session, tried by connecting to it.
pub fn display() -> Result<Display, NoDisplay> {
    imp::display()
}

/// What the session calls its display; None where there is only one.
pub fn display_name() -> Option<String> {
    if cfg!(target_os = "linux") { var("WAYLAND_DISPLAY").or_else(|| var("DISPLAY")) } else { None }
}

/// Calls this when the display goes away, before the toolkit ends the process. Only X11 ends it without a word.
pub fn on_lost_display(call: fn()) {
    #[cfg(target_os = "linux")]
    linux::display::on_loss(call);
    #[cfg(not(target_os = "linux"))]
    let _ = call;
}

/// From now on no core file and no other program of this login gets to see what this process holds. Call it before
/// anything secret is in memory; programs that are started are not concerned.
pub fn harden() {
    #[cfg(target_os = "linux")]
    imp::harden();
}

/// Whether only administrators can change a file or folder: what is not, is not to be believed for every login.
pub fn is_administrators_only(path: &std::path::Path) -> bool {
    #[cfg(target_os = "windows")]
    return imp::trust::is_administrators_only(path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Its group may write it only where that group is the administrators', too.
        let is_ours = |there: std::fs::Metadata| {
            there.uid() == 0 && there.mode() & 0o002 == 0 && (there.mode() & 0o020 == 0 || there.gid() == 0)
        };
        std::fs::metadata(path).is_ok_and(is_ours)
    }
}

/// Language of the session, BCP 47. English when the system does not say.
pub fn language() -> String {
    sys_locale::get_locale()
        .map(|locale| locale.split(['.', '@']).next().unwrap_or_default().replace('_', "-"))
        .filter(|locale| !matches!(locale.as_str(), "" | "C" | "POSIX"))
        .unwrap_or_else(|| "en".into())
}

/// Where an administrator places settings for every login of this computer.
pub fn machine_settings() -> std::path::PathBuf {
    #[cfg(target_os = "windows")]
    return imp::folders::machine_data().join("Mailshift");
    #[cfg(not(target_os = "windows"))]
    if cfg!(target_os = "macos") { "/Library/Application Support/Mailshift".into() } else { "/etc/mailshift".into() }
}

/// Below which programs are installed for everybody: the root of the file system, or of the drive that Windows is on,
/// whatever the current one is.
pub fn program_root() -> std::path::PathBuf {
    #[cfg(target_os = "windows")]
    return imp::folders::program_root();
    #[cfg(not(target_os = "windows"))]
    return "/".into();
}

/// Where programs keep what does not roam with the login.
pub fn local_data() -> std::path::PathBuf {
    directories::BaseDirs::new().map(|base| base.data_local_dir().to_owned()).unwrap_or_default()
}

/// The file that a later start of this program takes. An `AppImage` runs from a folder that goes with it, and says where its
/// file is (<https://docs.appimage.org/packaging-guide/environment-variables.html>).
pub fn program() -> Option<std::path::PathBuf> {
    var("APPIMAGE").map(std::path::PathBuf::from).or_else(|| std::env::current_exe().ok())
}

/// Name of the operating-system login this process runs for.
pub fn login() -> String {
    imp::login()
}

/// What the owner calls this computer.
pub fn device_name() -> String {
    imp::device_name()
}

/// Says which computer this is to whoever knows another of its logins, and nothing else: a hash under a name of our own,
/// as machine-id(5) asks for. Empty when the system does not know.
pub fn machine() -> String {
    let id = imp::machine().unwrap_or_default();
    if id.trim().is_empty() {
        return String::new();
    }
    uuid::Uuid::new_v5(&MACHINES, id.trim().as_bytes()).to_string()
}

/// `linux`, `windows`, `macos`.
pub fn system() -> &'static str {
    std::env::consts::OS
}

/// Tells the system who its notifications and windows come from. Linux and macOS learn that with each of them.
pub fn introduce(places: &Places) {
    #[cfg(target_os = "windows")]
    imp::notification::introduce(places);
    #[cfg(not(target_os = "windows"))]
    let _ = places;
}

/// Shows a notification. False when the system has no way to show it; nothing may depend on it alone.
pub async fn notify(title: &str, body: &str) -> bool {
    let (title, body) = (title.to_owned(), body.to_owned());
    in_background(NOTIFY_LIMIT, move || {
        let mut notification = notify_rust::Notification::new();
        notification.appname("Mailshift").summary(&title).body(&body).icon("mail-unread");
        #[cfg(target_os = "windows")]
        notification.app_id(imp::notification::APPLICATION);
        let sent = notification.show().map(drop);
        if let Err(error) = &sent {
            tracing::info!(%error, "no notification");
        }
        sent.is_ok()
    })
    .await
    .unwrap_or(false)
}

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("only https, http and mailto links are opened")]
    Scheme,
    #[error("the link could not be opened")]
    Open(#[from] opener::OpenError),
}

/// Opens a link in the person's browser or mail program. Files and programs are refused: links come from the server.
pub fn open_link(url: &str) -> Result<(), LinkError> {
    if !is_link(url) {
        return Err(LinkError::Scheme);
    }
    Ok(opener::open_browser(url)?)
}

fn is_link(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let web = matches!(scheme.to_ascii_lowercase().as_str(), "https" | "http") && rest.starts_with("//");
    (web || scheme.eq_ignore_ascii_case("mailto")) && !url.contains(char::is_control)
}

/// By how much the person wants text larger, from 1.0 to 2.0. `MAILSHIFT_TEXT_SCALE` overrules the desktop.
pub async fn text_scale() -> f32 {
    let scale = match var("MAILSHIFT_TEXT_SCALE").and_then(|scale| scale.parse().ok()) {
        Some(scale) => Some(scale),
        None => in_background(ASK_LIMIT, imp::text_scale).await.flatten(),
    };
    limited(scale.unwrap_or(1.0))
}

fn limited(scale: f32) -> f32 {
    if scale.is_finite() { scale.clamp(TEXT_SCALE_LIMITS.0, TEXT_SCALE_LIMITS.1) } else { TEXT_SCALE_LIMITS.0 }
}

/// Lets another program bring its window to the front. Only Windows needs that to be said.
pub fn give_way() {
    #[cfg(target_os = "windows")]
    imp::give_way();
}

/// Whether the person has chosen a contrast theme. Only Windows says so.
pub fn high_contrast() -> bool {
    #[cfg(target_os = "windows")]
    return imp::high_contrast();
    #[cfg(not(target_os = "windows"))]
    return false;
}

/// Whether the person's session is locked. A system that does not say counts as not locked.
pub async fn session_locked() -> bool {
    in_background(ASK_LIMIT, imp::session_locked).await.flatten().unwrap_or(false)
}

/// Returns when the person's session is not locked.
pub async fn until_unlocked() {
    while session_locked().await {
        tokio::time::sleep(LOCK_LOOK).await;
    }
}

/// Runs a blocking call on a thread of its own, for at most `limit`; None when it takes longer. The runtime's blocking
/// threads are not used: ending the program would wait for a call that hangs.
pub async fn in_background<T: Send + 'static>(limit: Duration, call: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("os-call".into()).spawn(move || {
        let _ = answer.send(call());
    });
    thread.ok()?;
    tokio::time::timeout(limit, answered).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_the_web_and_to_mail_addresses_are_opened() {
        for link in ["https://example.org/a?b#c", "HTTP://example.org", "mailto:help@example.org"] {
            assert!(is_link(link), "{link}");
        }
        for other in
            ["", "example.org", "file:///etc/passwd", "javascript:alert(1)", "https:x", "/bin/sh", "http://a\nb"]
        {
            assert!(!is_link(other), "{other}");
            assert!(matches!(open_link(other), Err(LinkError::Scheme)), "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_write_is_no_administrators() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.json");
        std::fs::write(&file, "{}").expect("written");
        let is_root = rustix::process::getuid().is_root();
        for (mode, wanted) in [(0o644, is_root), (0o646, false), (0o602, false)] {
            std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).expect("owned");
            assert_eq!(is_administrators_only(&file), wanted, "{mode:o}");
        }
        assert!(!is_administrators_only(&folder.path().join("nothing")));
        assert!(is_administrators_only(std::path::Path::new("/etc")));
    }

    #[test]
    fn text_is_scaled_within_what_the_pages_are_tested_for() {
        assert_eq!(
            [0.5, 1.25, 3.0, f32::NAN, f32::INFINITY].map(limited).map(|s| format!("{s}")),
            ["1", "1.25", "2", "1", "1"]
        );
    }

    #[tokio::test]
    async fn a_call_that_hangs_is_given_up() {
        let (end, waiting) = std::sync::mpsc::channel::<()>();
        let answer = in_background(Duration::from_millis(20), move || waiting.recv().is_ok()).await;
        assert_eq!(answer, None);
        drop(end);
        assert_eq!(in_background(Duration::from_secs(30), || 7).await, Some(7));
    }
}
