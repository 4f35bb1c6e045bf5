//! Checks the ids of tasks.

/// Largest length of an id in bytes. No known service exceeds it.
const MAX_BYTES: usize = 256;

/// Checks the id of a task. The error completes a sentence that begins with "the id of the task".
///
/// White space at an end is an error, since it is not known whether the service would accept the id without it. U+FFFD replaces
/// bytes that are not UTF-8, so the original id is lost.
///
/// # Errors
///
/// If the id is empty, too long, or has characters that an id cannot have.
pub fn check(id: &str) -> Result<(), &'static str> {
    if id.trim().is_empty() {
        return Err("is empty, or has nothing but white space");
    }
    if id.len() > MAX_BYTES {
        return Err("has more than 256 bytes");
    }
    if id.contains(char::is_control) {
        return Err("has control characters");
    }
    if id.contains(char::REPLACEMENT_CHARACTER) {
        return Err("has bytes that are not UTF-8");
    }
    if id.trim() != id {
        return Err("begins or ends with white space");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_visible_text() {
        let (most, more) = ("x".repeat(256), "ü".repeat(129));
        for id in ["5c79", "7", "..", "a b", "Täsk/1?#%\\", "{task}", &most] {
            assert_eq!(check(id), Ok(()), "{id:?}");
        }
        for (id, why) in [
            ("", "is empty, or has nothing but white space"),
            ("   ", "is empty, or has nothing but white space"),
            ("\u{a0}\u{2003}", "is empty, or has nothing but white space"),
            (&*more, "has more than 256 bytes"),
            ("a\nb", "has control characters"),
            ("a\0", "has control characters"),
            ("a\u{85}b", "has control characters"),
            ("a\u{fffd}b", "has bytes that are not UTF-8"),
            (" a", "begins or ends with white space"),
            ("a\u{a0}", "begins or ends with white space"),
        ] {
            assert_eq!(check(id), Err(why), "{id:?}");
        }
    }
}
