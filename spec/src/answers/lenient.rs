//! Repairs bodies that are almost JSON, if their meaning is clear.
//!
//! A byte order mark at the start is removed. Bytes within strings that are not UTF-8 become U+FFFD, and so does an escape of half
//! a surrogate pair. `NaN` and the infinities become null. A number that a `Value` cannot hold exactly becomes a string of its
//! digits. A list or an object within [`MAX_DEPTH`] others becomes null, and what it contains is not checked. Everything else stays
//! as it is. A body that is invalid for another reason stays invalid, and a truncated body stays truncated.

use std::borrow::Cow;

/// Number of significant digits that an `f64` can hold.
const MAX_DIGITS: usize = 17;
/// Depth of nested lists and objects that is read. The parser reads no more.
const MAX_DEPTH: usize = 127;
/// An escape of U+FFFD, as long as the one that it replaces.
const REPLACEMENT: &str = "\\ufffd";

/// Which numbers become strings of their digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Inexact,
    All,
}

/// Returns the repaired text of a body. It is at most three times as long.
pub(super) fn json(body: &[u8]) -> Cow<'_, str> {
    rewrite(text(body), Numbers::Inexact)
}

/// Returns the text of a body in which every number is a string of its digits. It is at most three times as long.
pub(super) fn digits(body: &[u8]) -> Cow<'_, str> {
    rewrite(text(body), Numbers::All)
}

fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
}

/// Rewrites the text in one pass.
fn rewrite(text: Cow<'_, str>, numbers: Numbers) -> Cow<'_, str> {
    let (bytes, mut rewritten) = (text.as_bytes(), String::new());
    let (mut at, mut copied, mut depth) = (0, 0, 0_usize);
    let mut replace = |from: usize, end: usize, by: &str| {
        rewritten.push_str(&text[copied..from]);
        rewritten.push_str(by);
        copied = end;
    };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_text(bytes, at);
                for half in lone_surrogates(&bytes[at..end]) {
                    replace(at + half, at + half + REPLACEMENT.len(), REPLACEMENT);
                }
                at = end;
            }
            byte if is_of_a_word(*byte) => {
                let end = end_of_word(bytes, at);
                let is_cut = end == bytes.len() && depth > 0;
                if let Some(word) = instead(&text[at..end], is_cut, numbers) {
                    replace(at, end, &word);
                }
                at = end;
            }
            b'{' | b'[' if depth == MAX_DEPTH => {
                let end = end_of_value(bytes, at);
                replace(at, end, "null");
                at = end;
            }
            byte => {
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                at += 1;
            }
        }
    }
    if copied == 0 {
        return text;
    }
    rewritten.push_str(&text[copied..]);
    Cow::Owned(rewritten)
}

/// Returns the position after the closing quotation mark, or the end of a truncated string.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Returns the positions of escapes in a string that are one half of a surrogate pair without the other.
fn lone_surrogates(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += text.get(at..)?.iter().position(|byte| *byte == b'\\')?;
            let step = match (code_unit(text, at), code_unit(text, at + 6)) {
                (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
                (Some(0xd800..0xe000), _) => {
                    at += 6;
                    return Some(at - 6);
                }
                _ => 2,
            };
            at += step;
        }
    })
}

/// Returns the UTF-16 code unit of an escape such as `\u00fc` at a position.
fn code_unit(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

/// Returns the position after the end of a list or object, or the end of a truncated one.
fn end_of_value(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_text(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

fn end_of_word(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..].iter().position(|byte| !is_of_a_word(*byte));
    length.map_or(bytes.len(), |length| start + length)
}

/// Returns whether the byte is part of a number, or of a word such as `null`.
fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// Returns the replacement of a word, if it has one. `is_cut`: whether the body ends with the word within an object or array, so
/// that it may be incomplete. The beginning of a number would be another number, so it is removed.
fn instead(word: &str, is_cut: bool, numbers: Numbers) -> Option<Cow<'static, str>> {
    const NOT_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];
    if is_cut
        && (word.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            || NOT_FINITE.iter().any(|it| it.starts_with(word)))
    {
        return Some(Cow::Borrowed(""));
    }
    if NOT_FINITE.contains(&word) {
        return Some(Cow::Borrowed("null"));
    }
    let number = Number::read(word)?;
    (numbers == Numbers::All || !number.is_exact(word)).then(|| Cow::Owned(format!("\"{word}\"")))
}

/// The form of a JSON number.
struct Number {
    is_integer: bool,
    significant: usize,
}

impl Number {
    /// Returns `None` if the word is not a number.
    fn read(word: &str) -> Option<Self> {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = word.strip_prefix('-').unwrap_or(word);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
        });
        let (whole, fraction) =
            mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
        let is_number = is_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(is_digits)
            && exponent.is_none_or(is_digits);
        let digits = whole.bytes().chain(fraction.unwrap_or_default().bytes());
        is_number.then(|| Self {
            is_integer: fraction.is_none() && exponent.is_none(),
            significant: digits.skip_while(|digit| *digit == b'0').count(),
        })
    }

    /// Returns whether a `Value` holds the number exactly.
    fn is_exact(&self, word: &str) -> bool {
        if self.is_integer {
            return word.parse::<u64>().is_ok() || word.parse::<i64>().is_ok();
        }
        self.significant <= MAX_DIGITS && word.parse::<f64>().is_ok_and(f64::is_finite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_json_is_borrowed_unchanged() {
        for body in [
            "",
            "7",
            r#"{"a":[1,-2.5,1e3,0.1,18446744073709551615,-9223372036854775808],"b":null,"c":true}"#,
            r#"{"a":"NaN, Infinity and 123456789012345678901234567890 \" NaN"}"#,
            "{\"NaN\":1,\"ü\":\"\\\\\"}",
            "12345678901234567",
        ] {
            assert!(matches!(json(body.as_bytes()), Cow::Borrowed(same) if same == body), "{body}");
        }
    }

    #[test]
    fn clear_faults_are_repaired() {
        for (body, mended) in [
            (&b"\xef\xbb\xbf{}"[..], "{}"),
            (b"{\"a\":\"x\xffy\"}", "{\"a\":\"x\u{fffd}y\"}"),
            (b"{\"a\":NaN,\"b\":[Infinity , -Infinity]}", r#"{"a":null,"b":[null , null]}"#),
            (b"NaN", "null"),
            (b"[123456789012345678901234567890]", r#"["123456789012345678901234567890"]"#),
            (b"[18446744073709551616,-9223372036854775809]", r#"["18446744073709551616","-9223372036854775809"]"#),
            (b"[1e400,-1E+999]", r#"["1e400","-1E+999"]"#),
            (
                b"[0.1000000000000000055,0.00000000000000000000125]",
                r#"["0.1000000000000000055",0.00000000000000000000125]"#,
            ),
        ] {
            assert_eq!(json(body), mended, "{body:?}");
        }
    }

    #[test]
    fn an_escape_of_half_a_surrogate_pair_is_replaced() {
        for (body, mended) in [
            (r#"{"a":"\ud83d"}"#, r#"{"a":"\ufffd"}"#),
            (r#"{"\udc00":"\ud83dx\uDE00"}"#, r#"{"\ufffd":"\ufffdx\ufffd"}"#),
            (r#"["\ud83d\ud83d\ude00"]"#, r#"["\ufffd\ud83d\ude00"]"#),
            (r#"["\ud83d\n","\\ud83d","\ud83d\u0041"]"#, r#"["\ufffd\n","\\ud83d","\ufffd\u0041"]"#),
        ] {
            assert_eq!(json(body.as_bytes()), mended);
            assert!(serde_json::from_str::<serde_json::Value>(&json(body.as_bytes())).is_ok(), "{body}");
        }
        for whole in [r#"["\ud83d\ude00"]"#, r#"["\\ud83d"]"#, r#"["\u00fc\uffff"]"#] {
            assert_eq!(json(whole.as_bytes()), whole);
        }
        assert!(serde_json::from_str::<serde_json::Value>(&json(br#"["\ud8+1","\ud8"]"#)).is_err());
    }

    #[test]
    fn what_is_nested_too_deeply_becomes_null() {
        let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(&json(text.as_bytes()));
        assert_eq!(json(nested(127, "7").as_bytes()), nested(127, "7"));
        assert_eq!(json(nested(128, "7").as_bytes()), nested(127, "null"));
        assert_eq!(
            json(nested(126, r#"{"a":{"b":"]}\""},"c":[[7]],"d":8}"#).as_bytes()),
            nested(126, r#"{"a":null,"c":null,"d":8}"#)
        );
        assert!(read(&nested(1 << 20, "")).is_ok(), "without a stack overflow");
        let cut = read(&"[".repeat(1 << 20)).expect_err("cut short");
        assert!(cut.is_eof(), "{cut}");
        assert!(read(&format!("{}}}", nested(200, ""))).is_err(), "a bracket too many");
    }

    #[test]
    fn invalid_json_stays_invalid() {
        for body in [
            "NaNs",
            "xNaN",
            "nan",
            "+Infinity",
            "-NaN",
            "0123456789012345678901",
            "1.",
            ".5",
            "1e",
            "--1",
            "1NaN",
            "NaN NaN",
            "{} 7",
            "{\"a\":1}NaN",
            "[]-",
            "{NaN:1}",
            "{123456789012345678901234567890:1}x",
            "\u{feff}\u{feff}{}",
            "<html>NaN</html>",
            "{\"a\":1}\u{fffd}",
        ] {
            let mended = json(body.as_bytes());
            assert!(serde_json::from_str::<serde_json::Value>(&mended).is_err(), "{body} became {mended}");
        }
        assert!(serde_json::from_str::<serde_json::Value>(&json(b"{\"a\":1}\xff")).is_err());
    }

    #[test]
    fn truncated_json_stays_truncated() {
        let whole = "{\"a\":[1,NaN,-Infinity,123456789012345678901234567890,1.5e3,true],\"b\":\"\u{fc}\\\"\",\"c\":-7}";
        for length in 1..whole.len() {
            let mended = json(&whole.as_bytes()[..length]);
            let error = serde_json::from_str::<serde_json::Value>(&mended).expect_err("cut short");
            assert!(error.is_eof(), "{mended}: {error}");
        }
        assert!(serde_json::from_str::<serde_json::Value>(&json(whole.as_bytes())).is_ok());
    }

    #[test]
    fn digits_are_kept_as_sent() {
        assert_eq!(digits(b"[1,1.0,1e3,-0,\"1\",null]"), r#"["1","1.0","1e3","-0","1",null]"#);
    }

    #[test]
    fn long_bodies_are_read_quickly_and_grow_at_most_threefold() {
        let started = std::time::Instant::now();
        for piece in
            ["1", "-", "NaN,", "\"", "\\", "\u{fffd}", "1e9,", "\"\\\"", "9,", "Infinity-", "1234567890123456789012,"]
                .into_iter()
                .chain(["[", "{", "[]", "[{}],", "\\ud83d", "\"\\ud83d\","])
        {
            let body = piece.repeat((1 << 20) / piece.len());
            assert!(json(body.as_bytes()).len() <= 3 * body.len(), "{piece}");
            assert!(digits(body.as_bytes()).len() <= 3 * body.len(), "{piece}");
        }
        assert!(json(&vec![0xff; 1 << 20]).len() <= 3 << 20);
        // On a busy machine this takes seconds. Quadratic time would be hours.
        assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
    }
}
