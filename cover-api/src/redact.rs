//! Keeps secrets out of what people read.

/// Stands where something was left out.
const LEFT_OUT: &str = "…";
/// Longer texts of a service are cut.
const MOST_CHARS: usize = 300;

/// An address without user, query and fragment.
pub(crate) fn address(address: &str) -> String {
    let end = address.find(['?', '#']).map_or(address.len(), |at| at + 1);
    let tail = if end < address.len() { LEFT_OUT } else { "" };
    without_user(&address[..end]) + tail
}

fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let authority = rest.find('/').unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => format!("{scheme}://{LEFT_OUT}{}", &rest[at..]),
        None => address.to_owned(),
    }
}

/// A text of the service, fit for an error: without the key, without what follows a `?` in anything like an address,
/// in one line, and not too long.
pub(crate) fn text(text: &str, key: &str) -> String {
    let text = if key.is_empty() { text.to_owned() } else { text.replace(key, LEFT_OUT) };
    let mut shown = String::new();
    for (index, token) in text.split(|c: char| c.is_whitespace() || c.is_control()).enumerate() {
        if index > 0 {
            shown.push(' ');
        }
        shown.push_str(&self::token(token));
    }
    match shown.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => shown[..end].to_owned() + LEFT_OUT,
        None => shown,
    }
}

/// A text without what follows a base address in any address: the parts of a path that are as good as a key.
pub(crate) fn beneath(text: &str, base: &str) -> String {
    let mut parts = text.split(base);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(char::is_whitespace).unwrap_or(part.len());
        shown += base;
        shown += if part.starts_with('/') { LEFT_OUT } else { &part[..end] };
        shown += &part[end..];
    }
    shown
}

/// Cuts a query, also an encoded one, whether or not a scheme stands before it.
fn token(token: &str) -> String {
    let lower = token.to_ascii_lowercase();
    let starts = ["?", "#", "%3f", "%23"].iter().filter_map(|mark| Some(lower.find(mark)? + mark.len())).min();
    let is_address = ["://", ":\\/\\/", "%3a%2f%2f"].iter().any(|mark| lower.contains(mark));
    match starts {
        Some(start) if is_address || lower[start..].contains(['=', '&']) || lower[start..].contains("%3d") => {
            without_user(&token[..start]) + LEFT_OUT
        }
        _ => without_user(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_host_and_path() {
        for (whole, shown) in [
            ("https://a.example/x.mp3", "https://a.example/x.mp3"),
            ("https://a.example/x.mp3?sig=1#t", "https://a.example/x.mp3?…"),
            ("https://me:pw@a.example/x", "https://…@a.example/x"),
            ("https://me:p/w@a.example?x", "https://me:p/w@a.example?…"),
            ("no address", "no address"),
        ] {
            assert_eq!(address(whole), shown);
        }
    }

    #[test]
    fn a_text_loses_key_and_queries() {
        for (whole, shown) in [
            ("cannot load https://a.example/x?sig=s3cret now", "cannot load https://a.example/x?… now"),
            ("bad key k3y!", "bad key …!"),
            ("url=https%3A%2F%2Fa.example%2Fx%3Fsig%3Ds3cret", "url=https%3A%2F%2Fa.example%2Fx%3F…"),
            ("a.example/x?sig=s3cret", "a.example/x?…"),
            ("(\"https:\\/\\/a.example\\/x?s3cret\")", "(\"https:\\/\\/a.example\\/x?…"),
            ("what is wrong? nothing", "what is wrong? nothing"),
            ("two\nlines", "two lines"),
        ] {
            assert_eq!(text(whole, "k3y"), shown);
        }
    }

    #[test]
    fn what_stands_beneath_a_base_address_is_left_out() {
        let base = "https://a.example/covers";
        for (whole, shown) in [
            ("cannot reach https://a.example/covers/01/02 now", "cannot reach https://a.example/covers… now"),
            (
                "https://a.example/covers and https://a.example/covers/1",
                "https://a.example/covers and https://a.example/covers…",
            ),
            ("https://b.example/covers/1", "https://b.example/covers/1"),
        ] {
            assert_eq!(beneath(whole, base), shown);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(text(&"ä".repeat(1000), "").chars().count(), MOST_CHARS + 1);
    }
}
