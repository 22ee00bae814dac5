//! Who may write a file.

#![allow(unsafe_code)]

use std::ffi::c_void;
use std::path::Path;

use windows::Win32::Foundation::{ERROR_SUCCESS, GENERIC_ALL, GENERIC_WRITE, HLOCAL, LocalFree};
use windows::Win32::Security::Authorization::{ConvertStringSidToSidW, GetNamedSecurityInfoW, SE_FILE_OBJECT};
use windows::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, ACL_SIZE_INFORMATION, AclSizeInformation, DACL_SECURITY_INFORMATION, EqualSid,
    GetAce, GetAclInformation, INHERIT_ONLY_ACE, IsWellKnownSid, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR,
    PSID, WinBuiltinAdministratorsSid, WinLocalSystemSid,
};
use windows::Win32::Storage::FileSystem::{
    DELETE, FILE_APPEND_DATA, FILE_DELETE_CHILD, FILE_WRITE_ATTRIBUTES, FILE_WRITE_DATA, FILE_WRITE_EA, WRITE_DAC,
    WRITE_OWNER,
};
use windows::core::{HSTRING, PWSTR, w};

/// The service that installs Windows itself owns what comes with it.
const TRUSTED_INSTALLER: windows::core::PCWSTR = w!("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
/// Whoever made a file in a folder: nobody by itself, only a pattern for files to come.
const CREATOR_OWNER: windows::core::PCWSTR = w!("S-1-3-0");

/// Access that lets somebody take a file or folder away, or give themselves more access.
const REPLACING: u32 = FILE_DELETE_CHILD.0 | DELETE.0 | WRITE_DAC.0 | WRITE_OWNER.0 | GENERIC_WRITE.0 | GENERIC_ALL.0;
/// To a file: change it. To a folder: put something into it (the bits are the same).
const WRITING: u32 = REPLACING | FILE_WRITE_DATA.0 | FILE_APPEND_DATA.0 | FILE_WRITE_EA.0 | FILE_WRITE_ATTRIBUTES.0;

/// Kinds of entries that allow something: `ACCESS_ALLOWED_ACE_TYPE`, and those that deny or are of no effect on access.
/// Others allow too, in ways that are not read here: what holds one is not trusted.
const ALLOWED: u8 = 0;
const HARMLESS: [u8; 6] = [1, 2, 3, 6, 7, 17];

/// Whether the file and the folder it lies in belong to the system or to its administrators, and nobody else may change
/// the file or put another in its place. Others may put files of their own beside it: below `%ProgramData%` Windows lets
/// them. False when either is missing or does not say.
pub fn is_administrators_only(path: &Path) -> bool {
    let access = if path.is_dir() { REPLACING } else { WRITING };
    path.parent().is_some_and(|folder| is_theirs(folder, REPLACING) && is_theirs(path, access))
}

/// The same, and nobody else may put anything beside it: what is there may be run as it is.
pub fn is_in_a_folder_of_administrators(path: &Path) -> bool {
    path.parent().is_some_and(|folder| is_theirs(folder, WRITING) && is_theirs(path, WRITING))
}

/// Whether nobody but them has any of this access.
fn is_theirs(path: &Path, access: u32) -> bool {
    let name = HSTRING::from(path.as_os_str());
    let (mut owner, mut list, mut descriptor) =
        (PSID::default(), std::ptr::null_mut(), PSECURITY_DESCRIPTOR::default());
    let parts = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    // SAFETY: the name ends with NUL; what is found lies in `descriptor`, which is freed below.
    let asked = unsafe {
        let (owner, list) = (Some(&raw mut owner), Some(&raw mut list));
        GetNamedSecurityInfoW(&name, SE_FILE_OBJECT, parts, owner, None, list, None, &raw mut descriptor)
    };
    if asked != ERROR_SUCCESS {
        return false;
    }
    // SAFETY: both point into the descriptor, which is alive. Without a list everybody may do everything.
    let theirs = unsafe { is_trusted(owner) && !list.is_null() && nobody_else_has(access, list) };
    // SAFETY: allocated by the call above; not used any more.
    unsafe { LocalFree(Some(HLOCAL(descriptor.0))) };
    theirs
}

/// # Safety
/// The identifier is valid, or null.
unsafe fn is_trusted(who: PSID) -> bool {
    if who.is_invalid() {
        return false;
    }
    // SAFETY: it is valid, as promised.
    let well_known = [WinLocalSystemSid, WinBuiltinAdministratorsSid].map(|kind| unsafe { IsWellKnownSid(who, kind) });
    // SAFETY: as above.
    well_known.iter().any(|is| is.as_bool()) || unsafe { is_same(who, TRUSTED_INSTALLER) }
}

/// # Safety
/// The identifier is valid.
unsafe fn is_same(who: PSID, text: windows::core::PCWSTR) -> bool {
    let mut other = PSID::default();
    // SAFETY: the text is a constant that ends with NUL; what is made of it is freed below.
    unsafe {
        if ConvertStringSidToSidW(PWSTR(text.0.cast_mut()), &raw mut other).is_err() {
            return false;
        }
        let same = EqualSid(who, other).is_ok();
        LocalFree(Some(HLOCAL(other.0)));
        same
    }
}

/// # Safety
/// The list is valid.
unsafe fn nobody_else_has(access: u32, list: *const ACL) -> bool {
    let mut size = ACL_SIZE_INFORMATION::default();
    let length = u32::try_from(size_of_val(&size)).expect("a structure of some bytes");
    // SAFETY: the list is valid, as promised; the structure has the length that is given.
    let asked = unsafe { GetAclInformation(list, (&raw mut size).cast(), length, AclSizeInformation) };
    asked.is_ok()
        && (0..size.AceCount).all(|number| {
            let mut entry: *mut c_void = std::ptr::null_mut();
            // SAFETY: the number is below the count; the entry lies in the list.
            unsafe { GetAce(list, number, &raw mut entry) }.is_ok()
                && !entry.is_null()
                && unsafe { is_harmless(access, entry) }
        })
}

/// # Safety
/// It is an entry of a valid list.
unsafe fn is_harmless(access: u32, entry: *const c_void) -> bool {
    // SAFETY: every entry begins with a header.
    let header = unsafe { entry.cast::<ACE_HEADER>().read_unaligned() };
    if HARMLESS.contains(&header.AceType) {
        return true;
    }
    if header.AceType != ALLOWED {
        return false;
    }
    // SAFETY: its kind says which structure it is; the identifier begins where its first word stands.
    let (mask, who) = unsafe {
        let allowed = entry.cast::<ACCESS_ALLOWED_ACE>();
        ((&raw const (*allowed).Mask).read_unaligned(), PSID((&raw const (*allowed).SidStart).cast_mut().cast()))
    };
    let of_files_to_come = u32::from(header.AceFlags) & INHERIT_ONLY_ACE.0 != 0;
    // SAFETY: the identifier lies in the entry.
    mask & access == 0 || unsafe { is_trusted(who) || (of_files_to_come && is_same(who, CREATOR_OWNER)) }
}

#[cfg(test)]
mod tests;
