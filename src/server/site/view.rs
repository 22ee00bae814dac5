//! What the personal page says. Pure: who, what and when go in.

use askama::Template;
use jiff::Timestamp;

use crate::account::masked;
use crate::i18n::datetime;
use crate::protocol::Helpdesk;
use crate::server::http::i18n::Words;
use crate::server::installers::system::System;
use crate::server::installers::{Installer, link};
use crate::server::projects::Project;
use crate::server::projects::colour::Rgb;
use crate::server::projects::communication::Download;
use crate::server::projects::link::{CodeState, Link};
use crate::server::projects::users::User;
use crate::server::site::installer_choice::{self, Offer};

/// What a visit brings along.
pub struct Visit {
    pub system: Option<System>,
    /// What this server hands out itself.
    pub installers: Vec<Installer>,
    /// The button was pressed.
    pub with_code: bool,
    pub cutover: Option<Timestamp>,
    pub now: Timestamp,
}

/// It may hold the code: not for logs, hence without `Debug`.
#[derive(Template)]
#[template(path = "person.html")]
pub struct Personal {
    words: Words,
    colour: String,
    project: String,
    address: String,
    when: String,
    moved: bool,
    /// The visitor's own first.
    downloads: Vec<Offer>,
    on_phone: bool,
    code: Shown,
    valid: String,
    server: String,
    helpdesk: Helpdesk,
}

/// What is shown of the code.
enum Shown {
    Button,
    Code { grouped: String, deep_link: String },
    Used,
    Over,
}

impl Personal {
    pub fn new(project: &Project, user: &User, link: Link, visit: &Visit) -> Self {
        let (settings, words) = (&project.settings, Words::of(&user.language));
        let zone = settings.zone();
        let when = match visit.cutover {
            Some(at) if at > visit.now => {
                words.with("person-when", [("when", datetime::full(words, at, &zone).into())])
            }
            Some(at) => words.with("person-when-past", [("when", datetime::full(words, at, &zone).into())]),
            None => words.text("person-when-open"),
        };
        let server = settings.origin().unwrap_or_default().to_owned();
        let code = match link.code {
            CodeState::Ready(_) if !visit.with_code => Shown::Button,
            CodeState::Ready(code) => {
                let grouped = code.grouped();
                Shown::Code { deep_link: deep_link(&server, &grouped), grouped }
            }
            CodeState::Used => Shown::Used,
            CodeState::Over => Shown::Over,
        };
        Self {
            colour: Rgb::of_brand(settings.brand.colour.as_deref()).hex(),
            project: project.name.clone(),
            address: words.with("person-for", [("address", masked(&user.old_address).into())]),
            when,
            moved: visit.cutover.is_some_and(|at| at <= visit.now),
            downloads: offers(&words, project, visit),
            on_phone: visit.system == Some(System::Phone),
            code,
            valid: words.with("person-code-valid", [("when", datetime::full(words, link.expires_at, &zone).into())]),
            server,
            helpdesk: settings.helpdesk.clone(),
            words,
        }
    }

    fn genuine(&self) -> [String; 4] {
        let with = |id| self.words.with(id, [("project", self.project.as_str().into())]);
        [
            with("person-genuine-who"),
            with("person-genuine-does"),
            with("person-genuine-never"),
            self.words.with("person-genuine-check", [("server", self.server.as_str().into())]),
        ]
    }
}

/// What the agent is started with by a press on a link: the server and the code.
fn deep_link(server: &str, code: &str) -> String {
    let url = reqwest::Url::parse_with_params("mailshift://activate", [("server", server), ("code", code)]);
    url.map(String::from).unwrap_or_default()
}

/// The project's own address for a system, else what this server has for it.
fn offers(words: &Words, project: &Project, visit: &Visit) -> Vec<Offer> {
    let settings = &project.settings;
    let elsewhere: Vec<(System, &Download)> = settings
        .downloads
        .each()
        .filter_map(|(name, download)| Some((System::of_settings(name)?, download?)))
        .collect();
    let mut offers: Vec<Offer> = elsewhere
        .iter()
        .map(|(system, Download { url, sha256 })| Offer {
            label: installer_choice::label(words, *system),
            url: url.clone(),
            sha256: sha256.as_ref().map(|digest| digest.to_lowercase()),
            own: visit.system == Some(*system),
        })
        .collect();
    let is_here = |installer: &&Installer| elsewhere.iter().all(|(system, _)| *system != System::of(installer.kind));
    let here: Vec<Installer> = visit.installers.iter().filter(is_here).cloned().collect();
    offers.extend(installer_choice::offers(words, &here, |kind| link::path(&link::name(project, kind)), visit.system));
    offers.sort_by_key(|offer| !offer.own);
    if offers.is_empty() {
        let url = settings.download_url.iter().cloned();
        offers.extend(url.map(|url| Offer { label: words.text("person-download"), url, sha256: None, own: true }));
    }
    offers
}

/// A page instead of the personal one.
#[derive(Template)]
#[template(path = "person_refused.html")]
pub struct Refused {
    words: Words,
    colour: String,
    title: String,
    text: String,
    helpdesk: Helpdesk,
}

impl Refused {
    /// The link does not work: whether it ever did is not said.
    pub fn gone(words: Words, project: Option<Project>) -> Self {
        let settings = project.map(|project| project.settings).unwrap_or_default();
        Self {
            colour: Rgb::of_brand(settings.brand.colour.as_deref()).hex(),
            title: words.text("person-gone-title"),
            text: words.text("person-gone"),
            helpdesk: settings.helpdesk,
            words,
        }
    }

    /// Too many links that do not work were tried.
    pub fn busy(words: Words) -> Self {
        Self { title: words.text("person-busy-title"), text: words.text("person-busy"), ..Self::gone(words, None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::AuthenticationCode;
    use crate::installer_name::Kind;
    use crate::server::projects::Settings;
    use crate::server::projects::communication::Downloads;

    fn link() -> Link {
        let code = AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]);
        let expires_at = "2026-12-05T12:00:00Z".parse().expect("a time");
        Link { user_id: "u".into(), code: CodeState::Ready(code), expires_at }
    }

    fn page(language: &str, system: Option<System>, with_code: bool) -> String {
        page_at(language, system, with_code, None)
    }

    /// At noon of 21 November.
    fn page_at(language: &str, system: Option<System>, with_code: bool, cutover: Option<&str>) -> String {
        let download = |name: &str| Some(Download { url: format!("https://get.example/{name}"), sha256: None });
        let downloads = Downloads { windows: download("w"), linux: download("l"), macos: None };
        let public_url = Some("https://m.example/".into());
        let settings = Settings { public_url, downloads, ..Settings::default() };
        let project = Project {
            id: "p".into(),
            name: "Example & <Sons>".into(),
            activation_code: "ABCDEFGHJK".into(),
            settings,
            cutover: None,
            ready_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let user = User { language: language.into(), ..User::sample() };
        let now = "2026-11-21T12:00:00Z".parse().expect("a time");
        let cutover = cutover.map(|at| at.parse().expect("a time"));
        let installers = [Kind::Exe, Kind::Deb, Kind::Dmg].map(|kind| Installer {
            kind,
            size: 1,
            sha256: format!("sum of {}", kind.id()),
        });
        let visit = Visit { system, installers: installers.into(), with_code, cutover, now };
        Personal::new(&project, &user, link(), &visit).render().expect("a page")
    }

    #[test]
    fn the_code_is_there_only_after_the_press() {
        let CodeState::Ready(code) = link().code else { panic!("a code") };
        let grouped = code.grouped();
        assert!(!page("en", None, false).contains(&grouped));
        let pressed = page("en", None, true);
        assert!(pressed.contains(&grouped));
        let deep = format!("mailshift://activate?server=https%3A%2F%2Fm.example&#38;code={grouped}");
        assert!(pressed.contains(&deep), "{pressed}");
    }

    #[test]
    fn after_the_move_the_page_says_to_go_on_now() {
        let before = page_at("en", None, false, Some("2026-11-21T12:00:01Z"));
        assert!(before.contains("Your mail moves on") && before.contains("Until the move"), "{before}");
        let after = page_at("en", None, false, Some("2026-11-21T12:00:00Z"));
        assert!(after.contains("Your mail moved on") && !after.contains("Until the move"), "{after}");
    }

    #[test]
    fn the_visitors_own_download_comes_first() {
        let place = |page: &str, url: &str| page.find(url).expect("a download");
        let linux = page("en", Some(System::Linux), false);
        assert!(place(&linux, "get.example/l") < place(&linux, "get.example/w"));
        let windows = page("en", Some(System::Windows), false);
        assert!(place(&windows, "get.example/w") < place(&windows, "get.example/l"));
    }

    #[test]
    fn this_server_hands_out_what_is_not_elsewhere() {
        let page = page("en", Some(System::Macos), false);
        assert!(page.contains("href=\"/download/mailshift_ABCDEFGHJK_m.example.dmg\""), "{page}");
        assert!(page.contains("sum of dmg"), "{page}");
        assert!(page.find(".dmg") < page.find("get.example/w"), "the visitor's own first");
        for elsewhere in [".exe", ".deb", "sum of exe", "sum of deb"] {
            assert!(!page.contains(elsewhere), "{elsewhere}: {page}");
        }
    }

    #[test]
    fn every_word_is_there_and_escaped_in_both_languages() {
        for language in ["en", "de"] {
            for page in [page(language, None, true), page(language, Some(System::Phone), false)] {
                assert!(!page.contains("person-") && !page.contains("{ $"), "{page}");
                assert!(page.contains("Example &#38; &#60;Sons&#62;") && page.contains("a***@old.example"), "{page}");
                assert!(page.contains(&format!("<html lang=\"{language}\"")), "{page}");
            }
        }
    }
}
