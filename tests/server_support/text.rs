//! A database as the text of a script that makes it.

use std::fmt::Write;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, raw_sql};

use super::{Store, World};

impl World {
    /// Everything in the database, as statements. No server may run.
    pub async fn script(&self) -> String {
        match &self.store {
            Store::Postgres(database) => database.script(),
            Store::File(_) => sqlite(&mut self.connection().await).await,
        }
    }

    /// Makes what the script says, in a database that is not there yet.
    pub async fn load(&self, script: &str) {
        match &self.store {
            Store::Postgres(database) => database.load(std::path::Path::new(&self.file("script.sql", script))),
            Store::File(_) => {
                let mut connection = self.connection().await;
                raw_sql(AssertSqlSafe(script)).execute(&mut connection).await.expect("the script");
                connection.close().await.expect("written");
            }
        }
    }

    async fn connection(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.database()).create_if_missing(true).foreign_keys(false);
        SqliteConnection::connect_with(&options).await.expect("a database")
    }
}

async fn sqlite(connection: &mut SqliteConnection) -> String {
    let made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, rowid";
    let made: Vec<(String, String, String)> = sqlx::query_as(made).fetch_all(&mut *connection).await.expect("tables");
    let mut script = String::from("PRAGMA foreign_keys = OFF;\n");
    for (kind, name, statement) in made {
        writeln!(script, "{statement};").expect("written");
        if kind == "table" {
            let columns = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{name}')"));
            let columns: Vec<String> = sqlx::query_scalar(columns).fetch_all(&mut *connection).await.expect("columns");
            let values: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
            let rows = AssertSqlSafe(format!("SELECT {} FROM {name} ORDER BY rowid", values.join(" || ', ' || ")));
            let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *connection).await.expect("rows");
            let columns = columns.join(", ");
            script.extend(rows.iter().map(|row| format!("INSERT INTO {name} ({columns})\n    VALUES ({row});\n")));
        }
    }
    script
}
