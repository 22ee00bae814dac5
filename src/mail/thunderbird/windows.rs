//! Asks a program's windows to close, as a click on their close button does: `WM_DELETE_WINDOW` (ICCCM 4.2.8.1), straight
//! to the windows, so that it works with and without a window manager.

use std::error::Error;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{Atom, AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// Deepest level of windows that is looked at: window managers put a frame or two around a program's windows.
const DEPTH_LIMIT: u32 = 4;

/// How long a dialog takes to close; others come at once, such as a question for the next password.
const DIALOG_CLOSES: Duration = Duration::from_millis(200);

struct Screen {
    connection: RustConnection,
    root: Window,
    process: Atom,
    protocols: Atom,
    delete: Atom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub windows: usize,
    pub writing: bool,
}

/// Asks every window of a process to close. A dialog is left alone while a message is being
/// written: it is the question whether to save it, and the person's to answer.
pub(super) fn ask_to_close(display: &str, process: u32) -> Result<Asked, Box<dyn Error + Send + Sync>> {
    let (connection, number) = x11rb::connect(Some(display))?;
    let root = connection.setup().roots.get(number).ok_or("no screen")?.root;
    let atom = |name: &str| connection.intern_atom(false, name.as_bytes());
    let (process_atom, protocols, delete) = (atom("_NET_WM_PID")?, atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let (process_atom, protocols, delete) = (process_atom.reply()?.atom, protocols.reply()?.atom, delete.reply()?.atom);
    let screen = Screen { connection, root, process: process_atom, protocols, delete };
    let mut windows = screen.windows_of(process)?;
    if windows.iter().any(|window| screen.is_composer(*window)) {
        windows.retain(|window| !screen.is_dialog(*window));
        screen.ask(&windows)?;
        return Ok(Asked { windows: windows.len(), writing: true });
    }
    // While a dialog is open, the window behind it does not listen.
    let dialogs: Vec<Window> = windows.iter().copied().filter(|window| screen.is_dialog(*window)).collect();
    if !dialogs.is_empty() {
        screen.ask(&dialogs)?;
        std::thread::sleep(DIALOG_CLOSES);
        windows = screen.windows_of(process)?;
    }
    screen.ask(&windows)?;
    Ok(Asked { windows: windows.len(), writing: false })
}

impl Screen {
    fn windows_of(&self, process: u32) -> Result<Vec<Window>, Box<dyn Error + Send + Sync>> {
        let mut windows = Vec::new();
        self.collect(self.root, process, DEPTH_LIMIT, &mut windows)?;
        Ok(windows)
    }

    fn collect(
        &self,
        parent: Window,
        process: u32,
        depth: u32,
        found: &mut Vec<Window>,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        for window in self.connection.query_tree(parent)?.reply()?.children {
            // A window may vanish at any time: then its properties are an error, and it needs no closing.
            if self.belongs_to(window, process).unwrap_or(false) {
                found.push(window);
            } else if depth > 0 {
                let _ = self.collect(window, process, depth - 1, found);
            }
        }
        Ok(())
    }

    fn belongs_to(&self, window: Window, process: u32) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let property = |atom, kind: AtomEnum| self.connection.get_property(false, window, atom, kind, 0, 64);
        let owner = property(self.process, AtomEnum::CARDINAL)?.reply()?.value32().and_then(|mut it| it.next());
        if owner != Some(process) {
            return Ok(false);
        }
        let takes_delete = property(self.protocols, AtomEnum::ATOM)?
            .reply()?
            .value32()
            .is_some_and(|mut protocols| protocols.any(|atom| atom == self.delete));
        let shown = self.connection.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        Ok(takes_delete && shown)
    }

    /// Thunderbird's windows for writing a message have the class `Msgcompose`.
    fn is_composer(&self, window: Window) -> bool {
        self.text(window, AtomEnum::WM_CLASS).is_some_and(|class| class.split('\0').any(|part| part == "Msgcompose"))
    }

    fn is_dialog(&self, window: Window) -> bool {
        self.text(window, AtomEnum::WM_TRANSIENT_FOR).is_some_and(|value| !value.is_empty())
    }

    fn text(&self, window: Window, property: AtomEnum) -> Option<String> {
        let cookie = self.connection.get_property(false, window, property, AtomEnum::ANY, 0, 256).ok()?;
        Some(String::from_utf8_lossy(&cookie.reply().ok()?.value).into_owned())
    }

    fn ask(&self, windows: &[Window]) -> Result<(), Box<dyn Error + Send + Sync>> {
        for window in windows {
            let data = [self.delete, x11rb::CURRENT_TIME, 0, 0, 0];
            let message = ClientMessageEvent::new(32, *window, self.protocols, data);
            self.connection.send_event(false, *window, EventMask::NO_EVENT, message)?;
        }
        self.connection.flush()?;
        // The server has taken the messages when it answers.
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }
}
