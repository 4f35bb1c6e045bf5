//! File operations on systems other than Unix.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a file with the permissions of its directory. Fails if it exists.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Does nothing. These systems cannot open a directory as a file, and write its names themselves.
#[expect(clippy::unnecessary_wraps, reason = "it fails on Unix")]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
