//! The new Outlook: a Store program without profiles that others could make.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::registry::{Hive, Key};
use super::version;

/// The new Outlook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct NewOutlook {
    /// Empty when unknown.
    pub version: String,
    /// The person has switched to it: starting Outlook opens it instead of the classic one.
    pub in_use: bool,
}

/// Where Windows lists, for this person, the installed versions of the package.
const FAMILY: &str = r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Families\Microsoft.OutlookForWindows_8wekyb3d8bbwe";

/// The switch in both Outlooks' title bars; `UseNewOutlook` is 1 when it is on.
const PREFERENCES: &str = r"Software\Microsoft\Office\16.0\Outlook\Preferences";

/// What has to be read for [`find`].
pub(super) fn keys() -> Vec<Key> {
    vec![Key::user(FAMILY), Key::user(PREFERENCES)]
}

/// The new Outlook, when it is installed. `local` is `%LOCALAPPDATA%`; `is_there` looks for a file.
pub(super) fn find(hive: &Hive, local: &Path, is_there: &dyn Fn(&Path) -> bool) -> Option<NewOutlook> {
    let family = Key::user(FAMILY);
    // A full package name: Microsoft.OutlookForWindows_1.2024.1113.300_x64__8wekyb3d8bbwe
    let versions = hive.subkeys(&family).filter_map(|name| name.split('_').nth(1));
    let version = versions.max_by_key(|version| version::numbers(version)).unwrap_or_default().to_owned();
    let command = ["Microsoft", "WindowsApps", "olk.exe"].iter().collect::<std::path::PathBuf>();
    let installed = hive.has(&family) || is_there(&local.join(command));
    let in_use = hive.number(&Key::user(PREFERENCES), "UseNewOutlook") == Some(1);
    installed.then_some(NewOutlook { version, in_use })
}

#[cfg(test)]
mod tests {
    use super::super::registry::Value;
    use super::*;

    #[test]
    fn the_new_outlook_is_known_by_its_package_or_its_command_and_not_by_the_switch_alone() {
        let local = Path::new("/local");
        let mut hive = Hive::default();
        hive.insert(&Key::user(PREFERENCES), "UseNewOutlook", Value::dword(1));
        assert_eq!(find(&hive, local, &|_| false), None);

        let command = local.join("Microsoft").join("WindowsApps").join("olk.exe");
        let by_command = find(&hive, local, &|path| path == command);
        assert_eq!(by_command, Some(NewOutlook { version: String::new(), in_use: true }));

        let package = Key::user(FAMILY).below("Microsoft.OutlookForWindows_1.2024.917.100_x64__8wekyb3d8bbwe");
        hive.insert_key(&package);
        hive.insert(&Key::user(PREFERENCES), "UseNewOutlook", Value::dword(0));
        let by_package = find(&hive, local, &|_| false);
        assert_eq!(by_package, Some(NewOutlook { version: "1.2024.917.100".into(), in_use: false }));
    }
}
