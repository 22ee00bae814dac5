//! Versions as dotted numbers, and which are too old for the project.

use std::cmp::Ordering;

use crate::protocol::MinimumVersion;

/// Outlook's kind in the inventory and in the project's table.
pub(super) const OUTLOOK: &str = "outlook";

/// The rule of the project that says that an Outlook of this version and installation is too old.
pub(super) fn too_old<'a>(
    version: &str,
    installation: &str,
    minimum: &'a [MinimumVersion],
) -> Option<&'a MinimumVersion> {
    minimum.iter().find(|rule| {
        let about = rule.client == OUTLOOK
            && (rule.release.is_empty() || starts_with(version, &rule.release))
            && (rule.installation.is_empty() || rule.installation == installation);
        about && !at_least(version, &rule.version)
    })
}

/// Whether a version is at least another. What a version does not tell (`16.0` of any build) speaks for it.
pub(super) fn at_least(version: &str, wanted: &str) -> bool {
    let (version, wanted) = (numbers(version), numbers(wanted));
    let told = version.len().min(wanted.len());
    version[..told].cmp(&wanted[..told]) != Ordering::Less
}

fn starts_with(version: &str, first: &str) -> bool {
    numbers(version).starts_with(&numbers(first))
}

/// The numbers up to the first part that is none.
pub(super) fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers_as_far_as_they_are_told() {
        for (version, wanted) in [
            ("16.0.10000.1", "16.0.9999.9999"),
            ("16.0.4600.1000", "16.0.4600.1000"),
            ("16.0.8229.2073", "16.0.8229"),
            ("16.0", "16.0.8229"),
            ("", "16.0"),
            ("16.0.beta", "16.0.8229"),
            ("99999999999999999999.0", "16.0"),
        ] {
            assert!(at_least(version, wanted), "{version} is at least {wanted}");
        }
        for (version, wanted) in
            [("16.0.4266.1001", "16.0.4600.1000"), ("14.0.7015.1000", "15.0"), ("9.0", "16.0"), ("15.0", "15.1.2")]
        {
            assert!(!at_least(version, wanted), "{version} is less than {wanted}");
        }
    }

    #[test]
    fn a_rule_speaks_of_its_client_release_and_installation_only() {
        let rule = |client: &str, release: &str, installation: &str, version: &str| MinimumVersion {
            client: client.into(),
            release: release.into(),
            installation: installation.into(),
            version: version.into(),
            install: format!("{release} {installation}"),
        };
        let rules = [
            rule("thunderbird", "", "", "999"),
            rule("outlook", "14.0", "", "15.0"),
            rule("outlook", "16.0", "msi", "16.0.4600.1000"),
            rule("outlook", "16.0", "click-to-run", "16.0.8229"),
        ];
        let judged =
            |version: &str, installation: &str| too_old(version, installation, &rules).map(|rule| rule.install.clone());
        assert_eq!(judged("16.0.4266.1001", "msi").as_deref(), Some("16.0 msi"));
        assert_eq!(judged("16.0.5017.1000", "msi"), None);
        assert_eq!(judged("16.0.5017.1000", "click-to-run").as_deref(), Some("16.0 click-to-run"));
        assert_eq!(judged("16.0.17932.20130", "click-to-run"), None);
        assert_eq!(judged("14.0.7268.5000", "msi").as_deref(), Some("14.0 "));
        assert_eq!(judged("15.0.4420.1017", "msi"), None);
    }
}
