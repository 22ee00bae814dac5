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
use crate::agent::theme::{FONT, GROWS_TO, Look, SEMIBOLD};
use crate::protocol::Helpdesk;

/// Height of the footer at 100 % text, in logical pixels.
const FOOTER: f32 = 64.0;
/// Radius that focus rings of buttons and fields start from, in logical pixels.
const BUTTON: f32 = 6.0;
const FIELD: f32 = 8.0;

fn sized<'a>(look: &Look, words: impl text::IntoFragment<'a>, size: f32, line: f32) -> Text<'a> {
    text(words).size(look.size(size)).line_height(LineHeight::Absolute(look.size(line).into())).font(FONT)
}

/// The page's main instruction.
pub fn title<'a, Message: 'a>(look: &Look, words: String) -> Element<'a, Message> {
    let shown = sized(look, words.clone(), 24.0, 32.0).font(SEMIBOLD).color(look.palette.text);
    region(Role::Heading, shown).label(words).into()
}

/// One or two sentences under the title.
pub fn lead<'a>(look: &Look, words: String) -> Text<'a> {
    sized(look, words, 16.0, 24.0).color(look.palette.text)
}

pub fn body<'a>(look: &Look, words: impl text::IntoFragment<'a>) -> Text<'a> {
    sized(look, words, 14.0, 20.0)
}

pub fn strong<'a>(look: &Look, words: String) -> Text<'a> {
    body(look, words).font(SEMIBOLD)
}

/// A few figures to be read from afar.
pub fn figures<'a>(look: &Look, words: String) -> Text<'a> {
    sized(look, words, 32.0, 40.0).font(SEMIBOLD).color(look.palette.text)
}

pub fn small<'a>(look: &Look, words: String) -> Text<'a> {
    sized(look, words, 12.0, 16.0).color(look.palette.muted)
}

/// The button that goes on; one per page.
pub fn primary<'a, Message: Clone + 'a>(
    look: &Look,
    words: String,
    id: &'static str,
    message: Option<Message>,
) -> Element<'a, Message> {
    let content = body(look, words).font(SEMIBOLD);
    let pressed = button(content).padding(pad(look)).style(look.primary()).on_press_maybe(message);
    named(pressed).id(Id::new(id)).ring(look.palette.accent, BUTTON).into()
}

/// Any other button.
pub fn secondary<'a, Message: Clone + 'a>(
    look: &Look,
    words: String,
    message: Option<Message>,
) -> Element<'a, Message> {
    let pressed = button(body(look, words)).padding(pad(look)).style(look.secondary()).on_press_maybe(message);
    named(pressed).ring(look.palette.accent, BUTTON).into()
}

fn pad(look: &Look) -> Padding {
    let roomy = if look.is_large() { 12.0 } else { 16.0 };
    Padding::from([look.size(8.0).min(10.0), roomy])
}

/// A button that is only a sign; `label` is its name, also shown while the pointer rests on it.
pub fn sign<'a, Message: Clone + 'a>(
    look: &Look,
    sign: Icon,
    color: Color,
    label: String,
    message: Message,
) -> Element<'a, Message> {
    let pressed = button(icon(look, sign, color)).padding(5).style(look.link()).on_press(message);
    let tip = container(small(look, label.clone()).color(look.palette.text)).padding([4, 8]).style(look.card());
    let pressed = named(pressed).label(label).ring(look.palette.accent, BUTTON);
    tooltip(pressed, tip, tooltip::Position::Left).gap(4).into()
}

/// A button that looks like words, with a sign before them. `label` is its full name when the words are short.
pub fn link<'a, Message: Clone + 'a>(
    look: &Look,
    sign: Option<Icon>,
    words: String,
    label: String,
    message: Message,
) -> Element<'a, Message> {
    let color = look.palette.accent;
    let mut content = row![].spacing(6).align_y(Alignment::Center);
    if let Some(sign) = sign {
        content = content.push(icon(look, sign, color));
    }
    let pressed = button(content.push(body(look, words))).padding([4, 8]).style(look.link()).on_press(message);
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
    look: &Look,
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
        .size(look.size(16.0))
        .line_height(LineHeight::Absolute(look.size(24.0).into()))
        .padding([look.size(8.0).min(12.0), 12.0])
        .style(look.field(field.wrong.is_some()));
    named(input)
        .label(field.label)
        .description(field.wrong.clone().unwrap_or_default())
        .invalid(field.wrong.is_some())
        .caret_to_end(field.revision)
        .ring(look.palette.accent, FIELD)
        .into()
}

/// A sign with words beside it; the words may take several lines.
pub fn item<'a, Message: 'a>(look: &Look, sign: Icon, color: Color, words: String) -> Element<'a, Message> {
    let sign = container(icon(look, sign, color)).padding(Padding::ZERO.top(look.size(2.0)));
    row![sign, body(look, words).width(Fill).wrapping(Wrapping::WordOrGlyph)].spacing(look.size(8.0)).into()
}

/// A short sentence about what was typed, in the colour of danger and spoken at once.
pub fn slip<'a, Message: 'a>(look: &Look, words: String) -> Element<'a, Message> {
    let color = look.palette.danger;
    let sign = container(icon(look, Icon::Danger, color)).padding(Padding::ZERO.top(look.size(2.0)));
    let line = row![sign, body(look, words.clone()).color(color).width(Fill)].spacing(look.size(8.0));
    region(Role::Alert, line).label(words).alert().into()
}

/// A notice inside a page: what happened, what to do, the code last.
pub fn notice<'a, Message: 'a>(look: &Look, told: &Notice) -> Element<'a, Message> {
    let (what, remedy) = (told.what(&look.words), told.remedy(&look.words));
    let color = look.palette.danger;
    let label = format!("{what} {remedy}");
    let content = column![body(look, what).color(color), body(look, remedy), small(look, told.reference(&look.words)),]
        .spacing(4);
    let sign = container(icon(look, Icon::Danger, color)).padding(Padding::ZERO.top(look.size(2.0)));
    region(Role::Alert, row![sign, content.width(Fill)].spacing(look.size(8.0))).label(label).alert().into()
}

/// What the person asked for did not work: what happened, what to do, the code last.
pub fn refused<'a, Message: 'a>(look: &Look, told: &Notice) -> Element<'a, Message> {
    let line = slip(look, told.told_of_request(&look.words));
    column![line, small(look, told.reference(&look.words))].spacing(4).into()
}

/// What keeps this computer from the server just now. No alarm: it mends itself.
pub fn offline<'a, Message: 'a>(look: &Look, told: &Notice) -> Element<'a, Message> {
    let words = &look.words;
    let told = [told.what(words), told.remedy(words), told.reference(words)].join(" ");
    region(Role::Status, note(look, Icon::Info, told.clone())).label(told).live().into()
}

/// Title and lead with a drawing beside them, for which large text leaves no room.
pub fn header<'a, Message: 'a>(
    look: &Look,
    heading: String,
    words: String,
    drawing: Illustration,
) -> Element<'a, Message> {
    let texts = column![title(look, heading), lead(look, words)].spacing(8).width(Fill);
    if look.is_large() {
        return texts.into();
    }
    let drawing = container(illustration(look, drawing, look.size(96.0))).padding(Padding::ZERO.top(4.0));
    row![texts, drawing].spacing(16).into()
}

/// Name and masked address of somebody, spoken in one.
pub fn person<'a, Message: 'a>(look: &Look, name: &str, address: &str) -> Element<'a, Message> {
    let lines = column![strong(look, name.to_owned()), body(look, address.to_owned()).color(look.palette.muted)];
    region(Role::Group, card(look, lines.spacing(4))).label(format!("{name}, {address}")).live().into()
}

pub fn card<'a, Message: 'a>(look: &Look, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content).padding([12, 16]).width(Fill).style(look.card()).into()
}

/// A quiet remark in the accent's soft tone.
pub fn note<'a, Message: 'a>(look: &Look, sign: Icon, words: String) -> Element<'a, Message> {
    container(item(look, sign, look.palette.accent, words)).padding([10, 12]).width(Fill).style(look.note()).into()
}

/// A window: content that scrolls when the text is too large for it, above the footer with the question at the left
/// and the buttons at the right, the primary one last.
pub fn page<'a, Message: Clone + 'a>(
    look: &Look,
    content: impl Into<Element<'a, Message>>,
    help: Option<Element<'a, Message>>,
    buttons: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    // Where the buttons need the whole footer, the question follows the content.
    let (below, beside) = if look.is_large() { (help, None) } else { (None, help) };
    let inside = container(column![content.into(), below].spacing(24))
        .padding(Padding { top: 20.0, right: 32.0, bottom: 8.0, left: 32.0 })
        .width(Fill);
    let bar = scrollable::Scrollbar::new().width(6).scroller_width(6).margin(3);
    let direction = scrollable::Direction::Vertical(bar);
    let scrolled = scrollable(inside).direction(direction).width(Fill).height(Fill).style(look.scroll());
    column![scrolled, footer(look, beside, buttons)].height(Fill).into()
}

fn footer<'a, Message: Clone + 'a>(
    look: &Look,
    help: Option<Element<'a, Message>>,
    buttons: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    let line = iced::widget::rule::horizontal(look.palette.line).style(look.hairline());
    let content = row![
        container(help.unwrap_or_else(|| space::horizontal().into())).width(Fill),
        row(buttons).spacing(12).align_y(Alignment::Center)
    ]
    .spacing(16)
    .align_y(Alignment::Center);
    let ground = container(content)
        .padding(Padding { top: 0.0, right: 32.0, bottom: 0.0, left: 24.0 })
        .center_y(look.size(FOOTER).min(FOOTER * GROWS_TO))
        .width(Fill)
        .style(look.footer());
    column![line, ground].into()
}

/// What is being done now, with a sign; changes are spoken.
pub fn busy<'a, Message: 'a>(look: &Look, words: String) -> Element<'a, Message> {
    let line = row![spinner(look, 0.0), body(look, words.clone()).color(look.palette.muted).width(Fill)]
        .spacing(look.size(8.0))
        .align_y(Alignment::Center);
    region(Role::Status, line).label(words).live().busy(true).into()
}

/// The one help link of a page: whom to ask. `None` when the project names nobody.
pub fn question<'a, Message: Clone + 'a>(
    look: &Look,
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
    let words = look.words.with("help-question", &[("name", whom)]);
    Some(link(look, None, words.clone(), words, message(target)))
}
