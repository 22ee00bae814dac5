//! What is shown before it is sent to the help desk.

use mailshift::agent::diagnostics::page::{self as report, Report};
use mailshift::agent::notice::Notice;
use mailshift::agent::theme;
use mailshift::problem::ResponseCode;
use mailshift::protocol::Diagnostics;

use super::known::{self, Known};
use super::states::{Page, State};

/// What a computer with a failed set-up has to say, in short.
const REPORT: &str = "Mailshift: 0.1.0
Written: 2026-11-30T08:12:44.120912Z
System: linux, en
Server: https://mailshift.riverside.example/
Device: 01a1fbbd-4046-7355-a644-654a41a43db3
Stage: Failed with NET-4, order 1
Project: Riverside Clinic
User: a***@riverside.example
Incoming: IMAP imap.riverside.example:993 SSL/TLS, Password
Outgoing: SMTP smtp.riverside.example:587 STARTTLS, Password
Device known by: InKeyring
Events not sent: 0

Mail programs
Program: thunderbird 140.1.0esr x64
  path: /usr/lib/thunderbird/thunderbird
  profiles: default-release
  account: imap a***@old.example in default-release
Free disk: 48318382080 bytes

Set-up
Recorded: none

Log
2026-11-30T08:11:07.063098Z  INFO mailshift::agent::orders: directive action=Configure order=1 is_new=true
2026-11-30T08:11:10.170352Z  INFO mailshift::mail::set_up: begins step=\"check-password\"
2026-11-30T08:11:10.186401Z  WARN mailshift::mail::sign_in: sign-in failed error=Incoming mail server \
imap.riverside.example:993 cannot be reached: Connection refused (os error 111)
";

fn report(name: &'static str, is_bound: bool, change: impl FnOnce(&mut Report)) -> State {
    let mut page = Report::new(Diagnostics { text: REPORT.into() }, name != "report-sample");
    change(&mut page);
    let known = Known { is_bound, ..known::waiting() };
    State { name, size: theme::WIZARD, page: Page::Report(Box::new(page)), known }
}

pub fn states() -> Vec<State> {
    let send = |page: &mut Report| drop(page.update(report::Message::Send));
    let failed = move |page: &mut Report, code: ResponseCode| {
        send(page);
        page.failed(Notice::new(code).fact("server", "mailshift.riverside.example"));
    };
    vec![
        report("report-sample", true, |_| {}),
        report("report-copied", false, |page| drop(page.update(report::Message::Copy))),
        report("report-sending", true, send),
        report("report-failed", true, move |page| failed(page, ResponseCode::TooManyDiagnostics)),
        report("report-offline", true, move |page| failed(page, ResponseCode::ServerUnreachable)),
        report("report-sent", true, move |page| {
            send(page);
            page.sent("7KQ2-M4TX".into());
        }),
    ]
}
