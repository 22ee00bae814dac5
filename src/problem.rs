//! The catalogue of response codes: one stable id for everything that can go wrong.
//!
//! Codes carry no text. `i18n/*/problem.ftl` holds, for each code, what happened (`problem-CFG-1`) and what to do
//! (`.remedy`); a test renders every code in every language. `ACT`, `USU` and `USO` follow the activation,
//! registration and sign-in codes of the deployment guide the product was modelled on; the others are ours. `ALR` are what
//! an operator is alerted to before the cutover, `ORD` why an operator's order was not given.

use serde::{Deserialize, Serialize};

macro_rules! catalogue {
    ($($variant:ident = $text:literal, $status:literal, $doc:literal;)*) => {
        /// A response code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $doc] #[serde(rename = $text)] $variant,)*
            /// A code this version does not know: a newer server speaks to an older agent.
            #[serde(other)]
            Unknown,
        }

        impl Code {
            /// Every code of the catalogue.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The id as people read it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $text,)* Self::Unknown => "NET-0" }
            }

            /// The HTTP status that goes with it when the server says it (0: it never travels as an answer).
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* Self::Unknown => 0 }
            }
        }
    };
}

catalogue! {
    Act0 = "ACT-0", 500, "An unhandled error on the server; the incident number finds it in the server's log.";
    Act1 = "ACT-1", 400, "The request was malformed; something between agent and server changes it.";
    Act2 = "ACT-2", 404, "The code is not valid: mistyped, or of another server.";
    Act3 = "ACT-3", 409, "The project has no account settings yet: the operator has to finish it.";
    Act4 = "ACT-4", 500, "The device could not be recorded.";
    Act5 = "ACT-5", 410, "The code has expired.";
    Act6 = "ACT-6", 409, "The code has been used on another computer.";
    Act7 = "ACT-7", 429, "Too many wrong tries: the code is locked until a new one is sent.";
    Act8 = "ACT-8", 401, "The server does not know this computer any more.";
    Act9 = "ACT-9", 429, "Too many new computers came with the activation code in a short time.";
    Act10 = "ACT-10", 429, "The computer has reported very much in a short time.";
    Usu1 = "USU-1", 502, "The mail to an address that is not on the list yet did not go out.";
    Usu2 = "USU-2", 500, "The record of a registration did not come back.";
    Usu3 = "USU-3", 422, "The address is of a domain that no user of the project has.";
    Usu4 = "USU-4", 500, "The registration of somebody new could not be recorded; the incident number finds why in the server's log.";
    Usu5 = "USU-5", 400, "The registration was malformed; something between agent and server changes it.";
    Usu6 = "USU-6", 500, "An unhandled error during a registration; the incident number finds it in the server's log.";
    Usu7 = "USU-7", 500, "No code or link could be made for the user.";
    Usu8 = "USU-8", 502, "The mail to a user who was known did not go out.";
    Usu9 = "USU-9", 409, "The user of this address is not active.";
    Usu10 = "USU-10", 409, "Several users have this address.";
    Uso1 = "USO-1", 403, "No active user has this address and this code.";
    Uso2 = "USO-2", 409, "Several active users have this address.";
    Uso3 = "USO-3", 404, "No user, active or not, has this address and this code.";
    Uso4 = "USO-4", 403, "The user is inactive in the organisation's list.";
    Uso5 = "USO-5", 403, "The user was suspended by an operator.";
    Uso6 = "USO-6", 500, "The user's record is in a state that should never occur.";
    Uso7 = "USO-7", 409, "Several users have this address, none of them active.";
    Uso8 = "USO-8", 400, "The sign-in was malformed; something between agent and server changes it.";
    Uso9 = "USO-9", 500, "An unhandled error during a sign-in; the incident number finds it in the server's log.";
    Alr1 = "ALR-1", 0, "Nobody has activated a computer for this user.";
    Alr2 = "ALR-2", 0, "The computer has not been heard of for days.";
    Alr3 = "ALR-3", 0, "Nobody has signed in on this computer yet.";
    Alr4 = "ALR-4", 0, "The user has registered by themselves: the new address is to be checked.";
    Alr5 = "ALR-5", 0, "The invitation could not be sent or came back.";
    Alr6 = "ALR-6", 0, "No invitation was sent.";
    Alr7 = "ALR-7", 0, "The computer has not said yet which mail programs it has.";
    Ord1 = "ORD-1", 409, "Nothing has failed or was undone, so there is nothing to try again.";
    Pwd1 = "PWD-1", 422, "The new password does not follow the project's rules.";
    Pwd2 = "PWD-2", 502, "The directory did not take the new password.";
    Pwd3 = "PWD-3", 0, "The mail server refused this password.";
    Pwd4 = "PWD-4", 403, "The project does not let people create a password here.";
    Pwd5 = "PWD-5", 403, "Who the person is was not proved to this computer: it may not set a password.";
    Pwd6 = "PWD-6", 403, "A password can be set only while a mail program is being set up, a few times.";
    Net1 = "NET-1", 0, "The Mailshift server cannot be reached.";
    Net2 = "NET-2", 0, "The Mailshift server's answer cannot be understood.";
    Net3 = "NET-3", 503, "The Mailshift server is in trouble or busy.";
    Net4 = "NET-4", 0, "The incoming mail server cannot be reached.";
    Net5 = "NET-5", 0, "The outgoing mail server cannot be reached.";
    Net6 = "NET-6", 0, "A server's certificate is not trusted on this computer.";
    Net7 = "NET-7", 0, "A mail server answered, but not as a mail server does.";
    Net8 = "NET-8", 0, "The Mailshift server does not know this computer at the moment; the agent keeps asking for days.";
    Net9 = "NET-9", 0, "The Mailshift server answers from another database than the one this computer belongs to.";
    Cfg1 = "CFG-1", 0, "No mail program that we know was found.";
    Cfg2 = "CFG-2", 0, "The mail program stayed open.";
    Cfg3 = "CFG-3", 0, "The mail program's folder cannot be written.";
    Cfg4 = "CFG-4", 0, "The mail program's list of profiles cannot be understood.";
    Cfg5 = "CFG-5", 0, "Writing the new profile failed; nothing was changed.";
    Cfg6 = "CFG-6", 0, "The mail program did not start.";
    Cfg7 = "CFG-7", 0, "The mail program does not use the new profile.";
    Cfg8 = "CFG-8", 0, "No mail arrived in the new profile in time.";
    Cfg9 = "CFG-9", 0, "The password could not be handed to the mail program; it will ask once.";
    Cfg10 = "CFG-10", 0, "The set-up was interrupted; everything is as it was.";
    Cfg11 = "CFG-11", 0, "Going back failed.";
    Cfg12 = "CFG-12", 0, "The outgoing mail server refused the sign-in.";
    Cfg13 = "CFG-13", 0, "The account needs a kind of sign-in or server that we cannot set up by ourselves.";
    Cfg14 = "CFG-14", 0, "The mail program is too old for the new mailbox.";
    Cfg15 = "CFG-15", 0, "Only the new Outlook is here; it has no profile that we could make.";
    Cfg16 = "CFG-16", 0, "A policy of the organisation forbids what the set-up needs.";
    Cfg17 = "CFG-17", 0, "Outlook's interface for profiles is not available.";
    Cfg18 = "CFG-18", 0, "The helper for an Outlook of the other bitness is missing.";
    Cfg19 = "CFG-19", 0, "Outlook's interface for profiles failed, hung or crashed.";
    Cfg20 = "CFG-20", 0, "The registry cannot be read or written.";
    Cfg21 = "CFG-21", 0, "Nobody signed in in Outlook's own window in time.";
    Cfg22 = "CFG-22", 0, "Outlook ended without setting up the account.";
    Cfg23 = "CFG-23", 0, "A data file of the old profile could not be added to the new one.";
    Cfg24 = "CFG-24", 0, "The disk may be too full for the new mailbox.";
    Cfg25 = "CFG-25", 0, "Profiles with mail are there that the mail program does not list.";
    Cfg26 = "CFG-26", 0, "The person's profile belongs to a mail program that cannot be set up: a Flatpak or a snap.";
    Cfg27 = "CFG-27", 0, "The disk has too little room for the new profile.";
    Cfg28 = "CFG-28", 0, "The mail program was opened in the middle of the set-up.";
    Set1 = "SET-1", 0, "There is no display to show a window on.";
    Set2 = "SET-2", 0, "The address of the Mailshift server is not known.";
    Set3 = "SET-3", 0, "What the agent remembered cannot be read.";
    Set4 = "SET-4", 0, "The operating system's keyring is not available.";
    Set5 = "SET-5", 0, "A link or a setting names another server than the one this computer belongs to.";
    Set6 = "SET-6", 0, "The agent runs in another session of the same login.";
    Set7 = "SET-7", 0, "The settings for all logins can be changed by others than administrators, and are not used.";
    Set8 = "SET-8", 0, "The settings that somebody has placed cannot be read.";
    Set9 = "SET-9", 0, "The person has not agreed to a change of what was agreed on.";
    Dia1 = "DIA-1", 429, "This computer has sent several reports to the help desk in a short time.";
    Api1 = "API-1", 422, "Fields of the request cannot work; each is named with its remedy.";
    Api2 = "API-2", 409, "Something else has this name or address already.";
    Api3 = "API-3", 409, "An operator would lock themselves out.";
    Api4 = "API-4", 429, "An operator asked for this too often.";
    Opr1 = "OPR-1", 401, "Nobody is signed in, or the token is not valid (any more).";
    Opr2 = "OPR-2", 403, "The operator's role does not allow it.";
    Opr3 = "OPR-3", 403, "Name, password or one-time code is wrong.";
    Opr4 = "OPR-4", 429, "Too many wrong tries to sign in.";
    Opr5 = "OPR-5", 403, "The form did not come from a page of this session.";
    Opr6 = "OPR-6", 410, "The one-time link was used or has expired.";
    Opr7 = "OPR-7", 422, "The password is too short or too long.";
    Opr8 = "OPR-8", 409, "Another operator has this name.";
    Opr9 = "OPR-9", 409, "Nobody would be left to administer the server.";
    Opr10 = "OPR-10", 403, "The token was not made to manage operators and tokens.";
}

/// An error answer: a problem document (RFC 9457, media type `application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`, as RFC 9457 has it when the status says it all; `code` is what to act on.
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(default = "unknown")]
    pub code: Code,
    /// Finds an unhandled error in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<uuid::Uuid>,
    /// How many more times a code may be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
    /// Fields of the request that cannot work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// Which database does not know the device (with `ACT-8`): another one than the token is from proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<uuid::Uuid>,
}

/// A place in a request that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Path of the field, `account.incoming.port`, or name of the column.
    pub field: String,
    /// Line of a file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What to do about it, in English.
    pub remedy: String,
}

pub const MEDIA_TYPE: &str = "application/problem+json";

fn about_blank() -> String {
    "about:blank".into()
}

fn unknown() -> Code {
    Code::Unknown
}

impl Problem {
    pub fn new(code: Code, title: impl Into<String>) -> Self {
        Self {
            kind: about_blank(),
            title: title.into(),
            status: code.status(),
            detail: None,
            code,
            incident: None,
            tries_left: None,
            faults: Vec::new(),
            instance: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_travel_as_themselves() {
        let ids: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(ids.len(), Code::ALL.len());
        for code in Code::ALL {
            let json = serde_json::to_string(code).expect("plain");
            assert_eq!(json, format!("\"{}\"", code.id()));
            assert_eq!(serde_json::from_str::<Code>(&json).expect("itself"), *code);
        }
    }

    #[test]
    fn a_code_of_a_newer_server_is_no_error() {
        let problem: Problem =
            serde_json::from_str(r#"{"title":"x","status":418,"code":"ZZZ-9","more":1}"#).expect("a problem");
        assert_eq!(problem.code, Code::Unknown);
    }
}
