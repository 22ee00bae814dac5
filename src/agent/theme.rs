//! How everything looks: the colours, sizes and styles of every window, in one place.
#![expect(clippy::unreadable_literal, reason = "colours are written as everywhere else: 0xRRGGBB")]

use iced::widget::{button, container, progress_bar, radio, rule, scrollable, text_editor, text_input};
use iced::{Background, Border, Color, Font, Shadow, Theme, color, font};
use jiff::tz::TimeZone;

use crate::agent::i18n::Words;

/// The typeface that is built in; no system font is needed.
pub const FONT: Font = Font::new("Fira Sans");
/// For titles and names.
pub const SEMIBOLD: Font = FONT.weight(font::Weight::Semibold);
/// Logical size of the wizard's window.
pub const WIZARD: (f32, f32) = (680.0, 520.0);
/// Logical size of the windows for the code and for going back.
pub const SMALL: (f32, f32) = (480.0, 400.0);
/// Logical size of the window between the code and the move.
pub const WAITING: (f32, f32) = (480.0, 480.0);
/// Windows grow with the text up to this factor, so that they still fit a screen of 1366 × 768; beyond it, content
/// scrolls.
pub const GROWS_TO: f32 = 1.35;
/// Radius of cards and fields, in logical pixels.
const CARD: f32 = 8.0;
/// Radius of buttons, in logical pixels.
const BUTTON: f32 = 6.0;
/// Contrast between text and its ground that WCAG 2.2 SC 1.4.3 asks for.
const READABLE: f32 = 4.5;

/// Everything that a page needs to show itself.
#[derive(Debug, Clone)]
pub struct Style {
    pub words: Words,
    pub palette: Palette,
    /// Text size: 1.0 to 2.0.
    pub scale: f32,
    /// The zone that times are told in.
    pub zone: TimeZone,
    /// Nothing moves but the progress bar.
    pub reduced_motion: bool,
}

/// The colours, each named by what it is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    pub background: Color,
    pub surface: Color,
    pub text: Color,
    pub muted: Color,
    pub border: Color,
    pub accent: Color,
    pub on_accent: Color,
    pub soft: Color,
    pub success: Color,
    pub warning: Color,
    pub danger: Color,
    /// Width of borders, in logical pixels.
    pub line: f32,
}

impl Palette {
    /// Light, with the organisation's colour (`#RRGGBB`) as accent when there is one.
    pub fn light(brand: Option<&str>) -> Self {
        let plain = Self {
            background: color!(0xF6F7F9),
            surface: Color::WHITE,
            text: color!(0x1B1F24),
            muted: color!(0x566070),
            border: color!(0x7D8794),
            accent: color!(0x1D5FBF),
            on_accent: Color::WHITE,
            soft: color!(0xE8F0FC),
            success: color!(0x1A7040),
            warning: color!(0x8A5A00),
            danger: color!(0xB3261E),
            line: 1.0,
        };
        plain.branded(brand, Color::BLACK, 0.11)
    }

    /// Dark, with the organisation's colour (`#RRGGBB`) as accent when there is one.
    pub fn dark(brand: Option<&str>) -> Self {
        let plain = Self {
            background: color!(0x15181C),
            surface: color!(0x1E2228),
            text: color!(0xE9ECF0),
            muted: color!(0xA7B0BC),
            border: color!(0x6C7685),
            accent: color!(0x8AB4F8),
            on_accent: color!(0x0B1B33),
            soft: color!(0x22344F),
            success: color!(0x6DD58C),
            warning: color!(0xF2C14E),
            danger: color!(0xFF8F86),
            line: 1.0,
        };
        plain.branded(brand, Color::WHITE, 0.16)
    }

    /// Black on white, thick borders, no soft fills; the brand stays away.
    pub fn high_contrast(_brand: Option<&str>) -> Self {
        Self {
            background: Color::WHITE,
            surface: Color::WHITE,
            text: Color::BLACK,
            muted: Color::BLACK,
            border: Color::BLACK,
            accent: color!(0x0000C8),
            on_accent: Color::WHITE,
            soft: Color::WHITE,
            success: color!(0x004D1A),
            warning: color!(0x5C3A00),
            danger: color!(0x8C0000),
            line: 2.0,
        }
    }

    pub fn is_dark(&self) -> bool {
        self.background.relative_luminance() < 0.5
    }

    /// Takes the brand as accent, moved towards `end` until it can be read on every ground and text on it as well.
    fn branded(self, brand: Option<&str>, end: Color, softness: f32) -> Self {
        let Some(brand) = brand.and_then(|text| text.parse::<Color>().ok()) else { return self };
        let brand = Color { a: 1.0, ..brand };
        let candidates = (0_u8..=50).map(|step| {
            let accent = tint(brand, end, f32::from(step) / 50.0);
            let dark_text = if self.is_dark() { tint(accent, Color::BLACK, 0.86) } else { self.on_accent };
            Self { accent, on_accent: dark_text, soft: tint(self.surface, accent, softness), ..self }
        });
        candidates.into_iter().find(Self::is_readable).unwrap_or(self)
    }

    fn is_readable(&self) -> bool {
        self.pairs().iter().all(|(text, ground)| text.relative_contrast(*ground) >= READABLE)
    }

    /// Every text colour with every ground that it stands on.
    pub fn pairs(&self) -> Vec<(Color, Color)> {
        let texts = [self.text, self.muted, self.accent];
        let grounds = [self.background, self.surface, self.soft];
        let mut pairs: Vec<_> = texts.iter().flat_map(|text| grounds.map(|ground| (*text, ground))).collect();
        for signal in [self.success, self.warning, self.danger] {
            pairs.extend([(signal, self.background), (signal, self.surface)]);
        }
        pairs.push((self.on_accent, self.accent));
        pairs
    }
}

impl Style {
    /// A size of this design in the text size that the person has chosen.
    pub fn size(&self, logical: f32) -> f32 {
        logical * self.scale.clamp(1.0, 2.0)
    }

    /// A window's logical size in the text size that the person has chosen.
    pub fn window(&self, (width, height): (f32, f32)) -> iced::Size {
        let factor = self.scale.clamp(1.0, GROWS_TO);
        iced::Size::new((width * factor).round(), (height * factor).round())
    }

    /// So large that names next to icons and pictures next to texts no longer fit.
    pub fn is_large(&self) -> bool {
        self.scale > GROWS_TO
    }

    /// The theme for the window's own ground and for what has no style of its own.
    pub fn iced_theme(&self) -> Theme {
        let p = &self.palette;
        let seed = iced::theme::palette::Seed {
            background: p.background,
            text: p.text,
            primary: p.accent,
            success: p.success,
            warning: p.warning,
            danger: p.danger,
        };
        Theme::custom("Mailshift", seed)
    }

    /// The one button that goes on.
    pub fn primary(&self) -> impl Fn(&Theme, button::Status) -> button::Style + use<> {
        let p = self.palette;
        move |_, status| {
            let (ground, words) = match status {
                button::Status::Disabled => (p.border.mix(p.surface, 0.6), p.muted),
                button::Status::Hovered => (p.accent.mix(p.text, 0.12), p.on_accent),
                button::Status::Pressed => (p.accent.mix(p.text, 0.22), p.on_accent),
                button::Status::Active | button::Status::Focused => (p.accent, p.on_accent),
            };
            pressable(Some(ground), words, Border::default().rounded(BUTTON))
        }
    }

    /// The other buttons.
    pub fn secondary(&self) -> impl Fn(&Theme, button::Status) -> button::Style + use<> {
        let p = self.palette;
        move |_, status| {
            let border = Border::default().rounded(BUTTON).width(p.line).color(p.border);
            match status {
                button::Status::Disabled => pressable(None, p.muted, border.color(p.border.mix(p.surface, 0.5))),
                button::Status::Hovered => pressable(Some(p.soft), p.text, border),
                button::Status::Pressed => pressable(Some(p.soft.mix(p.text, 0.08)), p.text, border),
                button::Status::Active | button::Status::Focused => pressable(Some(p.surface), p.text, border),
            }
        }
    }

    /// Buttons that look like words: links, "Copy", "Show".
    pub fn link(&self) -> impl Fn(&Theme, button::Status) -> button::Style + use<> {
        let p = self.palette;
        move |_, status| {
            let ground = matches!(status, button::Status::Hovered | button::Status::Pressed).then_some(p.soft);
            let words = if status == button::Status::Disabled { p.muted } else { p.accent };
            pressable(ground, words, Border::default().rounded(BUTTON))
        }
    }

    /// A field to type in; `wrong` when what it holds has to be looked at.
    pub fn field(&self, wrong: bool) -> impl Fn(&Theme, text_input::Status) -> text_input::Style + use<> {
        let p = self.palette;
        move |_, status| {
            let focused = matches!(status, text_input::Status::Focused { .. });
            let edge = match (wrong, focused) {
                (true, _) => p.danger,
                (false, true) => p.accent,
                (false, false) if matches!(status, text_input::Status::Hovered) => p.text,
                (false, false) => p.border,
            };
            let width = if focused || wrong { 2.0 } else { p.line };
            text_input::Style {
                background: Background::Color(p.surface),
                border: Border::default().rounded(CARD).width(width).color(edge),
                icon: p.muted,
                placeholder: p.muted,
                value: if matches!(status, text_input::Status::Disabled) { p.muted } else { p.text },
                selection: p.accent.scale_alpha(0.35),
                shadow: Shadow::default(),
            }
        }
    }

    /// A text to read: a field that nobody types into.
    pub fn paper(&self) -> impl Fn(&Theme, text_editor::Status) -> text_editor::Style + use<> {
        let p = self.palette;
        move |_, _| text_editor::Style {
            background: Background::Color(p.surface),
            border: Border::default().rounded(CARD).width(p.line).color(p.border),
            placeholder: p.muted,
            value: p.text,
            selection: p.accent.scale_alpha(0.35),
            shadow: Shadow::default(),
        }
    }

    pub fn card(&self) -> impl Fn(&Theme) -> container::Style + use<> {
        let p = self.palette;
        let edge = if p.line > 1.0 { p.border } else { p.border.mix(p.surface, 0.65) };
        move |_| {
            container::Style::default()
                .background(p.surface)
                .border(Border::default().rounded(CARD).width(p.line).color(edge))
                .color(p.text)
        }
    }

    /// A note in the accent's soft tone.
    pub fn note(&self) -> impl Fn(&Theme) -> container::Style + use<> {
        let p = self.palette;
        let width = if p.line > 1.0 { p.line } else { 0.0 };
        move |_| {
            container::Style::default()
                .background(p.soft)
                .border(Border::default().rounded(CARD).width(width).color(p.border))
                .color(p.text)
        }
    }

    pub fn footer(&self) -> impl Fn(&Theme) -> container::Style + use<> {
        let p = self.palette;
        move |_| container::Style::default().background(p.surface).color(p.text)
    }

    pub fn hairline(&self) -> impl Fn(&Theme) -> rule::Style + use<> {
        let p = self.palette;
        let color = if p.line > 1.0 { p.border } else { p.border.mix(p.surface, 0.65) };
        move |_| rule::Style { color, radius: 0.0.into(), fill_mode: rule::FillMode::Full, snap: true }
    }

    pub fn choice(&self) -> impl Fn(&Theme, radio::Status) -> radio::Style + use<> {
        let p = self.palette;
        move |_, status| {
            let (radio::Status::Active { is_selected }
            | radio::Status::Hovered { is_selected }
            | radio::Status::Focused { is_selected }) = status;
            radio::Style {
                background: Background::Color(p.surface),
                dot_color: p.accent,
                border_width: if is_selected { 2.0 } else { p.line },
                border_color: if is_selected { p.accent } else { p.border },
                text_color: Some(p.text),
                shadow: Shadow::default(),
            }
        }
    }

    pub fn bar(&self) -> impl Fn(&Theme) -> progress_bar::Style + use<> {
        let p = self.palette;
        let ground = if p.line > 1.0 { p.surface } else { p.border.mix(p.background, 0.7) };
        move |_| progress_bar::Style {
            background: Background::Color(ground),
            bar: Background::Color(p.accent),
            border: Border::default().rounded(4.0).width(if p.line > 1.0 { 1.0 } else { 0.0 }).color(p.border),
        }
    }

    pub fn scroll(&self) -> impl Fn(&Theme, scrollable::Status) -> scrollable::Style + use<> {
        let p = self.palette;
        move |theme, status| {
            let mut bar = scrollable::default(theme, status);
            bar.vertical_rail.background = None;
            bar.vertical_rail.scroller.background = Background::Color(p.border);
            bar.vertical_rail.scroller.border = Border::default().rounded(4.0);
            bar
        }
    }
}

/// `ground` with a part of `color` in it, as a half-transparent layer of it would look.
pub fn tint(ground: Color, color: Color, part: f32) -> Color {
    let mix = |ground: f32, color: f32| ground + (color - ground) * part;
    Color::from_rgb(mix(ground.r, color.r), mix(ground.g, color.g), mix(ground.b, color.b))
}

fn pressable(ground: Option<Color>, words: Color, border: Border) -> button::Style {
    button::Style { background: ground.map(Background::Color), text_color: words, border, ..button::Style::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_readable(palette: &Palette, name: &str) {
        for (text, ground) in palette.pairs() {
            let contrast = text.relative_contrast(ground);
            assert!(contrast >= READABLE, "{name}: {text} on {ground} has {contrast:.2}");
        }
        for ground in [palette.background, palette.surface] {
            let contrast = palette.border.relative_contrast(ground);
            assert!(contrast >= 3.0, "{name}: border on {ground} has {contrast:.2}");
        }
    }

    #[test]
    fn every_text_can_be_read_on_its_ground_whatever_the_brand() {
        let brands =
            ["#FFFFFF", "#000000", "#FFE600", "#D40511", "#00A651", "#7F7F7F", "#0B1B33", "#FF00FF", "#9FD3FF"];
        for brand in brands.map(Some).into_iter().chain([None, Some("no colour"), Some("#12")]) {
            assert_readable(&Palette::light(brand), &format!("light {brand:?}"));
            assert_readable(&Palette::dark(brand), &format!("dark {brand:?}"));
            assert_readable(&Palette::high_contrast(brand), &format!("high contrast {brand:?}"));
        }
    }

    #[test]
    fn a_brand_that_can_be_read_stays_as_it_is() {
        let accent = |brand| Palette::light(Some(brand)).accent.to_string();
        assert_eq!(accent("#7a1fa2"), "#7a1fa2");
        assert_ne!(accent("#ffe600"), "#ffe600");
        assert_eq!(Palette::light(Some("no colour")), Palette::light(None));
    }
}
