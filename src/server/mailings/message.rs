//! The text of an invitation or a reminder, plain and as HTML. Pure: what goes in decides what comes out.

use std::fmt::Write;

use fluent::FluentArgs;
use jiff::Timestamp;

use crate::code::AuthenticationCode;
use crate::i18n::datetime;
use crate::protocol::Helpdesk;
use crate::secret::Secret;
use crate::server::http::i18n::Words;
use crate::server::mailings::Kind;
use crate::server::projects::Project;
use crate::server::projects::colour::Rgb;
use crate::server::projects::link;
use crate::server::projects::users::User;

/// What a letter says that differs from person to person and from time to time.
pub struct Contents<'a> {
    pub kind: Kind,
    pub code: &'a AuthenticationCode,
    pub expires_at: Timestamp,
    /// Address of the personal page.
    pub page: Option<&'a Secret>,
    /// Where this server hands out the agent for every system.
    pub download: Option<&'a str>,
    /// When the person's mail moves, if that is fixed and to come.
    pub cutover: Option<Timestamp>,
}

/// A letter. It holds the code: not for logs, hence without `Debug`.
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What both forms say, in their order.
struct Parts {
    title: String,
    greeting: String,
    intro: String,
    code: String,
    valid: String,
    /// Address and words of the button.
    page: Option<(String, String)>,
    steps_title: String,
    steps: Vec<String>,
    addresses: String,
    help: Option<(String, String)>,
    genuine_title: String,
    genuine: String,
    footer: String,
}

pub fn write(project: &Project, user: &User, contents: &Contents<'_>) -> Letter {
    let words = Words::of(&user.language);
    let (settings, zone) = (&project.settings, project.settings.zone());
    let expires_at = contents.expires_at.to_zoned(zone.clone());
    let mut arguments = FluentArgs::new();
    arguments.set("project", plain(&project.name));
    arguments.set("name", plain(&user.name));
    arguments.set("old", plain(&user.old_address));
    arguments.set("new", plain(&user.new_address));
    for (name, value) in datetime::arguments(&expires_at, "%H:%M") {
        arguments.set(name, value);
    }
    let contact = contact(&settings.helpdesk);
    arguments.set("contact", contact.clone());
    let page = contents.page.map(|page| page.reveal().to_owned());
    let url = page.clone().or_else(|| settings.download_url.clone());
    arguments.set("url", url.clone().unwrap_or_default());
    arguments.set("download", contents.download.unwrap_or_default());
    arguments.set("server", settings.origin().unwrap_or_default());
    if let Some(at) = contents.cutover {
        arguments.set("when", datetime::full(words, at, &zone));
    }
    let say = |id: &str| words.say(id, &arguments);
    let mut steps = vec!["invitation-step-open", "invitation-step-code"];
    match (&page, &url) {
        (Some(_), _) if contents.download.is_some() => steps.insert(0, "invitation-step-page-or-download"),
        (Some(_), _) => steps.insert(0, "invitation-step-page"),
        (None, Some(_)) => steps.insert(0, "invitation-step-download"),
        (None, None) => {}
    }
    if settings.public_url.is_some() {
        steps.push("invitation-step-server");
    }
    steps.push(if contents.cutover.is_some() { "invitation-step-wait-until" } else { "invitation-step-wait" });
    let (subject, title, intro) = if contents.kind == Kind::Reminder {
        ("reminder-subject", "reminder-title", "reminder-intro")
    } else {
        ("invitation-subject", "invitation-title", "invitation-intro")
    };
    let parts = Parts {
        title: say(title),
        greeting: say("invitation-greeting"),
        intro: say(intro),
        code: contents.code.grouped(),
        valid: say("invitation-valid"),
        page: page.map(|page| (page, say("invitation-page"))),
        steps_title: say("invitation-steps-title"),
        steps: steps.into_iter().map(say).collect(),
        addresses: say("invitation-addresses"),
        help: (!contact.is_empty()).then(|| (say("invitation-help-title"), say("invitation-help"))),
        genuine_title: say("invitation-genuine-title"),
        genuine: say("invitation-genuine"),
        footer: say("invitation-footer"),
    };
    let colour = Rgb::of_brand(settings.brand.colour.as_deref());
    Letter { subject: say(subject), text: text(&parts), html: html(&parts, colour, words.language()) }
}

/// The letter as this user would get it, with a code and a link that open nothing.
pub fn preview(project: &Project, user: &User, kind: Kind, download: Option<&str>, now: Timestamp) -> Letter {
    let page = project.settings.public_url.as_deref().map(|url| link::address(url, &Secret::new("sample")));
    let contents = Contents {
        kind,
        code: &AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]),
        expires_at: now.checked_add(project.settings.code_validity()).unwrap_or(Timestamp::MAX),
        page: page.as_ref(),
        download,
        cutover: project.cutover.map(|cutover| cutover.at).filter(|at| *at > now),
    };
    write(project, user, &contents)
}

fn text(parts: &Parts) -> String {
    let mut out = format!(
        "{}\n\n{}\n\n    {}\n\n{}\n\n{}\n",
        parts.greeting, parts.intro, parts.code, parts.valid, parts.steps_title
    );
    for (i, step) in parts.steps.iter().enumerate() {
        let _ = write!(out, "\n{}. {step}", i + 1); // writing to a String cannot fail
    }
    let _ = write!(out, "\n\n{}\n", parts.addresses);
    if let Some((title, text)) = &parts.help {
        let _ = write!(out, "\n{title}\n{text}\n");
    }
    let _ = write!(out, "\n{}\n{}\n\n-- \n{}\n", parts.genuine_title, parts.genuine, parts.footer);
    out
}

fn html(parts: &Parts, colour: Rgb, language: &str) -> String {
    let e = escaped;
    let steps = parts.steps.iter().fold(String::new(), |mut list, step| {
        let _ = write!(list, "<li style=\"margin:0 0 8px\">{}</li>", e(step)); // writing to a String cannot fail
        list
    });
    let section = |title: &str, text: &str| {
        format!("<h2 style=\"font-size:16px;margin:28px 0 8px\">{}</h2><p style=\"margin:0\">{}</p>", e(title), e(text))
    };
    let button = colour.on_light();
    let page = parts.page.as_ref().map(|(url, words)| {
        format!(
            "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;\
             background:#{};color:#{};text-decoration:none;font-weight:bold\">{}</a></p>",
            e(url),
            button.accent.hex(),
            button.on_accent.hex(),
            e(words)
        )
    });
    let help = parts.help.as_ref().map(|(title, text)| section(title, text)).unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.5 'Segoe UI','Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere\">\n\
         <div style=\"max-width:560px;margin:0 auto;border-top:4px solid #{colour};padding-top:24px\">\n\
         <h1 style=\"font-size:24px;margin:0 0 16px\">{title}</h1>\n\
         <p>{greeting}</p>\n<p>{intro}</p>\n\
         <p style=\"margin:24px 0;padding:16px;border:2px solid #{colour};border-radius:8px;text-align:center;\
         font:bold 26px/1.2 Consolas,Menlo,'DejaVu Sans Mono',monospace;white-space:nowrap\">{code}</p>\n\
         <p>{valid}</p>\n{page}\n<h2 style=\"font-size:16px;margin:28px 0 8px\">{steps_title}</h2>\n\
         <ol style=\"margin:0;padding-left:24px\">{steps}</ol>\n<p>{addresses}</p>\n{help}\n{genuine}\n\
         <p style=\"margin:32px 0 0;font-size:13px;opacity:.75\">{footer}</p>\n</div></body></html>\n",
        language = e(language),
        title = e(&parts.title),
        colour = colour.hex(),
        page = page.unwrap_or_default(),
        greeting = e(&parts.greeting),
        intro = e(&parts.intro),
        code = e(&parts.code),
        valid = e(&parts.valid),
        steps_title = e(&parts.steps_title),
        addresses = e(&parts.addresses),
        genuine = section(&parts.genuine_title, &parts.genuine),
        footer = e(&parts.footer),
    )
}

/// Whom people ask, in one line; empty when the project does not say.
pub fn contact(helpdesk: &Helpdesk) -> String {
    let parts = [&helpdesk.name, &helpdesk.email, &helpdesk.phone];
    parts.into_iter().filter(|part| !part.is_empty()).map(|part| plain(part)).collect::<Vec<_>>().join(", ")
}

/// Without control characters: a line break in a name must not start a line of its own.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// For HTML, as text and in attributes.
pub fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::projects::Settings;

    fn letter(user: &User, settings: Settings) -> (Letter, AuthenticationCode) {
        let project = Project {
            id: "p".into(),
            name: "Example & Sons".into(),
            settings,
            activation_code: "ABCDEFGHJK".into(),
            cutover: None,
            ready_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let code = AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]);
        let expires_at = "2026-12-05T12:00:00Z".parse().expect("a time");
        let page = Some(&Secret::new("https://m.example/p/token"));
        let download = Some("https://m.example/download?code=ABCDEFGHJK");
        let cutover = Some(expires_at);
        let contents = Contents { kind: Kind::Invitation, code: &code, expires_at, page, download, cutover };
        (write(&project, user, &contents), code)
    }

    #[test]
    fn the_code_can_be_copied_out_of_both_forms() {
        let (letter, code) = letter(&User::sample(), Settings::default());
        assert_eq!(AuthenticationCode::parse(&letter.text).as_ref(), Ok(&code));
        assert_eq!(AuthenticationCode::parse(&letter.html).as_ref(), Ok(&code));
    }

    #[test]
    fn every_word_is_there_in_both_languages() {
        for language in ["en", "de"] {
            let user = User { language: language.into(), ..User::sample() };
            let helpdesk = Helpdesk { name: "IT".into(), email: "it@old.example".into(), phone: "42".into() };
            let download_url = Some("https://get.example/".into());
            let (letter, _) = letter(&user, Settings { helpdesk, download_url, ..Settings::default() });
            for form in [&letter.subject, &letter.text, &letter.html] {
                assert!(!form.contains("invitation-") && !form.contains('{'), "{form}");
            }
            for said in [
                "IT, it@old.example, 42",
                "https://m.example/p/token",
                "/download?code=ABCDEFGHJK",
                "anna@new.example",
                "2026",
            ] {
                assert!(letter.text.contains(said) && letter.html.contains(said), "{said}");
            }
        }
    }

    #[test]
    fn names_are_escaped_and_start_no_lines() {
        let user = User { name: "<b>Anna</b>\r\nBcc: x@y.example".into(), ..User::sample() };
        let (letter, _) = letter(&user, Settings::default());
        assert!(letter.html.contains("&lt;b&gt;Anna"));
        assert!(letter.html.contains("Example &amp; Sons"));
        assert!(!letter.text.contains("\nBcc"));
        assert!(!letter.subject.contains('\n'));
    }
}
