//! The length of texts, and the syntax of addresses.

/// The unit of the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Unicode scalar values, as in JSON Schema.
    #[default]
    Chars,
    /// UTF-16 code units, as in JavaScript.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    /// Returns the length of `text` in this unit.
    ///
    /// ```
    /// use cover_spec::rules::Unit;
    ///
    /// assert_eq!([Unit::Chars, Unit::Utf16, Unit::Bytes].map(|unit| unit.count("a🎷")), [2, 3, 5]);
    /// ```
    #[must_use]
    pub fn count(self, text: &str) -> usize {
        match self {
            Self::Chars => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
        }
    }

    /// Returns the greatest length of one character in this unit.
    ///
    /// ```
    /// use cover_spec::rules::Unit;
    ///
    /// assert_eq!([Unit::Chars, Unit::Utf16, Unit::Bytes].map(Unit::most_per_char), [1, 2, 4]);
    /// ```
    #[must_use]
    pub fn most_per_char(self) -> u32 {
        match self {
            Self::Chars => 1,
            Self::Utf16 => 2,
            Self::Bytes => 4,
        }
    }

    /// Returns the name of the unit for a number: "character" for 1, else "characters".
    #[must_use]
    pub fn word(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Chars, 1) => "character",
            (Self::Chars, _) => "characters",
            (Self::Utf16, 1) => "UTF-16 unit",
            (Self::Utf16, _) => "UTF-16 units",
            (Self::Bytes, 1) => "byte",
            (Self::Bytes, _) => "bytes",
        }
    }
}

/// Whether `text` looks like an http or https address: it has a scheme, a host and no forbidden characters.
///
/// The macros use it to find typing errors at compile time. A full parser finds more, such as invalid host names.
///
/// ```
/// use cover_spec::rules::looks_like_web_address;
///
/// assert!(looks_like_web_address("https://storage.example.com/song.mp3?sig=1"));
/// assert!(!looks_like_web_address("storage.example.com/song.mp3"));
/// assert!(!looks_like_web_address("https:///song.mp3"));
/// ```
#[must_use]
pub fn looks_like_web_address(text: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let Some(rest) = rest else { return false };
    let authority = rest.split_once(['/', '?', '#']).map_or(rest, |(authority, _)| authority);
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host_and_port)| host_and_port);
    is_host_and_port(host_and_port) && has_only_url_characters(rest)
}

fn has_only_url_characters(text: &str) -> bool {
    let is_ascii_held = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`')
    };
    let is_held = |c: char| c.is_ascii() || !(c.is_control() || c.is_whitespace());
    text.bytes().all(|byte| !byte.is_ascii() || is_ascii_held(byte)) && (text.is_ascii() || text.chars().all(is_held))
}

/// Whether `text` is like `a.example`, `a.example:8080` or `[::1]:8080`. The port may be empty.
fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) if !rest.is_empty() && !rest.starts_with(':') => return false,
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or(rest)),
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let is_port = port.is_empty() || (port.parse::<u16>().is_ok() && port.bytes().all(|digit| digit.is_ascii_digit()));
    !host.is_empty() && is_port && !host.contains(['[', ']', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_scheme_and_a_host_and_no_blanks() {
        for good in ["http://a", "HTTPS://a.example/x y".split(' ').next().unwrap(), "https://u:p@[::1]:8080/?q#f"] {
            assert!(looks_like_web_address(good), "{good}");
        }
        for bad in ["", "https://", "https://?q", "https://:80", "https://u@", "ftp://a", "https://a b", "htt🎷://a"]
        {
            assert!(!looks_like_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn hosts_and_ports_are_complete() {
        for bad in [
            "https://a:99999",
            "https://a:8x",
            "https://a:+1",
            "https://[::1",
            "https://[]",
            "https://[::1]x",
            "https://[::1]80",
            "https://[::1]::80",
        ] {
            assert!(!looks_like_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_may_have_letters_of_every_script_but_no_blanks_or_control_characters() {
        assert!(looks_like_web_address("https://é.example/🎷?q=é"));
        for bad in ["https://a/é b", "https://a/é\n", "https://a/é\u{85}", "https://a/é\u{3000}", "https://a/é<"] {
            assert!(!looks_like_web_address(bad), "{bad:?}");
        }
    }
}
