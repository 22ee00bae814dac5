//! A database that refuses to write into some of its tables.

use std::collections::BTreeMap;

use mailshift::server::Db;
use sqlx::AssertSqlSafe;

use crate::server_support::{Backend, World};

/// Who was seen when, and which code of the second step was used, is no deed of an operator.
const SEEN: [&str; 3] = ["used_at", "last_seen_at", "totp_step"];

pub struct Record {
    on: Backend,
    db: Db,
    tables: Vec<String>,
}

impl Record {
    pub async fn of(world: &World, on: Backend) -> Self {
        let db = world.db().await;
        let query = match on {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '!_%'
                 ESCAPE '!'"
            }
            Backend::Postgres => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()
                 AND tablename NOT LIKE '!_%' ESCAPE '!'"
            }
        };
        let tables: Vec<String> = sqlx::query_scalar(query).fetch_all(db.pool()).await.expect("tables");
        assert!(tables.len() > 20 && tables.iter().any(|table| table == "audit"), "{tables:?}");
        let record = Self { on, db, tables };
        if on == Backend::Postgres {
            let refuse =
                "CREATE FUNCTION refuse() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''refused''; END' LANGUAGE plpgsql";
            record.run(refuse.into()).await;
        }
        record
    }

    /// Tries it three times: nothing is on record when it cannot be written, nothing is written when it cannot be put on
    /// record, and at last both happen.
    pub async fn is_kept(&self, what: &str, perform: impl AsyncFn() -> bool) {
        let others: Vec<&String> = self.tables.iter().filter(|table| *table != "audit").collect();
        let entries = self.entries().await;
        self.refuse(&others).await;
        assert!(!perform().await, "{what}: done although it could not be written");
        self.mend(&others).await;
        assert_eq!(self.entries().await, entries, "{what}: on record although it could not be written");

        let audit = [&"audit".to_owned()];
        let before = self.contents().await;
        self.refuse(&audit).await;
        assert!(!perform().await, "{what}: done although it could not be put on record");
        self.mend(&audit).await;
        let after = self.contents().await;
        for (table, rows) in &before {
            assert_eq!(&after[table], rows, "{what}: {table} has changed although it could not be put on record");
        }

        assert!(perform().await, "{what} is possible");
        assert!(self.entries().await > entries, "{what} is not on record");
    }

    pub async fn entries(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM audit").fetch_one(self.db.pool()).await.expect("a number")
    }

    /// Lets no mail be sent while the story is told.
    pub async fn hold_mail(&self) {
        let query = "SELECT settings FROM project ORDER BY id LIMIT 1";
        let text: String = sqlx::query_scalar(query).fetch_one(self.db.pool()).await.expect("settings");
        let mut settings: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(settings["smtp"]["per_minute"].is_number(), "{settings}");
        settings["smtp"]["per_minute"] = 0.into();
        let mut tx = self.db.write().await.expect("a turn");
        let query = sqlx::query("UPDATE project SET settings = $1").bind(settings.to_string());
        query.execute(&mut *tx).await.expect("done");
        tx.commit().await.expect("done");
    }

    /// Changes the database behind the server's back.
    pub async fn run(&self, statement: String) {
        let mut tx = self.db.write().await.expect("a turn");
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await.expect("done");
        tx.commit().await.expect("done");
    }

    async fn refuse(&self, tables: &[&String]) {
        for table in tables {
            match self.on {
                Backend::Postgres => {
                    let when = "BEFORE INSERT OR UPDATE OR DELETE";
                    let trigger = format!(
                        "CREATE TRIGGER refuse {when} ON {table} FOR EACH ROW WHEN (pg_trigger_depth() = 0)
                         EXECUTE FUNCTION refuse()"
                    );
                    self.run(trigger).await;
                }
                Backend::Sqlite => {
                    for when in ["INSERT", "UPDATE", "DELETE"] {
                        self.run(format!(
                            "CREATE TRIGGER refuse_{table}_{when} BEFORE {when} ON {table}
                             BEGIN SELECT RAISE(ABORT, 'refused'); END"
                        ))
                        .await;
                    }
                }
            }
        }
    }

    async fn mend(&self, tables: &[&String]) {
        for table in tables {
            match self.on {
                Backend::Postgres => self.run(format!("DROP TRIGGER refuse ON {table}")).await,
                Backend::Sqlite => {
                    for when in ["INSERT", "UPDATE", "DELETE"] {
                        self.run(format!("DROP TRIGGER refuse_{table}_{when}")).await;
                    }
                }
            }
        }
    }

    /// Every row of every table but the record itself.
    pub async fn contents(&self) -> BTreeMap<String, Vec<String>> {
        let mut contents = BTreeMap::new();
        for table in self.tables.iter().filter(|table| *table != "audit") {
            let query = match self.on {
                Backend::Postgres => {
                    let seen: String = SEEN.iter().map(|column| format!(" - '{column}'")).collect();
                    format!("SELECT (to_jsonb(t){seen})::text FROM {table} t ORDER BY 1")
                }
                Backend::Sqlite => {
                    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                    let columns: Vec<String> =
                        sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(self.db.pool()).await.expect("columns");
                    let kept: Vec<String> =
                        columns.into_iter().filter(|column| !SEEN.contains(&column.as_str())).collect();
                    format!("SELECT json_array({}) FROM {table} ORDER BY 1", kept.join(", "))
                }
            };
            let rows: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(self.db.pool()).await.expect("rows");
            contents.insert(table.clone(), rows);
        }
        contents
    }
}
