//! A project with many people, straight in the database.

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::SignedDuration;
use serde_json::json;
use sqlx::AnyConnection;

use crate::code::{self, ALPHABET, AuthenticationCode};
use crate::server::db::hash::HashError;
use crate::server::db::{self, Db};
use crate::server::load_test::SimulationError;
use crate::server::name::Name;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::codes::TRIES;
use crate::server::projects::{self, Settings};

/// How long the codes are valid.
const VALID: SignedDuration = SignedDuration::from_hours(24);
/// Memory of Argon2 in KiB: the least there is. The server computes with what the hash says, so it is as cheap there.
const MEMORY: u32 = Params::MIN_M_COST;

/// Makes the project; its id, and one code for each person.
pub async fn make(db: &Db, people: u32) -> Result<(String, Vec<AuthenticationCode>), SimulationError> {
    let name = format!("Simulation {}", db::now());
    let argon2 =
        Argon2::new(Algorithm::default(), Version::default(), Params::new(MEMORY, 1, 1, None).unwrap_or_default());
    let mut codes = Vec::new();
    let actor = Actor::command_line();
    let project = projects::create(db, &actor, &Name::parse(&name)?, &settings()?, None).await?;
    let mut tx = Operation::begin(db, &actor, Role::Operator).await?;
    for number in 0..people {
        let code = random_code(number)?;
        person(&mut tx, &project, number, &code, &hashed(&argon2, &code)?).await?;
        codes.push(code);
    }
    tx.record(Some(&project), "user.import", &name, &format!("{people} simulated")).await?;
    tx.commit().await?;
    Ok((project, codes))
}

/// Orders that the cutover has become.
pub async fn orders(db: &Db, project: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM user_order o JOIN project_user u ON u.id = o.user_id
         WHERE u.project_id = $1 AND o.cause = 'cutover'",
    )
    .bind(project)
    .fetch_one(db.pool())
    .await
}

fn settings() -> Result<Settings, serde_json::Error> {
    let server = |protocol, port| {
        json!({"protocol": protocol, "host": "mail.new.example", "port": port, "security": "tls",
               "authentication": "password", "username": "%EMAILADDRESS%"})
    };
    serde_json::from_value(json!({"account": {"incoming": server("imap", 993), "outgoing": server("smtp", 465)}}))
}

/// The public part is the number, so that no two are the same.
fn random_code(number: u32) -> Result<AuthenticationCode, HashError> {
    let mut random = [0; code::PUBLIC + code::SECRET];
    getrandom::fill(&mut random).map_err(HashError::Randomness)?;
    let digits = ALPHABET.len().ilog2();
    for (place, byte) in random.iter_mut().take(code::PUBLIC).enumerate() {
        *byte = u8::try_from(number >> (digits * u32::try_from(place).unwrap_or(0)) & 31).unwrap_or(0);
    }
    Ok(AuthenticationCode::from_random(random))
}

fn hashed(argon2: &Argon2<'_>, code: &AuthenticationCode) -> Result<String, HashError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(HashError::Randomness)?;
    let salt = SaltString::encode_b64(&salt).map_err(HashError::Hash)?;
    let secret = &code.reveal().as_bytes()[code::PUBLIC..];
    Ok(argon2.hash_password(secret, &salt).map_err(HashError::Hash)?.to_string())
}

async fn person(
    tx: &mut AnyConnection,
    project: &str,
    number: u32,
    code: &AuthenticationCode,
    hash: &str,
) -> Result<(), sqlx::Error> {
    let (user, now) = (db::new_id(), db::now());
    let (old, new) = (format!("user{number}@old.example"), format!("user{number}@new.example"));
    sqlx::query(
        "INSERT INTO project_user (id, project_id, name, old_address, new_address, old_key, new_key, login, language,
         created_at) VALUES ($1, $2, $3, $4, $5, $4, $5, $6, 'en', $7)",
    )
    .bind(&user)
    .bind(project)
    .bind(format!("Simulated {number}"))
    .bind(old)
    .bind(new)
    .bind(format!("user{number}"))
    .bind(now.as_millisecond())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO code (id, user_id, public_id, secret_hash, tries_left, created_at, expires_at, sent_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'operator')",
    )
    .bind(db::new_id())
    .bind(user)
    .bind(code.public())
    .bind(hash)
    .bind(TRIES)
    .bind(now.as_millisecond())
    .bind(now.checked_add(VALID).unwrap_or(now).as_millisecond())
    .execute(&mut *tx)
    .await
    .map(|_| ())
}
