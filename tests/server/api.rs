//! The API over HTTP, on each database.

mod access;
mod fuzzing;
mod operators;
mod people;
mod projects;

use access::{
    a_viewer_looks_and_changes_nothing, the_document_describes_every_operation_once, what_cannot_be_read_is_named,
    without_a_right_token_nothing_is_told,
};
use operators::{a_token_works_until_it_is_revoked, administrators_invite_others_and_cannot_lock_themselves_out};
use people::{
    a_file_is_looked_over_before_it_is_imported, a_wave_has_a_cutover_of_its_own,
    actions_have_an_outcome_for_each_computer, invitations_wait_in_the_queue_and_are_listed,
    people_are_added_found_and_changed,
};
use projects::{
    a_project_is_created_shown_and_listed_in_parts, no_token_makes_the_server_run_programs_or_send_files,
    settings_that_cannot_work_are_named_by_their_fields, the_cutover_reaches_the_agents,
};

crate::server_support::stories!(
    without_a_right_token_nothing_is_told,
    a_viewer_looks_and_changes_nothing,
    what_cannot_be_read_is_named,
    the_document_describes_every_operation_once,
    a_project_is_created_shown_and_listed_in_parts,
    settings_that_cannot_work_are_named_by_their_fields,
    no_token_makes_the_server_run_programs_or_send_files,
    the_cutover_reaches_the_agents,
    people_are_added_found_and_changed,
    a_file_is_looked_over_before_it_is_imported,
    a_wave_has_a_cutover_of_its_own,
    actions_have_an_outcome_for_each_computer,
    invitations_wait_in_the_queue_and_are_listed,
    administrators_invite_others_and_cannot_lock_themselves_out,
    a_token_works_until_it_is_revoked,
);
