//! The page after a failure: what went wrong, and every setting to enter by hand.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{column, container, qr_code, row};
use iced::{Alignment, Element, Fill, Padding};

use crate::account::{Account, Authentication, Server};
use crate::agent::notice::Notice;
use crate::agent::theme::Look;
use crate::agent::widget::{self, Icon};
use crate::agent::wizard::{Facts, frame::Frame};
use crate::protocol::{Article, Helpdesk};

pub const MAIN: &str = "manual-try-again";
/// Side of the QR code, in logical pixels; large enough for a phone's camera at arm's length.
const QR_SIZE: f32 = 176.0;

#[derive(Debug, Clone)]
pub enum Message {
    /// Number of the row, from the first of the incoming server, and its value.
    Copy(usize, String),
    Phone,
    TryAgain,
    Done,
    Open(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    Copy(String),
    OpenLink(String),
    TryAgain,
    FinishedByHand,
}

pub struct Manual {
    client: String,
    address: String,
    notice: Notice,
    account: Option<Account>,
    articles: Vec<Article>,
    helpdesk: Helpdesk,
    /// The row whose value is in the clipboard.
    copied: Option<usize>,
    phone: Option<qr_code::Data>,
    phone_shown: bool,
}

struct Row {
    /// `manual-host` is its name, `.copy` the name of its button.
    id: &'static str,
    value: String,
    side: &'static str,
}

impl Manual {
    pub fn new(facts: &Facts, notice: Notice) -> Self {
        let account = facts.project.account.clone();
        let phone = account.as_ref().and_then(|account| qr_code::Data::new(as_text(account)).ok());
        Self {
            client: facts.client.clone(),
            address: facts.user.new_address.clone(),
            notice,
            account,
            articles: facts.project.articles.clone(),
            helpdesk: facts.project.helpdesk.clone(),
            copied: None,
            phone,
            phone_shown: false,
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Copy(number, value) => {
                self.copied = Some(number);
                Action::Copy(value)
            }
            Message::Phone => {
                self.phone_shown = !self.phone_shown;
                Action::None
            }
            Message::TryAgain => Action::TryAgain,
            Message::Done => Action::FinishedByHand,
            Message::Open(link) => Action::OpenLink(link),
        }
    }
}

/// The settings as plain lines, for a phone.
fn as_text(account: &Account) -> String {
    let line = |server: &Server| {
        let Server { protocol, host, port, security, username, .. } = server;
        format!("{} {host}:{port} {} {username}", protocol.name(), security.name())
    };
    format!("{}\n{}", line(&account.incoming), line(&account.outgoing))
}

impl Manual {
    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let reason = self.notice.what(words);
        let lead = words.with("manual-lead", &[("client", &self.client), ("reason", &reason)]);
        let mut content = column![self.trouble(look)].spacing(16).width(Fill);
        content = content.push(match (&self.account, &self.phone) {
            (None, _) => widget::note(look, Icon::Info, words.text("manual-no-settings")),
            (Some(_), Some(code)) if self.phone_shown => self.phone(look, code),
            (Some(account), _) => self.settings(look, account),
        });
        content = content.push(self.links(look));
        Frame {
            step: 2,
            drawing: None,
            title: words.text("manual-title"),
            lead: Some(lead),
            content: content.into(),
            help: widget::question(look, &self.helpdesk, Message::Open),
            buttons: vec![
                widget::secondary(look, words.text("manual-done"), Some(Message::Done)),
                widget::primary(look, words.text("try-again"), MAIN, Some(Message::TryAgain)),
            ],
        }
        .view(look)
    }

    fn trouble<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let line = format!("{} {}", self.notice.remedy(words), self.notice.reference(words));
        widget::note(look, Icon::Info, line)
    }

    fn settings<'a>(&'a self, look: &'a Look, account: &Account) -> Element<'a, Message> {
        let mut cards = Vec::new();
        let mut number = 0;
        for (side, server) in [("incoming", &account.incoming), ("outgoing", &account.outgoing)] {
            let title = look.words.with(&format!("manual-{side}"), &[("protocol", server.protocol.name())]);
            let mut rows = column![widget::strong(look, title.clone())].spacing(2);
            for setting in server_rows(side, server, look) {
                rows = rows.push(self.row(look, number, setting));
                number += 1;
            }
            let card = container(rows).padding([12, 12]).width(Fill).style(look.card());
            cards.push(widget::region(Role::Group, card).label(title).into());
        }
        if look.is_large() { column(cards).spacing(12).into() } else { row(cards).spacing(12).into() }
    }

    fn row<'a>(&self, look: &'a Look, number: usize, setting: Row) -> Element<'a, Message> {
        let words = &look.words;
        let name = words.text(setting.id);
        let copied = self.copied == Some(number);
        let label = words.with(&format!("{}.copy-{}", setting.id, setting.side), &[]);
        let (sign, short) = if copied { (Icon::Tick, "copied") } else { (Icon::Copy, "copy") };
        let spoken = if copied { words.with("copied-label", &[("name", &name)]) } else { label };
        let texts = column![
            widget::small(look, name.clone()),
            widget::body(look, setting.value.clone()).width(Fill).wrapping(iced::widget::text::Wrapping::WordOrGlyph)
        ];
        let button = widget::link(look, Some(sign), words.text(short), spoken, Message::Copy(number, setting.value));
        let button = if copied { widget::region(Role::Status, button).live().into() } else { button };
        row![texts, button].spacing(8).align_y(Alignment::Center).into()
    }

    fn phone<'a>(&'a self, look: &'a Look, code: &'a qr_code::Data) -> Element<'a, Message> {
        // Cameras need dark on light, whatever the look.
        let style = |_: &iced::Theme| qr_code::Style { cell: iced::Color::BLACK, background: iced::Color::WHITE };
        let picture = qr_code(code).total_size(QR_SIZE).style(style).alt(look.words.text("manual-phone-code"));
        let hint = widget::body(look, look.words.text("manual-phone-hint")).width(Fill);
        widget::card(look, row![picture, hint].spacing(24).align_y(Alignment::Center))
    }

    fn links<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let mut links: Vec<Element<'a, Message>> = self
            .articles
            .iter()
            .map(|article| {
                let title = article.title.clone();
                widget::link(look, Some(Icon::Link), title.clone(), title, Message::Open(article.url.clone()))
            })
            .collect();
        if self.phone.is_some() {
            let id = if self.phone_shown { "manual-phone-hide" } else { "manual-phone-show" };
            links.push(widget::link(look, None, words.text(id), words.text(id), Message::Phone));
        }
        let address = widget::small(look, words.with("manual-address", &[("address", &self.address)]));
        container(column![address, row(links).spacing(8).wrap()].spacing(4)).padding(Padding::ZERO).into()
    }
}

fn server_rows(side: &'static str, server: &Server, look: &Look) -> Vec<Row> {
    let authentication = match server.authentication {
        Authentication::Password => "manual-sign-in-password",
        Authentication::OAuth2 => "manual-sign-in-browser",
    };
    let values = [
        ("manual-host", server.host.clone()),
        ("manual-port", server.port.to_string()),
        ("manual-security", server.security.name().to_owned()),
        ("manual-sign-in", look.words.text(authentication)),
        ("manual-username", server.username.clone()),
    ];
    values.into_iter().map(|(id, value)| Row { id, value, side }).collect()
}
