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

/// The users of a project as CSV, at most [`MOST`](table::MOST).
pub async fn csv(pool: &AnyPool, project: &str, now: Timestamp) -> Result<Vec<u8>, Refusal> {
    write(&table::all(pool, project, Subject::Users, &Filter::default(), now).await?)
}

fn write(rows: &[Row]) -> Result<Vec<u8>, Refusal> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: &dyn std::fmt::Display| Refusal::malformed(format!("the file cannot be written: {error}"));
    out.write_record(HEADINGS).map_err(|error| unwritten(&error))?;
    for row in rows {
        out.write_record(record(row).map(|field| harmless(&field))).map_err(|error| unwritten(&error))?;
    }
    out.into_inner().map_err(|error| unwritten(&error))
}

fn record(row: &Row) -> [String; 14] {
    let user = |of: fn(&table::User) -> &String| row.user.as_ref().map(of).cloned().unwrap_or_default();
    let login = |of: fn(&table::Login) -> &String| row.login.as_ref().map(of).cloned().unwrap_or_default();
    [
        user(|user| &user.name),
        user(|user| &user.old_address),
        user(|user| &user.new_address),
        user(|user| &user.login),
        user(|user| &user.language),
        user(|user| &user.state),
        row.user.as_ref().and_then(|user| user.wave.clone()).unwrap_or_default(),
        row.stage.to_string(),
        login(|login| &login.device),
        login(|login| &login.system),
        login(|login| &login.agent),
        row.login.as_ref().map(|login| clients(&login.inventory).join(", ")).unwrap_or_default(),
        row.login.as_ref().and_then(|login| login.last_seen_at).map(|at| at.to_string()).unwrap_or_default(),
        row.last_code.clone().unwrap_or_default(),
    ]
}

/// The installed mail programs with their versions.
pub fn clients(inventory: &Inventory) -> Vec<String> {
    inventory.clients.iter().map(|about| format!("{} {}", about.kind.product(), about.version)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::status::stage::Stage;

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
