//! One mailbox: a maildir with the sub-folders of Dovecot (`.Projects.2026`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::{NAME, give_to_mail_user};

/// A person's mail on the server.
#[derive(Debug)]
pub struct Mailbox(PathBuf);

struct Sample {
    from: &'static str,
    subject: &'static str,
    hours_ago: i64,
    seen: bool,
    text: &'static str,
}

const fn sample(from: &'static str, subject: &'static str, hours_ago: i64, seen: bool, text: &'static str) -> Sample {
    Sample { from, subject, hours_ago, seen, text }
}

const INBOX: [Sample; 9] = [
    sample(
        "Jonas Weber <jonas.weber@partner.example>",
        "Lunch on Thursday?",
        1,
        false,
        "Hi Anna,\n\nthe new place by the river has opened. Thursday at half past twelve?\n\nJonas",
    ),
    sample(
        "Mira Schäfer <mira@partner.example>",
        "Grüße aus Köln – Fotos vom Ausflug",
        3,
        false,
        "Liebe Anna,\n\ndie Bilder sind fertig. Das schönste ist das mit dem Dom im Regen.\n\nViele Grüße\nMira",
    ),
    sample(
        "Stadtbücherei <service@library.example>",
        "Your books are due next week",
        8,
        true,
        "Dear reader,\n\ntwo books are due on Friday. You can renew them online.\n",
    ),
    sample(
        "Karim Haddad <karim@supplier.example>",
        "Offer for the meeting room chairs",
        20,
        true,
        "Hello Anna,\n\nas discussed, our offer for twelve chairs is attached.\n\nBest regards\nKarim",
    ),
    sample(
        "Team calendar <calendar@old.example>",
        "Reminder: planning for the spring fair",
        26,
        true,
        "Tomorrow, 10:00 to 11:30, room Linde.\n",
    ),
    sample(
        "Paula Nowak <paula@partner.example>",
        "Minutes of Monday's meeting",
        49,
        true,
        "Hello all,\n\nthe minutes are in the shared folder. Three open points, all with a date.\n\nPaula",
    ),
    sample(
        "Orchestra office <office@orchestra.example>",
        "Rehearsal moves to 19:30",
        73,
        true,
        "Dear all,\n\nthe hall is free from 19:30 only. Please bring the Dvořák.\n",
    ),
    sample(
        "Ines Duarte <ines@supplier.example>",
        "Thank you for the quick answer",
        97,
        true,
        "Dear Anna,\n\nthat was exactly what we needed. Obrigada!\n\nInes",
    ),
    sample(
        "Facilities <facilities@old.example>",
        "The lift works again",
        121,
        true,
        "Good morning,\n\nthe lift in the north wing is back in service.\n",
    ),
];

const PROJECT: [Sample; 3] = [
    sample(
        "Karim Haddad <karim@supplier.example>",
        "Spring fair: floor plan, second version",
        200,
        true,
        "The corner stand is ours.\n",
    ),
    sample(
        "Paula Nowak <paula@partner.example>",
        "Spring fair: who brings what",
        230,
        true,
        "The list is open until Friday.\n",
    ),
    sample(
        "Jonas Weber <jonas.weber@partner.example>",
        "Spring fair: budget",
        260,
        true,
        "We are just below the line.\n",
    ),
];

/// The message with the attachment.
const WITH_OFFER: &str = "Offer for the meeting room chairs";

impl Mailbox {
    pub(super) fn of(server: &Path, address: &str) -> Self {
        Self(server.join("mail").join(address))
    }

    /// Sample mail: nine messages in the inbox, one with an attachment, and a project's folder.
    pub(super) fn fill(&self, address: &str) -> io::Result<()> {
        for (folder, samples) in [("", &INBOX[..]), (".Projects.2026", &PROJECT)] {
            for sample in samples.iter().rev() {
                let at = Timestamp::now() - SignedDuration::from_hours(sample.hours_ago);
                self.put(folder, &sample.message(address, at), sample.seen, at)?;
            }
        }
        // Version 2 of Dovecot's list: parts of a name are separated by tabs.
        fs::write(self.0.join("subscriptions"), "V\t2\n\nProjects\nProjects\t2026\n")
    }

    pub(super) fn deliver(&self, message: &str) -> io::Result<()> {
        self.put("", message, false, Timestamp::now())
    }

    /// Every message of the inbox, in the order of arrival.
    pub(super) fn messages(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for folder in ["cur", "new"] {
            for entry in fs::read_dir(self.0.join(folder)).into_iter().flatten() {
                files.push(entry?.path());
            }
        }
        files.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        files.iter().map(|file| fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())).collect()
    }

    fn put(&self, folder: &str, message: &str, seen: bool, at: Timestamp) -> io::Result<()> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = self.0.join(folder);
        for name in ["cur", "new", "tmp"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:010}.M{count:06}P{}.demo", at.as_second(), std::process::id());
        let place = if seen { format!("cur/{name}:2,S") } else { format!("new/{name}") };
        let written = folder.join("tmp").join(&name);
        fs::write(&written, message)?;
        give_to_mail_user(&self.0)?;
        fs::rename(written, folder.join(place))
    }
}

impl Sample {
    fn message(&self, address: &str, at: Timestamp) -> String {
        let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
        let id = uuid::Uuid::new_v4();
        let (name, from) = self.from.split_once(" <").unwrap_or(("", self.from));
        let head = format!(
            "From: {} <{from}\r\nTo: {NAME} <{address}>\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{id}@sample.example>\r\nMIME-Version: 1.0\r\n",
            encoded(name),
            encoded(self.subject)
        );
        let text = self.text.replace('\n', "\r\n");
        let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
        if self.subject != WITH_OFFER {
            return format!("{head}{plain}\r\n{text}\r\n");
        }
        format!(
            "{head}Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\n{plain}\r\n{text}\r\n--part\r\n\
             Content-Type: text/csv; name=\"offer.csv\"\r\nContent-Disposition: attachment; filename=\"offer.csv\"\r\n\r\n\
             item,count,price\r\nchair,12,89.00\r\n--part--\r\n"
        )
    }
}

/// RFC 2047.
fn encoded(text: &str) -> String {
    use base64::Engine;
    if text.is_ascii() {
        return text.to_owned();
    }
    format!("=?UTF-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(text))
}
