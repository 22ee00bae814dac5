//! A program that uses the API with a token of a role.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::server_support::{PROJECT, World, problem};

pub struct Client<'a> {
    pub world: &'a World,
    pub token: String,
}

impl<'a> Client<'a> {
    /// An operator of this role with a token, as it is in the database when both were made in the dashboard; of an
    /// administrator, one that may manage operators and tokens.
    pub async fn new(world: &'a World, role: &str) -> Self {
        let (operator, token) = (uuid::Uuid::now_v7().to_string(), format!("mailshift_{}", uuid::Uuid::new_v4()));
        let hash: String = Sha256::digest(&token).iter().map(|byte| format!("{byte:02x}")).collect();
        let db = world.db().await;
        let mut tx = db.write().await.expect("a transaction");
        sqlx::query(
            "INSERT INTO operator (id, name, name_key, role, password_hash, created_at) VALUES ($1, $2, $2, $3, 'x', 0)",
        )
        .bind(&operator)
        .bind(format!("{role} {operator}"))
        .bind(role)
        .execute(&mut *tx)
        .await
        .expect("an operator");
        sqlx::query(
            "INSERT INTO api_token (id, operator_id, name, role, token_hash, created_at, expires_at, manages)
             VALUES ($1, $2, 'test', $3, $4, 0, 4102444800000, 1)",
        )
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(&operator)
        .bind(role)
        .bind(hash)
        .execute(&mut *tx)
        .await
        .expect("a token");
        tx.commit().await.expect("committed");
        db.close().await;
        Self { world, token }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.world.request(method, path).bearer_auth(&self.token)
    }

    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        self.request(method, path).json(body).send().await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.expect("an answer");
        answer(response, StatusCode::OK).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Value {
        answer(self.send(Method::PUT, path, body).await, StatusCode::OK).await
    }

    pub async fn post(&self, path: &str, body: &Value, status: StatusCode) -> Value {
        answer(self.send(Method::POST, path, body).await, status).await
    }

    /// The problem document of a call that must be refused with this status.
    pub async fn refused(&self, method: Method, path: &str, body: &Value, status: StatusCode) -> Value {
        let problem = problem(self.send(method, path, body).await).await;
        assert_eq!(problem["status"], status.as_u16(), "{problem}");
        problem
    }

    /// The path of the world's project.
    pub async fn project(&self) -> String {
        let all = self.get("/api/projects").await;
        let items = all["items"].as_array().expect("projects");
        let project = items.iter().find(|project| project["name"] == PROJECT).expect("the project");
        format!("/api/projects/{}", project["id"].as_str().expect("an id"))
    }
}

async fn answer(response: Response, status: StatusCode) -> Value {
    let (seen, text) = (response.status(), response.text().await.expect("text"));
    assert_eq!(seen, status, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// The fields that a refusal names.
pub fn faults(problem: &Value) -> Vec<&str> {
    let faults = problem["faults"].as_array().map(Vec::as_slice).unwrap_or_default();
    faults.iter().filter_map(|fault| fault["field"].as_str()).collect()
}
