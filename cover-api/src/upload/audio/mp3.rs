//! The length of MPEG audio, such as MP3. Its frames are counted, since a header with the length is often missing or wrong.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::Length;

/// Kilobits per second by the index in a header: MPEG 1 by layer, then layer I of MPEG 2, and its other layers.
const BIT_RATES: [[u32; 14]; 5] = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Samples per second of MPEG 1. Those of MPEG 2 are half, and those of MPEG 2.5 a quarter of them.
const SAMPLE_RATES: [u32; 3] = [44_100, 48_000, 32_000];
/// What the headers of a file have in common: the sync, the version, the layer and the samples per second.
const COMMON: u32 = 0xfffe_0c00;
const HEADER_BYTES: i64 = 4;
/// Number of bytes after the first header among which the mark of a frame without sound is.
const MARK_WITHIN: i64 = 40;

/// A frame, as its header describes it.
struct Frame {
    bytes: i64,
    seconds: f64,
}

impl Frame {
    /// Whether the header is that of a frame whose size only a decoder finds.
    fn is_of_free_format(header: u32) -> bool {
        const BIT_RATE: u32 = 0xf000;
        header & BIT_RATE == 0 && Self::of(header | (1 << 12)).is_some()
    }

    fn of(header: u32) -> Option<Self> {
        let bits = |from: u32, count: u32| (header >> from) & ((1 << count) - 1);
        // MPEG 1, 2 and 2.5.
        let halvings = match bits(19, 2) {
            3 => 0,
            2 => 1,
            0 => 2,
            _ => return None,
        };
        let layer = 4 - bits(17, 2);
        let table = match (halvings, layer) {
            (_, 4) => return None,
            (0, layer) => layer as usize - 1,
            (_, 1) => 3,
            _ => 4,
        };
        let bit_rate = 1_000 * BIT_RATES[table].get(bits(12, 4).checked_sub(1)? as usize)?;
        let rate = SAMPLE_RATES.get(bits(10, 2) as usize)? >> halvings;
        let samples = match (layer, halvings) {
            (1, _) => 384,
            (3, 1..) => 576,
            _ => 1_152,
        };
        // The unit of the padding, in bytes.
        let unit = if layer == 1 { 4 } else { 1 };
        let bytes = (samples / 8 * bit_rate / rate / unit + bits(9, 1)) * unit;
        let is_frame = bits(21, 11) == 0x7ff && i64::from(bytes) > HEADER_BYTES;
        is_frame.then(|| Self { bytes: bytes.into(), seconds: f64::from(samples) / f64::from(rate) })
    }
}

/// Returns the length, or `None` if no two frames follow each other.
pub(super) fn length(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<Length>> {
    let Some(header) = after_tags(file)? else { return Ok(None) };
    let seconds = seconds(file, header)?;
    let unknown = Some(Length::Unknown).filter(|_| Frame::is_of_free_format(header));
    Ok((seconds > 0.0).then_some(Length::Seconds(seconds)).or(unknown))
}

/// Returns the sum of all frames, from this header on.
fn seconds(file: &mut BufReader<impl Read + Seek>, mut header: u32) -> io::Result<f64> {
    let (mut seconds, mut common, mut is_in_step) = (0.0, None, false);
    loop {
        let frame = Frame::of(header).filter(|_| common.is_none_or(|common| header & COMMON == common));
        if let Some(frame) = frame {
            let back = if is_in_step { None } else { Some(file.stream_position()?) };
            let has_sound = common.is_some() || !is_marked(file, &frame)?;
            file.seek_relative(frame.bytes - HEADER_BYTES)?;
            let next = read_header(file)?;
            let is_followed = next.is_some_and(|next| header & COMMON == next & COMMON && Frame::of(next).is_some());
            match back {
                // What looks like a header among other bytes is one only if another one follows.
                Some(back) if !is_followed => file.seek(SeekFrom::Start(back)).map(|_| ())?,
                _ => {
                    seconds += if has_sound { frame.seconds } else { 0.0 };
                    (common, is_in_step) = (Some(header & COMMON), is_followed);
                    let Some(next) = next else { break };
                    header = next;
                    continue;
                }
            }
        }
        is_in_step = false;
        let mut byte = [0];
        if file.read(&mut byte)? == 0 {
            break;
        }
        header = (header << 8) | u32::from(byte[0]);
    }
    Ok(seconds)
}

/// Returns the first four bytes behind the ID3 tags at the beginning of a file.
fn after_tags(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<u32>> {
    loop {
        let Some(header) = read_header(file)? else { return Ok(None) };
        if header >> 8 != u32::from_be_bytes(*b"\0ID3") {
            return Ok(Some(header));
        }
        // The second half of the version, the flags, and the size in seven bits of each byte.
        let mut rest = [0; 6];
        file.read_exact(&mut rest)?;
        let size = rest[2..].iter().fold(0, |size, byte| (size << 7) | i64::from(byte & 0x7f));
        let footer = if rest[1] & 0x10 == 0 { 0 } else { 10 };
        file.seek_relative(size + footer)?;
    }
}

/// Returns the next four bytes, or `None` at the end.
fn read_header(file: &mut impl Read) -> io::Result<Option<u32>> {
    let mut header = [0; 4];
    match file.read_exact(&mut header) {
        Ok(()) => Ok(Some(u32::from_be_bytes(header))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether a first frame has no sound, but figures about the others. The position in the file stays the same.
fn is_marked(file: &mut BufReader<impl Read + Seek>, frame: &Frame) -> io::Result<bool> {
    let mut beginning = Vec::new();
    file.take((frame.bytes - HEADER_BYTES).clamp(0, MARK_WITHIN).unsigned_abs()).read_to_end(&mut beginning)?;
    file.seek_relative(-i64::try_from(beginning.len()).unwrap_or_default())?;
    Ok(beginning.windows(4).any(|mark| matches!(mark, b"Xing" | b"Info" | b"VBRI")))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Returns the length of a file.
    fn length(file: &[u8]) -> Option<Length> {
        super::length(&mut BufReader::new(Cursor::new(file))).unwrap()
    }

    /// Makes frames of zeros with this header.
    fn frames(header: [u8; 4], count: usize) -> Vec<u8> {
        let bytes = usize::try_from(Frame::of(u32::from_be_bytes(header)).unwrap().bytes).unwrap();
        let mut frame = header.to_vec();
        frame.resize(bytes, 0);
        frame.repeat(count)
    }

    #[test]
    fn frames_of_each_version_and_layer_have_their_size_and_length() {
        for (header, bytes, samples, rate) in [
            ([0xff, 0xfb, 0x90, 0], 417, 1_152.0, 44_100.0),
            ([0xff, 0xfb, 0x92, 0], 418, 1_152.0, 44_100.0),
            ([0xff, 0xfd, 0xa4, 0], 576, 1_152.0, 48_000.0),
            ([0xff, 0xff, 0xe0, 0], 484, 384.0, 44_100.0),
            ([0xff, 0xf3, 0x80, 0], 208, 576.0, 22_050.0),
            ([0xff, 0xe3, 0x18, 0], 72, 576.0, 8_000.0),
        ] {
            let frame = Frame::of(u32::from_be_bytes(header)).unwrap();
            assert_eq!((frame.bytes, frame.seconds), (bytes, samples / rate), "{header:x?}");
        }
        for other in
            [[0xff, 0xfb, 0x00, 0], [0xff, 0xfb, 0xf0, 0], [0xff, 0xfb, 0x9c, 0], [0xff, 0xf9, 0x90, 0], [0; 4]]
        {
            assert!(Frame::of(u32::from_be_bytes(other)).is_none(), "{other:x?}");
        }
    }

    #[test]
    fn tags_and_other_bytes_have_no_length() {
        let sound = frames([0xff, 0xfb, 0x90, 0], 100);
        let tag = [&b"ID3\x04\0\0\0\0\x02\x01"[..], &frames([0xff, 0xfb, 0x90, 0], 1)[..257]].concat();
        let expected = 100.0 * 1_152.0 / 44_100.0;
        for file in [
            sound.clone(),
            [tag.clone(), sound.clone()].concat(),
            [tag.clone(), tag, vec![0; 50], sound.clone()].concat(),
            [sound.clone(), b"TAG".to_vec(), vec![b' '; 125]].concat(),
            [b"\xff\xfb\x90\0junk".to_vec(), sound.clone()].concat(),
            [&sound[..4_170], b"damaged", &sound[4_170..]].concat(),
        ] {
            let Some(Length::Seconds(seconds)) = length(&file) else { panic!("the frames have a length") };
            assert!((seconds - expected).abs() < 1e-6, "{seconds}");
        }
        assert_eq!([&b""[..], b"ID", b"la la la", &sound[..417]].map(length), [None; 4]);
        assert_eq!(length(&[0xff; 10_000]), None);
    }

    #[test]
    fn frames_of_free_format_have_a_length_that_is_not_known() {
        let frame = [&[0xff, 0xfb, 0x00, 0][..], &[0; 500]].concat();
        assert_eq!(length(&frame.repeat(10)), Some(Length::Unknown));
        assert_eq!(length(&[0xff, 0xfb, 0x0c, 0]), None, "no frame has such samples per second");
    }
}
