//! The catalogue of response codes: one stable id for everything that can go wrong.
//!
//! Codes carry no text. `i18n/*/problem.ftl` holds, for each code, what happened (`problem-CFG-1`) and what to do
//! (`.remedy`); a test renders every code in every language. `ACT`, `USU` and `USO` follow the activation,
//! registration and sign-in codes of the deployment guide the product was modelled on; the others are ours. `ALR` are what
//! an operator is alerted to before the cutover, `ORD` why an operator's order was not given.

use serde::{Deserialize, Serialize};

macro_rules! catalogue {
    ($($variant:ident = $text:literal, $status:literal $($title:literal)?, $doc:literal;)*) => {
        /// A response code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ResponseCode {
            $(#[doc = $doc] #[serde(rename = $text)] $variant,)*
            /// A code this version does not know: a newer server speaks to an older agent.
            #[serde(other)]
            Unknown,
        }

        impl ResponseCode {
            /// Every code of the catalogue.
            pub const ALL: &[ResponseCode] = &[$(ResponseCode::$variant,)*];

            /// The id as people read it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $text,)* Self::Unknown => "NET-0" }
            }

            /// The HTTP status that goes with it when the server says it (0: it never travels as an answer).
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* Self::Unknown => 0 }
            }

            /// The short English title of its problem document, empty when it never travels as one; people read the
            /// translated text of the code instead.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => concat!($($title)?),)* Self::Unknown => "" }
            }
        }
    };
}

catalogue! {
    ServerError = "ACT-0", 500 "Unhandled error", "An unhandled error on the server; the incident number finds it in the server's log.";
    MalformedRequest = "ACT-1", 400 "Malformed request", "The request was malformed; something between agent and server changes it.";
    InvalidCode = "ACT-2", 404 "The code is not valid", "The code is not valid: mistyped, or of another server.";
    NoAccountSettings = "ACT-3", 409 "The project has no account settings yet", "The project has no account settings yet: the operator has to finish it.";
    AgentNotRecorded = "ACT-4", 500 "The device could not be recorded", "The device could not be recorded.";
    CodeExpired = "ACT-5", 410 "The code has expired", "The code has expired.";
    CodeUsed = "ACT-6", 409 "The code has been used on another computer", "The code has been used on another computer.";
    CodeLocked = "ACT-7", 429 "The code is locked", "Too many wrong tries: the code is locked until a new one is sent.";
    UnknownAgent = "ACT-8", 401 "Unknown device", "The server does not know this computer any more.";
    TooManyComputers = "ACT-9", 429 "Too many new computers", "Too many new computers came with the activation code in a short time.";
    TooManyReports = "ACT-10", 429 "Too many reports from this computer", "The computer has reported very much in a short time.";
    StrangerMailFailed = "USU-1", 502 "The mail to the new address did not go out", "The mail to an address that is not on the list yet did not go out.";
    RegistrationLost = "USU-2", 500 "The registration could not be recorded", "The record of a registration did not come back.";
    ForeignDomain = "USU-3", 422 "The address is not one of the organisation's", "The address is of a domain that no user of the project has.";
    RegistrationNotRecorded = "USU-4", 500 "The registration could not be recorded", "The registration of somebody new could not be recorded; the incident number finds why in the server's log.";
    MalformedRegistration = "USU-5", 400 "Malformed request", "The registration was malformed; something between agent and server changes it.";
    RegistrationError = "USU-6", 500 "Unhandled error", "An unhandled error during a registration; the incident number finds it in the server's log.";
    NoCodeMade = "USU-7", 500 "No code could be made", "No code or link could be made for the user.";
    UserMailFailed = "USU-8", 502 "The mail to the user did not go out", "The mail to a user who was known did not go out.";
    UserNotActive = "USU-9", 409 "The user is not active", "The user of this address is not active.";
    AddressAmbiguous = "USU-10", 409 "Several users have this address", "Several users have this address.";
    SignInRefused = "USO-1", 403 "The address and the code do not belong together", "No active user has this address and this code.";
    SeveralActiveUsers = "USO-2", 409 "Several users have this address", "Several active users have this address.";
    NoSuchUser = "USO-3", 404 "The address and the code do not belong together", "No user, active or not, has this address and this code.";
    UserInactive = "USO-4", 403 "The user is not active", "The user is inactive in the organisation's list.";
    UserSuspended = "USO-5", 403 "The user is not active", "The user was suspended by an operator.";
    UserStateInvalid = "USO-6", 500 "Unhandled error", "The user's record is in a state that should never occur.";
    SeveralInactiveUsers = "USO-7", 409 "Several users have this address", "Several users have this address, none of them active.";
    MalformedSignIn = "USO-8", 400 "Malformed request", "The sign-in was malformed; something between agent and server changes it.";
    SignInError = "USO-9", 500 "Unhandled error", "An unhandled error during a sign-in; the incident number finds it in the server's log.";
    NobodyActivated = "ALR-1", 0, "Nobody has activated a computer for this user.";
    ComputerSilent = "ALR-2", 0, "The computer has not been heard of for days.";
    NobodySignedIn = "ALR-3", 0, "Nobody has signed in on this computer yet.";
    SelfRegistered = "ALR-4", 0, "The user has registered by themselves: the new address is to be checked.";
    InvitationFailed = "ALR-5", 0, "The invitation could not be sent or came back.";
    NotInvited = "ALR-6", 0, "No invitation was sent.";
    NoInventory = "ALR-7", 0, "The computer has not said yet which mail programs it has.";
    NothingToRetry = "ORD-1", 409 "There is nothing to try again", "Nothing has failed or was undone, so there is nothing to try again.";
    NotTakingPart = "ORD-2", 409 "The user takes no part already", "Somebody who takes no part cannot be taken out of the move.";
    NotSuspended = "ORD-3", 409 "The user is not suspended", "Only who was suspended can be let take part again.";
    PasswordRules = "PWD-1", 422 "The password does not follow the rules", "The new password does not follow the project's rules.";
    DirectoryFailed = "PWD-2", 502 "The directory did not take the password", "The directory did not take the new password.";
    PasswordRefused = "PWD-3", 0, "The mail server refused this password.";
    PasswordChangeOff = "PWD-4", 403 "Passwords cannot be created here", "The project does not let people create a password here.";
    PersonNotProved = "PWD-5", 403 "Who you are has not been proved on this computer", "Who the person is was not proved to this computer: it may not set a password.";
    PasswordNotNow = "PWD-6", 403 "A password can be set only during the set-up, a few times", "A password can be set only while a mail program is being set up, a few times.";
    ServerUnreachable = "NET-1", 0, "The Mailshift server cannot be reached.";
    ServerNotUnderstood = "NET-2", 0, "The Mailshift server's answer cannot be understood.";
    ServerBusy = "NET-3", 503 "The server is busy", "The Mailshift server is in trouble or busy.";
    IncomingUnreachable = "NET-4", 0, "The incoming mail server cannot be reached.";
    OutgoingUnreachable = "NET-5", 0, "The outgoing mail server cannot be reached.";
    CertificateNotTrusted = "NET-6", 0, "A server's certificate is not trusted on this computer.";
    NotAMailServer = "NET-7", 0, "A mail server answered, but not as a mail server does.";
    ServerForgotAgent = "NET-8", 0, "The Mailshift server does not know this computer at the moment; the agent keeps asking for days.";
    OtherDatabase = "NET-9", 0, "The Mailshift server answers from another database than the one this computer belongs to.";
    NoMailClient = "CFG-1", 0, "No mail program that we know was found.";
    ClientStayedOpen = "CFG-2", 0, "The mail program stayed open.";
    FolderNotWritable = "CFG-3", 0, "The mail program's folder cannot be written.";
    ProfileListUnreadable = "CFG-4", 0, "The mail program's list of profiles cannot be understood.";
    ProfileNotWritten = "CFG-5", 0, "Writing the new profile failed; nothing was changed.";
    ClientNotStarted = "CFG-6", 0, "The mail program did not start.";
    ProfileNotUsed = "CFG-7", 0, "The mail program does not use the new profile.";
    NoMailArrived = "CFG-8", 0, "No mail arrived in the new profile in time.";
    PasswordNotStored = "CFG-9", 0, "The password could not be handed to the mail program; it will ask once.";
    Interrupted = "CFG-10", 0, "The set-up was interrupted; everything is as it was.";
    UndoFailed = "CFG-11", 0, "Going back failed.";
    OutgoingRefused = "CFG-12", 0, "The outgoing mail server refused the sign-in.";
    AccountNotSupported = "CFG-13", 0, "The account needs a kind of sign-in or server that we cannot set up by ourselves.";
    ClientTooOld = "CFG-14", 0, "The mail program is too old for the new mailbox.";
    OnlyNewOutlook = "CFG-15", 0, "Only the new Outlook is here; it has no profile that we could make.";
    PolicyForbids = "CFG-16", 0, "A policy of the organisation forbids what the set-up needs.";
    MapiMissing = "CFG-17", 0, "Outlook's interface for profiles is not available.";
    HelperMissing = "CFG-18", 0, "The helper for an Outlook of the other bitness is missing.";
    MapiFailed = "CFG-19", 0, "Outlook's interface for profiles failed, hung or crashed.";
    RegistryFailed = "CFG-20", 0, "The registry cannot be read or written.";
    OutlookSignInTimedOut = "CFG-21", 0, "Nobody signed in in Outlook's own window in time.";
    OutlookEnded = "CFG-22", 0, "Outlook ended without setting up the account.";
    DataFileNotAdded = "CFG-23", 0, "A data file of the old profile could not be added to the new one.";
    DiskMayBeFull = "CFG-24", 0, "The disk may be too full for the new mailbox.";
    UnlistedProfiles = "CFG-25", 0, "Profiles with mail are there that the mail program does not list.";
    SandboxedClient = "CFG-26", 0, "The person's profile belongs to a mail program that cannot be set up: a Flatpak or a snap.";
    DiskFull = "CFG-27", 0, "The disk has too little room for the new profile.";
    ClientOpened = "CFG-28", 0, "The mail program was opened in the middle of the set-up.";
    NoDisplay = "SET-1", 0, "There is no display to show a window on.";
    NoServerAddress = "SET-2", 0, "The address of the Mailshift server is not known.";
    StateUnreadable = "SET-3", 0, "What the agent remembered cannot be read.";
    NoKeyring = "SET-4", 0, "The operating system's keyring is not available.";
    OtherServer = "SET-5", 0, "A link or a setting names another server than the one this computer belongs to.";
    OtherSession = "SET-6", 0, "The agent runs in another session of the same login.";
    SettingsUnsafe = "SET-7", 0, "The settings for all logins can be changed by others than administrators, and are not used.";
    SettingsUnreadable = "SET-8", 0, "The settings that somebody has placed cannot be read.";
    NotAgreed = "SET-9", 0, "The person has not agreed to a change of what was agreed on.";
    TooManyDiagnostics = "DIA-1", 429 "Too many reports from this computer", "This computer has sent several reports to the help desk in a short time.";
    FieldFaults = "API-1", 422 "Fields cannot work", "Fields of the request cannot work; each is named with its remedy.";
    NameTaken = "API-2", 409 "The name or address is taken", "Something else has this name or address already.";
    OneselfLockedOut = "API-3", 409 "You would lock yourself out", "An operator would lock themselves out.";
    AskedTooOften = "API-4", 429 "Asked too often", "An operator asked for this too often.";
    NotSignedIn = "OPR-1", 401 "Not signed in", "Nobody is signed in, or the token is not valid (any more).";
    RoleTooLow = "OPR-2", 403 "The role does not allow it", "The operator's role does not allow it.";
    WrongCredentials = "OPR-3", 403 "Wrong name, password or one-time code", "Name, password or one-time code is wrong.";
    TooManySignIns = "OPR-4", 429 "Too many tries", "Too many wrong tries to sign in.";
    ForeignForm = "OPR-5", 403 "The form is not of this session", "The form did not come from a page of this session.";
    LinkGone = "OPR-6", 410 "The link is not valid any more", "The one-time link was used or has expired.";
    PasswordLength = "OPR-7", 422 "The password is too short or too long", "The password is too short or too long.";
    OperatorNameTaken = "OPR-8", 409 "The name is taken", "Another operator has this name.";
    LastAdministrator = "OPR-9", 409 "The last administrator has to stay", "Nobody would be left to administer the server.";
    TokenMayNot = "OPR-10", 403 "The token was not made for that", "The token was not made to manage operators and tokens.";
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
    pub code: ResponseCode,
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

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.remedy)
    }
}

pub const MEDIA_TYPE: &str = "application/problem+json";

fn about_blank() -> String {
    "about:blank".into()
}

fn unknown() -> ResponseCode {
    ResponseCode::Unknown
}

impl Problem {
    pub fn new(code: ResponseCode) -> Self {
        Self {
            kind: about_blank(),
            title: code.title().into(),
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
        let ids: std::collections::BTreeSet<_> = ResponseCode::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(ids.len(), ResponseCode::ALL.len());
        for code in ResponseCode::ALL {
            let json = serde_json::to_string(code).expect("plain");
            assert_eq!(json, format!("\"{}\"", code.id()));
            assert_eq!(serde_json::from_str::<ResponseCode>(&json).expect("itself"), *code);
        }
    }

    #[test]
    fn a_code_of_a_newer_server_is_no_error() {
        let problem: Problem =
            serde_json::from_str(r#"{"title":"x","status":418,"code":"ZZZ-9","more":1}"#).expect("a problem");
        assert_eq!(problem.code, ResponseCode::Unknown);
    }
}
