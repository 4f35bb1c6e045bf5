//! The length of a WAV file without compression. The sizes in its header are wrong if a program wrote to a pipe or was stopped, and
//! those of a long file are elsewhere.

use std::io::{self, Read, Seek, SeekFrom};

/// Whole numbers, floating point, and the format whose details are elsewhere.
const UNCOMPRESSED: [u16; 3] = [1, 3, 0xfffe];
/// Number of bytes before the first chunk.
pub(super) const HEAD: u64 = 12;

/// Whether a file begins like a WAV file that may be longer than 4 GiB.
pub(super) fn is_long(head: &[u8]) -> bool {
    [b"RF64", b"BW64"].iter().any(|name| head.starts_with(*name)) && head.ends_with(b"WAVE")
}

/// Returns the length in seconds, or `None` if the file is compressed, or has no sound.
pub(super) fn seconds(file: &mut (impl Read + Seek)) -> io::Result<Option<f64>> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut at, mut per_second) = (HEAD, None);
    while at.saturating_add(8) < end {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [name @ .., a, b, c, d] = head;
        let (size, left) = (u64::from(u32::from_le_bytes([a, b, c, d])), end - at - 8);
        if &name == b"fmt " && size >= 16 {
            let mut format = [0; 16];
            file.read_exact(&mut format)?;
            per_second = bytes_per_second(format);
        } else if &name == b"data" {
            let bytes = if size == 0 { left } else { size.min(left) };
            #[expect(clippy::cast_precision_loss, reason = "no file has as many bytes")]
            return Ok(per_second.map(|per_second| bytes as f64 / per_second).filter(|seconds| *seconds > 0.0));
        }
        at += 8 + size + size % 2;
    }
    Ok(None)
}

fn bytes_per_second(format: [u8; 16]) -> Option<f64> {
    let number = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let rate = u32::from(number(4)) | (u32::from(number(6)) << 16);
    // The number of bytes of a sample in all channels.
    let sample = u32::from(number(12));
    let is_known = UNCOMPRESSED.contains(&number(0)) && rate > 0 && sample > 0;
    is_known.then(|| f64::from(rate) * f64::from(sample))
}
