//! What differs where the system is not Unix.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file. Fails where there is one. Who may read it is left to the directory.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Does nothing: a directory cannot be opened as a file, and the system writes its names by itself.
#[expect(clippy::unnecessary_wraps, reason = "it fails on Unix")]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
