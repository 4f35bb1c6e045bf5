//! Recordings that tests upload, made here.

/// Length of a frame of [`mp3`], in seconds: 1152 samples at 44.1 kHz.
pub const MP3_FRAME: f64 = 1_152.0 / 44_100.0;

/// Number of bytes of 44,100 frames at 128 kbit/s.
const PER_FRAME: usize = 144 * 128_000;

/// Makes a WAV file of silence: mono, 16 bit, 8 kHz.
#[must_use]
pub fn wav(seconds: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let length = RATE * seconds * 2;
    let mut file = Vec::from(*b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend_from_slice(&[1, 0, 1, 0]);
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    // Two bytes for each sample, 16 bits.
    file.extend_from_slice(&[2, 0, 16, 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.resize(file.len() + length as usize, 0);
    file
}

/// Makes an MP3 file of silence with this number of frames, at 128 kbit/s.
#[must_use]
pub fn mp3(frames: usize) -> Vec<u8> {
    // As encoders do, a byte is added wherever the average would fall behind the bit rate.
    let is_padded = |number: usize| (number + 1) * PER_FRAME % 44_100 < PER_FRAME % 44_100;
    (0..frames).flat_map(|number| frame(128, is_padded(number))).collect()
}

/// Makes an MP3 file of silence whose bit rate varies. A first frame without sound has the number of frames.
#[must_use]
pub fn variable_mp3(frames: u32) -> Vec<u8> {
    let sound = bare_variable_mp3(frames);
    let mut first = frame(128, false);
    let length = u32::try_from(first.len() + sound.len()).unwrap_or(u32::MAX);
    // Behind the header and the 32 bytes of side information of two channels.
    let mut tag = Vec::from(*b"Xing\0\0\0\x03");
    tag.extend_from_slice(&frames.to_be_bytes());
    tag.extend_from_slice(&length.to_be_bytes());
    first[36..36 + tag.len()].copy_from_slice(&tag);
    first.extend(sound);
    first
}

/// Makes an MP3 file of silence whose bit rate varies, without the number of frames.
#[must_use]
pub fn bare_variable_mp3(frames: u32) -> Vec<u8> {
    (0..frames).flat_map(|number| frame([32, 320, 64, 128][number as usize % 4], false)).collect()
}

/// Makes a FLAC file that announces this length, with the beginning of a frame.
#[must_use]
pub fn flac(seconds: u32) -> Vec<u8> {
    const RATE: u64 = 44_100;
    let mut file = Vec::from(*b"fLaC\x80\x00\x00\x22");
    // Smallest and largest block, smallest and largest frame.
    file.extend_from_slice(&[0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    // 20 bits: the rate; 3: the channels less one; 5: the bits of a sample less one; 36: the samples.
    let packed = (RATE << 44) | (1 << 41) | (15 << 36) | (RATE * u64::from(seconds));
    file.extend_from_slice(&packed.to_be_bytes());
    file.extend_from_slice(&[0; 16]);
    file.extend_from_slice(&[0xff, 0xf8, 0xc9, 0x18, 0, 0, 0, 0, 0, 0]);
    file
}

/// Makes a frame of MPEG 1, layer III, at 44.1 kHz with two channels, whose side information says that it is silent.
fn frame(kbits: usize, is_padded: bool) -> Vec<u8> {
    const RATES: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    let index = RATES.iter().position(|rate| *rate == kbits).expect("a bit rate of layer III");
    let index = u8::try_from(index + 1).expect("less than 16");
    let mut frame = vec![0xff, 0xfb, (index << 4) | (u8::from(is_padded) << 1), 0];
    frame.resize(144 * kbits * 1_000 / 44_100 + usize::from(is_padded), 0);
    frame
}
