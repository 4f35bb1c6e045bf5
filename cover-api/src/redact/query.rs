//! Removes the parts of addresses that may be secret: user, query and fragment.

use super::LEFT_OUT;

/// Returns an address without user, query and fragment.
pub(crate) fn address(address: &str) -> String {
    let end = address.find(['?', '#']).map_or(address.len(), |at| at + 1);
    let tail = if end < address.len() { LEFT_OUT } else { "" };
    without_users(&address[..end]) + tail
}

/// Returns a text without the users, queries and fragments of anything that looks like an address.
pub(super) fn cut(text: &str) -> String {
    let mut cut = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let end = if character.is_whitespace() {
            cut.push(character);
            character.len_utf8()
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            cut += &cut_token(&rest[..end]);
            end
        };
        rest = &rest[end..];
    }
    cut
}

/// Returns whether anything that looks like an address has a user, query or fragment. In a guess, only an address with a scheme
/// counts.
pub(super) fn has_query(text: &str, is_guess: bool) -> bool {
    text.split_whitespace().any(|token| {
        (!is_guess || has_scheme(token)) && (query_start(token).is_some() || without_users(token) != token)
    })
}

fn cut_token(token: &str) -> String {
    match query_start(token) {
        Some(start) => without_users(&token[..start]) + LEFT_OUT,
        None => without_users(token),
    }
}

fn has_scheme(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    ["://", ":\\/\\/", "%3a%2f%2f"].iter().any(|mark| lower.contains(mark))
}

/// Returns where a query or fragment begins, encoded or not, with or without a scheme before it.
fn query_start(token: &str) -> Option<usize> {
    let lower = token.to_ascii_lowercase();
    let start = ["?", "#", "%3f", "%23"].iter().filter_map(|mark| Some(lower.find(mark)? + mark.len())).min()?;
    let rest = &lower[start..];
    let is_left_out = rest.chars().all(|character| matches!(character, '.' | '…'));
    let is_query = has_scheme(token) || rest.contains(['=', '&']) || rest.contains("%3d");
    (is_query && !is_left_out).then_some(start)
}

/// Returns the text without the user part of each address.
fn without_users(text: &str) -> String {
    let mut parts = text.split("://");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept += "://";
        let authority = part.find(['/', '?', '#']).unwrap_or(part.len());
        match part[..authority].rfind('@') {
            Some(at) if !matches!(&part[..at], LEFT_OUT | "...") => {
                kept += LEFT_OUT;
                kept += &part[at..];
            }
            _ => kept += part,
        }
    }
    kept
}
