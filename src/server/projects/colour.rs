//! The project's colour, made readable: as a ground under words and as the colour of words, on light and on dark pages.

/// Contrast between text and its ground that WCAG 2.2 SC 1.4.3 asks for.
const READABLE: f64 = 4.5;
/// Steps in which a colour moves towards black or white.
const STEPS: u8 = 50;
/// The grounds that the colour stands on, and what is written on it: the tokens of the house.
const LIGHT: Grounds = Grounds { grounds: [Rgb(0xF6, 0xF7, 0xF9), Rgb(0xFF, 0xFF, 0xFF)], end: Rgb(0, 0, 0) };
const DARK: Grounds = Grounds { grounds: [Rgb(0x15, 0x18, 0x1C), Rgb(0x1E, 0x22, 0x28)], end: Rgb(255, 255, 255) };
/// How much of black is in what is written on a light colour.
const INK: f64 = 0.86;
/// Colour of projects that have none.
const USUAL: Rgb = Rgb(0x1D, 0x5F, 0xBF);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(u8, u8, u8);

struct Grounds {
    grounds: [Rgb; 2],
    /// Where colours move to that cannot be read.
    end: Rgb,
}

/// A colour that can be read on its grounds, and the colour of words on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    pub accent: Rgb,
    pub on_accent: Rgb,
}

impl Rgb {
    /// Reads `#RRGGBB`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()))?;
        let part = |place| u8::from_str_radix(&hex[place..place + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// The project's colour, or the usual one.
    pub fn of_brand(colour: Option<&str>) -> Self {
        colour.and_then(Self::parse).unwrap_or(USUAL)
    }

    pub fn hex(self) -> String {
        format!("{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }

    pub fn on_light(self) -> Accent {
        self.moved(&LIGHT, |_| Self(255, 255, 255))
    }

    pub fn on_dark(self) -> Accent {
        self.moved(&DARK, |accent| accent.towards(Self(0, 0, 0), INK))
    }

    fn moved(self, on: &Grounds, ink: impl Fn(Self) -> Self) -> Accent {
        let accents = (0..=STEPS).map(|step| self.towards(on.end, f64::from(step) / f64::from(STEPS)));
        let mut pairs = accents.map(|accent| Accent { accent, on_accent: ink(accent) });
        let readable = |pair: &Accent| {
            let on_grounds = on.grounds.iter().all(|ground| pair.accent.contrast(*ground) >= READABLE);
            on_grounds && pair.on_accent.contrast(pair.accent) >= READABLE
        };
        pairs.find(readable).unwrap_or(Accent { accent: on.end, on_accent: on.grounds[0] })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes lies a byte")]
    fn towards(self, end: Self, part: f64) -> Self {
        let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8;
        Self(mix(self.0, end.0), mix(self.1, end.1), mix(self.2, end.2))
    }

    /// Contrast ratio as WCAG 2.2 defines it, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance as WCAG 2.2 defines it, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// A style sheet that gives the page this accent.
pub fn sheet(colour: Rgb) -> String {
    let rule = |Accent { accent, on_accent }: Accent| {
        format!(":root {{ --accent: #{}; --on-accent: #{}; }}", accent.hex(), on_accent.hex())
    };
    let (light, dark) = (rule(colour.on_light()), rule(colour.on_dark()));
    format!("{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_becomes_readable() {
        for step in 0..=255_u8 {
            let (a, b) = (step, step.wrapping_mul(37));
            for colour in [Rgb(a, b, 0), Rgb(0, a, b), Rgb(b, 0, a), Rgb(a, a, a)] {
                for (pair, on) in [(colour.on_light(), LIGHT), (colour.on_dark(), DARK)] {
                    assert!(pair.accent.contrast(pair.on_accent) >= READABLE, "{colour:?} {pair:?}");
                    assert!(on.grounds.iter().all(|ground| ground.contrast(pair.accent) >= READABLE), "{colour:?}");
                }
            }
        }
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let colour = Rgb::parse("#AA3366").expect("a colour");
        assert_eq!(colour.on_light().accent, colour);
        assert!((Rgb(0, 0, 0).contrast(Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_colour_is_not_taken() {
        for text in ["red", "#12345", "#1234567", "#12345g", "#é2345"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
        assert_eq!(Rgb::of_brand(None), USUAL);
    }
}
