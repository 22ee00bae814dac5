//! SMTP submission (RFC 6409) up to the sign-in (RFC 4954). Nothing is sent.
//!
//! Spoken directly and not through a mail library, because the difference between "no mail server", "certificate" and
//! "refused" must be exact and the trust is the one of [`Link`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use zeroize::Zeroizing;

use super::link::Link;
use crate::account::Security;
use crate::mail::Error;
use crate::secret::Secret;

/// Longest answer that is read, in bytes. RFC 5321 allows 512 per line; a long EHLO answer has some twenty lines.
const ANSWER_LIMIT: u64 = 64 * 1024;

pub(super) async fn sign_in(link: &Link<'_>, password: &Secret) -> Result<(), Error> {
    let stream = link.connect().await?;
    let mut talk = match link.server.security {
        Security::Tls => {
            let mut talk = Talk { link, stream: BufReader::new(link.encrypt(stream).await?) };
            talk.greeting().await?;
            talk
        }
        Security::StartTls => {
            let mut plain = Talk { link, stream: BufReader::new(stream) };
            plain.greeting().await?;
            if !plain.hello().await?.offers("STARTTLS") {
                return Err(link.no_mail_server("STARTTLS is not offered"));
            }
            let answer = plain.say("STARTTLS").await?;
            if answer.code != 220 {
                return Err(link.no_mail_server(format!("STARTTLS: {}", answer.text())));
            }
            Talk { link, stream: BufReader::new(link.encrypt(plain.stream.into_inner()).await?) }
        }
    };
    let hello = talk.hello().await?;
    let answer = talk.authenticate(&hello, password).await?;
    // The connection ends here either way.
    let _ = talk.say("QUIT").await;
    match answer.code {
        235 => Ok(()),
        // 4xx: trouble of the server's own (454); the password may well be right.
        400..=499 => Err(link.unreachable(answer.text())),
        _ => Err(link.refused(&answer.text())),
    }
}

struct Answer {
    code: u16,
    lines: Vec<String>,
}

impl Answer {
    fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }

    fn offers(&self, extension: &str) -> bool {
        self.lines.iter().any(|line| line.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case(extension)))
    }

    fn offers_mechanism(&self, mechanism: &str) -> bool {
        self.lines.iter().any(|line| {
            let mut words = line.split([' ', '=']);
            words.next().is_some_and(|word| word.eq_ignore_ascii_case("AUTH"))
                && words.any(|word| word.eq_ignore_ascii_case(mechanism))
        })
    }
}

struct Talk<'a, S> {
    link: &'a Link<'a>,
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    async fn greeting(&mut self) -> Result<(), Error> {
        let greeting = self.answer().await?;
        match greeting.code {
            220 => Ok(()),
            400..=499 => Err(self.link.unreachable(greeting.text())),
            _ => Err(self.link.no_mail_server(greeting.text())),
        }
    }

    async fn hello(&mut self) -> Result<Answer, Error> {
        let hello = self.say("EHLO [127.0.0.1]").await?;
        if hello.code == 250 { Ok(hello) } else { Err(self.link.no_mail_server(hello.text())) }
    }

    async fn authenticate(&mut self, hello: &Answer, password: &Secret) -> Result<Answer, Error> {
        let name = &self.link.server.username;
        if hello.offers_mechanism("PLAIN") {
            let token = Zeroizing::new(format!("\0{name}\0{}", password.reveal()));
            let token = Zeroizing::new(STANDARD.encode(token.as_bytes()));
            self.say(&Zeroizing::new(format!("AUTH PLAIN {}", *token))).await
        } else if hello.offers_mechanism("LOGIN") {
            for line in ["AUTH LOGIN", &STANDARD.encode(name)] {
                let answer = self.say(line).await?;
                if answer.code != 334 {
                    return Ok(answer);
                }
            }
            self.say(&Zeroizing::new(STANDARD.encode(password.reveal()))).await
        } else {
            Err(Error::Unsupported { what: format!("{}: no sign-in by password", self.link.server.host) })
        }
    }

    async fn say(&mut self, line: &str) -> Result<Answer, Error> {
        let bytes = Zeroizing::new(format!("{line}\r\n"));
        let stream = self.stream.get_mut();
        let sent = async { stream.write_all(bytes.as_bytes()).await.and(stream.flush().await) }.await;
        sent.map_err(|error| self.link.no_mail_server(error))?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Answer, Error> {
        let no_mail_server = |reason: &str| self.link.no_mail_server(reason);
        let mut limited = (&mut self.stream).take(ANSWER_LIMIT);
        let mut lines = Vec::new();
        loop {
            let mut bytes = Vec::new();
            limited.read_until(b'\n', &mut bytes).await.map_err(|error| no_mail_server(&error.to_string()))?;
            let line = String::from_utf8_lossy(&bytes);
            let (code, rest) = line.split_at_checked(3).ok_or_else(|| no_mail_server(&line))?;
            let code: u16 = code.parse().map_err(|_| no_mail_server(&line))?;
            if !line.ends_with('\n') {
                return Err(no_mail_server(&line));
            }
            lines.push(rest.get(1..).unwrap_or_default().trim_end().to_owned());
            if !rest.starts_with('-') {
                return Ok(Answer { code, lines });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn mechanisms_are_found_in_both_spellings() {
        let hello = |line: &str| Answer { code: 250, lines: vec!["mail.example".into(), line.into()] };
        assert!(hello("AUTH PLAIN LOGIN").offers_mechanism("login"));
        assert!(hello("auth=PLAIN").offers_mechanism("PLAIN"));
        assert!(!hello("AUTH GSSAPI").offers_mechanism("PLAIN"));
        assert!(!hello("PLAIN").offers_mechanism("PLAIN"));
        assert!(hello("STARTTLS").offers("starttls"));
    }
}
