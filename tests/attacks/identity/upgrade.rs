//! Databases of versions that did not know how a login was identified.

use std::borrow::Cow;

use mailshift::server::Db;
use sqlx::AnyPool;
use sqlx::migrate::Migrator;

use crate::server_support::postgres::Database;
use crate::server_support::{Backend, cli, stories};

stories! {
    what_was_not_proved_before_is_not_proved_by_an_upgrade,
}

/// The last version without it.
const BEFORE: i64 = 10;

const DATA: [&str; 9] = [
    "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ('p', 'Example', '{}', 'ABCDEFGHJK', 1)",
    "INSERT INTO project_user (id, project_id, name, old_address, new_address, old_key, new_key, login, language,
     created_at) VALUES ('anna', 'p', 'Anna', 'a@old.example', 'a@new.example', 'a@old.example', 'a@new.example', 'anna',
     'en', 1), ('joerg', 'p', 'Jörg', 'j@old.example', 'j@new.example', 'j@old.example', 'j@new.example', 'joerg', 'de', 1)",
    "INSERT INTO code (id, user_id, public_id, secret_hash, tries_left, created_at, expires_at, sent_by, used_at, used_by)
     VALUES ('c1', 'anna', 'AAAA', 'x', 5, 1, 9, 'mail', 2, 'by-code'), ('c2', 'anna', 'BBBB', 'x', 5, 1, 9, 'mail', 2,
     'signed-in'), ('c3', 'joerg', 'CCCC', 'x', 5, 1, 9, 'mail', 2, 'taken-over')",
    "INSERT INTO device (id, project_id, machine, name, system, created_at) VALUES ('d', 'p', 'm', 'pc', 'linux', 1)",
    "INSERT INTO login (id, device_id, user_id, code_id, token_hash, state, name, agent, language, created_at) VALUES
     ('by-code', 'd', 'anna', 'c1', 't1', 'bound', 'x', '1', 'en', 1),
     ('signed-in', 'd', 'anna', NULL, 't2', 'bound', 'x', '1', 'en', 1),
     ('taken-over', 'd', 'anna', 'c3', 't3', 'bound', 'x', '1', 'en', 1),
     ('matched', 'd', 'anna', NULL, 't4', 'bound', 'anna', '1', 'en', 1),
     ('nobodys', 'd', NULL, NULL, 't5', 'bound', 'y', '1', 'en', 1)",
    "INSERT INTO assignment (id, device_id, login_id, user_id, created_at) VALUES ('a', 'd', 'nobodys', 'anna', 1)",
    "INSERT INTO confirmation (id, token_hash, login_id, user_id, created_at, expires_at) VALUES ('k', 'h', 'nobodys',
     'anna', 1, 9999999999999)",
    "INSERT INTO mailing (id, project_id, user_id, kind, state, address, code_id, tries, created_at, due_at, sent_at)
     VALUES ('m1', 'p', 'anna', 'invitation', 'sent', 'a@old.example', 'c1', 1, 1, 1, 2)",
    "INSERT INTO mailing (id, project_id, user_id, kind, state, address, tries, created_at, due_at, trouble)
     VALUES ('m2', 'p', 'joerg', 'reminder', 'failed', 'j@old.example', 3, 1, 1, 'no such mailbox')",
];

/// H1, H3: only codes that were spent on a login count as proof; links of before end; every mail is still on record.
async fn what_was_not_proved_before_is_not_proved_by_an_upgrade(on: Backend) {
    let folder = tempfile::tempdir().expect("a folder");
    let postgres = (on == Backend::Postgres).then(Database::new);
    let file = folder.path().join("mailshift.db").to_string_lossy().into_owned();
    let database = postgres.as_ref().map_or(file, Database::url);
    sqlx::any::install_default_drivers();
    let url = if database.contains("://") { database.clone() } else { format!("sqlite://{database}?mode=rwc") };
    let pool = AnyPool::connect(&url).await.expect("a database");
    let all: Migrator = sqlx::migrate!("src/server/schema");
    let earlier: Vec<_> = all.iter().filter(|migration| migration.version <= BEFORE).cloned().collect();
    assert!(earlier.len() > 5, "there is something before");
    let before = Migrator { migrations: Cow::Owned(earlier), ..Migrator::DEFAULT };
    before.run(&pool).await.expect("the schema of before");
    for statement in DATA {
        sqlx::query(statement).execute(&pool).await.expect(statement);
    }
    pool.close().await;

    let migrated = cli(&database, &["migrate"]);
    assert!(migrated.status.success(), "{migrated:?}");
    let db = Db::open(&database).await.expect("brought up to date");
    let found: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT id, identified FROM login ORDER BY id").fetch_all(db.pool()).await.expect("logins");
    let found: Vec<_> = found.iter().map(|(id, by)| (id.as_str(), by.as_deref())).collect();
    let expected = [
        ("by-code", Some("code")),
        ("matched", Some("match")),
        ("nobodys", None),
        ("signed-in", Some("code")),
        ("taken-over", Some("match")),
    ];
    assert_eq!(found, expected);
    let waiting: String =
        sqlx::query_scalar("SELECT identified FROM assignment").fetch_one(db.pool()).await.expect("an assignment");
    assert_eq!(waiting, "machine");
    let open: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM registration").fetch_one(db.pool()).await.expect("a number");
    assert_eq!(open, 0, "a link without digits is of no use");
    let mails: Vec<(String, String, Option<String>, Option<String>)> =
        sqlx::query_as("SELECT id, user_id, code_id, trouble FROM mailing ORDER BY id")
            .fetch_all(db.pool())
            .await
            .expect("mails");
    assert_eq!(mails[0], ("m1".into(), "anna".into(), Some("c1".into()), None));
    assert_eq!(mails[1], ("m2".into(), "joerg".into(), None, Some("no such mailbox".into())));
    db.close().await;
}
