//! Rust names from JSON names.

/// Converts to snake case: `callBackUrl` → `call_back_url`, ` end-Us` → `end_us`.
pub(crate) fn snake(wire: &str) -> String {
    let words = words(wire);
    words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join("_")
}

/// Converts to camel case: `TEXT_SUCCESS` → `TextSuccess`, `callBackUrl` → `CallBackUrl`.
///
/// Words with digits keep their case, and digits stay separate: `V4_5PLUS` → `V4_5PLUS`.
pub(crate) fn pascal(wire: &str) -> String {
    let mut name = String::new();
    for word in words(wire) {
        if name.ends_with(|last: char| last.is_ascii_digit()) && word.starts_with(|first: char| first.is_ascii_digit())
        {
            name.push('_');
        }
        let has_digits = word.contains(|letter: char| letter.is_ascii_digit());
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        let rest = letters.as_str();
        name.push_str(&if has_digits { rest.to_owned() } else { rest.to_lowercase() });
    }
    name
}

/// Splits at characters that are not letters or digits, and before a capital letter that follows a small one.
fn words(wire: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_small = false;
    for letter in wire.chars() {
        if !letter.is_ascii_alphanumeric() || (after_small && letter.is_ascii_uppercase()) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter);
        }
        after_small = letter.is_ascii_lowercase();
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether generated code can use the name unchanged.
pub(crate) fn is_identifier(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic());
    starts && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') && !KEYWORDS.contains(&name)
}

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_snake_case() {
        for (wire, rust) in [("uploadUrl", "upload_url"), ("callBackUrl", "call_back_url"), (" end-Us", "end_us")] {
            assert_eq!(snake(wire), rust);
        }
    }

    #[test]
    fn choices_become_camel_case_and_models_keep_their_names() {
        for (wire, rust) in [
            ("TEXT_SUCCESS", "TextSuccess"),
            ("V4_5PLUS", "V4_5PLUS"),
            ("V3_5", "V3_5"),
            ("m", "M"),
            ("uploadUrl", "UploadUrl"),
        ] {
            assert_eq!(pascal(wire), rust);
        }
    }

    #[test]
    fn keywords_and_leading_digits_are_not_identifiers() {
        for name in ["type", "Self", "4th", "", "a b", "_"] {
            assert!(!is_identifier(name), "{name}");
        }
        assert!(is_identifier("V4_5"));
    }
}
