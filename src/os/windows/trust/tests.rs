//! With lists of our own; what a real folder of the system says is seen where there is one.

use windows::Win32::Security::Authorization::{ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1};
use windows::Win32::Security::{GetSecurityDescriptorDacl, GetSecurityDescriptorOwner};

use super::*;

/// What is read of an owner and a list in Microsoft's notation
/// (<https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format>).
fn is_theirs_as(text: &str, access: u32) -> bool {
    let mut descriptor = PSECURITY_DESCRIPTOR::default();
    let (mut owner, mut list, mut none) = (PSID::default(), std::ptr::null_mut(), windows::core::BOOL(0));
    let (mut there, text) = (windows::core::BOOL(0), HSTRING::from(text));
    // SAFETY: the text ends with NUL; everything that is found lies in the descriptor, which is freed at the end.
    unsafe {
        let revision = SDDL_REVISION_1;
        ConvertStringSecurityDescriptorToSecurityDescriptorW(&text, revision, &raw mut descriptor, None)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        GetSecurityDescriptorOwner(descriptor, &raw mut owner, &raw mut none).expect("an owner");
        GetSecurityDescriptorDacl(descriptor, &raw mut there, &raw mut list, &raw mut none).expect("a list");
        let theirs = is_trusted(owner) && there.as_bool() && !list.is_null() && nobody_else_has(access, list);
        LocalFree(Some(HLOCAL(descriptor.0)));
        theirs
    }
}

#[test]
fn what_only_administrators_write_is_told_from_what_others_may_write_too() {
    // As Windows has it below Program Files.
    let programs = "O:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GA;;;CO)";
    assert!(is_theirs_as(programs, WRITING));
    assert!(is_theirs_as("O:SYD:(A;;FA;;;SY)(A;;FR;;;WD)", WRITING));
    assert!(is_theirs_as("O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:(A;;FA;;;BA)", WRITING));
    // Below ProgramData anybody may put files of their own beside those of others.
    let shared = "O:BAD:(A;OICIIO;GA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;0x116;;;BU)";
    assert!(is_theirs_as(shared, REPLACING));
    assert!(!is_theirs_as(shared, WRITING), "but no libraries beside programs");
    for (text, why) in [
        ("O:BUD:(A;;FA;;;BA)", "its owner may give it away"),
        ("O:BAD:(A;;FA;;;BA)(A;;FW;;;BU)", "may be written"),
        ("O:BAD:(A;;FA;;;BA)(A;;FA;;;WD)", "by anybody"),
        ("O:BAD:(A;;FA;;;BA)(A;;WD;;;BU)", "its list may be changed"),
        ("O:BAD:(A;;FA;;;BA)(A;;SD;;;IU)", "may be removed"),
        ("O:BAD:(A;;FA;;;CO)", "an entry for its owner counts when it is no pattern"),
    ] {
        assert!(!is_theirs_as(text, WRITING), "{text}: {why}");
    }
    assert!(is_theirs_as("O:BAD:(D;;FA;;;BU)(A;;FA;;;BA)", WRITING), "what is denied is not allowed");
    assert!(!is_theirs_as("O:BAD:(A;;FA;;;BA)(A;;0x40;;;BU)", REPLACING), "what is in it may be removed");
}

#[test]
fn what_this_login_writes_itself_is_not_the_administrators() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.json");
    assert!(!is_administrators_only(&file), "it is not there");
    std::fs::write(&file, "{}").expect("written");
    // Under Wine whoever runs it owns everything, as this login.
    assert!(!is_administrators_only(&file));
    assert!(!is_in_a_folder_of_administrators(&file));
}
