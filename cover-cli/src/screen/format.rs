//! Figures in words.

use std::time::Duration;

use cover_api::runtime::Credits;
use serde_json::Value;

/// Writes a length as on a clock: `3:12`, or `1:03:12`.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Writes a span of times: `2:00–4:00`.
pub(crate) fn range([from, to]: [Duration; 2], is_utf8: bool) -> String {
    let dash = if is_utf8 { "–" } else { "-" };
    format!("{}{dash}{}", clock(from), clock(to))
}

/// Writes a size in bytes with one decimal: `7.4 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Writes an amount: `12 credits`.
pub(crate) fn credits(amount: Credits) -> String {
    let amount = amount.to_string();
    if amount == "1" { "1 credit".to_owned() } else { format!("{amount} credits") }
}

/// Returns an amount as a number of JSON: 12, or 0.4.
pub(crate) fn number(amount: Credits) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_default()
}

/// Writes how long ago something was: `3 minutes`.
pub(crate) fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Writes control characters, and those that reverse the direction of a text, as escapes. Only line breaks and tabs stay, so that no text of
/// a service or of a table gives the terminal orders.
pub(super) fn printable(text: &str) -> String {
    let is_hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || reverses(c);
    escaped(text, is_hidden, |c| c.escape_unicode().to_string())
}

/// Writes the control characters that JSON lets through as escapes of JSON.
pub(super) fn printable_json(json: &str) -> String {
    escaped(json, char::is_control, |c| format!("\\u{:04x}", u32::from(c)))
}

fn escaped(text: &str, is_hidden: impl Fn(char) -> bool, escape: impl Fn(char) -> String) -> String {
    text.chars().map(|c| if is_hidden(c) { escape(c) } else { c.to_string() }).collect()
}

fn reverses(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_gives_the_terminal_orders() {
        assert_eq!(printable("a\u{1b}[2J\u{9b}31m\u{202e}\nб\t\r"), "a\\u{1b}[2J\\u{9b}31m\\u{202e}\nб\t\\u{d}");
        let json = serde_json::json!({ "title": "a\u{1b}\u{7f}\u{9b}б\u{202e}" });
        let text = printable_json(&json.to_string());
        assert!(!text.contains(char::is_control), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), json);
    }

    #[test]
    fn figures_are_short() {
        assert_eq!(clock(Duration::from_secs(192)), "3:12");
        assert_eq!(clock(Duration::from_secs(3792)), "1:03:12");
        assert_eq!([999, 7_400, 7_400_000, 2_000_000_000].map(size), ["999 bytes", "7.4 kB", "7.4 MB", "2.0 GB"]);
        assert_eq!(age(Duration::from_secs(60)), "1 minute");
        assert_eq!(range([120, 240].map(Duration::from_secs), true), "2:00–4:00");
    }
}
