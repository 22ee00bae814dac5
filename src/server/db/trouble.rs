//! What keeps a database from doing its work for a while. Everybody who asks is told to come again.

use crate::server::http::error::Refusal;
use std::io;
use std::time::Duration;

/// How long whoever asks is told to wait: the database comes back by itself,
const AWAY: Duration = Duration::from_secs(5);
/// while somebody has to make room.
const FULL: Duration = Duration::from_secs(30);

/// The database is there, or will be again; nothing is wrong with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No room on its disk.
    Full,
    /// Out of reach, overloaded, or its disk does not work.
    Away,
}

impl Trouble {
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::StorageFull => Some(Self::Full),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Some(Self::Away),
            sqlx::Error::Database(error) => of_code(&error.code()?),
            _ => None,
        }
    }
}

impl From<Trouble> for sqlx::Error {
    fn from(trouble: Trouble) -> Self {
        Self::Io(match trouble {
            Trouble::Full => io::ErrorKind::StorageFull.into(),
            Trouble::Away => io::ErrorKind::NotConnected.into(),
        })
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        match Trouble::of(&error) {
            Some(Trouble::Full) => Self::unavailable("The disk of the server is full", FULL).because(error),
            Some(Trouble::Away) => Self::unavailable("The server's database is out of reach", AWAY).because(error),
            None => Self::unhandled(error),
        }
    }
}

/// `PostgreSQL` has five letters (its documentation, "Error Codes"), `SQLite` a number whose low byte is the kind ("Result
/// and Extended Result Codes").
fn of_code(code: &str) -> Option<Trouble> {
    if code.len() == 5 {
        let away = ["08", "53", "57P", "58", "25006", "25P03", "55P03"];
        return match code {
            "53100" => Some(Trouble::Full),
            code => away.iter().any(|class| code.starts_with(class)).then_some(Trouble::Away),
        };
    }
    match code.parse::<u32>().ok()? {
        // SQLITE_FULL, and the index of its log that cannot grow (SQLITE_IOERR_SHMSIZE).
        13 | 4874 => Some(Trouble::Full),
        // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CANTOPEN.
        code if matches!(code & 0xff, 5 | 6 | 10 | 14) => Some(Trouble::Away),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_from_faults() {
        for (code, trouble) in [
            ("13", Some(Trouble::Full)),
            ("4874", Some(Trouble::Full)),
            ("53100", Some(Trouble::Full)),
            ("5", Some(Trouble::Away)),
            ("778", Some(Trouble::Away)),
            ("57P01", Some(Trouble::Away)),
            ("57P03", Some(Trouble::Away)),
            ("55P03", Some(Trouble::Away)),
            ("2067", None),
            ("1", None),
            ("23505", None),
            ("42P01", None),
        ] {
            assert_eq!(of_code(code), trouble, "{code}");
        }
    }

    #[test]
    fn trouble_that_is_handed_on_stays_what_it_was() {
        for trouble in [Trouble::Full, Trouble::Away] {
            assert_eq!(Trouble::of(&trouble.into()), Some(trouble));
        }
    }
}
