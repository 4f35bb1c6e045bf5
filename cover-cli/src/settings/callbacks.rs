//! Callbacks: the address at which `cover listen` is reached, the secret of the addresses beneath it, and the key that signs them.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use cover_api::runtime::{AnyService, ClientBuilder};
use cover_spec::tables::Api;
use secrecy::SecretString;

use super::{Folders, folders, key};
use crate::exit::{Exit, Failure};

/// The environment variable with the address that requests give to the service.
pub(crate) const VARIABLE: &str = "COVER_CALLBACK_URL";
/// The environment variable with the key with which the service signs callbacks.
pub(crate) const SIGNING_KEY: &str = "COVER_CALLBACK_SIGNING_KEY";

/// Number of random bytes in the secret.
const BYTES: usize = 32;

/// Returns the address, if it is set.
pub(super) fn address() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|address| !address.trim().is_empty())
}

/// Sets up callbacks at this address. Where the service signs them, its key is needed, too.
pub(super) fn set_up(
    builder: ClientBuilder<AnyService>,
    api: &Api,
    address: &str,
    folders: &Folders,
) -> Result<ClientBuilder<AnyService>, Failure> {
    let is_signed = api.callback.as_ref().is_some_and(|callback| callback.signature.is_some());
    let builder = if is_signed { builder.callback_signing_key(signing_key()?) } else { builder };
    Ok(builder.callbacks(address, secret(folders)?))
}

fn signing_key() -> Result<SecretString, Failure> {
    match std::env::var(SIGNING_KEY) {
        Ok(key) if !key.trim().is_empty() => Ok(key.trim().into()),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(format!("{SIGNING_KEY}: the key is not a text"))),
        _ => Err(Failure::usage(format!("the service signs its callbacks, and {SIGNING_KEY} is not set")).hint(format!(
            "set it to the signing key that the service shows in your account; to do without callbacks, unset {VARIABLE}"
        ))),
    }
}

/// Returns the secret. The first command that needs it makes it.
fn secret(folders: &Folders) -> Result<SecretString, Failure> {
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
