//! What travels between the agent and its child: one line of JSON in, lines of JSON out.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::mail::outlook::registry::Change;

/// Before each line of ours on standard output: providers print there too.
const PREFIX: &str = "mailshift-mapi ";
/// Longest name of a profile. MAPI allows 64 (`cchProfileNameMax`, MAPI reference, "`IProfAdmin::CreateProfile`"); a
/// little less leaves no question whether the end counts.
pub(in crate::mail::outlook) const LONGEST_NAME: usize = 60;
/// Usually a profile is there within a second; a computer that is just starting takes longer.
const LIMIT: Duration = Duration::from_mins(1);
/// How long one data file may take.
pub(super) const DATA_FILE_LIMIT: Duration = Duration::from_secs(30);
/// More for each data file: it may be large, checked after a crash, or on a slow share.
const LIMIT_OF_A_DATA_FILE: Duration = Duration::from_secs(15);
/// However many data files there are: all of a set-up has ten minutes.
const LONGEST_LIMIT: Duration = Duration::from_mins(3);

/// What the child is to do. Holds no secrets: MAPI profiles hold none when they are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "kebab-case")]
pub(in crate::mail) enum Job {
    /// Makes a new profile with one Exchange mailbox and these data files. A name that is taken is a failure, and what
    /// has it stays as it is.
    Create {
        profile: String,
        address: String,
        display_name: String,
        data_files: Vec<PathBuf>,
        /// Marks the profile as soon as it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<Change>,
    },
    /// Removes a profile that a set-up made.
    Delete { profile: String },
    /// Makes a profile the one that Outlook opens.
    MakeDefault { profile: String },
    /// Finds out whether MAPI answers. Changes nothing.
    Probe,
}

impl Job {
    /// How long it may take.
    pub fn limit(&self) -> Duration {
        match self {
            Self::Create { data_files, .. } => {
                let files = u32::try_from(data_files.len()).unwrap_or(u32::MAX);
                LIMIT_OF_A_DATA_FILE.saturating_mul(files).saturating_add(LIMIT).min(LONGEST_LIMIT)
            }
            Self::Delete { .. } | Self::MakeDefault { .. } | Self::Probe => LIMIT,
        }
    }

    pub(super) fn profile(&self) -> Option<&str> {
        match self {
            Self::Create { profile, .. } | Self::Delete { profile } | Self::MakeDefault { profile } => Some(profile),
            Self::Probe => None,
        }
    }
}

/// What the child says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub(super) enum ChildMessage {
    /// Calls this function of MAPI now: when nothing follows, it hangs or has crashed in there.
    Calling { call: String },
    /// Adds this data file now: when nothing follows, it is what hangs or crashes.
    Attaching { path: PathBuf },
    /// A data file belongs to the new profile.
    Attached { path: PathBuf },
    /// A data file could not be added. The profile works without it.
    NotAttached { path: PathBuf, reason: String },
    /// All of the job is done. Nothing that happens later changes that.
    Done,
    /// Nothing of the job is done, as far as the child could take it back.
    Failed { call: String, hresult: u32 },
    /// There is no MAPI here.
    Unavailable { reason: String },
}

impl ChildMessage {
    /// The line, with a line end before it too: a provider may have left its own line unfinished.
    pub fn line(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("\n{PREFIX}{json}\n")
    }

    /// Whatever is not a line of ours is a provider's.
    pub fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line.trim_end().strip_prefix(PREFIX)?).ok()
    }

    pub fn is_last(&self) -> bool {
        matches!(self, Self::Done | Self::Failed { .. } | Self::Unavailable { .. })
    }
}

/// Whether MAPI takes a text as the name of a profile, and the registry as the name of a key: MAPI takes no Unicode
/// there, and no blanks at the ends (MAPI reference, "`IProfAdmin::CreateProfile`").
pub(in crate::mail::outlook) fn is_profile_name(name: &str) -> bool {
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '\\';
    !name.is_empty() && name.len() <= LONGEST_NAME && name.trim() == name && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard_even_after_a_providers_unfinished_line() {
        let said =
            ChildMessage::NotAttached { path: r"C:\Büro\alt.pst".into(), reason: "a \"reason\"\nof two lines".into() };
        let out = format!("FAKE half a line{}FAKE more", said.line());
        let heard: Vec<_> = out.lines().filter_map(ChildMessage::parse).collect();
        assert_eq!(heard, [said]);
    }

    #[test]
    fn what_a_provider_prints_is_not_ours() {
        for line in ["", "FAKE MAPIInitialize", "{\"said\":\"done\"}", "mailshift-mapi {\"said\":\"else\"}", PREFIX] {
            assert_eq!(ChildMessage::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_job_is_written_as_the_helper_of_another_version_reads_it() {
        let job = Job::Create {
            profile: "anna@new.example".into(),
            address: "anna@new.example".into(),
            display_name: "Anna".into(),
            data_files: vec![r"C:\alt.pst".into()],
            mark: None,
        };
        let json = concat!(
            r#"{"job":"create","profile":"anna@new.example","address":"anna@new.example","#,
            r#""display_name":"Anna","data_files":["C:\\alt.pst"]}"#
        );
        assert_eq!(serde_json::to_string(&job).expect("plain"), json);
        assert_eq!(serde_json::to_string(&Job::Probe).expect("plain"), r#"{"job":"probe"}"#);
    }

    #[test]
    fn many_data_files_take_longer_but_never_most_of_the_set_up() {
        let create = |files: usize| Job::Create {
            profile: String::new(),
            address: String::new(),
            display_name: String::new(),
            data_files: vec![PathBuf::new(); files],
            mark: None,
        };
        assert_eq!(create(0).limit(), LIMIT);
        assert_eq!(create(2).limit(), LIMIT + 2 * LIMIT_OF_A_DATA_FILE);
        assert_eq!(create(5000).limit(), LONGEST_LIMIT);
    }

    #[test]
    fn a_profile_is_named_in_plain_ascii_without_blanks_at_the_ends() {
        assert!(is_profile_name("anna@new.example 2"));
        let long = "a".repeat(LONGEST_NAME + 1);
        for name in ["", " a", "a ", "Büro", "a\\b", "a\nb", "a\0", &long] {
            assert!(!is_profile_name(name), "{name:?}");
        }
    }
}
