//! Finds the file of a ledger, or creates it.
//!
//! The file of a ledger is never empty. A new one is created under another name and linked to its own name when it is
//! complete. An empty file has therefore lost its contents, and is not mistaken for a new ledger.
//!
//! A database that SQLite has open must not be opened here, since closing it would release the locks of this process.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::{AttemptId, LedgerError};
use super::{failure, schema, system};

/// Returns the canonical path of the file, and creates the file if it does not exist.
///
/// All processes must find the same files beside it, whatever path they use.
pub(super) fn find_or_create(path: &Path) -> Result<PathBuf, LedgerError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(LedgerError::unavailable("it is a directory").at(path)),
        Ok(found) if !found.is_file() => return Err(LedgerError::not_a_ledger("it is not a regular file").at(path)),
        Ok(found) if found.len() == 0 => return Err(LedgerError::not_a_ledger(EMPTY).at(path)),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => create(path)?,
        Err(error) => return Err(failure::io(path, "it cannot be looked up", error)),
    }
    fs::canonicalize(path).map_err(|error| failure::io(path, "it cannot be looked up", error))
}

const EMPTY: &str = "it is an empty file, and has probably lost its contents; a new ledger is never empty. Restore it from \
    a backup, or delete it if it never recorded a purchase";

/// Returns the path of a file beside the ledger.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    path.with_file_name(name)
}

fn create(path: &Path) -> Result<(), LedgerError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        return Err(LedgerError::unavailable("its directory does not exist").at(path));
    }
    let fails = |error| failure::io(path, "it cannot be created", error);
    // The id serves as a unique name.
    let draft = Draft(beside(path, &format!("-new-{}", AttemptId::new())));
    // SQLite keeps the permissions of an existing file.
    system::create(&draft.0).map_err(fails)?;
    schema::create(&draft.0).map_err(|error| failure::sql(path, error))?;
    fs::OpenOptions::new().write(true).open(&draft.0).and_then(|file| file.sync_all()).map_err(fails)?;
    match fs::hard_link(&draft.0, path) {
        Ok(()) => {}
        // Another process was first. Its file is equivalent.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failure::io(path, "it cannot be linked to its name", error)),
    }
    drop(draft);
    system::sync_directory(directory).map_err(fails)
}

/// A file that is removed when it is dropped, with the files that SQLite creates beside it.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            fs::remove_file(beside(&self.0, suffix)).ok();
        }
    }
}
