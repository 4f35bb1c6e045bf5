//! The song: a file that is uploaded, or an address.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lofty::file::AudioFile;
use sha2::{Digest, Sha256};

use crate::exit::Failure;
use crate::screen;

/// Stands for the address of a file that was not uploaded yet, while its request is checked.
const LATER: &str = "https://upload.invalid/song";

/// The song of a request.
#[derive(Debug, Clone)]
pub(crate) enum Song {
    /// A file that is uploaded.
    File(Recording),
    /// An address that the service fetches.
    Address(String),
}

/// A file, as it is before the upload.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) length: Option<Duration>,
    hash: [u8; 32],
}

impl Song {
    /// Reads a song: a text with `http://` or `https://` is an address, everything else the path of a file.
    pub(crate) fn read(given: &str) -> Result<Self, Failure> {
        if given.starts_with("http://") || given.starts_with("https://") {
            return Ok(Self::Address(given.to_owned()));
        }
        let path = Path::new(given);
        Recording::read(path).map(Self::File).map_err(|error| Failure::usage(format!("{given}: {}", why(&error))))
    }

    /// Returns the name that people know the song by.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(file) => file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Address(address) => {
                let path = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
                path.rsplit('/').next().unwrap_or_default().to_owned()
            }
        }
    }

    /// Returns the address for the checks of the request.
    pub(super) fn address(&self) -> &str {
        match self {
            Self::File(_) => LATER,
            Self::Address(address) => address,
        }
    }

    /// Adds what identifies the song to a hash. The query of an address may differ on every run.
    pub(super) fn identify(&self, hash: &mut Sha256) {
        match self {
            Self::File(file) => hash.update(file.hash),
            Self::Address(address) => hash.update(address.split(['?', '#']).next().unwrap_or_default()),
        }
    }
}

impl Recording {
    fn read(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            // It is read several times, and a device may never end.
            return Err(io::Error::other("this is a pipe or a device; write the song into a file"));
        }
        let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            bytes += count as u64;
        }
        if bytes == 0 {
            return Err(io::Error::other("the file is empty"));
        }
        Ok(Self { path: path.to_owned(), bytes, length: length_of(path), hash: hash.finalize().into() })
    }

    /// Describes the file: `3:12, 7.4 MB`.
    pub(crate) fn in_words(&self) -> String {
        let length = self.length.map(|length| format!("{}, ", screen::clock(length)));
        length.unwrap_or_default() + &screen::size(self.bytes)
    }
}

/// Returns the length of a recording, if its file says it.
pub(crate) fn length_of(path: &Path) -> Option<Duration> {
    let length = lofty::read_from_path(path).ok()?.properties().duration();
    (!length.is_zero()).then_some(length)
}

fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder; give a file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
        _ => error.to_string(),
    }
}
