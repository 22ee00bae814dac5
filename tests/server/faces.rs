//! What an operator does is the same on every face: dashboard, API and command line change the same, put the same on record and refuse the
//! same. Each story is told once on each face, in a world of its own, and what it left is compared.

mod act;
mod operations;
mod operators;
mod people;
mod projects;
mod reports;
mod stage;
mod told;

use crate::server_support::stories;

use operators::{nobody_locks_themselves_out, operators_are_invited_changed_and_removed, tokens_are_made_and_revoked};
use people::{
    a_code_is_mailed_or_told, computers_are_assigned_and_locked, invitations_need_settings_a_way_and_an_active_user,
    orders_are_given, people_are_added_changed_and_deleted, start_now_needs_a_computer,
    start_now_needs_account_settings, taking_part_is_ended_and_begun_again,
};
use projects::{
    a_projects_name_is_parsed_once, a_waves_name_is_parsed_once, cutovers_are_set_moved_and_removed,
    deleting_is_confirmed_by_the_name, destinations_are_for_administrators, people_are_put_into_waves,
    settings_are_changed, the_activation_code_is_renewed,
};
use reports::{a_mail_that_came_back_is_marked, installers_are_named_alike, reports_are_read_on_record};

stories! {
    a_projects_name_is_parsed_once,
    settings_are_changed,
    destinations_are_for_administrators,
    cutovers_are_set_moved_and_removed,
    deleting_is_confirmed_by_the_name,
    a_waves_name_is_parsed_once,
    people_are_put_into_waves,
    the_activation_code_is_renewed,
    people_are_added_changed_and_deleted,
    taking_part_is_ended_and_begun_again,
    invitations_need_settings_a_way_and_an_active_user,
    a_code_is_mailed_or_told,
    orders_are_given,
    start_now_needs_a_computer,
    start_now_needs_account_settings,
    computers_are_assigned_and_locked,
    operators_are_invited_changed_and_removed,
    nobody_locks_themselves_out,
    tokens_are_made_and_revoked,
    installers_are_named_alike,
    reports_are_read_on_record,
    a_mail_that_came_back_is_marked,
}
