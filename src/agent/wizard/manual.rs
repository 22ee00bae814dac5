//! The page after a failure: what went wrong, and every setting to enter by hand.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::text::Wrapping;
use iced::widget::{column, container, qr_code, row};
use iced::{Alignment, Element, Fill, Padding};

use crate::account::{Account, Authentication, Exchange, Server};
use crate::agent::facts::Facts;
use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::frame::Frame;

pub const MAIN: &str = "manual-try-again";
/// Side of the QR code, in logical pixels; large enough for a phone's camera at arm's length.
const QR_SIZE: f32 = 148.0;
/// Width of the settings' names, in logical pixels.
const NAMES: f32 = 78.0;
/// Name of the mail program that finds Exchange mailboxes by their address.
const OUTLOOK: &str = "Outlook";

#[derive(Debug, Clone)]
pub enum Message {
    /// Number of the value (even: incoming, odd: outgoing), and the value.
    Copy(usize, String),
    /// Show this to a phone, or hide it.
    Phone(Option<String>),
    TryAgain,
    GoBackAgain,
    Done,
    Open(String),
    Report,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    Copy(String),
    OpenLink(String),
    TryAgain,
    /// Go back to how everything was.
    GoBackAgain,
    FinishedByHand,
    /// Show what can be sent to the help desk.
    Report,
}

pub struct Manual {
    notice: Notice,
    /// Number of the value that is in the clipboard.
    copied: Option<usize>,
    phone: Option<Phone>,
    way_back: WayBack,
}

/// The text for a phone, and its picture. It is shown as long as the settings say the same.
struct Phone {
    text: String,
    code: qr_code::Data,
}

/// Whether everything is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayBack {
    Done,
    /// It failed: that comes before another try.
    Open,
    Busy,
}

/// One setting of both servers.
struct Setting {
    /// Its name; `.copy-incoming` and `.copy-outgoing` name its buttons.
    id: &'static str,
    incoming: String,
    outgoing: String,
}

impl Manual {
    pub fn new(notice: Notice) -> Self {
        Self { notice, copied: None, phone: None, way_back: WayBack::Done }
    }

    /// Going back failed as well.
    pub fn stuck(notice: Notice) -> Self {
        Self { way_back: WayBack::Open, ..Self::new(notice) }
    }

    pub fn going_back(&mut self) {
        self.way_back = WayBack::Busy;
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Copy(number, value) => {
                self.copied = Some(number);
                Action::Copy(value)
            }
            Message::Phone(text) => {
                self.phone = text.and_then(|text| Some(Phone { code: qr_code::Data::new(&text).ok()?, text }));
                Action::None
            }
            Message::TryAgain => Action::TryAgain,
            Message::GoBackAgain if self.way_back == WayBack::Open => Action::GoBackAgain,
            Message::GoBackAgain => Action::None,
            Message::Done => Action::FinishedByHand,
            Message::Open(link) => Action::OpenLink(link),
            Message::Report => Action::Report,
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
    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let reason = self.notice.what(words);
        let lead = if self.way_back == WayBack::Done { "manual-lead" } else { "manual-lead-stuck" };
        let lead = words.with(lead, &[("client", facts.client()), ("reason", &reason)]);
        let mut content = column![self.trouble(style)].spacing(10).width(Fill);
        let text = facts.account().map(as_text);
        let phone = self.phone.as_ref().filter(|phone| Some(&phone.text) == text.as_ref());
        content = content.push(match (facts.account(), phone) {
            (None, _) => widget::note(style, Icon::Info, words.text("manual-no-settings")),
            (Some(_), Some(Phone { code, .. })) => picture(style, code),
            (Some(Account { exchange: Some(exchange), .. }), _) if facts.client() == OUTLOOK => {
                self.exchange(style, exchange)
            }
            (Some(account), _) => self.settings(style, account),
        });
        content = content.push(links(facts, style, text, phone.is_some()));
        let is_free = self.way_back != WayBack::Busy;
        let (again, message) = match self.way_back {
            WayBack::Done => ("try-again", Message::TryAgain),
            WayBack::Open | WayBack::Busy => ("undo-again", Message::GoBackAgain),
        };
        Frame {
            step: 2,
            drawing: Illustration::Manual,
            dense: true,
            title: words.text("manual-title"),
            lead: Some(lead),
            content: content.into(),
            help: widget::question(style, facts.helpdesk(), Message::Open),
            buttons: vec![
                widget::secondary(style, words.text("manual-done"), is_free.then_some(Message::Done)),
                widget::primary(style, words.text(again), MAIN, is_free.then_some(message)),
            ],
        }
        .view(style)
    }

    fn trouble<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        if self.way_back == WayBack::Busy {
            return widget::busy(style, words.text("manual-busy"));
        }
        let line = format!("{} {}", self.notice.remedy(words), self.notice.reference(words));
        widget::body(style, line).color(style.palette.muted).into()
    }

    /// Outlook finds an Exchange mailbox by its address: there is nothing else to enter.
    fn exchange<'a>(&'a self, style: &'a Style, exchange: &Exchange) -> Element<'a, Message> {
        let words = &style.words;
        let address = || exchange.address.clone();
        let setting = Setting { id: "manual-username", incoming: address(), outgoing: address() };
        let line = |id: &str| widget::body(style, words.text(id)).width(Fill);
        let steps = column![
            line("manual-exchange-add"),
            line("manual-exchange-address"),
            self.cell(style, 0, &setting),
            line("manual-exchange-sign-in"),
        ];
        let card = widget::card(style, steps.spacing(8));
        widget::region(Role::List, card).label(words.text("manual-settings")).into()
    }

    /// One line per setting, incoming and outgoing side by side; one below the other in large text.
    fn settings<'a>(&'a self, style: &'a Style, account: &Account) -> Element<'a, Message> {
        let rows = settings(style, account);
        let sides = [("manual-incoming", &account.incoming), ("manual-outgoing", &account.outgoing)];
        let [incoming, outgoing] =
            sides.map(|(id, server)| style.words.with(id, &[("protocol", server.protocol.name())]));
        let mut table = column![].spacing(1).width(Fill);
        if style.is_large() {
            for (side, title) in [incoming, outgoing].into_iter().enumerate() {
                table = table.push(widget::strong(style, title));
                for (number, setting) in rows.iter().enumerate() {
                    let cell = self.cell(style, 2 * number + side, setting);
                    table = table.push(widget::small(style, style.words.text(setting.id))).push(cell);
                }
            }
        } else {
            let name = |words: String| widget::small(style, words).width(style.size(NAMES));
            let head = |words| widget::strong(style, words).width(Fill);
            table = table.push(row![name(String::new()), head(incoming), head(outgoing)].spacing(8));
            for (number, setting) in rows.iter().enumerate() {
                let cells = [2 * number, 2 * number + 1].map(|number| self.cell(style, number, setting));
                let line = row![name(style.words.text(setting.id))].extend(cells).spacing(8);
                table = table.push(line.align_y(Alignment::Center));
            }
        }
        let card = container(table).padding(Padding::from([10, 10])).width(Fill).style(style.card());
        widget::region(Role::Table, card).label(style.words.text("manual-settings")).into()
    }

    fn cell<'a>(&self, style: &'a Style, number: usize, setting: &Setting) -> Element<'a, Message> {
        let words = &style.words;
        let (side, value) =
            if number.is_multiple_of(2) { ("incoming", &setting.incoming) } else { ("outgoing", &setting.outgoing) };
        let shown = widget::body(style, value.clone()).width(Fill).wrapping(Wrapping::WordOrGlyph);
        let name = words.text(setting.id);
        let (sign, color, label) = if self.copied == Some(number) {
            (Icon::Tick, style.palette.success, words.with("copied", &[("name", &name)]))
        } else {
            (Icon::Copy, style.palette.accent, words.text(&format!("{}.copy-{side}", setting.id)))
        };
        let button = widget::sign(style, sign, color, label, Message::Copy(number, value.clone()));
        let button = widget::region(Role::Status, button).live();
        row![shown, button].width(Fill).align_y(Alignment::Center).into()
    }
}

/// The organisation's advice, the settings for a phone (or back to them), and the report.
fn links<'a>(facts: &Facts<'_>, style: &'a Style, phone: Option<String>, is_shown: bool) -> Element<'a, Message> {
    let words = &style.words;
    let mut links: Vec<Element<'a, Message>> = facts
        .articles()
        .iter()
        .map(|article| {
            let title = article.title.clone();
            widget::link(style, Some(Icon::Link), title.clone(), title, Message::Open(article.url.clone()))
        })
        .collect();
    if phone.is_some() {
        let id = if is_shown { "manual-phone-hide" } else { "manual-phone-show" };
        let turned = Message::Phone(phone.filter(|_| !is_shown));
        links.push(widget::link(style, None, words.text(id), words.text(id), turned));
    }
    let report = words.text("manual-report");
    links.push(widget::link(style, None, report.clone(), report, Message::Report));
    row(links).spacing(8).wrap().into()
}

fn picture<'a>(style: &'a Style, code: &'a qr_code::Data) -> Element<'a, Message> {
    // Cameras need dark on light, whatever the look.
    let paint = |_: &iced::Theme| qr_code::Style { cell: iced::Color::BLACK, background: iced::Color::WHITE };
    let picture = qr_code(code).total_size(QR_SIZE).style(paint).alt(style.words.text("manual-phone-code"));
    let hint = widget::body(style, style.words.text("manual-phone-hint")).width(Fill);
    widget::card(style, row![picture, hint].spacing(24).align_y(Alignment::Center))
}

fn settings(style: &Style, account: &Account) -> [Setting; 5] {
    let sign_in = |server: &Server| {
        style.words.text(match server.authentication {
            Authentication::Password => "manual-sign-in-password",
            Authentication::OAuth2 => "manual-sign-in-browser",
        })
    };
    let both = |id: &'static str, of: &dyn Fn(&Server) -> String| Setting {
        id,
        incoming: of(&account.incoming),
        outgoing: of(&account.outgoing),
    };
    [
        both("manual-host", &|server| server.host.clone()),
        both("manual-port", &|server| server.port.to_string()),
        both("manual-security", &|server| server.security.name().to_owned()),
        both("manual-sign-in", &sign_in),
        both("manual-username", &|server| server.username.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use iced_test::selector::by_label;

    use super::*;
    use crate::agent::wizard::sample::{Known, known, simulator, style};
    use crate::problem::ResponseCode;

    #[test]
    fn every_setting_has_a_copy_button_with_a_name_of_its_own() {
        let style = style();
        let known = known();
        for (name, value) in [
            ("Copy incoming server", "imap.new.example"),
            ("Copy outgoing server", "smtp.new.example"),
            ("Copy incoming port", "993"),
            ("Copy outgoing port", "465"),
            ("Copy incoming user name", "anna@new.example"),
            ("Copy outgoing security", "SSL/TLS"),
            ("Copy incoming sign-in", "Password"),
        ] {
            let mut page = Manual::new(Notice::new(ResponseCode::IncomingUnreachable));
            let mut shown = simulator(page.view(&known.facts(), &style));
            shown.click(by_label(name)).unwrap_or_else(|_| panic!("{name}"));
            let messages: Vec<_> = shown.into_messages().collect();
            let actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
            assert_eq!(actions, [Action::Copy(value.into())], "{name}");
        }
    }

    #[test]
    fn for_an_exchange_mailbox_outlook_needs_the_address_alone() {
        let (style, mut known) = (style(), known());
        let exchange =
            Exchange { address: "anna@new.example".into(), directory_has_moved: false, leaves_own_exchange: false };
        known.account().exchange = Some(exchange);
        let shown = |known: &Known| {
            let page = Manual::new(Notice::new(ResponseCode::OutlookEnded));
            let mut shown = simulator(page.view(&known.facts(), &style));
            shown.click(by_label("Copy incoming port")).is_ok()
        };
        assert!(shown(&known), "other mail programs need the servers");
        known.has_outlook();
        assert!(!shown(&known));
        let mut page = Manual::new(Notice::new(ResponseCode::OutlookEnded));
        let mut shown = simulator(page.view(&known.facts(), &style));
        shown.click(by_label("Copy incoming user name")).expect("the address can be copied");
        let messages: Vec<_> = shown.into_messages().collect();
        let actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
        assert_eq!(actions, [Action::Copy("anna@new.example".into())]);
    }

    #[test]
    fn what_was_copied_is_told() {
        let (mut page, style) = (Manual::new(Notice::new(ResponseCode::IncomingUnreachable)), style());
        let _ = page.update(Message::Copy(0, "imap.new.example".into()));
        assert!(simulator(page.view(&known().facts(), &style)).find(by_label("Server copied")).is_ok());
    }

    #[test]
    fn without_settings_the_help_desk_is_named() {
        let style = style();
        let mut known = known();
        known.project().account = None;
        let page = Manual::new(Notice::new(ResponseCode::NoAccountSettings));
        assert!(
            simulator(page.view(&known.facts(), &style))
                .find("The settings are not here yet. Your help desk has them.")
                .is_ok()
        );
    }

    #[test]
    fn the_phone_gets_the_settings_and_no_password() {
        let (style, mut known) = (style(), known());
        let text = as_text(known.account());
        assert!(text.contains("imap.new.example:993") && text.contains("smtp.new.example:465"), "{text}");
        let mut page = Manual::new(Notice::new(ResponseCode::IncomingUnreachable));
        let shows = |page: &Manual, known: &Known| {
            let code = by_label("QR code with the settings of both servers");
            simulator(page.view(&known.facts(), &style)).find(code).is_ok()
        };
        let _ = page.update(Message::Phone(Some(text)));
        assert!(shows(&page, &known));
        known.account().incoming.port = 1143;
        assert!(!shows(&page, &known), "it would be the settings of before");
    }
}
