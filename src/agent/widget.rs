//! The few building blocks that every page is made of.

pub mod icon;
pub mod named;

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Id, Text, button, column, container, row, scrollable, space, text, text_input, tooltip};
use iced::{Alignment, Color, Element, Fill, Padding};

pub use icon::{Icon, Illustration, icon, illustration, spinner};
pub use named::{named, region};

use crate::agent::notice::Notice;
use crate::agent::theme::{FONT, GROWS_TO, SEMIBOLD, Style};
use crate::protocol::Helpdesk;

/// Height of the footer at 100 % text, in logical pixels.
const FOOTER: f32 = 64.0;
/// Radius that focus rings of buttons and fields start from, in logical pixels.
const BUTTON: f32 = 6.0;
const FIELD: f32 = 8.0;

fn sized<'a>(style: &Style, words: impl text::IntoFragment<'a>, size: f32, line: f32) -> Text<'a> {
    text(words).size(style.size(size)).line_height(LineHeight::Absolute(style.size(line).into())).font(FONT)
}

/// The page's main instruction.
pub fn title<'a, Message: 'a>(style: &Style, words: String) -> Element<'a, Message> {
    let shown = sized(style, words.clone(), 24.0, 32.0).font(SEMIBOLD).color(style.palette.text);
    region(Role::Heading, shown).label(words).into()
}

/// One or two sentences under the title.
pub fn lead<'a>(style: &Style, words: String) -> Text<'a> {
    sized(style, words, 16.0, 24.0).color(style.palette.text)
}

pub fn body<'a>(style: &Style, words: impl text::IntoFragment<'a>) -> Text<'a> {
    sized(style, words, 14.0, 20.0)
}

pub fn strong<'a>(style: &Style, words: String) -> Text<'a> {
    body(style, words).font(SEMIBOLD)
}

/// A few figures to be read from afar.
pub fn figures<'a>(style: &Style, words: String) -> Text<'a> {
    sized(style, words, 32.0, 40.0).font(SEMIBOLD).color(style.palette.text)
}

pub fn small<'a>(style: &Style, words: String) -> Text<'a> {
    sized(style, words, 12.0, 16.0).color(style.palette.muted)
}

/// The button that goes on; one per page.
pub fn primary<'a, Message: Clone + 'a>(
    style: &Style,
    words: String,
    id: &'static str,
    message: Option<Message>,
) -> Element<'a, Message> {
    let content = body(style, words).font(SEMIBOLD);
    let pressed = button(content).padding(pad(style)).style(style.primary()).on_press_maybe(message);
    named(pressed).id(Id::new(id)).ring(style.palette.accent, BUTTON).into()
}

/// Any other button.
pub fn secondary<'a, Message: Clone + 'a>(
    style: &Style,
    words: String,
    message: Option<Message>,
) -> Element<'a, Message> {
    let pressed = button(body(style, words)).padding(pad(style)).style(style.secondary()).on_press_maybe(message);
    named(pressed).ring(style.palette.accent, BUTTON).into()
}

fn pad(style: &Style) -> Padding {
    let roomy = if style.is_large() { 12.0 } else { 16.0 };
    Padding::from([style.size(8.0).min(10.0), roomy])
}

/// A button that is only a sign; `label` is its name, also shown while the pointer rests on it.
pub fn sign<'a, Message: Clone + 'a>(
    style: &Style,
    sign: Icon,
    color: Color,
    label: String,
    message: Message,
) -> Element<'a, Message> {
    let pressed = button(icon(style, sign, color)).padding(5).style(style.link()).on_press(message);
    let tip = container(small(style, label.clone()).color(style.palette.text)).padding([4, 8]).style(style.card());
    let pressed = named(pressed).label(label).ring(style.palette.accent, BUTTON);
    tooltip(pressed, tip, tooltip::Position::Left).gap(4).into()
}

/// A button that looks like words, with a sign before them. `label` is its full name when the words are short.
pub fn link<'a, Message: Clone + 'a>(
    style: &Style,
    sign: Option<Icon>,
    words: String,
    label: String,
    message: Message,
) -> Element<'a, Message> {
    let color = style.palette.accent;
    let mut content = row![].spacing(6).align_y(Alignment::Center);
    if let Some(sign) = sign {
        content = content.push(icon(style, sign, color));
    }
    let pressed = button(content.push(body(style, words))).padding([4, 8]).style(style.link()).on_press(message);
    named(pressed).label(label).ring(color, BUTTON).into()
}

/// What a field needs to be shown.
pub struct Field<'a> {
    pub id: &'static str,
    pub label: String,
    pub value: &'a str,
    pub secure: bool,
    /// What is wrong with the value; told to screen readers together with the field.
    pub wrong: Option<String>,
    pub revision: u64,
}

/// A field to type in, named for screen readers. `None` for `on_input` while it cannot be changed.
pub fn field<'a, Message: Clone + 'a>(
    style: &Style,
    field: Field<'_>,
    on_input: Option<impl Fn(String) -> Message + 'a>,
    on_submit: Message,
) -> Element<'a, Message> {
    let input = text_input("", field.value)
        .id(Id::new(field.id))
        .secure(field.secure)
        .on_submit(on_submit)
        .on_input_maybe(on_input)
        .font(FONT)
        .size(style.size(16.0))
        .line_height(LineHeight::Absolute(style.size(24.0).into()))
        .padding([style.size(8.0).min(12.0), 12.0])
        .style(style.field(field.wrong.is_some()));
    named(input)
        .label(field.label)
        .description(field.wrong.clone().unwrap_or_default())
        .invalid(field.wrong.is_some())
        .caret_to_end(field.revision)
        .ring(style.palette.accent, FIELD)
        .into()
}

/// A sign with words beside it; the words may take several lines.
pub fn item<'a, Message: 'a>(style: &Style, sign: Icon, color: Color, words: String) -> Element<'a, Message> {
    let sign = container(icon(style, sign, color)).padding(Padding::ZERO.top(style.size(2.0)));
    row![sign, body(style, words).width(Fill).wrapping(Wrapping::WordOrGlyph)].spacing(style.size(8.0)).into()
}

/// A short sentence about what was typed, in the colour of danger and spoken at once.
pub fn slip<'a, Message: 'a>(style: &Style, words: String) -> Element<'a, Message> {
    let color = style.palette.danger;
    let sign = container(icon(style, Icon::Danger, color)).padding(Padding::ZERO.top(style.size(2.0)));
    let line = row![sign, body(style, words.clone()).color(color).width(Fill)].spacing(style.size(8.0));
    region(Role::Alert, line).label(words).alert().into()
}

/// A notice inside a page: what happened, what to do, the code last.
pub fn notice<'a, Message: 'a>(style: &Style, told: &Notice) -> Element<'a, Message> {
    let (what, remedy) = (told.what(&style.words), told.remedy(&style.words));
    let color = style.palette.danger;
    let label = format!("{what} {remedy}");
    let content =
        column![body(style, what).color(color), body(style, remedy), small(style, told.reference(&style.words)),]
            .spacing(4);
    let sign = container(icon(style, Icon::Danger, color)).padding(Padding::ZERO.top(style.size(2.0)));
    region(Role::Alert, row![sign, content.width(Fill)].spacing(style.size(8.0))).label(label).alert().into()
}

/// What the person asked for did not work: what happened, what to do, the code last.
pub fn refused<'a, Message: 'a>(style: &Style, told: &Notice) -> Element<'a, Message> {
    let line = slip(style, told.told_of_request(&style.words));
    column![line, small(style, told.reference(&style.words))].spacing(4).into()
}

/// What keeps this computer from the server just now. No alarm: it mends itself.
pub fn offline<'a, Message: 'a>(style: &Style, told: &Notice) -> Element<'a, Message> {
    let words = &style.words;
    let told = [told.what(words), told.remedy(words), told.reference(words)].join(" ");
    region(Role::Status, note(style, Icon::Info, told.clone())).label(told).live().into()
}

/// Title and lead with a drawing beside them, for which large text leaves no room.
pub fn header<'a, Message: 'a>(
    style: &Style,
    heading: String,
    words: String,
    drawing: Illustration,
) -> Element<'a, Message> {
    let texts = column![title(style, heading), lead(style, words)].spacing(8).width(Fill);
    if style.is_large() {
        return texts.into();
    }
    let drawing = container(illustration(style, drawing, style.size(96.0))).padding(Padding::ZERO.top(4.0));
    row![texts, drawing].spacing(16).into()
}

/// Name and masked address of somebody, spoken in one.
pub fn person<'a, Message: 'a>(style: &Style, name: &str, address: &str) -> Element<'a, Message> {
    let lines = column![strong(style, name.to_owned()), body(style, address.to_owned()).color(style.palette.muted)];
    region(Role::Group, card(style, lines.spacing(4))).label(format!("{name}, {address}")).live().into()
}

pub fn card<'a, Message: 'a>(style: &Style, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content).padding([12, 16]).width(Fill).style(style.card()).into()
}

/// A quiet remark in the accent's soft tone.
pub fn note<'a, Message: 'a>(style: &Style, sign: Icon, words: String) -> Element<'a, Message> {
    container(item(style, sign, style.palette.accent, words)).padding([10, 12]).width(Fill).style(style.note()).into()
}

/// A window: content that scrolls when the text is too large for it, above the footer with the question at the left
/// and the buttons at the right, the primary one last.
pub fn page<'a, Message: Clone + 'a>(
    style: &Style,
    content: impl Into<Element<'a, Message>>,
    help: Option<Element<'a, Message>>,
    buttons: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    // Where the buttons need the whole footer, the question follows the content.
    let (below, beside) = if style.is_large() { (help, None) } else { (None, help) };
    let inside = container(column![content.into(), below].spacing(24))
        .padding(Padding { top: 20.0, right: 32.0, bottom: 8.0, left: 32.0 })
        .width(Fill);
    let bar = scrollable::Scrollbar::new().width(6).scroller_width(6).margin(3);
    let direction = scrollable::Direction::Vertical(bar);
    let scrolled = scrollable(inside).direction(direction).width(Fill).height(Fill).style(style.scroll());
    column![scrolled, footer(style, beside, buttons)].height(Fill).into()
}

fn footer<'a, Message: Clone + 'a>(
    style: &Style,
    help: Option<Element<'a, Message>>,
    buttons: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    let line = iced::widget::rule::horizontal(style.palette.line).style(style.hairline());
    let content = row![
        container(help.unwrap_or_else(|| space::horizontal().into())).width(Fill),
        row(buttons).spacing(12).align_y(Alignment::Center)
    ]
    .spacing(16)
    .align_y(Alignment::Center);
    let ground = container(content)
        .padding(Padding { top: 0.0, right: 32.0, bottom: 0.0, left: 24.0 })
        .center_y(style.size(FOOTER).min(FOOTER * GROWS_TO))
        .width(Fill)
        .style(style.footer());
    column![line, ground].into()
}

/// What is being done now, with a sign; changes are spoken.
pub fn busy<'a, Message: 'a>(style: &Style, words: String) -> Element<'a, Message> {
    let line = row![spinner(style, 0.0), body(style, words.clone()).color(style.palette.muted).width(Fill)]
        .spacing(style.size(8.0))
        .align_y(Alignment::Center);
    region(Role::Status, line).label(words).live().busy(true).into()
}

/// The one help link of a page: whom to ask. `None` when the project names nobody.
pub fn question<'a, Message: Clone + 'a>(
    style: &Style,
    helpdesk: &Helpdesk,
    message: impl Fn(String) -> Message,
) -> Option<Element<'a, Message>> {
    let Helpdesk { name, email, phone } = helpdesk;
    let target = match (email.as_str(), phone.as_str()) {
        ("", "") => return None,
        ("", phone) => format!("tel:{}", phone.replace(' ', "")),
        (email, _) => format!("mailto:{email}"),
    };
    let whom = [name, email, phone].into_iter().find(|text| !text.is_empty())?;
    let words = style.words.with("help-question", &[("name", whom)]);
    Some(link(style, None, words.clone(), words, message(target)))
}
