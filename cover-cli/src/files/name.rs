//! Names that every file system takes.

use std::path::{Path, PathBuf};

/// Longest name of a file, in bytes. Linux takes 255, and `.part.resume` comes behind it.
const MAX_BYTES: usize = 240;
/// Longest extension that survives when a name is cut, in bytes with its dot.
const MAX_EXTENSION: usize = 20;
/// Names that Windows keeps for devices, also with an extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Names that Windows keeps with a digit behind them, which may be a small one above the line.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Makes a name safe: separators, control characters and what Windows forbids become `_`, and a long name is cut before its
/// extension.
pub(super) fn safe(name: &str) -> String {
    let replaced: String = name.chars().map(|c| if is_forbidden(c) { '_' } else { c }).collect();
    let trimmed = replaced.trim().trim_end_matches(is_cut_at_the_end);
    let name = if trimmed.is_empty() { "file" } else { trimmed };
    let (stem, extension) = split(name);
    let is_odd = stem.is_empty() || stem.starts_with(['.', '-', '~']) || is_device(stem);
    let prefix = if is_odd { "_" } else { "" };
    let stem = cut(stem, MAX_BYTES - extension.len() - prefix.len());
    format!("{prefix}{stem}{extension}").trim_end_matches(is_cut_at_the_end).to_owned()
}

/// Returns the path of the file, with ` (n)` before the extension.
pub(super) fn numbered(path: &Path, number: usize) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, extension) = split(&name);
    let number = format!(" ({number})");
    let stem = cut(stem, MAX_BYTES - extension.len() - number.len()).trim_end_matches(is_cut_at_the_end);
    path.with_file_name(format!("{stem}{number}{extension}"))
}

/// Adds an ending to the name of a file.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || "/\\:*?\"<>|".contains(c) || is_invisible(c)
}

fn is_device(name: &str) -> bool {
    let name = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let has_number = |device: &str| {
        let mut rest = name.strip_prefix(device).unwrap_or_default().chars();
        rest.next().is_some_and(|c| c.is_ascii_digit() || "¹²³".contains(c)) && rest.next().is_none()
    };
    DEVICES.contains(&&*name) || NUMBERED_DEVICES.iter().any(|device| has_number(device))
}

/// Windows removes these from the end of a name.
fn is_cut_at_the_end(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// Whether a character changes how a name looks, such as one that reverses the direction of the text. The joiners that emoji and
/// scripts need do not count.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Splits the extension off, with its dot: letters and digits of ASCII, which are not many.
fn split(name: &str) -> (&str, &str) {
    let is_extension = |at: &usize| {
        let extension = &name[*at..];
        *at > 0
            && (2..=MAX_EXTENSION).contains(&extension.len())
            && extension[1..].bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    name.rfind('.').filter(is_extension).map_or((name, ""), |at| name.split_at(at))
}

/// Cuts a text before the character that passes a number of bytes, and before the first part of a sign that would be cut in two.
fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text[..end].trim_end_matches('\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_separators_and_no_special_meaning() {
        for (name, expected) in [
            ("Night Drive 1.mp3", "Night Drive 1.mp3"),
            ("../../etc/passwd", "_.._.._etc_passwd"),
            ("a/b\\c:d.mp3", "a_b_c_d.mp3"),
            ("", "file"),
            ("..", "file"),
            (" \u{a0}. ", "file"),
            (".mp3", "_.mp3"),
            ("...mp3", "_...mp3"),
            ("line\nbreak\u{202e}.mp3", "line_break_.mp3"),
            ("-rf.mp3", "_-rf.mp3"),
            ("~root", "_~root"),
            (".bashrc", "_.bashrc"),
            (" spaces . ", "spaces"),
            ("end. .mp3", "end. .mp3"),
            ("x.y z", "x.y z"),
            ("Ночь.mp3", "Ночь.mp3"),
            ("Vol. 1", "Vol. 1"),
            ("👩\u{200d}🎤 1.mp3", "👩\u{200d}🎤 1.mp3"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
    }

    #[test]
    fn names_of_devices_are_changed() {
        for name in ["CON.mp3", "nul", "Aux.tar.gz", "com1 .mp3", "LPT9", "con.", "COM¹.mp3", "CONOUT$"] {
            assert!(safe(name).starts_with('_'), "{name}: {}", safe(name));
        }
        for name in ["Console.mp3", "com10.mp3", "nullify"] {
            assert_eq!(safe(name), name);
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        for letter in ["x", "ж", "夜", "🎷", "👩\u{200d}🎤", "e\u{301}"] {
            let name = safe(&format!("{}.mp3", letter.repeat(400)));
            assert!((MAX_BYTES - 8..=MAX_BYTES).contains(&name.len()), "{name}");
            assert_eq!(split(&name).1, ".mp3");
            assert!(!name.contains("\u{200d}."), "{name}");
            let numbered = numbered(Path::new(&name), 17);
            assert!(numbered.to_str().unwrap().ends_with(" (17).mp3") && numbered.as_os_str().len() <= MAX_BYTES);
        }
        assert_eq!(numbered(Path::new("a/b.mp3"), 2), Path::new("a/b (2).mp3"));
    }

    /// Names of random signs from the places where file systems differ.
    #[test]
    fn every_name_is_one_that_all_file_systems_take_and_stays_as_it_is() {
        let signs: Vec<char> =
            "aZ9 .._-~/\\:*?\"<>|\0\n\t\u{7f}\u{85}\u{a0}\u{200b}\u{200d}\u{202e}\u{feff}\u{3000}é🎷夜ñ\u{303}con$1"
                .chars()
                .collect();
        let mut random = fastrand::Rng::with_seed(19);
        for _ in 0..20_000 {
            let length = if random.u8(..) < 8 { random.usize(..600) } else { random.usize(..12) };
            let given: String = (0..length).map(|_| signs[random.usize(..signs.len())]).collect();
            let name = safe(&given);
            assert!((1..=MAX_BYTES).contains(&name.len()), "{given:?}: {name:?}");
            assert!(!name.contains(is_forbidden) && !name.starts_with(['.', '-', '~', ' ']), "{given:?}: {name:?}");
            assert!(!name.ends_with(is_cut_at_the_end), "{given:?}: {name:?}");
            assert!(!is_device(&name), "{given:?}: {name:?}");
            assert_eq!(safe(&name), name, "{given:?}");
            assert_eq!(Path::new("folder").join(&name).parent(), Some(Path::new("folder")), "{given:?}");
        }
    }
}
