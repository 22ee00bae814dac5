//! Operators: who may use the dashboard and the API, and as what. Signing in, sessions, second factors, tokens.

pub mod account;
pub mod audit;
pub mod link;
pub mod password;
mod seal;
pub mod second_factor;
pub mod session;
pub mod sign_in;
mod throttle;
pub mod token;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::server::http::error::Refusal;

pub use throttle::Throttle;

/// What somebody may do; each may what the ones before it may.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Look.
    #[default]
    Viewer,
    /// Change projects and give orders.
    Operator,
    /// Manage operators, and read what they did.
    Administrator,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Administrator];

    /// As the database, the API and the command line have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// What nobody wrote counts as the least.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|role| role.name() == name).unwrap_or_default()
    }

    /// Change projects and give orders.
    pub fn may_operate(self) -> bool {
        self >= Self::Operator
    }

    /// Everything.
    pub fn may_administer(self) -> bool {
        self >= Self::Administrator
    }

    /// For people.
    pub fn label(self, words: &crate::server::http::i18n::Words) -> String {
        words.text(match self {
            Self::Viewer => "role-viewer",
            Self::Operator => "role-operator",
            Self::Administrator => "role-administrator",
        })
    }
}

impl Role {
    /// What it allows, for people.
    pub fn meaning(self, words: &crate::server::http::i18n::Words) -> String {
        words.text(match self {
            Self::Viewer => "role-viewer-meaning",
            Self::Operator => "role-operator-meaning",
            Self::Administrator => "role-administrator-meaning",
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

const COMMAND_LINE: &str = "command-line";

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Of the operator.
    pub id: String,
    /// As the record shows it.
    pub name: String,
    pub role: Role,
}

impl Actor {
    /// Whoever may run commands on the server's own computer.
    pub fn command_line() -> Self {
        Self { id: COMMAND_LINE.into(), name: "command line".into(), role: Role::Administrator }
    }

    pub fn is_command_line(&self) -> bool {
        self.id == COMMAND_LINE
    }

    /// Whoever follows a one-time link, until the link has said who that is.
    pub fn newcomer() -> Self {
        Self { id: "newcomer".into(), name: "newcomer".into(), role: Role::Viewer }
    }

    /// Refuses whoever may only look: for pages that lead to an operation.
    pub fn operates(&self) -> Result<(), Refusal> {
        self.may(Role::Operator)
    }

    /// Whether buttons of operations are shown.
    pub fn may_operate(&self) -> bool {
        self.role.may_operate()
    }

    /// What they can have, or let a token have.
    pub fn roles(&self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(|role| *role <= self.role)
    }

    /// Refuses when the role is lower than the needed one.
    pub fn may(&self, needed: Role) -> Result<(), Refusal> {
        if self.role >= needed { Ok(()) } else { Err(Refusal::role_needed(needed.name())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;

    #[test]
    fn a_role_may_what_lower_ones_may() {
        let actor = |role| Actor { id: String::new(), name: String::new(), role };
        assert!(actor(Role::Administrator).may(Role::Operator).is_ok());
        assert!(actor(Role::Operator).may(Role::Operator).is_ok());
        let refused = actor(Role::Viewer).may(Role::Operator);
        assert!(refused.as_ref().is_err_and(|refusal| refusal.code() == ResponseCode::RoleTooLow), "{refused:?}");
    }
}
