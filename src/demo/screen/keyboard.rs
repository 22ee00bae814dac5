//! Real key events, through the X server's test extension.

use std::thread;
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::window::{input, settle};
use super::{Error, Session};

const SHIFT: u32 = 0xffe1;
/// Names of keys that are not characters, with their keysyms (X11's `keysymdef.h`).
const NAMED: [(&str, u32); 18] = [
    ("Tab", 0xff09),
    ("Return", 0xff0d),
    ("Enter", 0xff0d),
    ("Escape", 0xff1b),
    ("BackSpace", 0xff08),
    ("Delete", 0xffff),
    ("Home", 0xff50),
    ("End", 0xff57),
    ("Left", 0xff51),
    ("Up", 0xff52),
    ("Right", 0xff53),
    ("Down", 0xff54),
    ("space", 0x20),
    ("Space", 0x20),
    ("shift", SHIFT),
    ("ctrl", 0xffe3),
    ("alt", 0xffe9),
    ("F10", 0xffc7),
];

impl Session {
    /// Presses a key or a chord: `Tab`, `shift+Tab`, `ctrl+v`, `Escape`.
    pub fn key(&self, chord: &str) -> Result<(), Error> {
        let mut keyboard = Keyboard::of(self)?;
        let mut codes = Vec::new();
        for name in chord.split('+') {
            let named = NAMED.iter().find(|(there, _)| *there == name).map(|(_, symbol)| *symbol);
            let mut characters = name.chars();
            let symbol = match (named, characters.next(), characters.next()) {
                (Some(symbol), ..) => symbol,
                (None, Some(character), None) => keysym(character),
                _ => return Err(Error::Key(name.to_owned())),
            };
            codes.push(keyboard.code(symbol)?.0);
        }
        for code in &codes {
            keyboard.send(input::KEY_PRESS, *code)?;
        }
        codes.iter().rev().try_for_each(|code| keyboard.send(input::KEY_RELEASE, *code))
    }

    /// Types a text, character by character, into whatever has the focus.
    pub fn type_text(&self, text: &str) -> Result<(), Error> {
        self.type_paced(text, Duration::ZERO)
    }

    /// Types as a slow typist, with this pause after each key.
    pub fn type_paced(&self, text: &str, pause: Duration) -> Result<(), Error> {
        let mut keyboard = Keyboard::of(self)?;
        let (shift, _) = keyboard.code(SHIFT)?;
        for character in text.chars() {
            let (code, shifted) = keyboard.code(keysym(character))?;
            if shifted {
                keyboard.send(input::KEY_PRESS, shift)?;
            }
            keyboard.send(input::KEY_PRESS, code)?;
            keyboard.send(input::KEY_RELEASE, code)?;
            if shifted {
                keyboard.send(input::KEY_RELEASE, shift)?;
            }
            thread::sleep(pause);
        }
        Ok(())
    }
}

/// Latin-1 characters are their own keysyms; the others have theirs at a fixed distance.
fn keysym(character: char) -> u32 {
    match character {
        '\n' => 0xff0d,
        '\t' => 0xff09,
        c if u32::from(c) < 0x100 => c.into(),
        c => 0x0100_0000 | u32::from(c),
    }
}

struct Keyboard {
    display: RustConnection,
    root: u32,
    first: u8,
    /// Keysyms of each key code, unshifted first.
    symbols: Vec<Vec<u32>>,
}

impl Keyboard {
    fn of(session: &Session) -> Result<Self, Error> {
        let (display, root) = session.screen()?;
        let (first, last) = (display.setup().min_keycode, display.setup().max_keycode);
        let mapping = display.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let symbols = mapping.keysyms.chunks(mapping.keysyms_per_keycode.max(1).into()).map(<[_]>::to_vec).collect();
        Ok(Self { display, root, first, symbols })
    }

    /// The key that makes a keysym, and whether with Shift. A character that the layout does not have gets a key that has
    /// no meaning, and keeps it: programs learn of a change later than it is made.
    fn code(&mut self, symbol: u32) -> Result<(u8, bool), Error> {
        for level in 0..2 {
            let at = self.symbols.iter().position(|symbols| symbols.get(level) == Some(&symbol));
            if let Some(code) = at.and_then(|at| u8::try_from(at).ok()) {
                return Ok((self.first + code, level == 1));
            }
        }
        let spare = self.symbols.iter().rposition(|symbols| symbols.iter().all(|symbol| *symbol == 0));
        let at = spare.ok_or_else(|| Error::Key(format!("keysym {symbol:#x}")))?;
        self.symbols[at] = vec![symbol, symbol];
        let code = self.first + u8::try_from(at).unwrap_or_default();
        self.display.change_keyboard_mapping(1, code, 2, &[symbol, symbol])?.check()?;
        Ok((code, false))
    }

    fn send(&self, kind: u8, code: u8) -> Result<(), Error> {
        self.display.xtest_fake_input(kind, code, x11rb::CURRENT_TIME, self.root, 0, 0, 0)?;
        settle(&self.display)
    }
}

#[cfg(test)]
mod tests {
    use super::keysym;

    #[test]
    fn characters_have_the_keysyms_of_the_x11_protocol() {
        assert_eq!([keysym('a'), keysym('ü'), keysym('€'), keysym('\n')], [0x61, 0xfc, 0x0100_20ac, 0xff0d]);
    }
}
