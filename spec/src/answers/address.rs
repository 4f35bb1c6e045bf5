//! Reads addresses.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::rules::looks_like_web_address;

/// Returns the http or https address that a text is, with the characters percent-encoded that URLs do not contain, such as spaces.
///
/// Returns `None` for a text without a valid host, and for a text with a control character.
///
/// ```
/// use cover_spec::answers;
///
/// let address = answers::address("https://a.example/Night Drive.mp3");
/// assert_eq!(address.as_deref(), Some("https://a.example/Night%20Drive.mp3"));
/// assert_eq!(answers::address("Night Drive.mp3"), None);
/// ```
#[must_use]
pub fn address(text: &str) -> Option<Cow<'_, str>> {
    if looks_like_web_address(text) {
        return Some(Cow::Borrowed(text));
    }
    let host = text.find("://")? + "://".len();
    let end = text[host..].find(['/', '\\', '?', '#']).map_or(text.len(), |length| host + length);
    let (origin, rest) = text.split_at(end);
    let is_address = looks_like_web_address(origin) && !rest.contains(char::is_control);
    is_address.then(|| Cow::Owned(origin.to_owned() + &encoded(rest)))
}

/// Percent-encodes what follows the host, as UTF-8. A backslash in the path becomes a slash, as URL parsers read it.
fn encoded(rest: &str) -> String {
    let path = rest.find(['?', '#']).unwrap_or(rest.len());
    let mut encoded = String::with_capacity(rest.len());
    for (at, character) in rest.char_indices() {
        match character {
            '\\' if at < path => encoded.push('/'),
            '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' => push_encoded(&mut encoded, character),
            space if space.is_whitespace() => push_encoded(&mut encoded, space),
            other => encoded.push(other),
        }
    }
    encoded
}

fn push_encoded(text: &mut String, character: char) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        let _ = write!(text, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_address_is_an_address_of_a_request() {
        let all: String = (' '..'\u{3001}').filter(|character| !character.is_control()).collect();
        for text in [format!("https://a.example/{all}"), format!("https://a.example\\{all}"), format!("http://a?{all}")]
        {
            let address = address(&text).expect(&text);
            assert!(looks_like_web_address(&address), "{address}");
        }
    }

    #[test]
    fn an_address_that_needs_no_encoding_stays_as_it_is() {
        for text in ["HTTP://a.example", "https://u:p@[::1]:8080/a%20b?q=%#f", "https://é.example/🎷"] {
            assert!(matches!(address(text), Some(Cow::Borrowed(same)) if same == text), "{text}");
        }
    }

    #[test]
    fn the_host_is_not_encoded() {
        for bad in
            ["https:///a b", "https://a b/c", "https://a b", "https://a^b/c d", "https://a:x/c d", "x://a/b c", "a b"]
        {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
