//! Ending the connections, so that a file is whole by itself.

use sqlx::{AnyConnection, Connection, Executor};

use crate::server::db::Db;
use crate::server::db::opening::with_end;
use crate::server::db::place::Place;

/// The end of the name of the file in which `SQLite` keeps what is not in the database's own yet.
const LOG: &str = "-wal";

impl Db {
    /// Ends all connections. Afterwards a file holds everything by itself, as long as no other process has it open.
    pub async fn close(&self) {
        self.pool.close().await;
        let Place::File(path) = &self.place else { return };
        // The last connection writes the log into the file (`SQLite` documentation, "Write-Ahead Logging"). Of two that
        // close at the same moment, each may take the other for the last.
        if with_end(path, LOG).exists()
            && let Err(error) = connect_once(&self.place).await
        {
            tracing::warn!(%error, "the database's log stays beside it and is read at the next start");
        }
    }
}

async fn connect_once(place: &Place) -> Result<(), sqlx::Error> {
    let mut last = AnyConnection::connect(place.url().reveal()).await?;
    last.execute("PRAGMA schema_version").await?;
    last.close().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_log_that_the_last_connections_have_left_is_written_into_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let db = Db::create(path.to_string_lossy()).await.expect("a database").0;
        sqlx::query("UPDATE instance SET epoch = 7").execute(db.pool()).await.expect("written");
        let left = [path.clone(), with_end(&path, LOG)].map(|file| (std::fs::read(&file).expect("there"), file));
        db.pool().close().await;
        assert!(!with_end(&path, LOG).exists());
        // As when each of two took the other for the last.
        for (bytes, file) in left {
            std::fs::write(file, bytes).expect("written");
        }
        db.close().await;
        assert!(!with_end(&path, LOG).exists());
        let db = Db::open(path.to_string_lossy()).await.expect("whole");
        let epoch: i64 = sqlx::query_scalar("SELECT epoch FROM instance").fetch_one(db.pool()).await.expect("a number");
        assert_eq!(epoch, 7);
        db.close().await;
    }
}
