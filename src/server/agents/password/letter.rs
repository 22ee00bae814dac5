//! Tells a person that a new password was set for their mailbox, where and when.

use crate::i18n::datetime;
use crate::server::http::i18n::Words;
use crate::server::mailings::Mailing;
use crate::server::mailings::invitation::{InviteError, Post, Receiver};
use crate::server::mailings::message::{contact, plain};
use crate::server::mailings::note::{self, Part};
use crate::server::projects::Project;
use crate::server::projects::users::User;

pub async fn send(post: &Post, project: &Project, user: &User, mailing: &Mailing) -> Result<(), InviteError> {
    let words = Words::of(&user.language);
    let computer = mailing.computer.clone().unwrap_or_else(|| words.text("confirmation-unnamed"));
    let when = datetime::full(words, mailing.created_at, &project.settings.zone());
    let contact = contact(&project.settings.helpdesk);
    let say = |id: &str| {
        let about = [
            ("name", plain(&user.name).into()),
            ("address", plain(&user.new_address).into()),
            ("device", computer.as_str().into()),
            ("when", when.as_str().into()),
            ("contact", contact.as_str().into()),
        ];
        words.with(id, about)
    };
    let call = if contact.is_empty() { "password-told-call" } else { "password-told-contact" };
    let ids = ["confirmation-greeting", "password-told-set", "password-told-you", call];
    let parts = ids.map(|id| Part::Words(say(id)));
    let letter = note::letter(say("password-told-subject"), words.language(), &parts);
    let receiver = Receiver { name: &user.name, address: &mailing.address };
    Ok(post.send_mailing(receiver, mailing, letter).await?)
}
