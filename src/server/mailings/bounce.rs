//! Mails that come back: reads delivery reports (RFC 3464) and marks the mail that they are about. Anybody can write
//! such a report, so it changes nothing else, and only for who knows the mail's id.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::http::redaction::redact;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};

/// Header of our mails with the mailing's id; most reports return it.
pub const HEADER: &str = "X-Mailshift-Mailing";
/// Behind the id in our `Message-ID`, for reports that return only that.
pub const MESSAGE_ID: &str = ".mailing@";
/// Largest report that is read, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// What a report says about one of our mails.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    pub mailing: String,
    /// The mail server's words.
    pub diagnostic: String,
}

/// Marks the mail of a report as come back and returns the address that it did not reach. None when the message is no
/// report of a final failure, or not about a mail of ours.
pub async fn record(db: &Db, actor: &Actor, message: &[u8]) -> Result<Option<String>, Refusal> {
    let Some(report) = parse(message) else { return Ok(None) };
    let mut tx = Operation::begin(db, actor, Role::Operator).await?;
    // The report may be faster than the note that the mail was sent.
    let bounced: Option<(String, String)> = sqlx::query_as(
        "UPDATE mailing SET state = 'bounced', trouble = $1
         WHERE id = $2 AND tried_at IS NOT NULL AND state IN ('queued', 'sent') RETURNING project_id, address",
    )
    .bind(report.diagnostic)
    .bind(report.mailing)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((project, address)) = bounced else { return Ok(None) };
    tx.record(Some(&project), "mail.bounce", &address, "").await?;
    tx.commit().await?;
    Ok(Some(address))
}

/// Reads a report of a final failure.
pub fn parse(message: &[u8]) -> Option<Report> {
    let message = MessageParser::default().parse(message.get(..LIMIT).unwrap_or(message))?;
    let status = message.parts.iter().find(|part| is(part, "message", "delivery-status"))?;
    let status = String::from_utf8_lossy(status.contents()).replace("\r\n", "\n");
    // The first group is about the message, each other one about a recipient (RFC 3464 section 2.1). Ours have one.
    let mut failed = status
        .split("\n\n")
        .filter(|group| field(group, "Action").is_some_and(|action| action.eq_ignore_ascii_case("failed")));
    let group = failed.next()?;
    let diagnostic = field(group, "Diagnostic-Code").or_else(|| field(group, "Status")).unwrap_or_default();
    Some(Report { mailing: mailing(&message)?, diagnostic: redact(&diagnostic) })
}

/// The id of the mail that is returned as a whole or as its head.
fn mailing(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| {
        let head = match &part.body {
            PartType::Message(returned) => String::from_utf8_lossy(returned.raw_message()).into_owned(),
            _ if is(part, "text", "rfc822-headers") => String::from_utf8_lossy(part.contents()).into_owned(),
            _ => return None,
        };
        let head = head.replace("\r\n", "\n");
        let head = head.trim_start().split("\n\n").next()?;
        let own = field(head, HEADER);
        let id = own.or_else(|| {
            let id = field(head, "Message-ID")?;
            Some(id.trim_start_matches('<').split_once(MESSAGE_ID)?.0.to_owned())
        });
        id.filter(|id| uuid::Uuid::try_parse(id).is_ok())
    })
}

fn is(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content.subtype().is_some_and(|known| known.eq_ignore_ascii_case(subtype))
    })
}

/// A field of a head, with its continuation lines (RFC 5322 section 2.2.3) and without the type before a semicolon.
fn field(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let line = unfolded.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    Some(line.strip_prefix("smtp;").map_or(line.clone(), |rest| rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199d7a0-1c1e-7000-8000-0123456789ab";

    /// A report as Postfix writes it.
    fn report(action: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: it@old.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nAction: failed, Status: none of your business\r\n\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; anna@old.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <anna@old.example>:\r\n    no such mailbox\r\n\r\n\
             --b\r\n{returned}\r\n\r\n--b--\r\n"
        )
    }

    #[test]
    fn a_report_names_the_mail_and_why_it_came_back() {
        let diagnostic = "550 5.1.1 <anna@old.example>: no such mailbox";
        let wanted = Some(Report { mailing: ID.into(), diagnostic: diagnostic.into() });
        for returned in [
            format!("Content-Type: message/rfc822\r\n\r\nFrom: it@old.example\r\n{HEADER}: {ID}\r\n\r\nHello"),
            format!("Content-Type: text/rfc822-headers\r\n\r\nFrom: it@old.example\r\n{HEADER}: {ID}\r\n"),
            format!("Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ID}{MESSAGE_ID}old.example>\r\n"),
        ] {
            assert_eq!(parse(report("failed", &returned).as_bytes()), wanted, "{returned}");
            assert_eq!(parse(report("failed", &returned).replace("\r\n", "\n").as_bytes()), wanted, "{returned}");
        }
    }

    #[test]
    fn what_is_no_final_failure_of_our_mail_is_left_alone() {
        let ours = format!("Content-Type: text/rfc822-headers\r\n\r\n{HEADER}: {ID}\r\n");
        assert_eq!(parse(report("delayed", &ours).as_bytes()), None);
        let foreign = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <x@old.example>\r\n";
        assert_eq!(parse(report("failed", foreign).as_bytes()), None);
        assert_eq!(parse(format!("Subject: away\r\n{HEADER}: {ID}\r\n\r\nAction: failed\r\n").as_bytes()), None);
        for rubbish in [&b""[..], b"\0\xff\xfe", b"Content-Type: multipart/report; boundary=\"\r\n\r\n--"] {
            assert_eq!(parse(rubbish), None);
        }
    }
}
