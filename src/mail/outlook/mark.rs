//! The mark: a value of ours in the key of a profile that a set-up has just made. It is taken away before Outlook is
//! started on the profile. So it proves two things: that this set-up made the profile, and that nobody was led to it yet.
//! Without it a profile is never removed: it may be the person's own, of the same name, or hold what Outlook has put there.

use super::profile::{self, DataFileKind};
use super::registry::{Change, Hive, Key, Value};

/// Name of the value. Properties of MAPI have names of eight digits, and Outlook's own keys none like it.
const NAME: &str = "Mailshift set-up";

/// What may be done with a key that has the name of the profile of a set-up that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// It bears the mark, and Outlook has written nothing into it.
    Whole,
    /// A key that holds nothing holds nothing of anybody's.
    IfEmpty,
}

pub(super) fn set(profile: &Key, mark: &str) -> Change {
    Change::Set(profile.clone(), NAME.into(), Value::sz(mark))
}

/// Takes the mark away: from now on the profile stays, whatever happens.
pub(super) fn taken_away(profile: &Key) -> Change {
    Change::Remove(profile.clone(), NAME.into())
}

/// `mark` is what the set-up wrote down before it made the profile.
pub(super) fn removal(hive: &Hive, profile: &Key, mark: &str) -> Removal {
    let ours = !mark.is_empty() && hive.text(profile, NAME).as_deref() == Some(mark);
    let found = profile::profile(hive, profile, "");
    let opened = !found.accounts.is_empty() || found.data_files.iter().any(|file| file.kind == DataFileKind::Ost);
    if ours && !opened { Removal::Whole } else { Removal::IfEmpty }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn only_a_profile_with_the_mark_of_this_set_up_that_outlook_has_not_written_to_is_removed() {
        let key = Key::user(r"Software\Microsoft\Office\16.0\Outlook\Profiles\anna@new.example");
        let mut hive = Hive::default();
        assert_eq!(removal(&hive, &key, "mine"), Removal::IfEmpty, "there is none");
        hive.insert(&key.below(SECTION), "001f6641", Value::sz("SMTP:anna@new.example"));
        assert_eq!(removal(&hive, &key, "mine"), Removal::IfEmpty, "made by the person, after a crash of ours");
        hive.apply(&set(&key, "another"));
        assert_eq!(removal(&hive, &key, "mine"), Removal::IfEmpty, "of another set-up");
        assert_eq!(removal(&hive, &key, ""), Removal::IfEmpty, "of a record that knows no mark");
        hive.apply(&set(&key, "mine"));
        assert_eq!(removal(&hive, &key, "mine"), Removal::Whole);
        hive.insert(&key.below(SECTION), "001f6610", Value::sz(r"C:\anna.ost"));
        assert_eq!(removal(&hive, &key, "mine"), Removal::IfEmpty, "Outlook has downloaded mail");
        hive.apply(&taken_away(&key));
        assert_eq!(removal(&hive, &key, "mine"), Removal::IfEmpty);
    }
}
