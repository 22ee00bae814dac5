//! The agent's side, with children that behave as bad providers make them behave.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use super::*;
use crate::mail::script::tests::runtime;
use crate::problem::ResponseCode;

/// Ends a child that hangs, in these tests.
const SHORT: Duration = Duration::from_millis(500);
/// Never reached, in these tests.
const LONG: Duration = Duration::from_secs(30);

fn create() -> Job {
    Job::Create {
        profile: "anna@new.example".into(),
        address: "anna@new.example".into(),
        display_name: "Anna Müller".into(),
        data_files: vec!["C:\\alt.pst".into()],
        mark: None,
    }
}

/// A child that runs these lines of shell. `say X` says the line X; `$job` is the job it got, `$0` its own file.
struct Played {
    folder: tempfile::TempDir,
    host: Host,
    runtime: tokio::runtime::Runtime,
}

impl Played {
    fn new(lines: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let helper_exe = folder.path().join("helper");
        let script = format!("#!/bin/sh\nsay() {{ printf '\\nmailshift-mapi %s\\n' \"$1\"; }}\nread -r job\n{lines}\n");
        // By another process: while this one has the file open for writing, a child of another test may inherit that,
        // and the kernel runs no program that is open for writing.
        let part = folder.path().join("part");
        std::fs::write(&part, script).expect("written");
        std::fs::set_permissions(&part, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let copied = std::process::Command::new("cp").arg(&part).arg(&helper_exe).status().expect("cp runs");
        assert!(copied.success());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let environment = vec![("PATH".into(), path.clone())];
        Self { host: Host { helper_exe, path, display: None, environment }, folder, runtime: runtime() }
    }

    fn run(&self, limit: Duration) -> Result<Report, Failed> {
        let _inside = self.runtime.enter();
        run_within(&self.host, &self.host.helper_exe, &create(), limit)
    }

    fn failure(&self, limit: Duration) -> Failed {
        self.run(limit).expect_err("a failure")
    }
}

fn shown(failed: &Failed) -> (ResponseCode, String, bool) {
    (failed.error.code(), failed.error.to_string(), failed.made)
}

#[test]
fn a_job_reaches_the_child_and_its_report_comes_back() {
    let played = Played::new(
        r#"printf '%s %s' "$job" "$1" > "$0.got"
        say '{"said":"calling","call":"CreateProfile"}'
        printf 'FAKE half a line'
        say '{"said":"attached","path":"C:\\alt.pst"}'
        say '{"said":"not-attached","path":"C:\\weg.pst","reason":"gone"}'
        say '{"said":"done"}'"#,
    );
    let report = played.run(LONG).expect("done");
    let expected =
        Report { attached: vec!["C:\\alt.pst".into()], not_attached: vec![("C:\\weg.pst".into(), "gone".into())] };
    assert_eq!(report, expected);
    let got = std::fs::read_to_string(played.folder.path().join("helper.got")).expect("written by the child");
    let (job, argument) = got.rsplit_once(' ').expect("two words");
    assert_eq!(argument, MAPI_CHILD_ARGUMENT);
    assert_eq!(serde_json::from_str::<Job>(job).expect("the job"), create());
}

#[test]
fn a_child_that_hangs_is_ended_and_the_call_is_named() {
    let played = Played::new(
        r#"echo $$ > "$0.pid"
        say '{"said":"calling","call":"CreateProfile"}'
        say '{"said":"calling","call":"CreateMsgServiceEx"}'
        exec sleep 600"#,
    );
    let failed = played.failure(SHORT);
    let text = "Extended MAPI failed in CreateMsgServiceEx: no answer within 0 s";
    assert_eq!(shown(&failed), (ResponseCode::MapiFailed, text.into(), true));
    let pid = std::fs::read_to_string(played.folder.path().join("helper.pid")).expect("written by the child");
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "process {pid} is still there");
}

#[test]
fn the_data_file_in_which_a_child_hangs_or_crashes_is_named() {
    for end in ["exec sleep 600", "kill -SEGV $$"] {
        let failed = Played::new(&format!(
            r#"say '{{"said":"calling","call":"CreateProfile"}}'
            say '{{"said":"calling","call":"AdminServices"}}'
            say '{{"said":"attaching","path":"C:\\gut.pst"}}'
            say '{{"said":"attached","path":"C:\\gut.pst"}}'
            say '{{"said":"attaching","path":"C:\\alt.pst"}}'
            say '{{"said":"calling","call":"ConfigureMsgService"}}'
            {end}"#
        ))
        .failure(SHORT);
        assert_eq!((failed.made, failed.data_file), (true, Some("C:\\alt.pst".into())), "{end}");
    }
    let failed = Played::new(
        r#"say '{"said":"attaching","path":"C:\\gut.pst"}'
        say '{"said":"attached","path":"C:\\gut.pst"}'
        exit 1"#,
    );
    assert_eq!(failed.failure(SHORT).data_file, None, "it was done with that");
}

#[test]
fn a_child_that_says_nothing_at_all_is_ended_too() {
    let failed = Played::new("exec sleep 600").failure(SHORT);
    let text = "Extended MAPI failed in the helper: no answer within 0 s";
    assert_eq!(shown(&failed), (ResponseCode::MapiFailed, text.into(), false));
}

#[test]
fn a_child_that_crashes_is_told_from_one_that_fails() {
    let failed = Played::new(r#"say '{"said":"calling","call":"SetProps"}'; kill -SEGV $$"#).failure(LONG);
    let text = "Extended MAPI failed in SetProps: ended early: signal: 11 (SIGSEGV)";
    assert_eq!(
        (failed.error.code(), failed.error.to_string().replace(" (core dumped)", "")),
        (ResponseCode::MapiFailed, text.into())
    );
}

#[test]
fn an_end_without_a_last_word_is_no_success() {
    for lines in [
        "exit 0",
        "echo hello; exit 0",
        r#"echo '{"said":"done"}'"#,
        r#"say '{"said":"done'"#,
        "head -c 100000 /dev/urandom",
        "exec 1>&-; exit 0",
    ] {
        let failed = Played::new(lines).failure(LONG);
        assert_eq!(failed.error.code(), ResponseCode::MapiFailed, "{lines}: {}", failed.error);
        assert!(!failed.made, "{lines}");
    }
}

#[test]
fn endless_output_ends_the_child() {
    let began = Instant::now();
    let failed = Played::new("exec yes").failure(LONG);
    assert_eq!(failed.error.code(), ResponseCode::MapiFailed);
    assert!(began.elapsed() < LONG);
}

#[test]
fn a_library_that_hangs_or_crashes_on_its_way_out_takes_nothing_back() {
    let crashed = Played::new(r#"say '{"said":"done"}'; kill -SEGV $$"#).run(LONG);
    assert_eq!(crashed.expect("done"), Report::default());
    let began = Instant::now();
    let hung = Played::new(r#"say '{"said":"done"}'; exec sleep 600"#).run(LONG);
    assert_eq!(hung.expect("done"), Report::default());
    assert!(began.elapsed() < LONG);
}

#[test]
fn what_mapi_answers_tells_no_mapi_from_a_failure() {
    for (call, hresult, code, made) in [
        ("MAPIInitialize", 0x8004_0605_u32, ResponseCode::MapiMissing, false),
        ("MAPIAdminProfiles", 0x8000_4005, ResponseCode::MapiMissing, false),
        ("MAPIAdminProfiles", 0x8004_011D, ResponseCode::MapiMissing, false),
        ("AdminServices", 0x8004_0154, ResponseCode::MapiMissing, true),
        ("QueryInterface", 0x8000_4002, ResponseCode::MapiMissing, true),
        ("CreateMsgServiceEx", 0x8004_010F, ResponseCode::MapiMissing, true),
        ("OpenProfileSection", 0x8004_010F, ResponseCode::MapiFailed, true),
        ("SaveChanges", 0x8000_4005, ResponseCode::MapiFailed, true),
        // The name is taken, or MAPI does not say that it made it: that profile is not ours to remove.
        ("CreateProfile", 0x8007_0005, ResponseCode::MapiFailed, false),
        ("CreateProfile", 0x8000_4005, ResponseCode::MapiFailed, false),
    ] {
        let mut lines = String::new();
        for before in ["MAPIInitialize", "MAPIAdminProfiles", "CreateProfile", call] {
            _ = writeln!(lines, "say '{{\"said\":\"calling\",\"call\":\"{before}\"}}'");
            if before == call {
                break;
            }
        }
        _ = writeln!(lines, "say '{{\"said\":\"failed\",\"call\":\"{call}\",\"hresult\":{hresult}}}'");
        let failed = Played::new(&lines).failure(LONG);
        assert_eq!((failed.error.code(), failed.made), (code, made), "{call} {hresult:#x}");
        assert!(failed.error.to_string().contains(&format!("{hresult:#010x}")), "{}", failed.error);
    }
}

#[test]
fn the_helper_for_the_other_bitness_may_be_missing() {
    let played = Played::new("exit 0");
    let x86 = helper(&played.host, Architecture::X86);
    assert_eq!(x86, played.folder.path().join(HELPER_X86));
    let _inside = played.runtime.enter();
    let failed = run(&played.host, &x86, &Job::Probe).expect_err("no such program");
    assert_eq!((failed.error.code(), failed.made), (ResponseCode::HelperMissing, false));
    assert_eq!(helper(&played.host, Architecture::X64), played.host.helper_exe);
}

#[test]
fn a_profile_is_removed_by_a_job_of_its_own() {
    let played =
        Played::new(r#"printf '%s' "$job" > "$0.got"; say '{"said":"failed","call":"DeleteProfile","hresult":1}'"#);
    let _inside = played.runtime.enter();
    remove(&played.host, &played.host.helper_exe, "anna");
    let got = std::fs::read_to_string(played.folder.path().join("helper.got")).expect("written by the child");
    assert_eq!(got, r#"{"job":"delete","profile":"anna"}"#);
}
