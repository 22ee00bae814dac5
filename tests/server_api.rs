//! The API over HTTP, on each database.
#[path = "api/access.rs"]
mod access;
#[path = "api/client.rs"]
mod client;
#[path = "api/fuzzing.rs"]
mod fuzzing;
#[path = "api/projects.rs"]
mod projects;
mod server_support;

use access::{
    a_viewer_looks_and_changes_nothing, the_document_describes_every_operation_once, what_cannot_be_read_is_named,
    without_a_right_token_nothing_is_told,
};
use projects::{
    a_project_is_created_shown_and_listed_in_parts, no_token_makes_the_server_run_programs_or_send_files,
    settings_that_cannot_work_are_named_by_their_fields, the_cutover_reaches_the_agents,
};

server_support::stories!(
    without_a_right_token_nothing_is_told,
    a_viewer_looks_and_changes_nothing,
    what_cannot_be_read_is_named,
    the_document_describes_every_operation_once,
    a_project_is_created_shown_and_listed_in_parts,
    settings_that_cannot_work_are_named_by_their_fields,
    no_token_makes_the_server_run_programs_or_send_files,
    the_cutover_reaches_the_agents,
);
