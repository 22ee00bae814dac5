//! Who a login is: every way to become a user, and which of them counts.

pub mod assignment;
pub mod letter;
pub mod method;
pub mod overrides;
pub mod refusal;
pub mod resolve;

use serde::{Deserialize, Serialize};

use method::Method;

/// Whether a user takes part in the move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = UserState)]
pub enum State {
    Active,
    /// Says the organisation's list.
    Inactive,
    /// Says an operator.
    Suspended,
}

impl State {
    /// As it is in the database and in the organisation's list.
    pub fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Suspended => "suspended",
        }
    }

    pub fn of(id: &str) -> Option<Self> {
        [Self::Active, Self::Inactive, Self::Suspended].into_iter().find(|state| state.id() == id)
    }
}

/// What is known about whose a login may be. Only active users are in here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Every login of the project is this user's.
    pub project_lock: Option<String>,
    /// Every login of the computer is this user's.
    pub device_lock: Option<String>,
    /// Waits for this login.
    pub login_assignment: Option<Assignment>,
    /// Waits for whichever login of the computer asks first.
    pub device_assignment: Option<Assignment>,
    /// Who it is at present.
    pub signed_in: Option<String>,
    /// The one user of the project whose directory login this is.
    pub directory_match: Option<String>,
}

/// A user waiting to be collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: String,
    pub user: String,
    /// Who has made it.
    pub by: Method,
}

/// Who a login is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    pub user: Option<String>,
    /// The assignment that is used up by this.
    pub consumed: Option<String>,
    /// How that was found; none for who was signed in already.
    pub by: Option<Method>,
}

/// Decides who a login is. What an operator has locked stands above what an operator has assigned once, and that above
/// what the person or the directory says.
pub fn resolve(claims: &Claims) -> Resolution {
    let is = |by: Option<Method>| move |user: &String| Resolution { user: Some(user.clone()), consumed: None, by };
    let becomes = |assignment: &Assignment| Resolution {
        user: Some(assignment.user.clone()),
        consumed: Some(assignment.id.clone()),
        by: Some(assignment.by),
    };
    claims
        .project_lock
        .as_ref()
        .or(claims.device_lock.as_ref())
        .map(is(Some(Method::Machine)))
        .or_else(|| claims.login_assignment.as_ref().or(claims.device_assignment.as_ref()).map(becomes))
        .or_else(|| claims.signed_in.as_ref().map(is(None)))
        .or_else(|| claims.directory_match.as_ref().map(is(Some(Method::Match))))
        .unwrap_or_default()
}

/// What a directory login is found by: without the domain before it (`OFFICE\anna`), and letters' case does not matter.
pub fn login_key(login: &str) -> String {
    login.rsplit('\\').next().unwrap_or_default().trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(id: &str) -> Assignment {
        let by = if id == "c" { Method::Operator } else { Method::Machine };
        Assignment { id: format!("assignment of {id}"), user: id.into(), by }
    }

    #[test]
    fn each_claim_stands_above_those_after_it() {
        let mut claims = Claims {
            project_lock: Some("a".into()),
            device_lock: Some("b".into()),
            login_assignment: Some(assigned("c")),
            device_assignment: Some(assigned("d")),
            signed_in: Some("e".into()),
            directory_match: Some("f".into()),
        };
        let mut order = Vec::new();
        let (mut used, mut by) = (Vec::new(), Vec::new());
        let weaken: [fn(&mut Claims); 6] = [
            |claims| claims.project_lock = None,
            |claims| claims.device_lock = None,
            |claims| claims.login_assignment = None,
            |claims| claims.device_assignment = None,
            |claims| claims.signed_in = None,
            |claims| claims.directory_match = None,
        ];
        for without in weaken {
            let resolution = resolve(&claims);
            order.push(resolution.user.expect("a user"));
            used.extend(resolution.consumed);
            by.push(resolution.by.map_or("", Method::id));
            without(&mut claims);
        }
        assert_eq!(order, ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(used, ["assignment of c", "assignment of d"], "only assignments are used up");
        assert_eq!(by, ["machine", "machine", "operator", "machine", "", "match"]);
        assert_eq!(resolve(&claims), Resolution::default(), "nobody is nobody");
    }

    #[test]
    fn a_domain_and_the_case_of_letters_make_no_other_login() {
        for login in ["anna", "ANNA", r"OFFICE\Anna", r"office.example\anna "] {
            assert_eq!(login_key(login), "anna", "{login}");
        }
        assert_eq!(login_key(r"OFFICE\"), "");
        assert_ne!(login_key("anna.e"), "anna");
    }
}
