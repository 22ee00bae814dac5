//! Users and how far they are as a file for a spreadsheet. The columns that an import reads have the names that an import
//! expects.

use jiff::Timestamp;
use sqlx::AnyPool;

use crate::protocol::Inventory;
use crate::server::http::error::Refusal;
use crate::server::projects::export::harmless;
use crate::server::status::table::{self, Filter, Row, Subject};

const HEADINGS: [&str; 14] = [
    "name",
    "old address",
    "new address",
    "login",
    "language",
    "user state",
    "wave",
    "stage",
    "device",
    "system",
    "agent",
    "mail clients",
    "last contact",
    "last code",
];

/// The installed mail programs with their versions.
pub fn clients(inventory: &Inventory) -> Vec<String> {
    inventory.clients.iter().map(|about| format!("{} {}", about.kind.product(), about.version)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::status::Stage;

    #[test]
    fn the_file_is_read_again_by_an_import() {
        let user = table::User {
            id: "u".into(),
            name: "Zoë, \"Z\"".into(),
            old_address: "z@old.example".into(),
            new_address: "z@new.example".into(),
            state: "active".into(),
            wave: None,
            login: "zoe".into(),
            language: "de".into(),
        };
        let row = Row {
            user: Some(user),
            login: None,
            stage: Stage::Imported,
            last_code: None,
            code_locked: false,
            invited_at: None,
        };
        let file = write(&[row]).expect("a file");
        let rows = crate::server::projects::users::import::parse(&file).expect("rows");
        assert_eq!((rows[0].name.as_str(), rows[0].language.as_str()), ("Zoë, \"Z\"", "de"));
    }
}
