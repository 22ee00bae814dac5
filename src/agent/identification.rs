//! The window in which a person says who they are, where the code was their organisation's and told nothing of them.

mod view;

use iced::widget::Id;

use crate::agent::code_entry::{CodeEntry, Kinds};
use crate::agent::notice::Notice;
use crate::protocol::{MaskedUser, Proof, Registered, RegistrationRequest, SignInRequest};
use crate::secret::Secret;

const ADDRESS: &str = "identify-address";
const NAME: &str = "identify-name";
const GO_ON: &str = "identify-go-on";
/// Longest address and name that the server takes, in characters.
const TEXT_LIMIT: usize = 320;

#[derive(Debug, Clone)]
pub enum Message {
    Address(String),
    Name(String),
    /// Send a mail that proves the address.
    Send(Proof),
    /// There is a code already, from an invitation.
    HaveCode,
    Code(Secret),
    Paste,
    SignIn,
    OtherAddress,
    SignOut,
    /// On from a page that only tells something, or back from the question whether to sign out.
    GoOn,
    Help(String),
    Close,
}

#[derive(Debug, Clone)]
pub enum Action {
    None,
    /// Then call [`Identification::sent`] or [`Identification::refused`].
    Register(RegistrationRequest),
    /// Read the clipboard and call [`Identification::pasted`].
    Paste,
    /// Then call [`Identification::signed_in`] or [`Identification::refused`].
    SignIn(SignInRequest),
    /// Then call [`Identification::looking`] or [`Identification::refused`].
    SignOut,
    /// Show what comes next.
    GoOn,
    OpenLink(String),
    Close,
}

enum Stage {
    /// The server has not said yet whether it knows who this is; after signing out, who was signed in.
    Looking { left: Option<MaskedUser> },
    /// Asks for the address.
    Entry,
    /// A mail with a link is on its way to this masked address; the page behind it asks for the digits.
    Sent { address: String, digits: Option<String> },
    /// Asks for the code; the masked address when a mail with it is on its way.
    Code { sent: Option<String> },
    /// The code was right.
    Known,
    /// Asks whether to sign out.
    Leaving,
    /// Signed out, and signed in again by the server.
    Same,
}

enum Trouble {
    /// The id of what to say about the address.
    Slip(&'static str),
    Refused(Notice),
}

/// What the server was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Mail,
    SignIn,
    SignOut,
}

pub struct Identification {
    address: String,
    name: String,
    code: CodeEntry,
    stage: Stage,
    /// What the server was asked for and has not answered yet.
    asked: Option<Asked>,
    /// A mail was sent once more.
    again: bool,
    trouble: Option<Trouble>,
}

impl Default for Identification {
    fn default() -> Self {
        Self::new()
    }
}

impl Identification {
    /// Asks who the person is.
    pub fn new() -> Self {
        Self::at(Stage::Entry)
    }

    /// Waits until the server has said whether it knows the person; after signing out it is told who that was.
    pub fn looking(left: Option<MaskedUser>) -> Self {
        Self::at(Stage::Looking { left })
    }

    /// Asks whether to sign out.
    pub fn leaving() -> Self {
        Self::at(Stage::Leaving)
    }

    fn at(stage: Stage) -> Self {
        let code = CodeEntry::new(Kinds::Personal);
        let (address, name) = Default::default();
        Self { address, name, code, stage, asked: None, again: false, trouble: None }
    }

    /// Where the keyboard is to be when the page appears.
    pub fn focus_target(&self) -> Id {
        match self.stage {
            Stage::Entry => Id::new(ADDRESS),
            Stage::Code { .. } => CodeEntry::focus_target(),
            Stage::Looking { .. } | Stage::Sent { .. } | Stage::Known | Stage::Leaving | Stage::Same => Id::new(GO_ON),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &self.stage) {
            (Message::Help(link), _) => return Action::OpenLink(link),
            (Message::Close, _) => return Action::Close,
            // A second click, or a key in a field that waits for an answer.
            _ if self.asked.is_some() => {}
            (Message::Address(text), Stage::Entry) => {
                self.address = text.chars().take(TEXT_LIMIT).collect();
                self.trouble = None;
            }
            (Message::Name(text), Stage::Entry) => self.name = text.chars().take(TEXT_LIMIT).collect(),
            (Message::Send(by), Stage::Entry | Stage::Sent { .. } | Stage::Code { .. }) => return self.register(by),
            (Message::HaveCode, Stage::Entry) => self.ask_for_code(),
            (Message::Code(text), Stage::Code { .. }) => self.code.typed(text.reveal()),
            (Message::Paste, Stage::Code { .. }) => return Action::Paste,
            (Message::SignIn, Stage::Code { .. }) => return self.sign_in(),
            (Message::OtherAddress, Stage::Sent { .. } | Stage::Code { .. }) => {
                self.stage = Stage::Entry;
                (self.again, self.trouble) = (false, None);
            }
            (Message::SignOut, Stage::Leaving) => {
                (self.asked, self.trouble) = (Some(Asked::SignOut), None);
                return Action::SignOut;
            }
            (Message::GoOn, Stage::Known | Stage::Leaving | Stage::Same) => return Action::GoOn,
            _ => {}
        }
        Action::None
    }

    /// What the clipboard held.
    pub fn pasted(&mut self, text: String) {
        if let (Stage::Code { .. }, None) = (&self.stage, self.asked) {
            self.code.pasted(text);
        }
    }

    /// The mail is on its way.
    pub fn sent(&mut self, Registered { address, by, digits }: Registered) {
        if self.asked.take() != Some(Asked::Mail) {
            return;
        }
        self.again = match (&self.stage, by) {
            (Stage::Sent { .. }, Proof::Link) => true,
            (Stage::Code { sent }, Proof::Code) => sent.is_some(),
            _ => false,
        };
        self.stage = match by {
            Proof::Link => Stage::Sent { address, digits },
            Proof::Code => Stage::Code { sent: Some(address) },
        };
    }

    /// The code was right: the login is this user's.
    pub fn signed_in(&mut self) {
        self.asked = None;
        self.stage = Stage::Known;
    }

    /// The server did not do what it was asked for, or could not be asked. Nothing that was typed is lost.
    pub fn refused(&mut self, notice: Notice) {
        match self.asked.take() {
            Some(Asked::SignIn) => self.code.refused(notice),
            Some(Asked::Mail | Asked::SignOut) => self.trouble = Some(Trouble::Refused(notice)),
            None => {}
        }
    }

    /// The server says that the login is nobody's.
    pub fn unknown(&mut self) {
        match self.stage {
            Stage::Entry | Stage::Sent { .. } | Stage::Code { .. } => {}
            Stage::Looking { .. } | Stage::Known | Stage::Leaving | Stage::Same => {
                self.stage = Stage::Entry;
                (self.asked, self.trouble) = (None, None);
            }
        }
    }

    /// The server says that the login is this user's. Whether there is still something to tell here.
    pub fn known(&mut self, user: &MaskedUser) -> bool {
        match &self.stage {
            Stage::Looking { left: Some(left) } if left == user => {
                self.stage = Stage::Same;
                true
            }
            stage => stage.is_about_somebody(),
        }
    }

    /// Nothing is lost when another page is shown the next time.
    pub fn may_end(&self) -> bool {
        self.stage.is_about_somebody() && self.asked.is_none()
    }

    /// The person was asked whether to sign out.
    pub fn is_leaving(&self) -> bool {
        matches!(self.stage, Stage::Leaving)
    }

    fn has_address(&mut self) -> bool {
        let slip = slip(self.address.trim());
        self.trouble = slip.map(Trouble::Slip);
        slip.is_none()
    }

    fn ask_for_code(&mut self) {
        if self.has_address() {
            self.stage = Stage::Code { sent: None };
        }
    }

    fn register(&mut self, by: Proof) -> Action {
        if !self.has_address() {
            return Action::None;
        }
        (self.asked, self.again) = (Some(Asked::Mail), false);
        let (address, name) = (self.address.trim().to_owned(), self.name.trim().to_owned());
        Action::Register(RegistrationRequest { address, name, by })
    }

    fn sign_in(&mut self) -> Action {
        let Some(code) = self.code.submit() else { return Action::None };
        (self.asked, self.again, self.trouble) = (Some(Asked::SignIn), false, None);
        Action::SignIn(SignInRequest { address: self.address.trim().to_owned(), code })
    }
}

impl Stage {
    fn is_about_somebody(&self) -> bool {
        matches!(self, Self::Known | Self::Leaving | Self::Same)
    }
}

/// What is told about an address without asking the server, which knows more.
fn slip(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("identify-slip-empty");
    }
    let whole = address
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.starts_with('.'));
    let clean = !address.chars().any(|c| c.is_whitespace() || c.is_control());
    (!whole || !clean).then_some("identify-slip-address")
}

#[cfg(test)]
mod tests;
