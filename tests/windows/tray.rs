//! The icon in the tray: Wine puts it into the panel as an embedded window
//! (<https://specifications.freedesktop.org/systemtray-spec/systemtray-spec-latest.html>).

use mailshift::demo::screen::wait;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::stage::{SOON, Setting, Stage, Told, play};

/// Event numbers of the X11 protocol, as XTEST takes them.
const BUTTON_PRESS: u8 = 4;
const BUTTON_RELEASE: u8 = 5;
const MOTION: u8 = 6;
const LEFT: u8 = 1;
const RIGHT: u8 = 3;
/// From the menu's lower edge to its last line but one, in pixels: Wine's lines are 17 high, a separator 9.
const QUIT: u16 = 37;

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_click_on_the_icon_opens_the_window_and_its_menu_ends_the_agent() {
    play(Setting::default(), |stage| {
        stage.until_waiting()?;
        let title = stage.word("waiting-title");
        stage.screen.close_window(&title)?;
        click(stage, LEFT)?;
        wait("the window", SOON, || stage.screen.window(&title))?;
        stage.screen.close_window(&title)?;
        click(stage, RIGHT)?;
        stage.picture_as_it_is("tray-menu")?;
        wait("the menu", SOON, || Screen::of(stage)?.choose_quit())?;
        stage.agent_ended()
    });
}

fn click(stage: &Stage, button: u8) -> Told {
    wait("the icon in the tray", SOON, || {
        let screen = Screen::of(stage)?;
        let icon = icon(&screen.display, screen.root)?;
        let size = screen.display.get_geometry(icon).ok()?.reply().ok()?;
        screen.press(icon, size.width / 2, size.height / 2, button)
    })?;
    Ok(())
}

struct Screen {
    display: RustConnection,
    root: Window,
}

impl Screen {
    fn of(stage: &Stage) -> Option<Self> {
        let name = stage.screen.environment().iter().find(|(name, _)| name == "DISPLAY");
        let (display, number) = x11rb::connect(name.map(|(_, value)| value.as_str())).ok()?;
        let root = display.setup().roots.get(number)?.root;
        Some(Self { display, root })
    }

    /// The last line but one. A menu is the only large window that the window manager has no say in.
    fn choose_quit(&self) -> Option<()> {
        for window in self.display.query_tree(self.root).ok()?.reply().ok()?.children {
            let attributes = self.display.get_window_attributes(window).ok()?.reply().ok()?;
            let size = self.display.get_geometry(window).ok()?.reply().ok()?;
            let is_ours = has(&self.display, window, AtomEnum::WM_CLASS.into(), b"mailshift.exe");
            if is_ours
                && attributes.override_redirect
                && attributes.map_state == MapState::VIEWABLE
                && size.height > QUIT
            {
                return self.press(window, size.width / 2, size.height - QUIT, LEFT);
            }
        }
        None
    }

    /// Presses a button at a place of a window.
    fn press(&self, window: Window, x: u16, y: u16, button: u8) -> Option<()> {
        let [x, y] = [x, y].map(|side| i16::try_from(side).unwrap_or_default());
        let place = self.display.translate_coordinates(window, self.root, x, y).ok()?.reply().ok()?;
        for (kind, detail) in [(MOTION, 0), (BUTTON_PRESS, button), (BUTTON_RELEASE, button)] {
            let (x, y) = (place.dst_x, place.dst_y);
            self.display.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0).ok()?;
        }
        // The server answers in order: all is done when it answers this.
        self.display.get_input_focus().ok()?.reply().ok().map(drop)
    }
}

fn has(display: &RustConnection, window: Window, property: u32, text: &[u8]) -> bool {
    let cookie = display.get_property(false, window, property, AtomEnum::ANY, 0, 64).ok();
    let value = cookie.and_then(|cookie| cookie.reply().ok()).map(|reply| reply.value).unwrap_or_default();
    !value.is_empty() && value.starts_with(text)
}

/// Wine's explorer has all icons; ours is the only one.
fn icon(display: &RustConnection, root: Window) -> Option<Window> {
    let embedded = display.intern_atom(false, b"_XEMBED_INFO").ok()?.reply().ok()?.atom;
    let mut windows = vec![root];
    while let Some(window) = windows.pop() {
        let explorers = has(display, window, AtomEnum::WM_CLASS.into(), b"explorer.exe");
        if explorers && has(display, window, embedded, b"") {
            return Some(window);
        }
        windows.extend(display.query_tree(window).ok()?.reply().ok()?.children);
    }
    None
}
