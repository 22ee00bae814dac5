//! The window that asks for the code from the mail, and for whom it is.

use iced::Element;
use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column};

use crate::agent::code_entry::{CodeEntry, Handlers, Kinds};
use crate::agent::notice::Notice;
use crate::agent::offer::Offer;
use crate::agent::theme::Look;
use crate::agent::widget::{self, Illustration};
use crate::protocol::Helpdesk;
use crate::secret::Secret;

const CONTINUE: &str = "code-continue";
const CONFIRM: &str = "code-confirm";

/// For whom a code is, as the server tells it before anything is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub project: String,
    pub helpdesk: Helpdesk,
    pub name: String,
    /// Masked: `a***@example.org`.
    pub address: String,
}

#[derive(Debug, Clone)]
pub enum Message {
    Typed(Secret),
    Pasted(Secret),
    Paste,
    Continue,
    Mine,
    NotMine,
    Help(String),
    Close,
}

#[derive(Debug, Clone)]
pub enum Action {
    None,
    /// Ask the server whose code this is: a person's or a project's, without grouping.
    Submit(Secret),
    /// Read the clipboard and call [`Enrolment::pasted`].
    Paste,
    /// It is this person: spend the code.
    Bind,
    /// It is someone else: forget what the server said.
    Discard,
    OpenLink(String),
    Close,
}

#[derive(Debug)]
enum Stage {
    Entry,
    /// The server was asked whose code this is.
    Asking,
    Found(Card),
    /// The code is being spent.
    Binding(Card),
}

#[derive(Debug)]
pub struct Enrolment {
    code: CodeEntry,
    stage: Stage,
    /// Host of the server that a link or the name of a file has brought. The person looks whether it is theirs.
    offered_by: Option<String>,
}

impl Default for Enrolment {
    fn default() -> Self {
        Self::new()
    }
}

impl Enrolment {
    pub fn new() -> Self {
        Self { code: CodeEntry::new(Kinds::Either), stage: Stage::Entry, offered_by: None }
    }

    /// With the code filled in, from the server that is named.
    pub fn offered(offer: &Offer) -> Self {
        let mut page = Self { offered_by: Some(offer.host()), ..Self::new() };
        offer.code.iter().for_each(|code| page.code.fill(code));
        page
    }

    /// Nothing was sent, and nobody is being asked whether it is them.
    pub fn is_open_for_input(&self) -> bool {
        matches!(self.stage, Stage::Entry)
    }

    /// Name of the window.
    pub fn title(&self, look: &Look) -> String {
        match &self.stage {
            Stage::Entry | Stage::Asking => look.words.text("code-title"),
            Stage::Found(card) | Stage::Binding(card) => {
                look.words.with("code-title-project", &[("project", &card.project)])
            }
        }
    }

    /// Where the keyboard is to be when the page appears.
    pub fn focus_target(&self) -> Id {
        match self.stage {
            Stage::Entry | Stage::Asking if self.is_filled() => Id::new(CONTINUE),
            Stage::Entry | Stage::Asking => CodeEntry::focus_target(),
            Stage::Found(_) | Stage::Binding(_) => Id::new(CONFIRM),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &self.stage) {
            (Message::Typed(text), Stage::Entry) => self.code.typed(text.reveal()),
            (Message::Pasted(text), Stage::Entry) => self.pasted(text.reveal().to_owned()),
            (Message::Paste, Stage::Entry) => return Action::Paste,
            (Message::Continue, Stage::Entry) => return self.submit(),
            (Message::Mine, Stage::Found(card)) => {
                self.stage = Stage::Binding(card.clone());
                return Action::Bind;
            }
            (Message::NotMine, Stage::Found(_)) => {
                *self = Self::new();
                return Action::Discard;
            }
            (Message::Help(link), _) => return Action::OpenLink(link),
            (Message::Close, _) => return Action::Close,
            _ => {}
        }
        Action::None
    }

    /// What the clipboard held: a code in any form, alone or in the middle of a mail.
    pub fn pasted(&mut self, text: String) {
        self.code.pasted(text);
    }

    /// The server did not take the code, or could not be asked.
    pub fn refused(&mut self, notice: Notice) {
        self.stage = Stage::Entry;
        self.code.refused(notice);
    }

    /// The server knows the code.
    pub fn found(&mut self, card: Card) {
        self.stage = Stage::Found(card);
    }

    fn is_filled(&self) -> bool {
        self.offered_by.is_some() && self.code.is_filled()
    }

    fn submit(&mut self) -> Action {
        let Some(code) = self.code.submit() else { return Action::None };
        self.stage = Stage::Asking;
        Action::Submit(code)
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        match &self.stage {
            Stage::Entry => self.entry(look, false),
            Stage::Asking => self.entry(look, true),
            Stage::Found(card) => self.card(look, card, false),
            Stage::Binding(card) => self.card(look, card, true),
        }
    }

    fn entry<'a>(&'a self, look: &'a Look, busy: bool) -> Element<'a, Message> {
        let words = &look.words;
        let busy_line = busy.then(|| words.text("code-busy"));
        let handlers = Handlers { typed: Message::Typed, paste: Message::Paste, submit: Message::Continue };
        let hint = if self.is_filled() { "code-filled" } else { "code-none" };
        let content = column![
            widget::header(look, self.title(look), words.text("code-lead"), Illustration::Code),
            self.code.view(look, busy_line, Some(words.text(hint)), handlers),
            self.offered_by.as_deref().map(|host| server(look, host)),
        ]
        .spacing(20);
        let go_on = (!busy).then_some(Message::Continue);
        let buttons = vec![widget::primary(look, words.text("code-continue"), CONTINUE, go_on)];
        widget::page(look, content, None, buttons)
    }

    fn card<'a>(&'a self, look: &'a Look, card: &'a Card, busy: bool) -> Element<'a, Message> {
        let words = &look.words;
        let mut content = column![
            widget::header(look, self.title(look), words.text("card-lead"), Illustration::Code),
            widget::person(look, &card.name, &card.address),
        ]
        .spacing(20);
        content = content.push(if busy {
            widget::busy(look, words.text("card-busy"))
        } else {
            widget::body(look, words.text("card-hint")).color(look.palette.muted).into()
        });
        let buttons = vec![
            widget::secondary(look, words.text("card-not-me"), (!busy).then_some(Message::NotMine)),
            widget::primary(look, words.text("card-continue"), CONFIRM, (!busy).then_some(Message::Mine)),
        ];
        let help = widget::question(look, &card.helpdesk, Message::Help);
        widget::page(look, content, help, buttons)
    }
}

/// Whose server it is, to be looked at before anything goes there.
fn server<'a>(look: &'a Look, host: &str) -> Element<'a, Message> {
    let told = look.words.with("code-server", &[("host", host)]);
    widget::region(Role::Status, widget::strong(look, told.clone())).label(told).live().into()
}

#[cfg(test)]
mod tests {
    use iced_test::selector::by_label;

    use super::*;
    use crate::agent::wizard::sample::{look, simulator};
    use crate::{code, problem};

    fn sample() -> code::Code {
        code::Code::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
    }

    fn type_in(page: &mut Enrolment, text: &str) {
        let _ = page.update(Message::Typed(text.to_owned().into()));
    }

    #[test]
    fn a_whole_mail_can_be_pasted_and_is_sent_once() {
        let mut page = Enrolment::new();
        page.pasted(format!("Hello Anna,\n\nthis is your code:\n\n    {}\n\nSee you", sample().grouped()));
        assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == sample().reveal()));
        assert!(matches!(page.update(Message::Continue), Action::None), "a second click");
    }

    #[test]
    fn a_projects_code_is_taken_as_well() {
        let mut page = Enrolment::new();
        type_in(&mut page, "abcdefghjk");
        assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == "ABCDEFGHJK"));
    }

    #[test]
    fn a_slip_is_explained_without_asking_the_server() {
        let look = look();
        let mut page = Enrolment::new();
        type_in(&mut page, "7KQ2");
        assert!(matches!(page.update(Message::Continue), Action::None));
        let told = page.code.told(&look).expect("told");
        assert!(simulator(page.view(&look)).find(told.as_str()).is_ok(), "{told} is shown");
    }

    #[test]
    fn after_a_refusal_it_can_be_sent_again() {
        let mut page = Enrolment::new();
        page.pasted(sample().grouped());
        let _ = page.update(Message::Continue);
        page.refused(Notice::new(problem::Code::Act2));
        assert!(matches!(page.update(Message::Continue), Action::Submit(_)));
    }

    #[test]
    fn nothing_is_bound_before_the_person_has_said_that_it_is_them() {
        let look = look();
        let mut page = Enrolment::new();
        page.pasted(sample().grouped());
        assert!(matches!(page.update(Message::Mine), Action::None));
        let card = Card {
            project: "Sample".into(),
            helpdesk: Helpdesk::default(),
            name: "Anna".into(),
            address: "a***@new.example".into(),
        };
        page.found(card.clone());
        let mut shown = simulator(page.view(&look));
        shown.click("Not you?").expect("a button");
        let messages: Vec<_> = shown.into_messages().collect();
        let actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
        assert!(matches!(actions[..], [Action::Discard]));
        assert!(page.code.text().is_empty(), "the code is forgotten");
        page.found(card);
        assert!(matches!(page.update(Message::Mine), Action::Bind));
        assert!(matches!(page.update(Message::Mine), Action::None), "a second click");
    }

    #[test]
    fn the_keyboard_alone_types_and_sends() {
        let look = look();
        let mut page = Enrolment::new();
        let mut shown = simulator(page.view(&look));
        shown.click(by_label("Your code")).expect("the field has a name");
        shown.typewrite("7");
        shown.tap_key(iced::keyboard::key::Named::Enter);
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::Typed(_), Message::Continue]), "{messages:?}");
        for message in messages {
            let _ = page.update(message);
        }
        assert!(page.code.told(&look).is_some(), "too short");
    }

    #[test]
    fn what_a_link_fills_in_is_sent_by_one_press_and_names_the_server() {
        let look = look();
        let link = format!("mailshift://activate?server=https://move.example.org&code={}", sample().grouped());
        let mut page = Enrolment::offered(&Offer::of_link(&link).expect("an offer"));
        assert_eq!(page.focus_target(), Id::new(CONTINUE));
        assert!(simulator(page.view(&look)).find("Server: move.example.org").is_ok());
        assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == sample().reveal()));
    }

    #[test]
    fn a_link_without_a_code_leaves_the_field_to_the_person() {
        let offer = Offer::of_link("mailshift://activate?server=https://m.example").expect("an offer");
        assert_eq!(Enrolment::offered(&offer).focus_target(), CodeEntry::focus_target());
    }
}
