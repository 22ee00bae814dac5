//! The mail that asks whether a computer is the person's.

use std::fmt::Write;

use fluent_bundle::FluentArgs;

use crate::secret::Secret;
use crate::server::invitation::letter::{Letter, escaped};
use crate::server::project::Project;
use crate::server::users::{Login, User};
use crate::server::words::Words;

pub fn write(project: &Project, receiver: &User, login: &Login, link: &Secret) -> Letter {
    let words = Words::of(&receiver.language);
    let mut arguments = FluentArgs::new();
    for (name, text) in
        [("project", &project.name), ("name", &receiver.name), ("device", &login.device), ("login", &login.name)]
    {
        // A line break in a name must not start a line of its own.
        arguments.set(name, text.chars().filter(|c| !c.is_control()).collect::<String>());
    }
    let say = |id: &str| words.say(id, &arguments);
    let before = [
        say("confirmation-greeting"),
        say("confirmation-intro"),
        say("confirmation-computer"),
        say("confirmation-follow"),
    ];
    let after = say("confirmation-ignore");
    let text = format!("{}\n\n{}\n\n{after}\n", before.join("\n\n"), link.reveal());
    let html = html(&before, link, &after, words.language());
    Letter { subject: say("confirmation-subject"), text, html }
}

fn html(before: &[String], link: &Secret, after: &str, language: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.5 'Segoe UI','Helvetica Neue',Arial,sans-serif\">\n"
    );
    for paragraph in before {
        let _ = writeln!(out, "<p>{}</p>", escaped(paragraph)); // writing to a String cannot fail
    }
    let link = escaped(link.reveal());
    let _ = writeln!(out, "<p><a href=\"{link}\">{link}</a></p>\n<p>{}</p>\n</body></html>", escaped(after));
    out
}
