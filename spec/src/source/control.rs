//! Control characters, which would give orders to the terminal that shows a text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;

/// Reports each text and each key of a table that has a control character. Texts may have line breaks and tabs.
pub(crate) fn control_characters(table: &DeTable<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (key, value) in table {
        let name = key.get_ref();
        if let Some(control) = name.chars().find(|letter| letter.is_control()) {
            let message = format!("the key \"{}\" has the control character {}", name.escape_debug(), code(control));
            faults.push(Fault::new(message, key.span(), "remove it"));
        } else {
            in_value(name, value, &mut faults);
        }
    }
    faults
}

fn in_value(key: &str, value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) {
    match value.get_ref() {
        DeValue::String(text) => {
            if let Some(control) = forbidden(text) {
                let message = format!("`{key}` has the control character {}", code(control));
                let label = "remove it: a text may have line breaks and tabs, and no other control characters";
                faults.push(Fault::new(message, value.span(), label));
            }
        }
        DeValue::Array(items) => items.iter().for_each(|item| in_value(key, item, faults)),
        DeValue::Table(table) => faults.extend(control_characters(table)),
        _ => {}
    }
}

/// Returns the first control character that no text may have. The line breaks of Windows are two characters.
fn forbidden(text: &str) -> Option<char> {
    let text = text.replace("\r\n", "\n");
    text.chars().find(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'))
}

/// Returns the number of a character, such as `U+001B`.
fn code(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}
