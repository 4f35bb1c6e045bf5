//! A file on disk that is not complete: `NAME.part` has its bytes, and `NAME.part.resume` says what they belong to.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;

use super::head;
use super::record;
use super::transfer::{Sink, TransferError};
use crate::error::{DownloadFault, FileFault};
use crate::redact::shown;

/// Number of bytes that are collected before they are written.
const BUFFER: usize = 256 << 10;
/// Number of bytes after which the disk is asked to keep them. An interrupted download repeats at most these.
const SYNC_EVERY: u64 = 1 << 20;
/// How often the lock is opened anew, because the process before has just removed it.
const ATTEMPTS: u32 = 8;
/// Largest record that is read, in bytes.
const MAX_RECORD: u64 = 16 << 10;

/// The incomplete file of one download. No other download writes to it.
pub(super) struct Part {
    files: Arc<Files>,
    /// Says which link the bytes belong to.
    link: [u8; 32],
    /// What the server says about the file.
    file: Option<head::File>,
    /// Bytes that are not yet written.
    buffer: Vec<u8>,
    written: u64,
    synced: u64,
}

/// The files of a download. Work on them holds a reference, so that the lock outlives it.
struct Files {
    path: PathBuf,
    part: PathBuf,
    record: PathBuf,
    overwrites: bool,
    bytes: File,
    /// The record, which is locked.
    lock: File,
}

/// Why the files cannot be used, and the error that says so.
struct Unusable(FileFault, Option<io::Error>);

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        Self(FileFault::Failed, Some(error))
    }
}

impl Part {
    /// Locks the incomplete file for a path, and finds what an earlier download of the same link has left.
    pub(super) async fn open(path: PathBuf, overwrites: bool, link: &str) -> Result<Self, TransferError> {
        let (name, link) = (shown_path(&path), record::hash(link));
        let opened = spawn_blocking(move || Files::open(path, overwrites)).await;
        let files = opened.unwrap_or_else(|error| Err(io::Error::other(error).into()));
        let files = files.map_err(|why| why.of(&name))?;
        let mut part = Self { files: Arc::new(files), link, file: None, buffer: Vec::new(), written: 0, synced: 0 };
        let found = part.work(move |files| files.found(&link)).await;
        if let Some((file, written)) = found.map_err(|error| Unusable::from(error).of(&name))? {
            (part.file, part.written, part.synced) = (Some(file), written, written);
        }
        Ok(part)
    }

    /// Returns what an earlier download has left: what the server said, and the number of bytes.
    pub(super) fn found(&self) -> Option<(head::File, u64)> {
        Some((self.file.clone()?, self.written))
    }

    /// Gives the complete file its name.
    pub(super) async fn publish(&mut self) -> Result<(), TransferError> {
        let length = self.written;
        let files = Arc::clone(&self.files);
        let published = spawn_blocking(move || files.publish(length)).await;
        let published = published.unwrap_or_else(|error| Err(io::Error::other(error).into()));
        published.map_err(|why| why.of(&shown_path(&self.files.path)))
    }

    /// Keeps the bytes for a later download, if it can go on with them. Otherwise removes them.
    pub(super) async fn keep(mut self) {
        let can_go_on = self.file.as_ref().is_some_and(|file| file.validator.is_some());
        self.write_out().await.ok();
        if can_go_on && self.written > 0 {
            self.sync().await.ok();
        } else {
            self.work(Files::remove).await.ok();
        }
    }

    /// Names the path in a fault of the sink.
    pub(super) fn explain(&self, stop: TransferError) -> TransferError {
        match stop.fault {
            DownloadFault::Writer => {
                let path = shown_path(&self.files.path);
                TransferError { fault: DownloadFault::File { path, fault: FileFault::Failed }, ..stop }
            }
            _ => stop,
        }
    }

    /// Writes the collected bytes.
    async fn write_out(&mut self) -> io::Result<()> {
        let (bytes, at) = (std::mem::take(&mut self.buffer), self.written);
        let written = self.work(move |files| Ok((files.write(at, &bytes), bytes))).await;
        let (written, mut bytes) = written?;
        if written.is_ok() {
            self.written += bytes.len() as u64;
            bytes.clear();
        }
        self.buffer = bytes;
        written
    }

    /// Makes the written bytes durable, and records how many they are.
    async fn sync(&mut self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let record = record::write(&self.link, file, self.written);
        self.work(move |files| {
            files.bytes.sync_data()?;
            files.put_record(&record)
        })
        .await?;
        self.synced = self.written;
        Ok(())
    }

    /// Works on the files where waiting for the disk holds nobody up.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let files = Arc::clone(&self.files);
        spawn_blocking(move || work(&files)).await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}

impl Sink for Part {
    const REWINDS: bool = true;

    async fn begin(&mut self, file: &head::File) -> io::Result<()> {
        self.buffer.clear();
        (self.file, self.written, self.synced) = (Some(file.clone()), 0, 0);
        let record = record::write(&self.link, file, 0);
        self.work(move |files| {
            files.put_record(&record)?;
            files.bytes.set_len(0)
        })
        .await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < BUFFER {
            return Ok(());
        }
        self.write_out().await?;
        if self.written - self.synced < SYNC_EVERY { Ok(()) } else { self.sync().await }
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.write_out().await
    }
}

impl Files {
    fn open(path: PathBuf, overwrites: bool) -> Result<Self, Unusable> {
        if path.file_name().is_none() {
            return Err(Unusable(FileFault::NoName, None));
        }
        let (part, record) = (with_ending(&path, ".part"), with_ending(&path, ".part.resume"));
        check_place(&path, overwrites)?;
        let lock = lock(&record)?;
        // The download before this one may have ended since.
        let bytes = check_place(&path, overwrites).and_then(|()| open(&part));
        if bytes.is_err() && !part.is_file() {
            fs::remove_file(&record).ok();
        }
        Ok(Self { bytes: bytes?, path, part, record, overwrites, lock })
    }

    /// Returns what an earlier download of the link has left, and cuts off what is not known to be on the disk. The last byte is
    /// requested again, so that the server always confirms that the file is still the same.
    fn found(&self, link: &[u8; 32]) -> io::Result<Option<(head::File, u64)>> {
        let mut text = String::new();
        let is_text = (&self.lock).take(MAX_RECORD).read_to_string(&mut text).is_ok();
        let Some((file, recorded)) = record::read(&text, link).filter(|_| is_text) else { return Ok(None) };
        let most = file.length.map_or(u64::MAX, |length| length.saturating_sub(1));
        let written = recorded.min(self.bytes.metadata()?.len()).min(most);
        if written == 0 {
            return Ok(None);
        }
        self.bytes.set_len(written)?;
        Ok(Some((file, written)))
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        (&self.bytes).seek(SeekFrom::Start(at))?;
        (&self.bytes).write_all(bytes)
    }

    fn put_record(&self, text: &str) -> io::Result<()> {
        self.lock.set_len(0)?;
        (&self.lock).seek(SeekFrom::Start(0))?;
        (&self.lock).write_all(text.as_bytes())
    }

    fn publish(&self, length: u64) -> Result<(), Unusable> {
        if self.bytes.metadata()?.len() != length {
            return Err(io::Error::other("another program has changed the incomplete file").into());
        }
        self.bytes.sync_all()?;
        if self.overwrites {
            fs::rename(&self.part, &self.path)?;
        } else {
            self.publish_new()?;
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Some systems cannot open a folder. The file is complete then, too.
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
        fs::remove_file(&self.record).ok();
        Ok(())
    }

    /// Gives the file its name if no other has it, at once and without a moment in between.
    fn publish_new(&self) -> Result<(), Unusable> {
        match fs::hard_link(&self.part, &self.path) {
            Ok(()) => Ok(fs::remove_file(&self.part)?),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Unusable(FileFault::Exists, None)),
            Err(_) => rename_new(&self.part, &self.path),
        }
    }

    fn remove(&self) -> io::Result<()> {
        fs::remove_file(&self.part)?;
        fs::remove_file(&self.record)
    }
}

impl Unusable {
    fn of(self, path: &str) -> TransferError {
        let fault = DownloadFault::File { path: path.to_owned(), fault: self.0 };
        TransferError { fault, source: self.1.map(Into::into) }
    }
}

/// Checks whether a file may get this path.
fn check_place(path: &Path, overwrites: bool) -> Result<(), Unusable> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Err(Unusable(FileFault::Folder, None)),
        Ok(_) if !overwrites => Err(Unusable(FileFault::Exists, None)),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Gives a file its name on a file system without hard links: an empty file takes the name, and is replaced.
fn rename_new(part: &Path, path: &Path) -> Result<(), Unusable> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(fs::rename(part, path).inspect_err(|_| drop(fs::remove_file(path)))?),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Unusable(FileFault::Exists, None)),
        Err(error) => Err(error.into()),
    }
}

/// Opens a file, or creates it. A link could lead to a file that is not this download's.
fn open(path: &Path) -> Result<File, Unusable> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Unusable(FileFault::PartNotAFile, None));
    }
    Ok(OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?)
}

/// Locks the record. It is removed while it is locked, so a lock may be that of a file without a name. It is taken again then.
fn lock(path: &Path) -> Result<File, Unusable> {
    for _ in 0..ATTEMPTS {
        let lock = open(path)?;
        match lock.try_lock() {
            Ok(()) => {}
            // Without locks, a user who starts one download twice is not protected.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => return Ok(lock),
            Err(TryLockError::WouldBlock) => return Err(Unusable(FileFault::InUse, None)),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if has_name(&lock, path)? {
            return Ok(lock);
        }
    }
    Err(Unusable(FileFault::InUse, None))
}

/// Whether an open file is the one with this path. Its time of change is set to one that no other file has. File systems keep
/// even seconds at least.
fn has_name(file: &File, path: &Path) -> io::Result<bool> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(2 * fastrand::u64(1 << 28..1 << 29));
    file.set_modified(time)?;
    match fs::metadata(path) {
        Ok(named) => Ok(named.modified()? == time),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn shown_path(path: &Path) -> String {
    shown(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_removed_or_replaced_has_lost_its_name() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.part.resume");
        let file = File::create(&path)?;
        assert!(has_name(&file, &path)?);
        fs::remove_file(&path)?;
        assert!(!has_name(&file, &path)?);
        let other = File::create(&path)?;
        assert!(!has_name(&file, &path)? && has_name(&other, &path)?);
        Ok(())
    }

    #[test]
    fn without_hard_links_a_file_gets_its_name_if_no_other_has_it() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let [part, path] = ["x.part", "x"].map(|name| folder.path().join(name));
        fs::write(&part, "new")?;
        assert!(rename_new(&part, &path).is_ok());
        assert_eq!((fs::read(&path)?, part.exists()), (b"new".to_vec(), false));
        fs::write(&part, "newer")?;
        assert!(matches!(rename_new(&part, &path), Err(Unusable(FileFault::Exists, _))));
        assert_eq!((fs::read(&path)?, fs::read(&part)?), (b"new".to_vec(), b"newer".to_vec()));
        fs::remove_file(&path)?;
        assert!(rename_new(&folder.path().join("absent.part"), &path).is_err() && !path.exists());
        Ok(())
    }
}
