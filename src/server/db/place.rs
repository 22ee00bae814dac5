//! Where a database is: a file, a server, or this process's memory. Its name never holds the password.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use crate::secret::Secret;
use crate::server::db::{MEMORY, OpenError, opening};

/// What has to fit beside a file.
const ROOM: usize = 256 * 1024;
/// How an address of `PostgreSQL` begins.
const POSTGRES: [&str; 2] = ["postgres://", "postgresql://"];

#[derive(Clone)]
pub enum Place {
    Memory,
    File(PathBuf),
    Postgres { url: Secret, options: Box<PgConnectOptions> },
}

impl Place {
    /// A path, [`MEMORY`], or `postgres://user@host:port/database` (`PostgreSQL` documentation, "Connection URIs").
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        if text == MEMORY {
            return Ok(Self::Memory);
        }
        if !POSTGRES.iter().any(|scheme| text.starts_with(scheme)) {
            return Ok(Self::File(text.into()));
        }
        let options = text.parse().map_err(|source| OpenError::Address { source })?;
        Ok(Self::Postgres { url: Secret::new(text), options: Box::new(options) })
    }

    /// Whether `backup` can copy it.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Whether something of some size can be written beside a file.
    pub fn has_room(&self) -> bool {
        let Self::File(path) = self else { return true };
        let trial = opening::trial(path);
        let written = opening::create_private(&trial).and_then(|()| std::fs::write(&trial, vec![0; ROOM]));
        let _ = std::fs::remove_file(&trial); // it may not be there
        written.is_ok()
    }

    /// What the driver opens.
    pub fn url(&self) -> Secret {
        match self {
            Self::Memory => Secret::new(MEMORY),
            Self::File(path) => Secret::new(file_url(path, "rw")),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    /// The same; a file stays as it is.
    pub fn url_to_read(&self) -> Secret {
        match self {
            Self::File(path) => Secret::new(file_url(path, "ro")),
            Self::Memory | Self::Postgres { .. } => self.url(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str(MEMORY),
            Self::File(path) => path.display().fmt(f),
            Self::Postgres { options, .. } => {
                let user = options.get_username();
                let database = options.get_database().unwrap_or(user);
                match options.get_socket() {
                    Some(folder) => write!(f, "postgres://{user}@{}/{database}", folder.display()),
                    None => write!(f, "postgres://{user}@{}:{}/{database}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn file_url(path: &Path, mode: &str) -> String {
    let encoded: String = path.to_string_lossy().bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}"); // writing to a String cannot fail
        }
        url
    });
    format!("sqlite:{encoded}?mode={mode}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_name_tells_everything_but_the_password() {
        let place = Place::parse("postgres://mail:hunter2@db.example:5433/moves").expect("a place");
        assert_eq!(place.to_string(), "postgres://mail@db.example:5433/moves");
        assert!(!format!("{place:?}").contains("hunter2"));
    }

    #[test]
    fn everything_else_is_a_file() {
        for path in ["./mailshift.db", "postgres", "/var/lib/a name.db"] {
            assert_eq!(Place::parse(path).expect("a place").to_string(), path);
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_its_password() {
        for address in ["postgres://mail:hunter2@db.example:port/moves", "postgresql://mail:hunter2/#3@db/moves"] {
            let refused = Place::parse(address).expect_err("no address").to_string();
            assert!(refused.contains("PostgreSQL") && !refused.contains("hunter2"), "{refused}");
        }
    }
}
