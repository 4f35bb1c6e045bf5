//! The examples of generated documentation.
//!
//! Those of the shipped spec run as doctests. In other crates the path of the types is unknown, so they are plain text.

use cover_spec::Spec;
use cover_spec::model::{Field, FieldKind, Mode, Scalar};

use crate::generate::maybe;
use crate::generate::modes::{Modes, OneMode, Reach};
use crate::origin::Origin;

/// The example of a setter, in two forms.
pub(in crate::generate) struct Example {
    /// A sentence for hovers.
    pub(in crate::generate) sentence: String,
    /// A code block for the documentation page.
    pub(in crate::generate) block: String,
}

/// Returns a call of the field's setter, with the example that the spec gives.
pub(in crate::generate) fn setter(field: &Field, spec: &Spec, modes: &Modes<'_>, origin: &Origin) -> Option<Example> {
    let example = value(field, &field.example.as_ref()?.value)?;
    let mode = modes.iter().find(|mode| mode.allows(field))?;
    Some(call(&field.rust, &example, spec, mode, origin))
}

/// Returns a call of the setter that takes an `Option`.
pub(in crate::generate) fn maybe_setter(
    field: &Field,
    spec: &Spec,
    modes: &Modes<'_>,
    reach: &Reach<'_>,
    origin: &Origin,
) -> Option<Example> {
    let example = value(field, &field.example.as_ref()?.value)?;
    let mode = modes.iter().find(|mode| reach.has(mode))?;
    Some(call(&maybe::name(field), &format!("Some({example})"), spec, mode, origin))
}

fn call(setter: &str, value: &str, spec: &Spec, mode: &OneMode<'_>, origin: &Origin) -> Example {
    let constructor = mode.model().map_or_else(|| "builder".to_owned(), Mode::constructor);
    let call = format!("let builder = {}::{constructor}().{setter}({value});", *spec.request.name);
    let block = if origin.is_own {
        format!("\n\n```\n# use cover_api::*;\n{call}\n# let _ = builder;\n```")
    } else {
        format!("\n\n```text\n{call}\n```")
    };
    Example { sentence: format!("\n\nExample: `.{setter}({value})`"), block }
}

/// Returns the value as it is written in prose: a link to the variant where it is a choice.
pub(super) fn inline(field: &Field, example: &Scalar) -> String {
    match (item(field, example), &*field.kind) {
        (Some(variant), FieldKind::Choice(..)) => format!("[`{variant}`]"),
        _ => format!("`{example}`"),
    }
}

/// Returns the value as Rust code; `None` where the field does not take it.
fn value(field: &Field, example: &Scalar) -> Option<String> {
    let item = item(field, example)?;
    Some(if field.is_list() { format!("[{item}]") } else { item })
}

fn item(field: &Field, example: &Scalar) -> Option<String> {
    Some(match (example, &*field.kind) {
        (value, FieldKind::Choice(name, choices)) => {
            let choice = choices.iter().find(|choice| choice.value == *value)?;
            format!("{}::{}", **name, *choice.rust)
        }
        (Scalar::Text(text), _) => format!("{text:?}"),
        (Scalar::Number(number), FieldKind::Integer) => number.to_string(),
        (Scalar::Number(number), _) => format!("{:?}", number.value()),
        (Scalar::Truth(truth), _) => truth.to_string(),
    })
}
