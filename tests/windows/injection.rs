//! Every call of the MAPI provider and every write to the registry fails once. Each time the person ends with everything
//! as it was, or with everything done.

use mailshift::demo::Error;
use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;

use super::exchange::{EXCHANGE, default_profile, finish_in_outlook};
use super::journey::{End, SET_UP};
use super::kept::assert_as_before;
use super::stage::{Stage, play};

/// More than any set-up needs: the count has to end by itself.
const MOST: usize = 200;

/// Fewer than that, and the count itself is broken.
const FEWEST: usize = 10;

/// With this, Outlook would open the mailbox that the directory still has: an empty profile is no way out.
pub const NO_EMPTY_PROFILE: &str = r#"Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Outlook\AutoDiscover]
"ZeroConfigExchange"=dword:00000001
"#;

/// One set-up from the wizard's first page, and how it ended. Outlook's assistant is answered where it comes.
fn set_up(stage: &Stage) -> Result<End, Error> {
    stage.commit(None)?;
    let assistant = || stage.screen.window("Welcome to Outlook").is_some();
    let over = || ["confirmation-title", "manual-title"].into_iter().any(|page| stage.shows(page));
    wait("the end of the set-up", SET_UP, || (over() || assistant()).then_some(()))?;
    if assistant() {
        finish_in_outlook(stage)?;
    }
    stage.ended()
}

/// What people may be told: there is no MAPI, or it failed; the registry cannot be written.
fn codes(part: &str) -> &'static [&'static str] {
    if part == "mapi" { &["CFG-17", "CFG-19"] } else { &["CFG-20"] }
}

/// Plays the set-up again and again; the k-th time its k-th call or write fails, until there is no such one any more.
fn each_fails_once(part: &str, other_way: bool, fail_at: impl Fn(&Stage, usize) -> Result<(), Error>) {
    play(EXCHANGE, |stage| {
        if !other_way {
            stage.wine.import(NO_EMPTY_PROFILE)?;
        }
        let mut before = stage.mail_registry()?;
        let old = default_profile(&before);
        stage.until_waiting()?;
        stage.cut_over()?;
        let (mut failed, mut complete) = (0, 0);
        for number in 1..MOST {
            fail_at(stage, number)?;
            let end = set_up(stage)?;
            let reached = stage.noted(part).len() >= number;
            let registry = stage.mail_registry()?;
            match &end {
                End::Manual(code) => {
                    assert!(reached, "{part} {number} was never reached, and yet {code}");
                    assert_as_before(&registry, &before, &format!("{part} {number}, {code}"));
                    assert!(codes(part).contains(&code.as_str()), "{part} {number}, {code}");
                    failed += 1;
                }
                End::Complete(evidence) => {
                    assert!(evidence.default_profile, "{part} {number}");
                    assert_ne!(default_profile(&registry), old, "{part} {number}");
                    complete += usize::from(reached);
                }
            }
            if !reached {
                println!("{part}: {} of {} end well: {failed} as before, {complete} complete", number - 1, number - 1);
                assert!(other_way || failed > 0, "a call of MAPI's that fails has to show");
                assert!(number > FEWEST, "a set-up takes more than {number} of {part}");
                return Ok(());
            }
            println!("{part} {number} ({}): {}", stage.noted(part)[number - 1], end.code());
            fail_at(stage, 0)?;
            back_to_the_first_page(stage, &end)?;
            let after = stage.mail_registry()?;
            assert_as_before(&after, &before, &format!("{part} {number}, undone"));
            // The profiles that were opened stay; the next one has another name.
            before = after;
        }
        panic!("{part} has no end");
    });
}

/// "Try again", or back to the old profile and the operator's order to go again.
fn back_to_the_first_page(stage: &Stage, end: &End) -> Result<(), Error> {
    if matches!(end, End::Complete(_)) {
        stage.undo()?;
        stage.screen.close_window(&stage.word("undo-title-done"))?;
        // It comes up again with the old profile, and would come in front of what follows.
        stage.wait_for_outlook(OLD_ADDRESS)?;
    } else {
        stage.screen.close_window(&stage.word("manual-title"))?;
    }
    stage.office.run(&["retry", PROJECT, OLD_ADDRESS])?;
    stage.turn_to_page("instructions-title")
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn each_mapi_call_fails_once() {
    each_fails_once("mapi", true, |stage, number| stage.provider_is(&format!("fail {number}")));
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn each_mapi_call_fails_once_where_there_is_no_other_way() {
    each_fails_once("mapi", false, |stage, number| stage.provider_is(&format!("fail {number}")));
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn each_registry_write_fails_once() {
    each_fails_once("registry", true, Stage::registry_fails_at);
}
