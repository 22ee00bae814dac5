//! What all pages of the wizard share: names of the steps, drawing, title, lead, content, footer.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{column, container, row, space};
use iced::{Alignment, Element, Fill};

use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};

/// The four steps; the settings by hand stand in for the status.
const STEPS: [&str; 4] = ["step-instructions", "step-password", "step-status", "step-confirmation"];
/// Side of the drawing, in logical pixels.
const DRAWING: f32 = 160.0;
const SMALL_DRAWING: f32 = 80.0;

/// One page of the wizard.
pub struct Frame<'a, Message> {
    /// Which of the four steps this is, from 0.
    pub step: usize,
    pub drawing: Illustration,
    /// The page has much to show: its drawing is small and the content takes the whole width.
    pub dense: bool,
    pub title: String,
    pub lead: Option<String>,
    pub content: Element<'a, Message>,
    pub help: Option<Element<'a, Message>>,
    /// The primary one last.
    pub buttons: Vec<Element<'a, Message>>,
}

impl<'a, Message: Clone + 'a> Frame<'a, Message> {
    pub fn view(self, style: &'a Style) -> Element<'a, Message> {
        let mut texts = column![widget::title(style, self.title)].spacing(4).width(Fill);
        texts = texts.push(self.lead.map(|lead| widget::lead(style, lead)));
        let side = if self.dense { SMALL_DRAWING } else { DRAWING };
        let drawing = (!style.is_large()).then(|| widget::illustration(style, self.drawing, style.size(side)));
        let (main, gap): (Element<'a, Message>, f32) = if self.dense {
            (column![row![texts, drawing].spacing(16), self.content].spacing(10).into(), 12.0)
        } else {
            (row![drawing, column![texts, self.content].spacing(16).width(Fill)].spacing(32).into(), 28.0)
        };
        let content = column![steps(style, self.step), main].spacing(gap);
        widget::page(style, content, self.help, self.buttons)
    }
}

fn steps<'a, Message: 'a>(style: &'a Style, current: usize) -> Element<'a, Message> {
    let p = &style.palette;
    let mut line = row![].spacing(8).align_y(Alignment::Center);
    for (place, id) in STEPS.iter().enumerate() {
        let (sign, color) = match place.cmp(&current) {
            std::cmp::Ordering::Less => (Icon::Tick, p.success),
            std::cmp::Ordering::Equal => (Icon::Dot, p.accent),
            std::cmp::Ordering::Greater => (Icon::Ring, p.muted),
        };
        if place > 0 {
            let rule = iced::widget::rule::horizontal(1).style(style.hairline());
            line = line.push(container(rule).width(if style.is_large() { 12.0.into() } else { Fill }));
        }
        line = line.push(widget::icon(style, sign, color));
        if place == current {
            line = line.push(widget::strong(style, style.words.text(id)).color(p.accent));
        } else if !style.is_large() {
            line = line.push(widget::body(style, style.words.text(id)).color(p.muted));
        }
    }
    if style.is_large() {
        line = line.push(space::horizontal());
    }
    let name = style.words.text(STEPS[current.min(STEPS.len() - 1)]);
    let place = (current + 1).to_string();
    let label = style.words.with("step-label", &[("place", &place), ("name", &name)]);
    let inside = container(line).width(Fill);
    widget::region(Role::Group, inside).label(label).into()
}
