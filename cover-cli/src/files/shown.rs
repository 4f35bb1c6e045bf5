//! The results that do not become files, in lines for people.

use cover_spec::Spec;
use cover_spec::model::ResultValue;
use serde_json::{Map, Value};

use super::outputs::{has_files, value_of};

/// Returns the results that do not become files: `name: value`, with the items of lists numbered. Empty if all become files.
pub(crate) fn shown(spec: &Spec, results: &Map<String, Value>) -> String {
    let mut lines = Vec::new();
    for entry in spec.results.iter().filter(|entry| !has_files(spec, &entry.value)) {
        if let Some(value) = results.get(&*entry.value.name.value) {
            labelled(&format!("{}:", *entry.value.name), &entry.value, value, 0, &mut lines);
        }
    }
    lines.join("\n")
}

/// Adds a value behind its label, or below it if it does not fit there.
fn labelled(label: &str, result: &ResultValue, value: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    if let Some(text) = one_line(value) {
        lines.push(format!("{indent}{label} {text}"));
    } else {
        lines.push(format!("{indent}{label}"));
        parts(result, value, depth + 1, lines);
    }
}

/// Adds the parts of a value.
fn parts(result: &ResultValue, value: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                labelled(&format!("{number}."), result, item, depth, lines);
            }
        }
        // A value of any type has members that the spec does not name.
        Value::Object(_) if result.members.is_empty() => lines.push(format!("{indent}{value}")),
        Value::Object(members) => {
            for member in &result.members {
                if let Some(value) = value_of(member, members).filter(|value| !value.is_null()) {
                    labelled(&format!("{}:", *member.name), member, value, depth, lines);
                }
            }
        }
        Value::String(text) => lines.extend(text.lines().map(|line| format!("{indent}{}", printable(line)))),
        other => lines.push(format!("{indent}{other}")),
    }
}

/// Returns a value that fits beside its name: a short list of numbers, or anything that is neither a list, an object nor a text of
/// several lines.
fn one_line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.contains('\n') => None,
        Value::String(text) => Some(printable(text)),
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_number) => {
            Some(items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

/// Replaces characters that could give the terminal orders.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use cover_spec::SHIPPED_SPECS;
    use serde_json::json;

    use super::*;

    fn of(name: &str, results: &Value) -> String {
        let path = SHIPPED_SPECS.iter().find(|path| path.ends_with(&format!("{name}.toml"))).expect("it is shipped");
        let spec = Spec::parse_shipped(path).expect("it has no faults");
        shown(&spec, results.as_object().expect("an object"))
    }

    #[test]
    fn texts_have_their_names_and_lists_have_numbers() {
        let lyrics = json!({ "lyrics": [
            { "text": "First line\nSecond\u{1b}[2J line", "title": "Night" },
            { "text": "La", "status": null },
        ] });
        let lines =
            "lyrics:\n  1.\n    text:\n      First line\n      Second [2J line\n    title: Night\n  2.\n    text: La";
        assert_eq!(of("lyrics", &lyrics), lines);
        let timing =
            json!({ "timing": { "alignedWords": [{ "word": "La", "startS": 0.5 }], "waveformData": [1.0, 2.5] } });
        let lines = "timing:\n  alignedWords:\n    1.\n      word: La\n      startS: 0.5\n  waveformData: 1.0 2.5";
        assert_eq!(of("timestamped_lyrics", &timing), lines);
    }

    #[test]
    fn a_result_with_files_is_not_shown() {
        assert_eq!(of("upload_cover", &json!({ "tracks": [{ "audioUrl": "https://a/1", "title": "Night" }] })), "");
        assert_eq!(of("cover_images", &json!({ "images": ["https://a/1"] })), "");
    }
}
