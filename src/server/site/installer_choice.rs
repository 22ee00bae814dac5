//! What people see where installers are: what is there for which system, or that a link leads nowhere.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::installer_name::Kind;
use crate::protocol::Helpdesk;
use crate::server::dashboard;
use crate::server::http::i18n::Words;
use crate::server::installers::Installer;
use crate::server::installers::system::System;
use crate::server::projects::Project;
use crate::server::projects::colour::Rgb;

/// A button that gets an installer.
pub struct Offer {
    pub label: String,
    pub url: String,
    /// In hexadecimal, for comparison.
    pub sha256: Option<String>,
    /// For the visitor's own system.
    pub own: bool,
}

/// The preferred installer for each system; on Linux all, for they fit different computers. The visitor's own first.
pub fn offers(
    words: &Words,
    installers: &[Installer],
    url: impl Fn(Kind) -> String,
    visitor: Option<System>,
) -> Vec<Offer> {
    let mut offers = Vec::new();
    for system in [System::Windows, System::Linux, System::Macos] {
        let of_system: Vec<&Installer> = installers.iter().filter(|it| System::of(it.kind) == system).collect();
        let shown = if system == System::Linux { of_system.len() } else { 1 };
        for installer in of_system.iter().take(shown) {
            let label = match installer.kind.extension() {
                "" if of_system.len() > 1 => words.text("person-download-linux-program"),
                extension if system == System::Linux && of_system.len() > 1 => {
                    words.with("person-download-linux-kind", [("kind", extension.into())])
                }
                _ => label(words, system),
            };
            let (url, sha256) = (url(installer.kind), Some(installer.sha256.clone()));
            offers.push(Offer { label, url, sha256, own: visitor == Some(system) });
        }
    }
    offers.sort_by_key(|offer| !offer.own);
    offers
}

pub fn label(words: &Words, system: System) -> String {
    match system {
        System::Windows => words.text("person-download-windows"),
        System::Macos => words.text("person-download-macos"),
        System::Linux | System::Phone => words.text("person-download-linux"),
    }
}

#[derive(Template)]
#[template(path = "download.html")]
struct Choice {
    words: Words,
    colour: String,
    on_phone: bool,
    downloads: Vec<Offer>,
    helpdesk: Helpdesk,
}

#[derive(Template)]
#[template(path = "person_refused.html")]
struct Nothing {
    words: Words,
    colour: String,
    title: String,
    text: String,
    helpdesk: Helpdesk,
}

/// Everything there is, to choose from. A stranger is told the help desk of the only `project`.
pub fn page(visitor: &Visitor, project: Option<Project>, downloads: Vec<Offer>) -> Response {
    let settings = project.map(|project| project.settings).unwrap_or_default();
    let choice = Choice {
        words: visitor.words,
        colour: Rgb::of_brand(settings.brand.colour.as_deref()).hex(),
        on_phone: visitor.system == Some(System::Phone),
        downloads,
        helpdesk: settings.helpdesk,
    };
    dashboard::answer(StatusCode::OK, &choice)
}

/// No such installer, or none any more.
pub fn nothing(visitor: &Visitor, project: Option<Project>) -> Response {
    let (words, settings) = (visitor.words, project.map(|project| project.settings).unwrap_or_default());
    let nothing = Nothing {
        words,
        colour: Rgb::of_brand(settings.brand.colour.as_deref()).hex(),
        title: words.text("download-nothing-title"),
        text: words.text("download-nothing"),
        helpdesk: settings.helpdesk,
    };
    dashboard::answer(StatusCode::NOT_FOUND, &nothing)
}

/// Who asks, as far as the browser tells.
pub struct Visitor {
    pub words: Words,
    pub system: Option<System>,
}

impl Visitor {
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            words: Words::accepted(text(header::ACCEPT_LANGUAGE)),
            system: System::of_browser(text(header::USER_AGENT)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(kinds: &[Kind], visitor: Option<System>) -> Vec<(String, bool)> {
        let installers: Vec<Installer> =
            kinds.iter().map(|kind| Installer { kind: *kind, size: 1, sha256: "ab".into() }).collect();
        let offers = offers(&Words::of("en"), &installers, |kind| kind.id().to_owned(), visitor);
        offers.into_iter().map(|offer| (format!("{} {}", offer.url, offer.label), offer.own)).collect()
    }

    #[test]
    fn windows_gets_one_and_linux_all() {
        let all = [Kind::Msi, Kind::Exe, Kind::Deb, Kind::Program, Kind::Dmg, Kind::Pkg];
        let own = |text: &str, own| (text.to_owned(), own);
        let expected = [
            own("deb Download for Linux (.deb)", true),
            own("program Download for Linux (the program alone)", true),
            own("msi Download for Windows", false),
            own("dmg Download for Mac", false),
        ];
        assert_eq!(labels(&all, Some(System::Linux)), expected);
        assert_eq!(labels(&[Kind::Rpm], None), [own("rpm Download for Linux", false)]);
    }
}
