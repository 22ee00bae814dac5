//! Child processes that end with this one, however it ends.

#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::RawHandle;
use std::sync::OnceLock;

use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows::core::PCWSTR;

/// A job object whose only handle is this process's own. The system closes it with the process, and ends what is in it
/// (<https://learn.microsoft.com/windows/win32/procthread/job-objects>).
struct Job(HANDLE);

// SAFETY: the handle is never closed, and the system itself guards what it stands for.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

/// From now on the system ends this child when our process ends, also by a crash. Children of its own that it starts
/// later end with it.
pub fn end_with_us(child: RawHandle) -> io::Result<()> {
    static JOB: OnceLock<Option<Job>> = OnceLock::new();
    let job = JOB.get_or_init(|| job().inspect_err(|error| tracing::warn!(%error, "no job object")).ok());
    let job = job.as_ref().ok_or(io::ErrorKind::Unsupported)?;
    // SAFETY: both handles are open: ours for good, the child's as long as its owner is borrowed by the caller.
    unsafe { AssignProcessToJobObject(job.0, HANDLE(child)) }.map_err(io::Error::from)
}

fn job() -> windows::core::Result<Job> {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    let size = u32::try_from(size_of_val(&limits)).expect("a structure of some bytes");
    // SAFETY: no name, and no attributes: the handle is not inherited. The structure lives throughout the call.
    unsafe {
        let job = CreateJobObjectW(None, PCWSTR::null())?;
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, (&raw const limits).cast(), size)?;
        Ok(Job(job))
    }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::AsRawHandle;
    use std::process::Command;

    /// The end itself is seen in the stories: it takes a process that ends.
    #[test]
    fn a_child_is_tied_to_us_and_others_are_not() {
        let mut child = Command::new("cmd").args(["/c", "exit", "7"]).spawn().expect("a child");
        super::end_with_us(child.as_raw_handle()).expect("tied");
        assert_eq!(child.wait().expect("its end").code(), Some(7), "being tied changes nothing for it");
        assert!(super::end_with_us(std::ptr::null_mut()).is_err());
    }
}
