//! The examples of generated documentation. Those of the spec that is shipped are compiled; in other crates nobody tells a
//! macro under which path users find its types.

use cover_spec::Spec;
use cover_spec::model::{Field, FieldKind, Mode, Scalar};

use super::Origin;
use super::modes::{Modes, OneMode};

/// A call of the setter with the example that the spec gives.
pub(super) fn setter(field: &Field, spec: &Spec, modes: &Modes<'_>, origin: &Origin) -> Option<String> {
    let example = value(field, &field.example.as_ref()?.value)?;
    let start = start(spec, modes.iter().find(|mode| mode.allows(field))?);
    let call = format!("let builder = {start}.{}({example});", *field.rust);
    Some(if origin.text.is_none() {
        format!("\n\n```\n# use cover_api::*;\n{call}\n# let _ = builder;\n```")
    } else {
        format!("\n\n```text\n{call}\n```")
    })
}

fn start(spec: &Spec, mode: &OneMode<'_>) -> String {
    let constructor = mode.model().map_or_else(|| "builder".to_owned(), Mode::constructor);
    format!("{}::{constructor}()", *spec.request.name)
}

/// As one writes it in Rust.
fn value(field: &Field, example: &Scalar) -> Option<String> {
    Some(match (example, &*field.kind) {
        (Scalar::Text(text), FieldKind::Choice(name, choices)) => {
            let choice = choices.iter().find(|choice| *choice.wire == *text)?;
            format!("{}::{}", **name, *choice.rust)
        }
        (Scalar::Text(text), _) => format!("{text:?}"),
        (Scalar::Number(number), _) => format!("{:?}", number.value()),
        (Scalar::Truth(truth), _) => truth.to_string(),
    })
}
