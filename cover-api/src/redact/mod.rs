//! Keeps secrets out of errors, logs and `Debug`. Every text from the network passes through [`shown`] before it is shown.

mod decode;
mod query;
mod secrets;

use std::fmt;

pub(crate) use query::address;
pub(crate) use secrets::{Secret, remember_address, remember_callback, remember_link, remember_secret};

/// Replaces a part that was left out.
const LEFT_OUT: &str = "…";
/// Number of bytes of a text that are searched for secrets. The rest is never shown.
const MAX_READ: usize = 4_096;
/// Number of characters after which a shown text is cut.
const MAX_SHOWN: usize = 300;

/// Returns a text from the network in a form that is safe to show.
///
/// It is a single line of bounded length, without queries of addresses, and with control characters escaped. If the text repeats
/// a secret of this process in any encoding, a note is returned instead.
pub(crate) fn shown(text: &str) -> String {
    let text = beginning(text);
    if let Some(secret) = decode::find(text, |form, _| secrets::repeated_in(form)) {
        return withheld(secret).to_owned();
    }
    let cut = query::cut(text);
    // The rest may still contain a query that only decoding reveals.
    match decode::find(&cut, |form, is_guess| query::has_query(form, is_guess).then_some(())) {
        Some(()) => withheld(Secret::Address).to_owned(),
        None => one_line(&cut),
    }
}

/// Returns the part of a text that is searched and shown.
fn beginning(text: &str) -> &str {
    let end = (0..=MAX_READ.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.expect("a text begins at a boundary")]
}

fn withheld(secret: Secret) -> &'static str {
    match secret {
        Secret::Key => "message withheld: it repeats the API key",
        Secret::Address => "message withheld: it repeats the address",
        Secret::Callback => "message withheld: it repeats the secret of callbacks",
    }
}

/// Returns the text on a single line of bounded length, with control characters escaped.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == MAX_SHOWN {
            return line + LEFT_OUT;
        }
        match character {
            space if space.is_whitespace() => line.push(' '),
            hidden if hidden.is_control() || is_invisible(hidden) => line.extend(hidden.escape_unicode()),
            other => line.push(other),
        }
    }
    line
}

/// Returns whether a character is invisible, or changes how others are displayed.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A text that is formatted by `shown`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.0))
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&shown(self.0), f)
    }
}

#[cfg(test)]
mod tests;
