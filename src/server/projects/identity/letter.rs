//! The mail that asks whether a computer is the person's. Whoever has the activation code can have it sent to anybody of the
//! organisation, so it says nothing that a stranger has typed but a short name of the computer.

use fluent::FluentArgs;

use crate::code::AuthenticationCode;
use crate::protocol::Proof;
use crate::secret::Secret;
use crate::server::agents::registrations::record::{self, Registration};
use crate::server::db::{self, Db};
use crate::server::http::error::Refusal;
use crate::server::http::i18n::Words;
use crate::server::mailings::Mailing;
use crate::server::mailings::invitation::{InviteError, Post, Receiver};
use crate::server::mailings::message::{Letter, plain};
use crate::server::mailings::note::{self, Part};
use crate::server::projects::{Project, users};

/// What proves that the reader has the address.
enum Key {
    Link(Secret),
    Code(AuthenticationCode),
}

/// Makes a link or a code and mails it; earlier ones of the registration end. None when the registration was answered
/// already, has expired, or a newer one has taken its place.
pub async fn send(
    db: &Db,
    post: &Post,
    project: &Project,
    mailing: &Mailing,
) -> Result<Option<Result<(), InviteError>>, Refusal> {
    let Some(id) = &mailing.registration_id else { return Ok(None) };
    let Some(registration) = record::open(db.pool(), id, db::now()).await? else { return Ok(None) };
    // Somebody who is not on the list may have any name.
    let name = match &registration.user_id {
        Some(user) => users::find(db.pool(), user).await?.name,
        None => String::new(),
    };
    let sent = async {
        let key = key(db, project, &registration).await?;
        let letter = write(project, &registration, &name, mailing.computer.as_deref(), key);
        let receiver = Receiver { name: &name, address: &mailing.address };
        Ok(post.send_mailing(receiver, mailing, letter).await?)
    };
    Ok(Some(sent.await))
}

async fn key(db: &Db, project: &Project, registration: &Registration) -> Result<Key, InviteError> {
    Ok(match registration.proof {
        Proof::Link => {
            let origin = project.settings.public_url.as_deref().ok_or(InviteError::NoAddress)?;
            let token = record::new_token(db, &registration.id).await?;
            Key::Link(Secret::new(format!("{}/confirm/{}", origin.trim_end_matches('/'), token.reveal())))
        }
        Proof::Code => Key::Code(record::new_code(db, &registration.id).await?),
    })
}

fn write(project: &Project, registration: &Registration, name: &str, computer: Option<&str>, key: Key) -> Letter {
    let words = Words::of(&registration.language);
    let mut arguments = FluentArgs::new();
    arguments.set("project", plain(&project.name));
    arguments.set("name", plain(name));
    arguments.set("device", computer.map_or_else(|| words.text("confirmation-unnamed"), ToOwned::to_owned));
    let say = |id: &str| Part::Words(words.say(id, &arguments));
    let (subject, follow, key, ignore) = match key {
        Key::Link(link) => ("confirmation-subject", "confirmation-follow", Part::Link(link), "confirmation-ignore"),
        Key::Code(code) => {
            ("confirmation-code-subject", "confirmation-code-follow", Part::Code(code), "confirmation-code-ignore")
        }
    };
    let greeting = if name.is_empty() { "confirmation-greeting-stranger" } else { "confirmation-greeting" };
    let parts = [say(greeting), say("confirmation-intro"), say("confirmation-computer"), say(follow), key, say(ignore)];
    note::letter(words.say(subject, &arguments), words.language(), &parts)
}
