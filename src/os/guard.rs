//! What keeps other people's code out of ours, and our children from outliving us. Only Windows needs these: elsewhere a
//! program's own folder is not searched for libraries.

use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Child;

/// The first thing that a process of ours does: nothing is loaded from the current folder.
pub fn not_from_the_current_folder() {
    #[cfg(windows)]
    super::imp::libraries::not_from_the_current_folder();
}

/// From now on libraries are loaded from the system's folder only. Not for a child that loads what others have installed:
/// their libraries look for others in folders of their own.
pub fn load_from_the_system_only() {
    #[cfg(windows)]
    super::imp::libraries::from_the_system_only();
}

/// From now on this child ends with our process, however that ends.
/// After an error it is like any other.
pub fn end_with_us(child: &Child) -> io::Result<()> {
    #[cfg(windows)]
    if let Some(handle) = child.raw_handle() {
        super::imp::children::end_with_us(handle)?;
    }
    let _ = child;
    Ok(())
}

/// Whether a program may be started where it lies: nobody but administrators can put a library beside it.
pub fn is_well_placed(program: &Path) -> bool {
    #[cfg(windows)]
    return super::imp::trust::is_in_a_folder_of_administrators(program);
    #[cfg(not(windows))]
    return program.exists();
}

/// The folder of this login for programs of ours that are started from somewhere else.
pub fn own_programs() -> PathBuf {
    super::local_data().join("Mailshift").join("bin")
}
