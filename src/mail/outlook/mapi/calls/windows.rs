//! The calls of Extended MAPI.
//!
//! The sequence is that of Microsoft's sample "Programmatically create a profile in Outlook" (MAPI reference): a profile,
//! the Exchange service, and the mailbox's address in two of its sections; Outlook finds out all else by Autodiscover
//! at its first start. `MAPIInitialize` makes this thread an apartment; everything is called on it.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::ptr::{from_mut, null_mut};
use std::sync::Arc;

use outlook_mapi::sys::{
    IMsgServiceAdmin2, IProfAdmin, IProfSect, KEEP_OPEN_READWRITE, MAPI_MODIFY, MAPIAdminProfiles, MAPIFreeBuffer,
    MAPIUID, PR_DISPLAY_NAME_W, PR_PROFILE_USER_SMTP_EMAIL_ADDRESS_W, PR_STORE_PROVIDERS, SPropTagArray, SPropValue,
};
use outlook_mapi::{Initialize, InitializeFlags};
use windows::Win32::Foundation::E_INVALIDARG;
use windows::Win32::System::ApplicationInstallationAndServicing::{INSTALLUILEVEL_NONE, MsiSetInternalUI};
use windows::Win32::System::Diagnostics::Debug::{
    SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode,
};
use windows_core::{Error, HRESULT, Interface, PWSTR};

use super::super::data_file::{self, Format};
use super::super::job::{ChildMessage, Job};
use super::{Stop, say};
use crate::mail::outlook::registry::{self, Change};

// Names and numbers of Microsoft's header files `edkmdb.h`, `mspst.h` and `mapidefs.h`; the crate does not have them.
const PR_EMSMDB_SECTION_UID: u32 = 0x3D15_0102;
const PR_PST_PATH_W: u32 = 0x6700_001F;
const PR_PST_CONFIG_FLAGS: u32 = 0x6770_0003;
const PST_CONFIG_PRESERVE_DISPLAY_NAME: u32 = 0x0000_0002;
const PST_CONFIG_UNICODE: u32 = 0x8000_0000;
/// Opens sections that belong to a provider.
const MAPI_FORCE_ACCESS: u32 = 0x0008_0000;
const MAPI_E_NOT_FOUND: HRESULT = HRESULT(0x8004_010F_u32.cast_signed());

/// Does a job and says that it is done, before the library is closed.
pub(super) fn run(job: &Job, out: &mut dyn Write) -> Result<(), Stop> {
    be_silent();
    let mut mapi = Mapi { out };
    let _open = mapi.opened()?;
    // SAFETY: no arguments but flags.
    let admin = mapi.call("MAPIAdminProfiles", || unsafe { MAPIAdminProfiles(0) })?;
    let profile = CString::new(job.profile().unwrap_or_default());
    let profile = profile.map_err(|_| Stop::Failed { call: "the job", hresult: hresult(&E_INVALIDARG.into()) })?;
    let name = profile.as_ptr().cast_mut();
    match job {
        Job::Create { address, display_name, data_files, mark, .. } => {
            let mailbox = Mailbox { address, display_name };
            mapi.create(&admin, &profile, mark.as_ref(), mailbox, data_files)?;
        }
        // SAFETY: `name` ends with a NUL and outlives the call, which only reads it.
        Job::Delete { .. } => mapi.call("DeleteProfile", || unsafe { admin.DeleteProfile(name, 0) })?,
        // SAFETY: as above.
        Job::MakeDefault { .. } => mapi.call("SetDefaultProfile", || unsafe { admin.SetDefaultProfile(name, 0) })?,
        Job::Probe => {}
    }
    say(mapi.out, &ChildMessage::Done)
}

/// No window comes up in the child: neither when a library crashes or is missing, nor when Windows Installer wants to
/// repair Office.
fn be_silent() {
    // SAFETY: both only set flags of this process.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
        MsiSetInternalUI(INSTALLUILEVEL_NONE, None);
    }
}

#[derive(Clone, Copy)]
struct Mailbox<'a> {
    address: &'a str,
    display_name: &'a str,
}

/// MAPI, with each call said before it is made.
struct Mapi<'a> {
    out: &'a mut dyn Write,
}

impl Mapi<'_> {
    fn call<T>(&mut self, call: &'static str, make: impl FnOnce() -> Result<T, Error>) -> Result<T, Stop> {
        say(self.out, &ChildMessage::Calling { call: call.into() })?;
        make().map_err(|error| Stop::Failed { call, hresult: hresult(&error) })
    }

    /// The crate panics where neither Outlook nor Windows has a MAPI library.
    fn opened(&mut self) -> Result<Arc<Initialize>, Stop> {
        let loaded = catch_unwind(AssertUnwindSafe(|| {
            self.call("MAPIInitialize", || Initialize::new(InitializeFlags::default()))
        }));
        loaded.unwrap_or_else(|_| Err(Stop::Unavailable { reason: "no MAPI library".into() }))
    }

    fn create(
        &mut self,
        admin: &IProfAdmin,
        profile: &CStr,
        mark: Option<&Change>,
        mailbox: Mailbox<'_>,
        data_files: &[PathBuf],
    ) -> Result<(), Stop> {
        let name = profile.as_ptr().cast_mut();
        // SAFETY: `name` ends with a NUL and outlives the call, which only reads it; no password, no window.
        self.call("CreateProfile", || unsafe { admin.CreateProfile(name, null_mut(), 0, 0) })?;
        // Before this line the name may be somebody else's profile; from here on the profile is ours.
        let marked = mark.map_or(Ok(()), |mark| self.call("mark", || registry::write(mark).map_err(Error::from)));
        let filled = marked.and_then(|()| self.filled(admin, profile, mailbox, data_files));
        // Once nobody listens, a profile of this name may be another's work: the agent after us looks after what is left.
        if let Err(Stop::Failed { .. } | Stop::Unavailable { .. }) = &filled
            && say(self.out, &ChildMessage::Calling { call: "DeleteProfile".into() }).is_ok()
        {
            // SAFETY: as above. What it answers changes nothing: the agent looks after what is left.
            _ = unsafe { admin.DeleteProfile(name, 0) };
        }
        filled
    }

    fn filled(
        &mut self,
        admin: &IProfAdmin,
        profile: &CStr,
        mailbox: Mailbox<'_>,
        data_files: &[PathBuf],
    ) -> Result<(), Stop> {
        let services = self.call("AdminServices", || {
            let mut services = None;
            // SAFETY: the name ends with a NUL and outlives the call; `services` takes one reference.
            unsafe { admin.AdminServices(profile.as_ptr().cast_mut(), null_mut(), 0, 0, &raw mut services)? };
            services.ok_or_else(Error::empty)
        })?;
        let services: IMsgServiceAdmin2 = self.call("QueryInterface", || services.cast())?;
        let service = self.service(&services, c"MSEMS", c"Microsoft Exchange")?;
        let service = self.section(&services, service)?;
        let emsmdb_uid = self.uid(&service, PR_EMSMDB_SECTION_UID)?;
        let emsmdb = self.section(&services, emsmdb_uid)?;
        // In which of the two it is differs between Microsoft's samples.
        let store = match self.uid(&service, PR_STORE_PROVIDERS) {
            Err(Stop::Failed { .. }) => self.uid(&emsmdb, PR_STORE_PROVIDERS)?,
            found => found?,
        };
        let store = self.section(&services, store)?;
        self.write(&emsmdb, mailbox)?;
        self.write(&store, mailbox)?;
        for path in data_files {
            say(self.out, &ChildMessage::Attaching { path: path.clone() })?;
            let said = match self.attach(&services, path) {
                Ok(()) => ChildMessage::Attached { path: path.clone() },
                Err(NotAttached::Unfit(reason)) => ChildMessage::NotAttached { path: path.clone(), reason },
                Err(NotAttached::Stop(Stop::Failed { call, hresult })) => {
                    ChildMessage::NotAttached { path: path.clone(), reason: format!("{call}: {hresult:#010x}") }
                }
                Err(NotAttached::Stop(stop)) => return Err(stop),
            };
            say(self.out, &said)?;
        }
        Ok(())
    }

    fn service(&mut self, services: &IMsgServiceAdmin2, name: &CStr, display: &CStr) -> Result<MAPIUID, Stop> {
        self.call("CreateMsgServiceEx", || {
            let mut uid = MAPIUID::default();
            let (name, display) = (name.as_ptr().cast_mut(), display.as_ptr().cast_mut());
            // SAFETY: both names end with a NUL and are only read; `uid` takes 16 bytes; flags 0: no window.
            unsafe { services.CreateMsgServiceEx(name, display, 0, 0, &raw mut uid)? };
            Ok(uid)
        })
    }

    fn section(&mut self, services: &IMsgServiceAdmin2, mut uid: MAPIUID) -> Result<IProfSect, Stop> {
        self.call("OpenProfileSection", || {
            let (mut section, flags) = (None, MAPI_FORCE_ACCESS | MAPI_MODIFY);
            // SAFETY: `uid` is read; no interface named: the usual one; `section` takes one reference.
            unsafe { services.OpenProfileSection(&raw mut uid, null_mut(), flags, &raw mut section)? };
            section.ok_or_else(Error::empty)
        })
    }

    /// The first `MAPIUID` of a binary property.
    fn uid(&mut self, section: &IProfSect, tag: u32) -> Result<MAPIUID, Stop> {
        self.call("GetProps", || {
            let mut tags = SPropTagArray { cValues: 1, aulPropTag: [tag] };
            let (mut count, mut values) = (0, null_mut::<SPropValue>());
            // SAFETY: one tag as counted; `count` and `values` are set together. Success with errors inside is possible.
            unsafe { section.GetProps(&raw mut tags, 0, &raw mut count, &raw mut values)? };
            // SAFETY: MAPI says that this many values are there; a null pointer is none.
            let value = unsafe { values.as_ref() }.filter(|value| count >= 1 && value.ulPropTag == tag);
            // SAFETY: the tag says that the value is binary: a length and a pointer to so many bytes.
            let bytes = value.map(|value| unsafe { value.Value.bin }).filter(|bytes| !bytes.lpb.is_null());
            let uid = bytes.filter(|bytes| bytes.cb as usize >= size_of::<MAPIUID>()).map(|bytes| {
                // SAFETY: at least the 16 bytes of a `MAPIUID` are there; it is made of bytes, so any address will do.
                unsafe { bytes.lpb.cast::<MAPIUID>().read_unaligned() }
            });
            // SAFETY: allocated by MAPI, not used below; a null pointer is allowed.
            unsafe { MAPIFreeBuffer(values.cast()) };
            uid.ok_or_else(|| MAPI_E_NOT_FOUND.into())
        })
    }

    /// Says whose mailbox it is, in one of the two sections where Outlook looks for it.
    fn write(&mut self, section: &IProfSect, mailbox: Mailbox<'_>) -> Result<(), Stop> {
        let mut address = wide(&format!("SMTP:{}", mailbox.address));
        let mut display_name = wide(mailbox.display_name);
        let mut values = [
            text_value(PR_PROFILE_USER_SMTP_EMAIL_ADDRESS_W, &mut address),
            text_value(PR_DISPLAY_NAME_W, &mut display_name),
        ];
        self.call("SetProps", || {
            let mut problems = null_mut();
            // SAFETY: two values as counted, whose texts live until the end of this function; `problems` may stay null.
            unsafe { section.SetProps(2, from_mut(&mut values).cast(), &raw mut problems)? };
            // SAFETY: null, or allocated by MAPI with at least the count and one problem in it.
            let problem = unsafe { problems.as_ref() }.filter(|problems| problems.cProblem > 0);
            let problem = problem.map(|problems| HRESULT(problems.aProblem[0].scode));
            // SAFETY: allocated by MAPI, not used below; a null pointer is allowed.
            unsafe { MAPIFreeBuffer(problems.cast()) };
            problem.map_or(Ok(()), |problem| Err(problem.into()))
        })?;
        // SAFETY: no arguments but flags.
        self.call("SaveChanges", || unsafe { section.SaveChanges(KEEP_OPEN_READWRITE) })
    }

    /// Adds a data file; when that fails, takes the service for it away again.
    fn attach(&mut self, services: &IMsgServiceAdmin2, path: &Path) -> Result<(), NotAttached> {
        let format = data_file::format(path).map_err(|unfit| NotAttached::Unfit(unfit.to_string()))?;
        let mut text = wide(path.to_str().ok_or_else(|| NotAttached::Unfit("its name is no Unicode".into()))?);
        let mut flags = SPropValue { ulPropTag: PR_PST_CONFIG_FLAGS, ..SPropValue::default() };
        flags.Value.ul = PST_CONFIG_UNICODE | PST_CONFIG_PRESERVE_DISPLAY_NAME;
        let mut values = [text_value(PR_PST_PATH_W, &mut text), flags];
        // The service for the older format takes the path alone.
        let (name, count) = match format {
            Format::Unicode => (c"MSUPST MS", 2),
            Format::Ansi => (c"MSPST MS", 1),
        };
        let mut uid = self.service(services, name, c"Outlook Data File").map_err(NotAttached::Stop)?;
        let configured = self.call("ConfigureMsgService", || {
            // SAFETY: `uid` is read; as many values as counted, whose text lives until the end of this function; flags
            // 0: no window.
            unsafe { services.ConfigureMsgService(&raw mut uid, 0, 0, count, from_mut(&mut values).cast()) }
        });
        if let Err(Stop::Failed { .. } | Stop::Unavailable { .. }) = &configured
            && say(self.out, &ChildMessage::Calling { call: "DeleteMsgService".into() }).is_ok()
        {
            // SAFETY: `uid` is read. Left behind, Outlook would ask for the file at each start; there is no other remedy.
            _ = unsafe { services.DeleteMsgService(&raw mut uid) };
        }
        configured.map_err(NotAttached::Stop)
    }
}

/// Why a data file is not in the new profile.
enum NotAttached {
    Unfit(String),
    Stop(Stop),
}

fn hresult(error: &Error) -> u32 {
    error.code().0.cast_unsigned()
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// A text property. It points into `text`.
fn text_value(tag: u32, text: &mut [u16]) -> SPropValue {
    let mut value = SPropValue { ulPropTag: tag, ..SPropValue::default() };
    value.Value.lpszW = PWSTR(text.as_mut_ptr());
    value
}
