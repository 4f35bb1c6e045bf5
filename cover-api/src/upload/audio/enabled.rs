//! The length of a recording, read from its file.

mod mp3;
mod wav;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::time::Duration;

use bytes::Bytes;
use lofty::config::ParseOptions;
use lofty::file::{AudioFile, FileType};
use lofty::probe::Probe;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::source::{Source, Stop};
use crate::error::UploadFault;

/// Number of bytes that are read of a file, at most. Formats have the length near the beginning or the end.
const MAX_READ: u64 = 256 << 20;
/// Number of reads and seeks.
const MAX_STEPS: u32 = 1 << 20;
/// Time for reading, in case a damaged file leads the parser in a circle.
const TIME: Duration = Duration::from_secs(30);

/// Returns the length of the recording in seconds. `None`: the file does not say it, or a stream, which cannot be read twice.
pub(super) async fn seconds(source: &Source) -> Result<Option<f64>, Stop> {
    let read = match source {
        Source::Stream { .. } => return Ok(None),
        Source::Bytes { bytes, .. } => {
            let bytes = Bytes::clone(bytes);
            spawn_blocking(move || Ok(of(Cursor::new(bytes))))
        }
        Source::Path(path) => {
            let path = path.clone();
            spawn_blocking(move || File::open(path).map(of))
        }
    };
    // A parser that panics or does not end was given something that it does not understand.
    match timeout(TIME, read).await {
        Ok(Ok(Err(error))) => Err(error.into()),
        Ok(Ok(Ok(read))) => read.ok_or(UploadFault::NotAudio.into()).map(Length::seconds),
        Ok(Err(_)) | Err(_) => Err(UploadFault::NotAudio.into()),
    }
}

/// The length of a file that is audio.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Length {
    Seconds(f64),
    /// The file does not say it. An estimate could refuse a file that the service takes.
    Unknown,
}

impl Length {
    fn seconds(self) -> Option<f64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Unknown => None,
        }
    }
}

/// Returns the length, if the content is audio in a known format. The name of the file does not matter.
fn of(file: impl Read + Seek) -> Option<Length> {
    let bounded = BufReader::new(Bounded { file, bytes: MAX_READ, steps: MAX_STEPS });
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let probe = Probe::new(bounded).guess_file_type().ok()?;
    let kind = probe.file_type()?;
    let mut file = probe.into_inner();
    file.rewind().ok()?;
    if kind == FileType::Mpeg {
        return mp3::seconds(&mut file).ok()?.map(Length::Seconds);
    }
    if kind == FileType::Wav
        && let Some(seconds) = wav::seconds(&mut file).ok()?
    {
        return Some(Length::Seconds(seconds));
    }
    file.rewind().ok()?;
    let audio = Probe::with_file_type(file, kind).options(options).read().ok()?;
    let seconds = audio.properties().duration().as_secs_f64();
    // The length of bare AAC is estimated from its beginning.
    let is_known = seconds > 0.0 && kind != FileType::Aac;
    Some(if is_known { Length::Seconds(seconds) } else { Length::Unknown })
}

/// A file that is read up to a limit.
struct Bounded<F> {
    file: F,
    bytes: u64,
    steps: u32,
}

impl<F> Bounded<F> {
    fn step(&mut self) -> io::Result<()> {
        self.steps = self.steps.checked_sub(1).ok_or_else(too_much)?;
        Ok(())
    }
}

fn too_much() -> io::Error {
    io::Error::other("too much was read")
}

impl<F: Read> Read for Bounded<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.step()?;
        let read = self.file.read(buffer)?;
        self.bytes = self.bytes.checked_sub(read as u64).ok_or_else(too_much)?;
        Ok(read)
    }
}

impl<F: Seek> Seek for Bounded<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.step()?;
        self.file.seek(to)
    }
}
