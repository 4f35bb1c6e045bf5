//! Random patterns.

use fastrand::Rng;

use super::{one, percent};

/// Draws a pattern of the subset that the language has.
pub fn draw_pattern(rng: &mut Rng) -> String {
    let begin = if percent(rng, 60) { "^" } else { "" };
    let end = if percent(rng, 60) { "$" } else { "" };
    format!("{begin}{}{end}", parts(rng, 2))
}

fn parts(rng: &mut Rng, depth: u8) -> String {
    (0..rng.usize(1..4)).map(|_| part(rng, depth)).collect()
}

fn part(rng: &mut Rng, depth: u8) -> String {
    let repetition = one(rng, &["", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}"]);
    let atoms = [
        "a",
        "b",
        "-",
        "ß",
        "\u{1F3B7}",
        "[a-c]",
        "[^a-z]",
        "[a-z_]",
        "[0-9\\-]",
        "[^\\]]",
        "\\.",
        "\\+",
        "\\/",
        "\\|",
    ];
    let atom = match rng.u8(..4) {
        0 if depth > 0 => {
            let open = one(rng, &["(", "(?:"]);
            let other = if percent(rng, 50) { format!("|{}", parts(rng, depth - 1)) } else { String::new() };
            format!("{open}{}{other})", parts(rng, depth - 1))
        }
        _ => one(rng, &atoms).to_owned(),
    };
    format!("{atom}{repetition}")
}
