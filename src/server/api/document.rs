//! What is the same for all operations in the `OpenAPI` document: who may call, and how calls are refused.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::problem::MEDIA_TYPE;

/// The name of the way to sign in.
const TOKEN: &str = "token";

/// Statuses of problem documents, with what each means here.
const REFUSALS: [(&str, &str); 12] = [
    ("400", "The request cannot be read."),
    ("401", "The token is missing, wrong or has expired."),
    ("403", "The token's role does not allow it."),
    ("404", "There is no such thing."),
    ("405", "The method does not fit."),
    ("409", "It does not fit what is there already."),
    ("413", "The body is larger than 256 KiB."),
    ("415", "The body is of another media type."),
    ("422", "Fields cannot work: `faults` names each."),
    ("429", "Asked too often: wait as `Retry-After` says."),
    ("500", "An error of the server; `incident` finds it in the server's log."),
    ("503", "The server is busy, or the request took longer than its limit."),
];

/// A refusal (RFC 9457).
#[derive(ToSchema)]
#[allow(dead_code)] // describes `crate::problem::Problem`, which is also the agent's and does not know of this document
struct Problem {
    #[schema(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: Option<String>,
    /// A response code of `/api/codes`.
    code: String,
    /// Finds an error of the server in its log.
    incident: Option<Uuid>,
    faults: Option<Vec<Fault>>,
}

/// A place in a request that cannot work.
#[derive(ToSchema)]
#[allow(dead_code)] // as above
struct Fault {
    /// Path of the field, or name of the column.
    field: String,
    /// Line of a file, from 1.
    #[schema(minimum = 1)]
    line: Option<u64>,
    /// What to do about it.
    remedy: String,
}

/// Completes the document that the operations make.
pub fn completed(mut document: OpenApi) -> OpenApi {
    document.info.title = "Mailshift".into();
    document.info.description =
        Some("The operator's side of a Mailshift server, for programs. Times are RFC 3339, in UTC.".into());
    document.info.version = env!("CARGO_PKG_VERSION").into();
    document.info.license = None;
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".into(), Problem::schema());
    components.schemas.insert("Fault".into(), Fault::schema());
    for (status, description) in REFUSALS {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build();
        components.responses.insert(response_name(status), response.into());
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of an operator.")).build();
    components.security_schemes.insert(TOKEN.into(), SecurityScheme::Http(bearer).into());
    for (path, item) in &mut document.paths.paths {
        let in_path = path.contains('{');
        for operation in operations(item) {
            complete(operation, in_path);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// Adds what can happen to any operation of this shape.
fn complete(operation: &mut Operation, in_path: bool) {
    let public = operation.security.as_ref().is_some_and(Vec::is_empty);
    let in_query = operation.parameters.iter().flatten().count() > 0;
    let in_body = operation.request_body.is_some();
    let mut statuses = vec!["405", "500", "503"];
    if !public {
        statuses.extend(["401", "403"]);
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, [])]);
    }
    if in_path {
        statuses.push("404");
    }
    if in_query || in_body {
        statuses.push("400");
    }
    if in_body {
        statuses.extend(["413", "415", "422"]);
    }
    let responses = &mut operation.responses.responses;
    for status in statuses {
        responses.entry(status.into()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(response_name(status))));
    }
    // What an operation adds itself is described in the same way.
    for (status, _) in REFUSALS {
        if let Some(response) = responses.get_mut(status) {
            let own = match &*response {
                RefOr::T(own) if !own.description.is_empty() => Some(own.description.clone()),
                _ => None,
            };
            *response = RefOr::Ref(Ref::from_response_name(response_name(status)));
            if let (Some(own), RefOr::Ref(reference)) = (own, response) {
                reference.description = own;
            }
        }
    }
}

fn response_name(status: &str) -> String {
    format!("Refused{status}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem;

    #[test]
    fn the_description_of_a_problem_has_its_fields() {
        let mut problem = problem::Problem::new(problem::ResponseCode::FieldFaults);
        problem.detail = Some("detail".into());
        problem.incident = Some(Uuid::nil());
        problem.faults = vec![problem::Fault { field: "a".into(), line: Some(1), remedy: "b".into() }];
        let (told, described) = (serde_json::to_value(problem), serde_json::to_value(Problem::schema()));
        let (told, described) = (told.expect("JSON"), described.expect("JSON"));
        let names = |value: &serde_json::Value| value.as_object().expect("fields").keys().cloned().collect::<Vec<_>>();
        let mut fields = names(&told);
        let mut properties = names(&described["properties"]);
        fields.sort();
        properties.sort();
        assert_eq!(fields, properties);
    }
}
