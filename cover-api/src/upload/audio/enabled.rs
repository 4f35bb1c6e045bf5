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
    let mut file = BufReader::new(Bounded { file, bytes: MAX_READ, steps: MAX_STEPS });
    let mut head = Vec::new();
    file.by_ref().take(wav::HEAD).read_to_end(&mut head).ok()?;
    file.rewind().ok()?;
    if wav::is_long(&head) {
        return Some(wav::seconds(&mut file).ok()?.map_or(Length::Unknown, Length::Seconds));
    }
    let kind = Probe::new(&mut file).guess_file_type().ok().and_then(|probe| probe.file_type());
    file.rewind().ok()?;
    match kind {
        Some(FileType::Mpeg) => mp3::length(&mut file).ok()?,
        // A tag before other bytes, or before frames that no header measures.
        None if head.starts_with(b"ID3") => Some(mp3::length(&mut file).ok()?.unwrap_or(Length::Unknown)),
        None => None,
        Some(FileType::Wav) => match wav::seconds(&mut file).ok()? {
            Some(seconds) => Some(Length::Seconds(seconds)),
            None => by_headers(file, FileType::Wav),
        },
        Some(kind) => by_headers(file, kind),
    }
}

/// Returns the length that the headers of a file say.
fn by_headers(mut file: impl Read + Seek, kind: FileType) -> Option<Length> {
    file.rewind().ok()?;
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
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

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &[u8] = b"ID3\x04\0\0\0\0\0\0";

    /// Makes frames of 417 bytes with this second half of their header.
    fn frames(rest: u8, count: usize) -> Vec<u8> {
        [&[0xff, 0xfb, rest, 0][..], &[0; 413]].concat().repeat(count)
    }

    /// Makes a WAV file of this kind: one second, mono, 8 bit. The size of its sound is said elsewhere.
    fn long_wav(name: [u8; 4], format: u16) -> Vec<u8> {
        let [a, b] = format.to_le_bytes();
        let fmt = [a, b, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0];
        let chunk = |name: &[u8], size: u32, bytes: &[u8]| [name, &size.to_le_bytes(), bytes].concat();
        let chunks = [chunk(b"ds64", 28, &[0; 28]), chunk(b"fmt ", 16, &fmt), chunk(b"data", u32::MAX, &[128; 8_000])];
        [&name[..], &u32::MAX.to_le_bytes(), b"WAVE", &chunks.concat()].concat()
    }

    #[test]
    fn audio_behind_other_bytes_has_its_length() {
        let seconds = 100.0 * 1_152.0 / 44_100.0;
        for file in [frames(0x90, 100), [TAG, &[0; 3_000], &frames(0x90, 100)].concat()] {
            let Some(Length::Seconds(found)) = of(Cursor::new(file)) else { panic!("the frames have a length") };
            assert!((found - seconds).abs() < 1e-6, "{found}");
        }
        assert_eq!(of(Cursor::new(long_wav(*b"RF64", 1))), Some(Length::Seconds(1.0)));
        assert_eq!(of(Cursor::new(long_wav(*b"BW64", 1))), Some(Length::Seconds(1.0)));
    }

    #[test]
    fn audio_that_no_header_measures_has_a_length_that_is_not_known() {
        for file in [
            [TAG, &frames(0x00, 10)].concat(),
            frames(0x00, 10),
            [TAG, &[1, 2, 3]].concat(),
            long_wav(*b"RF64", 2),
            long_wav(*b"RF64", 1)[..12].to_vec(),
        ] {
            assert_eq!(of(Cursor::new(&file)), Some(Length::Unknown), "{:?}", &file[..20.min(file.len())]);
        }
    }

    #[test]
    fn other_files_are_not_audio() {
        for file in [&b""[..], b"la la la", b"RF64\0\0\0\0AVI ", b"%PDF-1.7 and so on", &[0; 5_000]] {
            assert_eq!(of(Cursor::new(file)), None);
        }
    }
}
