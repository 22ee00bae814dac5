//! Small signs and large illustrations. All are drawings of our own, coloured when they are shown.

use iced::widget::{Svg, svg};
use iced::{Color, Element};

use crate::agent::theme::{Style, tint};

/// Colours in the illustrations' files, replaced by those of the look. Lines are `currentColor`.
const ACCENT: &str = "#1D5FBF";
const SOFT: &str = "#E8F0FC";
const SURFACE: &str = "#FFFFFF";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Tick,
    Dash,
    Spinner,
    Dot,
    Ring,
    Info,
    Warning,
    Danger,
    Copy,
    Paste,
    Eye,
    EyeOff,
    Link,
}

impl Icon {
    fn file(self) -> &'static [u8] {
        match self {
            Self::Tick => include_bytes!("../../../assets/icon-tick.svg"),
            Self::Dash => include_bytes!("../../../assets/icon-dash.svg"),
            Self::Spinner => include_bytes!("../../../assets/icon-spinner.svg"),
            Self::Dot => include_bytes!("../../../assets/icon-dot.svg"),
            Self::Ring => include_bytes!("../../../assets/icon-ring.svg"),
            Self::Info => include_bytes!("../../../assets/icon-info.svg"),
            Self::Warning => include_bytes!("../../../assets/icon-warning.svg"),
            Self::Danger => include_bytes!("../../../assets/icon-danger.svg"),
            Self::Copy => include_bytes!("../../../assets/icon-copy.svg"),
            Self::Paste => include_bytes!("../../../assets/icon-paste.svg"),
            Self::Eye => include_bytes!("../../../assets/icon-eye.svg"),
            Self::EyeOff => include_bytes!("../../../assets/icon-eye-off.svg"),
            Self::Link => include_bytes!("../../../assets/icon-link.svg"),
        }
    }
}

/// A sign of 16 logical pixels beside body text. The words beside it say the same.
pub fn icon<'a, Message: 'a>(style: &Style, icon: Icon, color: Color) -> Element<'a, Message> {
    sign(style, svg::Handle::from_memory(icon.file()), color).into()
}

/// Positions of the spinner in one turn: each is a drawing of its own, so that few are kept.
const POSITIONS: f32 = 8.0;

/// The sign of what is being done now; `turn` in whole turns. The drawing itself is turned: the software renderer
/// places a turned picture wrongly and leaves traces of it on the page.
pub fn spinner<'a, Message: 'a>(style: &Style, turn: f32) -> Element<'a, Message> {
    let turn = if style.reduced_motion { 0.0 } else { turn.fract() };
    let degrees = (turn * POSITIONS).floor() / POSITIONS * 360.0;
    let turned = format!("<path transform=\"rotate({degrees} 8 8)\"");
    let drawing = String::from_utf8_lossy(Icon::Spinner.file()).replace("<path", &turned);
    sign(style, svg::Handle::from_memory(drawing.into_bytes()), style.palette.accent).into()
}

fn sign<'a, Message>(style: &Style, drawing: svg::Handle, color: Color) -> Svg<'a, Message> {
    let size = style.size(16.0);
    svg(drawing).width(size).height(size).style(move |_, _| svg::Style { color: Some(color) }).decorative()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Illustration {
    Code,
    Instructions,
    Password,
    Status,
    Confirmation,
    Manual,
}

impl Illustration {
    fn file(self) -> &'static str {
        match self {
            Self::Code => include_str!("../../../assets/code.svg"),
            Self::Instructions => include_str!("../../../assets/instructions.svg"),
            Self::Password => include_str!("../../../assets/password.svg"),
            Self::Status => include_str!("../../../assets/status.svg"),
            Self::Confirmation => include_str!("../../../assets/confirmation.svg"),
            Self::Manual => include_str!("../../../assets/manual.svg"),
        }
    }
}

/// A page's drawing in the colours of the look; it says nothing that the words do not say.
pub fn illustration<'a, Message: 'a>(style: &Style, drawing: Illustration, size: f32) -> Element<'a, Message> {
    let p = &style.palette;
    // The file's colours are told apart by being replaced in one go: a brand may be white or the file's own accent.
    let soft = if p.line > 1.0 { p.surface } else { tint(p.surface, p.accent, if p.is_dark() { 0.25 } else { 0.13 }) };
    let named = drawing.file().replace(ACCENT, "{accent}").replace(SOFT, "{soft}").replace(SURFACE, "{surface}");
    let coloured = named
        .replace("{accent}", &p.accent.to_string())
        .replace("{soft}", &soft.to_string())
        .replace("{surface}", &p.surface.to_string())
        .replace("currentColor", &p.text.to_string());
    svg(svg::Handle::from_memory(coloured.into_bytes())).width(size).height(size).decorative().into()
}
