//! Suggestions for names that do not exist.

use std::cmp::Reverse;

/// Returns the known name nearest to `given`, if it is near enough to be a typing error.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The cost is the product of both lengths, so names longer than any real one are not compared.
    if given.len() > 64 {
        return None;
    }
    let bound = (given.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(&given.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= bound)
        // Of names that are equally near, one with a longer common beginning is likelier, then one of the same length.
        .min_by_key(|(distance, name)| (*distance, Reverse(common(given, name)), name.len().abs_diff(given.len())))
        .map(|(_, name)| name)
}

/// Returns the number of characters at the beginning that two names have in common.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// Returns the number of characters to insert, remove, replace or swap with a neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before_last[j - 2] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Returns "did you mean `style`?", or the known names if none is near.
///
/// ```
/// assert_eq!(cover_spec::suggestion("stlye", ["style", "title"]), "did you mean `style`?");
/// assert_eq!(cover_spec::suggestion("duration", ["style", "title"]), "known: `style`, `title`");
/// ```
pub fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(given, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known: {}", list(known)),
    }
}

/// Returns "did you mean `V4`? known: `V4`, `V5`": the nearest name, and all names if they are few.
pub(crate) fn alternatives<'a>(given: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let all = format!("known: {}", list(known.clone()));
    match nearest(given, known) {
        Some(name) => format!("did you mean `{name}`? {all}"),
        None => all,
    }
}

/// Returns "`a`, `b`, `c`", with at most 12 names.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    let more = names.len().saturating_sub(12);
    names.truncate(12);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(", ") + &tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_the_right_one() {
        assert_eq!(nearest("Custm<Vocal>", ["NonCustom", "Custom<Vocal>"]), Some("Custom<Vocal>"));
        assert_eq!(nearest("stlye", ["title", "style"]), Some("style"));
        assert_eq!(nearest("modles", ["modes", "models"]), Some("models"));
        assert_eq!(nearest("model", ["modes", "models"]), Some("models"));
        assert_eq!(nearest("bse", ["use", "base"]), Some("base"));
    }

    #[test]
    fn a_different_word_finds_none() {
        assert_eq!(nearest("duration", ["title", "style"]), None);
        assert_eq!(nearest(&"x".repeat(100_000), ["x"]), None);
    }
}
