//! Windows of the session's screen: find, close, click, picture. X11 only: on Wayland nobody may do this to others.

use std::path::Path;
use std::thread;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, Window as WindowId,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::{Error, Session, wait};

/// Longest wait for a window to come or to go.
const WINDOW_LIMIT: Duration = Duration::from_secs(20);

/// Longest wait for a picture that does not change.
const PICTURE_LIMIT: Duration = Duration::from_secs(2);
/// Longer than a program needs from one painting to the next.
const FRAME: Duration = Duration::from_millis(50);

/// Event numbers of the X11 protocol, as XTEST takes them.
pub(super) mod input {
    pub const KEY_PRESS: u8 = 2;
    pub const KEY_RELEASE: u8 = 3;
    pub const MOTION: u8 = 6;
}

/// A window on the screen: where it is, in pixels of the screen, without its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    id: WindowId,
    pub x: i16,
    pub y: i16,
    pub width: u16,
    pub height: u16,
}

impl Session {
    pub(super) fn screen(&self) -> Result<(RustConnection, WindowId), Error> {
        let (display, number) = x11rb::connect(self.value("DISPLAY"))?;
        let root = display.setup().roots[number].root;
        Ok((display, root))
    }

    pub(super) fn has_window_manager(&self) -> Option<()> {
        let (display, root) = self.screen().ok()?;
        property(&display, root, "_NET_SUPPORTING_WM_CHECK").filter(|value| !value.is_empty()).map(drop)
    }

    /// The window with this title, if it is on the screen now.
    pub fn window(&self, title: &str) -> Option<Window> {
        let (display, root) = self.screen().ok()?;
        let windows = property(&display, root, "_NET_CLIENT_LIST")?;
        let ids = windows.as_chunks::<4>().0.iter().map(|bytes| WindowId::from_ne_bytes(*bytes));
        let titled = |id: &WindowId| {
            property(&display, *id, "_NET_WM_NAME").is_some_and(|name| String::from_utf8_lossy(&name) == title)
        };
        place(&display, root, ids.filter(titled).last()?)
    }

    /// Titles of all windows.
    pub fn titles(&self) -> Vec<String> {
        let Ok((display, root)) = self.screen() else { return Vec::new() };
        let windows = property(&display, root, "_NET_CLIENT_LIST").unwrap_or_default();
        let ids = windows.as_chunks::<4>().0.iter().map(|bytes| WindowId::from_ne_bytes(*bytes));
        let names = ids.filter_map(|id| property(&display, id, "_NET_WM_NAME"));
        names.map(|name| String::from_utf8_lossy(&name).into_owned()).collect()
    }

    pub fn wait_for_window(&self, title: &str) -> Result<Window, Error> {
        wait(&format!("the window \"{title}\""), WINDOW_LIMIT, || self.window(title))
    }

    /// Closes a window as its red X does, and waits until it is gone. A program may refuse.
    pub fn close_window(&self, title: &str) -> Result<(), Error> {
        let window = self.wait_for_window(title)?;
        let (display, _) = self.screen()?;
        let [protocols, delete] = ["WM_PROTOCOLS", "WM_DELETE_WINDOW"].map(|name| atom(&display, name));
        let data = [delete.unwrap_or_default(), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window.id, protocols.unwrap_or_default(), data);
        display.send_event(false, window.id, EventMask::NO_EVENT, message)?;
        settle(&display)?;
        wait(&format!("the window \"{title}\" to close"), WINDOW_LIMIT, || self.window(title).is_none().then_some(()))
    }

    /// Puts a window in front of all others and gives it the keyboard, as a click on it in the panel does.
    pub fn bring_to_front(&self, title: &str) -> Result<(), Error> {
        let window = self.wait_for_window(title)?;
        let (display, root) = self.screen()?;
        let active = atom(&display, "_NET_ACTIVE_WINDOW").unwrap_or_default();
        // 2: on behalf of the person (Extended Window Manager Hints), so it is not refused.
        let message = ClientMessageEvent::new(32, window.id, active, [2, x11rb::CURRENT_TIME, 0, 0, 0]);
        let managers = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        display.send_event(false, root, managers, message)?;
        settle(&display)?;
        let id = window.id.to_ne_bytes();
        wait(&format!("the window \"{title}\" in front"), WINDOW_LIMIT, || {
            property(&display, root, "_NET_ACTIVE_WINDOW").filter(|front| front.starts_with(&id)).map(drop)
        })
    }

    /// Moves the pointer out of the way: what is under it may look different.
    pub fn park_pointer(&self) -> Result<(), Error> {
        let (display, root) = self.screen()?;
        display.xtest_fake_input(input::MOTION, 0, x11rb::CURRENT_TIME, root, i16::MAX, i16::MAX, 0)?;
        settle(&display)
    }

    /// Writes a PNG of a window, which is brought to the front, or of the whole screen. Waits until two looks in a row
    /// are the same, so that nothing half painted is shown; for something that keeps moving, the last look counts.
    pub fn screenshot(&self, title: Option<&str>, path: &Path) -> Result<(), Error> {
        let (display, root) = self.screen()?;
        let window = match title {
            Some(title) => {
                self.bring_to_front(title)?;
                self.wait_for_window(title)?
            }
            None => place(&display, root, root).ok_or_else(|| Error::Late("the screen".into()))?,
        };
        let Window { id, width, height, .. } = window;
        let look = || -> Result<Vec<u8>, Error> {
            Ok(display.get_image(ImageFormat::Z_PIXMAP, id, 0, 0, width, height, u32::MAX)?.reply()?.data)
        };
        let mut last = look()?;
        let _ = wait("the picture to settle", PICTURE_LIMIT, || {
            // A frame of a program that paints 20 times in a second.
            thread::sleep(FRAME);
            let before = std::mem::replace(&mut last, look().ok()?);
            (before == last).then_some(())
        });
        // 24 bits deep, four bytes each, blue first: what every X server on a little-endian machine uses.
        let pixels: Vec<u8> = last.as_chunks::<4>().0.iter().flat_map(|&[b, g, r, _]| [r, g, b]).collect();
        let picture = image::RgbImage::from_raw(width.into(), height.into(), pixels);
        let picture = picture.ok_or_else(|| Error::Late("the whole picture".into()))?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(picture.save_with_format(path, image::ImageFormat::Png)?)
    }
}

pub(super) fn atom(display: &RustConnection, name: &str) -> Option<u32> {
    Some(display.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom)
}

fn property(display: &RustConnection, window: WindowId, name: &str) -> Option<Vec<u8>> {
    let property = display.get_property(false, window, atom(display, name)?, AtomEnum::ANY, 0, 4096).ok()?;
    Some(property.reply().ok()?.value)
}

fn place(display: &RustConnection, root: WindowId, id: WindowId) -> Option<Window> {
    let geometry = display.get_geometry(id).ok()?.reply().ok()?;
    let corner = display.translate_coordinates(id, root, 0, 0).ok()?.reply().ok()?;
    Some(Window { id, x: corner.dst_x, y: corner.dst_y, width: geometry.width, height: geometry.height })
}

/// Returns when everything sent so far has been done: the server answers in order.
pub(super) fn settle(display: &RustConnection) -> Result<(), Error> {
    display.get_input_focus()?.reply()?;
    Ok(())
}
