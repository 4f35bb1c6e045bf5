//! Programs that use everything that a spec names.

use std::fmt::Write;

use cover_spec::Spec;
use cover_spec::model::{Field, FieldKind, Mode, Scalar};
use cover_spec::rules::Presence;

/// Returns a module with the types of the spec, and a function that uses its types, functions and macros.
pub(super) fn module_and_uses(spec: &Spec, index: usize) -> String {
    let request = &spec.request;
    let module = &format!("crate::m{index}");
    let name = format!("{module}::{}", *request.name);
    let mut code = String::new();
    for mode in request.each_mode() {
        let fields = || request.fields.iter().filter(move |field| is_settable(field, mode));
        let constructor = mode.map_or_else(|| "builder".to_owned(), Mode::constructor);
        let setters = each(fields(), |field| format!(".{}({})", *field.rust, value(field, module)));
        let _ = writeln!(code, "let _ = {name}::{constructor}(){setters}.build();");
        let others = each(fields(), |field| other_setter(field, module));
        let _ = writeln!(code, "let _ = {name}::{constructor}(){others}.build();");
        let entries = each(fields(), |field| format!("{}: {}, ", *field.rust, literal(field)));
        let mode = mode.map(|mode| format!("mode: {}, ", *mode.name)).unwrap_or_default();
        for macro_name in request.literal.iter().chain(&request.try_literal) {
            let _ = writeln!(code, "let _ = {module}::{}! {{ {mode}{entries} }};", **macro_name);
        }
    }
    if request.modes.is_empty() {
        let _ = writeln!(code, "let _ = {name}::from_json(\"\");");
    } else {
        let arms = each(&request.modes, |mode| arm(&name, mode));
        let _ = writeln!(code, "if let Ok(it) = {name}::from_json(\"\") {{ match it.into_mode() {{ {arms} }} }}");
    }
    for field in &request.fields {
        if let FieldKind::Choice(choice, _) = &*field.kind {
            let is_text = field.choices().iter().all(|choice| matches!(choice.value, Scalar::Text(_)));
            let method = if is_text { "as_str" } else { "as_i64" };
            let read = if is_text { "\"\".parse()" } else { "5_i64.try_into()" };
            let _ = writeln!(code, "let _: Result<{module}::{}, _> = {read};", **choice);
            let _ = writeln!(code, "for choice in {module}::{}::ALL {{ let _ = choice.{method}(); }}", **choice);
        }
    }
    for status in &spec.statuses {
        let _ = writeln!(code, "let _ = {module}::Status::{}.as_str();", *status.rust);
    }
    let results = each(&spec.results, |result| {
        let members = each(&result.value.members, |member| format!("let _ = &item.{};", *member.rust));
        format!("for item in &results.{} {{ {members} }}", *result.value.rust)
    });
    format!(
        "pub mod m{index} {{ cover_api::api!(\"specs/{index}.toml\", in {module}); }}\npub fn use{index}(results: {module}::Results, client: {module}::Client) {{\n{code}{results}\nlet _ = (results, client);\n}}\n"
    )
}

/// Returns the code for each item.
fn each<T>(items: impl IntoIterator<Item = T>, code: impl Fn(T) -> String) -> String {
    items.into_iter().map(code).collect()
}

fn arm(request: &str, mode: &Mode) -> String {
    format!("{request}ByMode::{}(request) => drop(request),", mode.parts().concat())
}

fn is_settable(field: &Field, mode: Option<&Mode>) -> bool {
    matches!(field.presence_in(mode), Presence::Required | Presence::Optional)
}

/// Returns a value as a setter takes it.
fn value(field: &Field, module: &str) -> String {
    match &*field.kind {
        FieldKind::Choice(name, choices) => format!("{module}::{}::{}", **name, *choices[0].rust),
        _ => literal(field),
    }
}

/// Returns a value as the macros take it.
fn literal(field: &Field) -> String {
    let text = match &*field.kind {
        FieldKind::Text(_) => "\"text\"".to_owned(),
        FieldKind::Url => "\"https://example.com/\"".to_owned(),
        FieldKind::Choice(_, choices) => choices[0].rust.value.clone(),
        _ => "2".to_owned(),
    };
    if field.is_list() { format!("[{text}]") } else { text }
}

/// Returns a call of the placeholder setter or the null setter; of the plain one if there is neither.
fn other_setter(field: &Field, module: &str) -> String {
    if let Some(placeholder) = &field.placeholder {
        format!(".{}()", *placeholder.setter)
    } else if field.is_nullable() {
        format!(".{}()", field.null_setter())
    } else {
        format!(".{}({})", *field.rust, value(field, module))
    }
}
