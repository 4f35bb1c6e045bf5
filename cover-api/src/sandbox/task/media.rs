//! The files that tracks link to: audio that plays, and a picture.

/// Length of every track, in seconds.
pub(super) const SECONDS: u32 = 2;
const RATE: u32 = 8_000;

/// Makes a WAV file: mono, 16 bit, a tone that fades out. Each track is a third higher than the one before.
#[expect(clippy::cast_possible_truncation, reason = "a sample lies between -1 and 1 times 12,000")]
pub(in crate::sandbox) fn wav(track: u32) -> Vec<u8> {
    let tone = 220.0 * 1.25_f64.powi((track % 12).cast_signed());
    let count = RATE * SECONDS;
    let samples = (0..count).map(|index| {
        let time = f64::from(index) / f64::from(RATE);
        let fade = 1.0 - f64::from(index) / f64::from(count);
        ((time * tone * std::f64::consts::TAU).sin() * fade * 12_000.0) as i16
    });
    let length = count * 2;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    // Two bytes for each sample, 16 bits.
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    samples.for_each(|sample| file.extend_from_slice(&sample.to_le_bytes()));
    file
}

/// The picture of every track.
pub(in crate::sandbox) const SVG: &str =
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><circle cx=".5" cy=".5" r=".4" fill="#468"/></svg>"##;
