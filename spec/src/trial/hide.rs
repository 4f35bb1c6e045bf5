//! Hides the parts of addresses that may be secret: user, query and fragment.

/// Replaces a part that was left out.
const LEFT_OUT: &str = "…";
/// Number of characters of a text that are searched. The rest is never shown.
const MAX_READ: usize = 4_096;

/// Returns the beginning of a text, without the users, queries and fragments of anything that looks like an address.
pub(super) fn without_secrets(text: &str) -> String {
    let text = text.char_indices().nth(MAX_READ).map_or(text, |(end, _)| &text[..end]);
    let mut kept = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let (word, space) = word.split_at(word.trim_end().len());
        match query(word) {
            Some(start) => kept += &(without_users(&word[..start]) + LEFT_OUT),
            None => kept += &without_users(word),
        }
        kept += space;
    }
    kept
}

/// Returns where a query or fragment begins, percent-encoded or not, with or without a scheme before it.
fn query(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let start = ["?", "#", "%3f", "%23"].iter().filter_map(|mark| Some(lower.find(mark)? + mark.len())).min()?;
    let rest = &lower[start..];
    let is_query = authority(&lower).is_some() || rest.contains(['=', '&']) || rest.contains("%3d");
    (is_query && !rest.is_empty() && rest != LEFT_OUT).then_some(start)
}

/// Returns where the user and host of the first address begin: after `://`, which may be escaped as in JSON or in an address.
fn authority(lower: &str) -> Option<usize> {
    let ends = ["://", ":\\/\\/", "%3a%2f%2f"].iter().filter_map(|mark| Some(lower.find(mark)? + mark.len()));
    ends.min()
}

/// Returns a word without the user of each address.
fn without_users(word: &str) -> String {
    let (lower, mut kept, mut at) = (word.to_ascii_lowercase(), String::new(), 0);
    while let Some(start) = authority(&lower[at..]) {
        let host = &lower[at + start..];
        let end = ["/", "\\", "%2f"].iter().filter_map(|mark| host.find(mark)).min().unwrap_or(host.len());
        let user = ["@", "%40"].iter().filter_map(|mark| host[..end].rfind(mark)).max();
        kept += &word[at..at + start];
        at += start;
        if let Some(user) = user {
            kept += LEFT_OUT;
            at += user;
        }
    }
    kept + &word[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_host_and_path() {
        for (whole, kept) in [
            ("https://a.example/x.mp3", "https://a.example/x.mp3"),
            ("see https://a.example/x?sig=s3cret#t now", "see https://a.example/x?… now"),
            ("HTTPS://a.example#s3cret", "HTTPS://a.example#…"),
            ("a.example/x?sig=s3cret", "a.example/x?…"),
            ("https://me:p@w@a.example/@x", "https://…@a.example/@x"),
            ("https://a.example,http://me:pw@b.example", "https://a.example,http://…@b.example"),
            (r#"("https:\/\/me:pw@a.example\/x?s3cret")"#, r#"("https:\/\/…@a.example\/x?…"#),
            ("url=https%3A%2F%2Fme%3Apw%40a.example%2Fx%3Fsig%3Ds3cret", "url=https%3A%2F%2F…%40a.example%2Fx%3F…"),
            ("https://a.example/x?…", "https://a.example/x?…"),
            ("what is wrong?\nnothing in C# & a = b ", "what is wrong?\nnothing in C# & a = b "),
            ("", ""),
        ] {
            assert_eq!(without_secrets(whole), kept);
        }
    }

    #[test]
    fn a_long_text_is_read_in_part() {
        for piece in ["ä", "://", "%3a%2f%2f", "://@", "https://a.example?b "] {
            assert!(without_secrets(&piece.repeat(100_000)).len() <= 2 * MAX_READ, "{piece}");
        }
    }
}
