//! Decodes the forms that may hide a secret: percent encoding, JSON escapes, HTML entities, look-alike characters, and base64.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Number of times that a text is decoded: percent encoding three times, JSON escapes and HTML entities twice, and one more.
const ROUNDS: u32 = 8;
/// Number of layers of base64 that are decoded.
const LAYERS: u32 = 2;
/// Shortest run of base64 that can hide a secret.
const MIN_RUN: usize = 6;
/// Shortest text in decoded base64 that counts. Shorter ones are accidental.
const MIN_GUESS: usize = 4;

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// Returns the first result of `look` for any form of a text. `look` is also told whether the form is a guess, since almost any
/// text can be read as base64.
pub(super) fn find<T>(text: &str, mut look: impl FnMut(&str, bool) -> Option<T>) -> Option<T> {
    find_within(text, ROUNDS, LAYERS, &mut look)
}

fn find_within<T>(text: &str, rounds: u32, layers: u32, look: &mut impl FnMut(&str, bool) -> Option<T>) -> Option<T> {
    let mut found = None;
    let mut left = rounds;
    each_form(text, rounds, |form| {
        found = look(form, layers < LAYERS);
        if found.is_none() && layers > 0 {
            found = base64(form).iter().find_map(|inner| find_within(inner, left, layers - 1, look));
        }
        left = left.saturating_sub(1);
        found.is_some()
    });
    found
}

/// Passes on a text and each of its decoded forms, until it no longer changes or `is_over`.
pub(super) fn each_form(text: &str, rounds: u32, mut is_over: impl FnMut(&str) -> bool) {
    let mut form = normalised(text).into_owned();
    for _ in 0..rounds {
        if is_over(&form) {
            return;
        }
        let next = unescaped(&form);
        let next = normalised(&next);
        if next == form {
            return;
        }
        form = next.into_owned();
    }
    is_over(&form);
}

/// Passes on the forms that a secret itself may have.
pub(super) fn forms_of_secret(secret: &str, mut each: impl FnMut(&str)) {
    each_form(secret, ROUNDS, |form| {
        each(form);
        false
    });
}

/// Applies NFKC, which replaces full-width and other look-alike characters by plain ones.
fn normalised(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { NFKC.normalize(text) }
}

/// Removes one layer of percent encoding, JSON escapes and HTML entities.
fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let decoded = match first {
            '%' => percent(rest),
            '\\' => escape(rest),
            '&' => entity(rest),
            _ => None,
        };
        let (piece, length) = decoded.unwrap_or_else(|| (Piece::Char(first), first.len_utf8()));
        match piece {
            Piece::Byte(byte) => bytes.push(byte),
            Piece::Char(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[length..];
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

enum Piece {
    Byte(u8),
    Char(char),
}

/// Returns the character that an encoded piece at the beginning of a text stands for, and the length of the piece.
type Decoded = Option<(Piece, usize)>;

fn percent(text: &str) -> Decoded {
    let byte = u8::try_from(hex(text.get(1..3)?)?).ok()?;
    Some((Piece::Byte(byte), 3))
}

fn escape(text: &str) -> Decoded {
    let plain = |character| Some((Piece::Char(character), 2));
    match text.as_bytes().get(1)? {
        b'"' => plain('"'),
        b'\'' => plain('\''),
        b'\\' => plain('\\'),
        b'/' => plain('/'),
        b'b' | b'f' | b'n' | b'r' | b't' => plain(' '),
        b'x' => Some((Piece::Char(char::from_u32(hex(text.get(2..4)?)?)?), 4)),
        b'u' if text.as_bytes().get(2) == Some(&b'{') => {
            let end = text.find('}').filter(|end| *end <= 9)?;
            Some((Piece::Char(char::from_u32(hex(&text[3..end])?)?), end + 1))
        }
        b'u' => {
            let unit = u16::try_from(hex(text.get(2..6)?)?).ok()?;
            if let Some(character) = char::from_u32(unit.into()) {
                return Some((Piece::Char(character), 6));
            }
            let second = text.get(6..)?.strip_prefix("\\u").and_then(|rest| rest.get(..4)).and_then(hex)?;
            let units = [unit, u16::try_from(second).ok()?];
            let character = char::decode_utf16(units).next()?.ok()?;
            Some((Piece::Char(character), 12))
        }
        _ => None,
    }
}

/// Decodes numeric entities, and the named ones that occur in addresses.
fn entity(text: &str) -> Decoded {
    const NAMES: [(&str, char); 14] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("quest", '?'),
        ("equals", '='),
        ("num", '#'),
        ("percnt", '%'),
        ("colon", ':'),
        ("sol", '/'),
        ("plus", '+'),
        ("lowbar", '_'),
        ("period", '.'),
    ];
    let Some(number) = text.strip_prefix("&#") else {
        let (name, _) = text[1..].split_once(';')?;
        let (name, character) = NAMES.iter().find(|(known, _)| *known == name)?;
        return Some((Piece::Char(*character), name.len() + 2));
    };
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
    let end = digits.find(|character: char| !character.is_digit(radix)).unwrap_or(digits.len());
    let character = char::from_u32(u32::from_str_radix(&digits[..end], radix).ok()?)?;
    let semicolon = usize::from(digits[end..].starts_with(';'));
    Some((Piece::Char(character), text.len() - digits.len() + end + semicolon))
}

fn hex(text: &str) -> Option<u32> {
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(text, 16).ok())?
}

/// Passes on the texts in everything that can be read as base64, in either alphabet, from each of the four possible offsets of a
/// group.
fn base64(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = Vec::new();
    for character in text.chars().filter(|character| !character.is_whitespace()).chain(['=']) {
        if let Some(sextet) = sextet(character) {
            run.push(sextet);
            continue;
        }
        if run.len() >= MIN_RUN {
            found.extend((0..4).filter_map(|start| texts(&bytes(&run[start..]))));
        }
        run.clear();
    }
    found
}

fn sextet(character: char) -> Option<u8> {
    let byte = u8::try_from(character).ok()?;
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn bytes(sextets: &[u8]) -> Vec<u8> {
    let pairs = |group: &[u8]| -> Vec<u8> {
        group
            .windows(2)
            .zip([(2, 4), (4, 2), (6, 0)])
            .map(|(pair, (left, right))| pair[0] << left | pair[1] >> right)
            .collect()
    };
    sextets.chunks(4).flat_map(pairs).collect()
}

/// Returns the texts within these bytes.
fn texts(bytes: &[u8]) -> Option<String> {
    let is_hidden = |character: char| character.is_control() && !character.is_whitespace();
    let texts = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().split(is_hidden));
    let texts: Vec<_> = texts.filter(|text| text.chars().nth(MIN_GUESS - 1).is_some()).collect();
    // The separator keeps texts apart.
    (!texts.is_empty()).then(|| texts.join("\u{fffd}"))
}
