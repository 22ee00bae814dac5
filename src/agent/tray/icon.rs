//! The icons, painted here: an envelope, and a badge that tells the state by its shape, not only by its colour.

/// Side of the painted square, in pixels. Panels scale it down to their own size, 16 to 24 at 100 %.
const SIDE: u16 = 48;
/// Samples of each pixel, along each side: edges get soft.
const SAMPLES: u16 = 4;

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

type Colour = [u8; 3];
/// A place on the icon: the square is 1 wide and 1 high, from the top left.
type Point = (f32, f32);

const ENVELOPE: Colour = [0x3b, 0x7d, 0xe8];
const WHITE: Colour = [0xff, 0xff, 0xff];
const ORANGE: Colour = [0xf5, 0x8a, 0x07];
const TEAL: Colour = [0x0b, 0x72, 0x85];
const GREEN: Colour = [0x1f, 0x8a, 0x3b];
const RED: Colour = [0xd6, 0x2b, 0x2b];

/// Centre of the badge.
const BADGE: Point = (0.7, 0.7);

impl Icon {
    pub const ALL: [Self; 5] = [Self::Idle, Self::YourTurn, Self::Working, Self::Done, Self::NeedsYou];

    /// Rows of RGBA pixels, top first.
    pub fn pixels(self) -> Vec<u8> {
        let squares = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
        squares.flat_map(|(x, y)| self.pixel(x, y)).collect()
    }

    /// The same picture for a window's title and for its button in the taskbar.
    pub fn for_window(self) -> Option<iced::window::Icon> {
        iced::window::icon::from_rgba(self.pixels(), SIDE.into(), SIDE.into()).ok()
    }

    pub(super) fn painted(self) -> tray_icon::Icon {
        tray_icon::Icon::from_rgba(self.pixels(), SIDE.into(), SIDE.into())
            .expect("four bytes for each pixel of the square")
    }

    fn pixel(self, x: u16, y: u16) -> [u8; 4] {
        let place = |pixel: u16, sample: u16| {
            (f32::from(pixel) + (f32::from(sample) + 0.5) / f32::from(SAMPLES)) / f32::from(SIDE)
        };
        let samples = (0..SAMPLES).flat_map(|j| (0..SAMPLES).map(move |i| (i, j)));
        let colours: Vec<Colour> = samples.filter_map(|(i, j)| self.colour((place(x, i), place(y, j)))).collect();
        let count = u32::try_from(colours.len()).unwrap_or(0);
        let mean = |part: usize| {
            let sum: u32 = colours.iter().map(|colour| u32::from(colour[part])).sum();
            u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)
        };
        let alpha = u8::try_from(count * 255 / u32::from(SAMPLES * SAMPLES)).unwrap_or(u8::MAX);
        [mean(0), mean(1), mean(2), alpha]
    }

    /// None where the panel shines through.
    fn colour(self, point: Point) -> Option<Colour> {
        let (x, y) = (point.0 - BADGE.0, point.1 - BADGE.1);
        let round = x.hypot(y);
        // The badge, its symbol, and a gap between it and the envelope.
        match self {
            Self::Idle => return envelope((point.0, point.1 - 4.0 / 48.0)),
            Self::YourTurn if round < 0.25 => return Some(ORANGE),
            Self::Working if round < 0.3 => return Some(if arrows((x, y)) { WHITE } else { TEAL }),
            Self::Done if round < 0.3 => return Some(if tick((x, y)) { WHITE } else { GREEN }),
            Self::NeedsYou if triangle((x, y), 0.0) => return Some(if exclamation((x, y)) { WHITE } else { RED }),
            _ => {}
        }
        let gap = match self {
            Self::Idle => false,
            Self::YourTurn => round < 0.31,
            Self::Working | Self::Done => round < 0.35,
            Self::NeedsYou => triangle((x, y), 0.06),
        };
        if gap { None } else { envelope(point) }
    }
}

fn envelope((x, y): Point) -> Option<Colour> {
    let (left, right, top, bottom, corner) = (1.0 / 48.0, 47.0 / 48.0, 5.0 / 48.0, 36.0 / 48.0, 0.09);
    let beyond = |v: f32, low: f32, high: f32| (low + corner - v).max(v - high + corner).max(0.0);
    let inside = beyond(x, left, right).hypot(beyond(y, top, bottom)) < corner;
    let flap = line((x, y), (0.1, 0.2), (0.5, 0.5), 0.04) || line((x, y), (0.5, 0.5), (0.9, 0.2), 0.04);
    inside.then_some(if flap { WHITE } else { ENVELOPE })
}

/// Two arrows, one there and one back.
fn arrows((x, y): Point) -> bool {
    let arrow = |x: f32, y: f32| {
        let head = x > 0.02 && (y.abs() + (x - 0.02) * 0.85) < 0.12;
        head || line((x, y), (-0.16, 0.0), (0.05, 0.0), 0.035)
    };
    arrow(x, y + 0.1) || arrow(-x, y - 0.1)
}

fn tick(point: Point) -> bool {
    let (left, foot, right) = ((-0.14, 0.01), (-0.04, 0.12), (0.15, -0.11));
    line(point, left, foot, 0.045) || line(point, foot, right, 0.045)
}

/// A triangle on its base with round corners, larger by `grown`.
fn triangle((x, y): Point, grown: f32) -> bool {
    let corners = [(0.0, -0.26), (0.24, 0.19), (-0.24, 0.19)];
    let edges = [(corners[0], corners[1]), (corners[1], corners[2]), (corners[2], corners[0])];
    let inside = edges.iter().all(|(a, b)| (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= 0.0);
    inside || edges.iter().any(|(a, b)| line((x, y), *a, *b, 0.06 + grown))
}

fn exclamation(point: Point) -> bool {
    line(point, (0.0, -0.14), (0.0, 0.03), 0.042) || line(point, (0.0, 0.155), (0.0, 0.155), 0.048)
}

/// Whether the point is nearer than `width` to the line from `a` to `b`.
fn line((x, y): Point, a: Point, b: Point, width: f32) -> bool {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (((x - a.0) * dx + (y - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - a.0 - along * dx).hypot(y - a.1 - along * dy) < width
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each pixel is opaque and light: what is left when colours cannot be told apart.
    fn shape(icon: Icon) -> Vec<(bool, bool)> {
        icon.pixels().as_chunks::<4>().0.iter().map(|p| (p[3] > 127, p[0] > 200 && p[2] > 200)).collect()
    }

    #[test]
    fn every_state_has_a_shape_of_its_own() {
        for one in Icon::ALL {
            for other in Icon::ALL.into_iter().filter(|other| *other != one) {
                let different = shape(one).iter().zip(shape(other)).filter(|(a, b)| **a != *b).count();
                assert!(different > 40, "{one:?} and {other:?} differ in {different} pixels only");
            }
        }
    }

    #[test]
    fn an_icon_is_neither_empty_nor_a_full_square() {
        for icon in Icon::ALL {
            let pixels = icon.pixels();
            assert_eq!(pixels.len(), usize::from(SIDE) * usize::from(SIDE) * 4);
            let opaque = pixels.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] == 255).count();
            assert!((800..2000).contains(&opaque), "{icon:?}: {opaque}");
            assert_eq!(&pixels[..4], [0, 0, 0, 0], "the corner is free");
        }
    }
}
