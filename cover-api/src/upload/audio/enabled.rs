//! The length of a recording, read from its file.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::time::Duration;

use bytes::Bytes;
use lofty::config::ParseOptions;
use lofty::file::AudioFile;
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

/// Returns the length of the recording in seconds. `None`: a stream cannot be read twice.
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
        Ok(Ok(Ok(Some(seconds)))) => Ok(Some(seconds)),
        Ok(Ok(Ok(None)) | Err(_)) | Err(_) => Err(UploadFault::NotAudio.into()),
    }
}

/// Returns the length in seconds, if the content is audio in a known format. The name of the file does not matter.
fn of(file: impl Read + Seek) -> Option<f64> {
    let bounded = BufReader::new(Bounded { file, bytes: MAX_READ, steps: MAX_STEPS });
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let audio = Probe::new(bounded).options(options).guess_file_type().ok()?.read().ok()?;
    let seconds = audio.properties().duration().as_secs_f64();
    (seconds > 0.0).then_some(seconds)
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
