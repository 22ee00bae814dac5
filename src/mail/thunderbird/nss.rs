//! Thunderbird's own cryptographic library, so that what is stored is what Thunderbird reads: NSS's public C interface
//! (`nss.h`, `pk11pub.h`, `pk11sdr.h`, `cert.h`), loaded from Thunderbird's folder. For the child process only.

#![allow(unsafe_code)]

use std::error::Error;
use std::ffi::{CString, c_char, c_int, c_uint, c_ulong, c_void};
use std::path::Path;
use std::ptr;

use libloading::Symbol;
#[cfg(unix)]
use libloading::os::unix::{Library as System, RTLD_GLOBAL, RTLD_NOW};
#[cfg(windows)]
use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library as System};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// `CKM_AES_CBC` of PKCS #11.
const AES_CBC: c_ulong = 0x1082;
/// `CERTDB_VALID_CA | CERTDB_TRUSTED_CA`: issues certificates of servers.
const TRUSTED_ISSUER: c_uint = 0x08 | 0x10;

#[repr(C)]
struct Item {
    kind: c_uint,
    data: *mut u8,
    length: c_uint,
}

#[repr(C)]
struct Trust {
    servers: c_uint,
    mail: c_uint,
    code: c_uint,
}

/// What went wrong, with NSPR's error number.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed ({number})")]
struct Failed {
    call: &'static str,
    number: c_int,
}

/// An open key store of a profile.
pub(super) struct Store {
    nss: libloading::Library,
    slot: *mut c_void,
    /// Libraries that NSS needs stay loaded as long as it.
    _needed: Vec<libloading::Library>,
}

impl Store {
    /// Opens or creates the key store. Fails when it is protected by a primary password.
    pub fn open(libraries: &Path, profile: &Path) -> Result<Self, Box<dyn Error>> {
        let needed = ["nspr4", "plc4", "plds4", "nssutil3"]
            .iter()
            .map(|name| libraries.join(file_name(name)))
            .filter(|path| path.exists())
            .map(|path| load(&path))
            .collect::<Result<Vec<_>, _>>()?;
        let mut store = Self { nss: load(&libraries.join(file_name("nss3")))?, slot: ptr::null_mut(), _needed: needed };
        let database = CString::new(format!("sql:{}", profile.to_str().ok_or("the folder's name is no text")?))?;
        // SAFETY: signatures as in the public headers; the texts live through the calls; the slot is checked for null.
        unsafe {
            let initialize: Symbol<
                unsafe extern "C" fn(*const c_char, *const c_char, *const c_char, *const c_char, u32) -> c_int,
            > = store.nss.get(b"NSS_Initialize\0")?;
            let internal_slot: Symbol<unsafe extern "C" fn() -> *mut c_void> =
                store.nss.get(b"PK11_GetInternalKeySlot\0")?;
            let needs_init: Symbol<unsafe extern "C" fn(*mut c_void) -> c_int> =
                store.nss.get(b"PK11_NeedUserInit\0")?;
            let init_pin: Symbol<unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char) -> c_int> =
                store.nss.get(b"PK11_InitPin\0")?;
            let authenticate: Symbol<unsafe extern "C" fn(*mut c_void, c_int, *mut c_void) -> c_int> =
                store.nss.get(b"PK11_Authenticate\0")?;
            let no_prefix = c"".as_ptr();
            let status = initialize(database.as_ptr(), no_prefix, no_prefix, c"secmod.db".as_ptr(), 0);
            store.check("NSS_Initialize", status)?;
            let slot = internal_slot();
            store.check("PK11_GetInternalKeySlot", if slot.is_null() { -1 } else { 0 })?;
            if needs_init(slot) != 0 {
                store.check("PK11_InitPin", init_pin(slot, ptr::null(), no_prefix))?;
            }
            store.check("PK11_Authenticate", authenticate(slot, 1, ptr::null_mut()))?;
            store.slot = slot;
        }
        Ok(store)
    }

    /// Encrypts a text with the store's key, as Thunderbird does for `logins.json`.
    pub fn encrypt(&self, text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        type Encrypt =
            unsafe extern "C" fn(*mut c_void, *mut Item, c_ulong, *mut Item, *mut Item, *mut c_void) -> c_int;
        type OldEncrypt = unsafe extern "C" fn(*mut Item, *mut Item, *mut Item, *mut c_void) -> c_int;
        let mut bytes = zeroize::Zeroizing::new(text.as_bytes().to_vec());
        let mut key = Item { kind: 0, data: ptr::null_mut(), length: 0 };
        let mut data = Item { kind: 0, data: bytes.as_mut_ptr(), length: c_uint::try_from(bytes.len())? };
        let mut result = Item { kind: 0, data: ptr::null_mut(), length: 0 };
        // SAFETY: signatures as in `pk11sdr.h`; the items point to memory that outlives the calls; the result is NSS's
        // and is copied before anything else is called.
        unsafe {
            let status = if let Ok(encrypt) = self.nss.get::<Encrypt>(b"PK11SDR_EncryptWithMechanism\0") {
                encrypt(ptr::null_mut(), &raw mut key, AES_CBC, &raw mut data, &raw mut result, ptr::null_mut())
            } else {
                // Before NSS 3.74 there is only triple DES, which every version reads.
                let encrypt: Symbol<OldEncrypt> = self.nss.get(b"PK11SDR_Encrypt\0")?;
                encrypt(&raw mut key, &raw mut data, &raw mut result, ptr::null_mut())
            };
            self.check("PK11SDR_Encrypt", if result.data.is_null() { -1 } else { status })?;
            Ok(std::slice::from_raw_parts(result.data, result.length as usize).to_vec())
        }
    }

    /// Trusts a certificate authority (PEM) for servers.
    pub fn trust(&self, authority: &str) -> Result<(), Box<dyn Error>> {
        for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
            self.trust_certificate(certificate?.as_ref())?;
        }
        Ok(())
    }

    fn trust_certificate(&self, der: &[u8]) -> Result<(), Box<dyn Error>> {
        type NewCertificate = unsafe extern "C" fn(*mut c_void, *mut Item, *mut c_char, c_int, c_int) -> *mut c_void;
        type Import = unsafe extern "C" fn(*mut c_void, *mut c_void, c_ulong, *const c_char, c_int) -> c_int;
        let mut der = der.to_vec();
        let mut item = Item { kind: 0, data: der.as_mut_ptr(), length: c_uint::try_from(der.len())? };
        let mut trust = Trust { servers: TRUSTED_ISSUER, mail: 0, code: 0 };
        // SAFETY: signatures as in `cert.h` and `pk11pub.h`; NSS copies the certificate (copyDER is 1); it is released
        // on every way out, because an object that is still held keeps NSS from shutting down.
        unsafe {
            let database: Symbol<unsafe extern "C" fn() -> *mut c_void> = self.nss.get(b"CERT_GetDefaultCertDB\0")?;
            let new: Symbol<NewCertificate> = self.nss.get(b"CERT_NewTempCertificate\0")?;
            let import: Symbol<Import> = self.nss.get(b"PK11_ImportCert\0")?;
            let change: Symbol<unsafe extern "C" fn(*mut c_void, *mut c_void, *mut Trust) -> c_int> =
                self.nss.get(b"CERT_ChangeCertTrust\0")?;
            let release: Symbol<unsafe extern "C" fn(*mut c_void)> = self.nss.get(b"CERT_DestroyCertificate\0")?;
            let database = database();
            let certificate = new(database, &raw mut item, ptr::null_mut(), 0, 1);
            self.check("CERT_NewTempCertificate", if certificate.is_null() { -1 } else { 0 })?;
            let done = self
                .check("PK11_ImportCert", import(self.slot, certificate, 0, c"Mail server CA".as_ptr(), 0))
                .and_then(|()| self.check("CERT_ChangeCertTrust", change(database, certificate, &raw mut trust)));
            release(certificate);
            Ok(done?)
        }
    }

    /// Closes the store; only then everything is on the disk for certain.
    pub fn close(self) -> Result<(), Box<dyn Error>> {
        // SAFETY: signatures as in the public headers; the slot is not used afterwards.
        unsafe {
            let free: Symbol<unsafe extern "C" fn(*mut c_void)> = self.nss.get(b"PK11_FreeSlot\0")?;
            let shutdown: Symbol<unsafe extern "C" fn() -> c_int> = self.nss.get(b"NSS_Shutdown\0")?;
            free(self.slot);
            self.check("NSS_Shutdown", shutdown())?;
        }
        Ok(())
    }

    fn check(&self, call: &'static str, status: c_int) -> Result<(), Failed> {
        if status == 0 {
            return Ok(());
        }
        // SAFETY: `PORT_GetError` takes nothing and returns an int.
        let number = unsafe {
            self.nss.get::<unsafe extern "C" fn() -> c_int>(b"PORT_GetError\0").map_or(0, |error_number| error_number())
        };
        Err(Failed { call, number })
    }
}

fn file_name(library: &str) -> String {
    if cfg!(windows) {
        format!("{library}.dll")
    } else if cfg!(target_os = "macos") {
        format!("lib{library}.dylib")
    } else {
        format!("lib{library}.so")
    }
}

/// Loads with global symbols, so that NSS finds Thunderbird's own `nssutil3` and not the system's.
fn load(path: &Path) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: the library is Thunderbird's own; its initialisers are the ones that run in Thunderbird.
    unsafe {
        #[cfg(unix)]
        return System::open(Some(path), RTLD_NOW | RTLD_GLOBAL).map(Into::into);
        // The libraries it needs lie beside it, and the program's own folder is not searched for them.
        #[cfg(windows)]
        return System::load_with_flags(path, LOAD_WITH_ALTERED_SEARCH_PATH).map(Into::into);
    }
}
