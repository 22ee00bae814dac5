//! A short letter: a few paragraphs, plain and as HTML.

use std::fmt::Write;

use crate::code::AuthenticationCode;
use crate::secret::Secret;
use crate::server::mailings::message::{Letter, escaped};

/// A paragraph.
pub enum Part {
    Words(String),
    Link(Secret),
    Code(AuthenticationCode),
}

pub fn letter(subject: String, language: &str, parts: &[Part]) -> Letter {
    let mut text = String::new();
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.5 'Segoe UI','Helvetica Neue',Arial,sans-serif\">\n"
    );
    // Writing to a String cannot fail.
    for part in parts {
        let _ = match part {
            Part::Words(words) => write!(text, "{words}\n\n").and(writeln!(html, "<p>{}</p>", escaped(words))),
            Part::Link(link) => {
                let (link, shown) = (link.reveal(), escaped(link.reveal()));
                write!(text, "{link}\n\n").and(writeln!(html, "<p><a href=\"{shown}\">{shown}</a></p>"))
            }
            Part::Code(code) => write!(text, "    {}\n\n", code.grouped()).and(writeln!(
                html,
                "<p style=\"font:bold 26px/1.2 Consolas,Menlo,'DejaVu Sans Mono',monospace;white-space:nowrap\">{}</p>",
                escaped(&code.grouped())
            )),
        };
    }
    html.push_str("</body></html>\n");
    Letter { subject, text: format!("{}\n", text.trim_end()), html }
}
