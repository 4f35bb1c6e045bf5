//! The results of a spec in Markdown.

use std::fmt::Write;

use crate::model::{At, ResultKind, ResultValue, Spec};

impl Spec {
    /// Writes the results: where answers have them, and their members.
    pub(super) fn results_in_words(&self, page: &mut String) {
        page.push_str("\n## Results\n\n");
        let answer = match &self.poll {
            Some(_) => "Answers to polls have them".to_owned(),
            None => format!("The answer to the {} has them", self.submit.method().name()),
        };
        let _ = writeln!(page, "{answer}.\n");
        for result in &self.results {
            let optional = if result.optional { ", optional" } else { "" };
            let value = &result.value;
            let _ = writeln!(
                page,
                "- `{}`: {}{optional}, at {}. {}{}{}",
                *value.name,
                kind(value),
                result.places(),
                *value.doc,
                file_name(value),
                example(value)
            );
            if let Some(count) = &result.count {
                let _ = writeln!(page, "  - usual number of items: {}", count.value);
            }
            if let Some(place) = &result.callback {
                let _ = writeln!(page, "  - in callbacks at `{}`", **place);
            }
            members(value, 1, page);
        }
    }
}

/// Writes the members of an object, and those within them.
fn members(object: &ResultValue, depth: usize, page: &mut String) {
    for member in &object.members {
        let required = if member.required { ", required" } else { "" };
        let names: Vec<String> =
            member.spellings.iter().map(|spelling: &At<String>| format!("`{}`", **spelling)).collect();
        let echo =
            member.echo.as_ref().map(|field| format!(" It repeats the field `{}`.", **field)).unwrap_or_default();
        let (example, file_name) = (example(member), file_name(member));
        let indent = "  ".repeat(depth);
        let _ = writeln!(
            page,
            "{indent}- {}: {}{required}. {}{file_name}{example}{echo}",
            names.join(" or "),
            kind(member),
            *member.doc
        );
        members(member, depth + 1, page);
    }
}

/// Returns " The member `title` names its file.", or nothing without such a member.
fn file_name(value: &ResultValue) -> String {
    let named = value.file_name.as_ref();
    named.map(|named| format!(" The member `{}` names its file.", **named)).unwrap_or_default()
}

/// Returns " Example: `complete`.", or nothing without an example.
fn example(value: &ResultValue) -> String {
    let example = value.example.as_ref().filter(|example| !example.is_empty());
    example.map(|example| format!(" Example: `{}`.", **example)).unwrap_or_default()
}

/// Names the type of a value.
fn kind(value: &ResultValue) -> String {
    let kind = match value.kind.value {
        ResultKind::Text => "string",
        ResultKind::Integer => "integer",
        ResultKind::Number => "number",
        ResultKind::Boolean => "boolean",
        ResultKind::Seconds => "seconds",
        ResultKind::Time => "time",
        ResultKind::Audio => "address of the output",
        ResultKind::Stream => "address of a stream",
        ResultKind::Image => "address of a picture",
        ResultKind::Object => "object",
        ResultKind::Any => "any value",
    };
    format!("{}{kind}", "list of ".repeat(value.lists as usize))
}
