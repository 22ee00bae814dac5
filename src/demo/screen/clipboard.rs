//! What is in the clipboard, asked for as any other program does
//! (<https://tronche.com/gui/x/icccm/sec-2.html>).

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, WindowClass};

use super::window::atom;
use super::{Error, Session, wait};

/// Longest wait for the program that owns the clipboard.
const OWNER_LIMIT: Duration = Duration::from_secs(5);

/// Longest text that is read, in units of four bytes.
const LONGEST: u32 = 32 * 1024;

impl Session {
    /// The text in the clipboard; empty when there is none.
    pub fn clipboard(&self) -> Result<String, Error> {
        let (display, root) = self.screen()?;
        let window = display.generate_id().map_err(|_| Error::Late("a number for a window".into()))?;
        let (parent, class, aux) = (root, WindowClass::INPUT_ONLY, CreateWindowAux::new());
        display.create_window(0, window, parent, 0, 0, 1, 1, 0, class, 0, &aux)?;
        let [clipboard, text, place] =
            ["CLIPBOARD", "UTF8_STRING", "MAILSHIFT_CLIPBOARD"].map(|name| atom(&display, name).unwrap_or_default());
        display.convert_selection(window, clipboard, text, place, x11rb::CURRENT_TIME)?;
        display.flush()?;
        let answer = wait("the clipboard's owner", OWNER_LIMIT, || match display.poll_for_event() {
            Ok(Some(Event::SelectionNotify(answer))) => Some(answer),
            _ => None,
        })?;
        if answer.property == x11rb::NONE {
            return Ok(String::new());
        }
        let value = display.get_property(true, window, place, AtomEnum::ANY, 0, LONGEST)?.reply()?.value;
        Ok(String::from_utf8_lossy(&value).into_owned())
    }
}
