//! The field that a code is typed or pasted into, and what is told about it.

use iced::widget::{Id, column, row};
use iced::{Alignment, Element};

use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon};
use crate::code::{self, Slip};
use crate::secret::Secret;

const FIELD: &str = "code-field";
/// Characters that the field takes at most when a text that is no code is pasted; a mail is cut, a slip is not.
const FIELD_LIMIT: usize = 40;

/// Which codes the field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// A person's own.
    Personal,
    /// A person's own, or a project's.
    Either,
}

impl Kinds {
    fn parse(self, text: &str) -> Result<code::Entered, Slip> {
        match self {
            Self::Personal => code::AuthenticationCode::parse(text).map(code::Entered::Authentication),
            Self::Either => code::Entered::parse(text),
        }
    }

    /// Ten letters are not grouped: until it is clear that they are no project's code, they stay together.
    fn shown(self, text: &str) -> String {
        match self {
            Self::Either if code::may_be_activation(text) => text.to_uppercase(),
            Self::Personal | Self::Either => code::grouped(text),
        }
    }
}

#[derive(Debug)]
enum Trouble {
    Slip(Slip),
    Refused(Notice),
}

/// What the page says when something happens in the field.
pub struct Handlers<Message> {
    pub typed: fn(Secret) -> Message,
    pub paste: Message,
    pub submit: Message,
}

#[derive(Debug)]
pub struct CodeEntry {
    kinds: Kinds,
    typed: Secret,
    /// Rises whenever the field's text was changed by us, so that the caret goes to its end.
    revision: u64,
    trouble: Option<Trouble>,
}

impl CodeEntry {
    pub fn new(kinds: Kinds) -> Self {
        Self { kinds, typed: Secret::default(), revision: 0, trouble: None }
    }

    /// Where the keyboard is to be when the page appears.
    pub fn focus_target() -> Id {
        Id::new(FIELD)
    }

    pub fn typed(&mut self, text: &str) {
        self.trouble = None;
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let (before, after) = (plain(self.typed.reveal()), plain(text));
        let appended = after.len() > before.len() && after.starts_with(&before);
        let shown = self.kinds.shown(text);
        // Grouping in the middle of an edit would move what the person looks at.
        if appended && shown != text {
            self.typed = shown.into();
            self.revision += 1;
        } else {
            self.typed = Secret::new(text);
        }
    }

    /// Puts a code into the field that is known to be one.
    pub fn fill(&mut self, code: &Secret) {
        self.typed = code.clone();
        self.revision += 1;
    }

    /// Something is in the field, and nothing was said against it.
    pub fn is_filled(&self) -> bool {
        !self.typed.is_empty() && self.trouble.is_none()
    }

    /// What the clipboard held: a code in any form, alone or in the middle of a mail.
    pub fn pasted(&mut self, text: String) {
        let text = Secret::new(text);
        self.trouble = None;
        self.revision += 1;
        self.typed = match self.kinds.parse(text.reveal()) {
            Ok(code::Entered::Authentication(code)) => code.grouped().into(),
            Ok(code::Entered::Activation(code)) => Secret::new(code.letters()),
            Err(slip) => {
                self.trouble = Some(Trouble::Slip(slip));
                let line = text.reveal().split_whitespace().collect::<Vec<_>>().join(" ");
                line.chars().take(FIELD_LIMIT).collect::<String>().into()
            }
        };
    }

    /// The code as the server takes it; None when it has a slip, which is then shown.
    pub fn submit(&mut self) -> Option<Secret> {
        match self.kinds.parse(self.typed.reveal()) {
            Ok(entered) => {
                self.trouble = None;
                Some(Secret::new(entered.reveal()))
            }
            Err(slip) => {
                self.trouble = Some(Trouble::Slip(slip));
                None
            }
        }
    }

    /// The server did not take the code, or could not be asked. The code stays in the field.
    pub fn refused(&mut self, notice: Notice) {
        self.trouble = Some(Trouble::Refused(notice));
    }

    /// The field with its name above it; below it what is wrong, else what is being done, else the hint.
    pub fn view<'a, Message: Clone + 'a>(
        &'a self,
        style: &'a Style,
        busy: Option<String>,
        hint: Option<String>,
        on: Handlers<Message>,
    ) -> Element<'a, Message> {
        let words = &style.words;
        let trouble = self.trouble.as_ref().map(|trouble| explain(style, trouble));
        let field = widget::Field {
            id: FIELD,
            label: words.text("code-field"),
            value: self.typed.reveal(),
            secure: false,
            wrong: trouble.clone(),
            revision: self.revision,
        };
        let typed = on.typed;
        let on_input = busy.is_none().then_some(move |text: String| typed(text.into()));
        let input = widget::field(style, field, on_input, on.submit);
        let (short, label) = (words.text("code-paste"), words.text("code-paste-label"));
        let paste = widget::link(style, Some(Icon::Paste), short, label, on.paste);
        let below = match (&self.trouble, trouble, busy) {
            (_, _, Some(busy)) => Some(widget::busy(style, busy)),
            (Some(Trouble::Refused(notice)), _, None) => Some(widget::refused(style, notice)),
            (_, Some(line), None) => Some(widget::slip(style, line)),
            (_, None, None) => hint.map(|hint| widget::body(style, hint).color(style.palette.muted).into()),
        };
        column![
            widget::body(style, words.text("code-field")),
            row![input, paste].spacing(8).align_y(Alignment::Center),
            below,
        ]
        .spacing(8)
        .into()
    }

    #[cfg(test)]
    pub fn text(&self) -> &str {
        self.typed.reveal()
    }

    #[cfg(test)]
    pub fn told(&self, style: &Style) -> Option<String> {
        self.trouble.as_ref().map(|trouble| explain(style, trouble))
    }
}

fn explain(style: &Style, trouble: &Trouble) -> String {
    let words = &style.words;
    match trouble {
        Trouble::Slip(Slip::Empty) => words.text("code-slip-empty"),
        Trouble::Slip(Slip::Character(c)) => words.with("code-slip-character", &[("character", &c.to_string())]),
        Trouble::Slip(Slip::TooShort(count)) => words.with("code-slip-short", &[("count", &count.to_string())]),
        Trouble::Slip(Slip::TooLong(count)) => words.with("code-slip-long", &[("count", &count.to_string())]),
        Trouble::Slip(Slip::Check) => words.text("code-slip-check"),
        Trouble::Slip(Slip::Length) => words.text("code-slip-length"),
        Trouble::Refused(notice) => notice.told_of_request(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::style;
    use crate::problem;

    fn sample() -> code::AuthenticationCode {
        code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
    }

    /// Key by key, as the field tells it.
    fn type_slowly(entry: &mut CodeEntry, text: &str) {
        for key in text.chars() {
            let next = format!("{}{key}", entry.text());
            entry.typed(&next);
        }
    }

    #[test]
    fn typing_groups_the_code_only_at_its_end() {
        let mut entry = CodeEntry::new(Kinds::Either);
        entry.typed("7kq2m");
        assert_eq!(entry.text(), "7KQ2-M");
        let revision = entry.revision;
        entry.typed("7KQ-M");
        assert_eq!(entry.text(), "7KQ-M", "what is taken out in the middle moves nothing");
        assert_eq!(entry.revision, revision);
    }

    #[test]
    fn ten_letters_stay_together_while_they_are_typed() {
        let mut entry = CodeEntry::new(Kinds::Either);
        type_slowly(&mut entry, "abcdefghjk");
        assert_eq!(entry.text(), "ABCDEFGHJK");
        assert_eq!(entry.submit().expect("a project's code").reveal(), "ABCDEFGHJK");
    }

    #[test]
    fn a_personal_code_is_grouped_from_its_first_digit_on_whatever_it_begins_with() {
        let code = code::AuthenticationCode::from_random([10, 11, 12, 13, 1, 0, 3, 4, 5, 6, 7, 8]);
        let mut entry = CodeEntry::new(Kinds::Either);
        type_slowly(&mut entry, &code.reveal().to_lowercase().replace('1', "l").replace('0', "o"));
        assert_eq!(entry.text(), code.grouped());
        let letters = code::AuthenticationCode::from_random([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]);
        let mut entry = CodeEntry::new(Kinds::Either);
        type_slowly(&mut entry, &letters.reveal()[..12]);
        assert_eq!(entry.text(), &letters.grouped()[..14], "eleven letters are no project's code");
    }

    #[test]
    fn either_code_can_be_pasted_with_the_mail_around_it() {
        for (text, shown) in [
            (format!("Hello Anna,\n\nthis is your code:\n\n    {}\n\nSee you", sample().grouped()), sample().grouped()),
            ("Your activation code: abcde fghjk".to_owned(), "ABCDEFGHJK".to_owned()),
        ] {
            let mut entry = CodeEntry::new(Kinds::Either);
            entry.pasted(text);
            assert_eq!(entry.text(), shown);
        }
        let mut personal = CodeEntry::new(Kinds::Personal);
        personal.pasted("ABCDEFGHJK".into());
        assert!(personal.told(&style()).is_some(), "a project's code says nothing of the person");
    }

    #[test]
    fn every_slip_is_explained() {
        let style = style();
        for (typed, words) in [
            ("", "Enter the code first"),
            ("7KQ2", "9 characters are missing"),
            ("7KQ!", "“!”"),
            ("ABCDEFGHJ", "10 letters"),
            ("ABCDEFGHJO", "“O”"),
        ] {
            let mut entry = CodeEntry::new(Kinds::Either);
            type_slowly(&mut entry, typed);
            assert!(entry.submit().is_none(), "{typed}");
            let told = entry.told(&style).expect("told");
            assert!(told.contains(words), "{typed}: {told}");
        }
    }

    #[test]
    fn a_refused_code_stays_in_the_field_with_the_tries_that_are_left() {
        let (mut entry, style) = (CodeEntry::new(Kinds::Either), style());
        entry.pasted(sample().grouped());
        entry.refused(Notice::new(problem::ResponseCode::InvalidCode).fact("tries", 1));
        assert_eq!(entry.text(), sample().grouped());
        assert!(entry.told(&style).expect("told").contains("one try left"));
        assert_eq!(entry.submit().expect("the code").reveal(), sample().reveal());
    }

    #[test]
    fn the_code_does_not_show_itself_when_debugged() {
        let mut entry = CodeEntry::new(Kinds::Either);
        entry.pasted(sample().grouped());
        assert!(!format!("{entry:?}").contains("9DWP") && !format!("{entry:?}").contains(&sample().reveal()[4..]));
    }
}
