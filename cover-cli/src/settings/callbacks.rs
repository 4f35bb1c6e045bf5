//! Callbacks: the address at which `cover listen` is reached, and the secret of the addresses beneath it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use secrecy::SecretString;

use super::{Folders, folders, key};
use crate::exit::{Exit, Failure};

/// The environment variable with the address that requests give to the service.
pub(crate) const VARIABLE: &str = "COVER_CALLBACK_URL";

/// Number of random bytes in the secret.
const BYTES: usize = 32;

/// Returns the address, if it is set.
pub(super) fn address() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|address| !address.trim().is_empty())
}

/// Returns the secret. The first command that needs it makes it.
pub(crate) fn secret(folders: &Folders) -> Result<SecretString, Failure> {
    let file = folders.callback_secret();
    if !file.exists() {
        folders::create(&folders.config)?;
        let made = make(&file);
        made.map_err(|error| Failure::new(Exit::Refused, format!("{}: {error}", file.display())))?;
    }
    key::read(&file)
}

/// Makes the file with the secret, which only its owner can read. If another process does so at the same time, its secret stays.
fn make(file: &Path) -> io::Result<()> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let secret: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&new)?;
    writeln!(open, "{}", secret.concat())?;
    open.sync_all()?;
    match fs::hard_link(&new, file) {
        Ok(()) => fs::remove_file(&new),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::remove_file(&new),
        // A file system without hard links.
        Err(_) => fs::rename(&new, file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once() {
        let folder = std::env::temp_dir().join(format!("cover-secret-{}", fastrand::u64(..)));
        let folders = Folders { state: folder.clone(), config: folder.clone() };
        let read = || fs::read_to_string(folders.callback_secret()).unwrap();
        secret(&folders).unwrap();
        let first = read();
        make(&folders.callback_secret()).unwrap();
        secret(&folders).unwrap();
        assert_eq!((first.trim().len(), &first), (2 * BYTES, &read()));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing else is left");
        fs::remove_dir_all(folder).unwrap();
    }
}
