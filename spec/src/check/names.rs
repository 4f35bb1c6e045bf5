//! Names in generated code: each is valid in Rust, and no two are equal.

use std::collections::{BTreeMap, BTreeSet};

use crate::case;
use crate::fault::Fault;
use crate::model::{FieldKind, Request, Spec};
use crate::source::At;

/// Types that are generated for every spec.
const TYPES: &[&str] = &[
    "AnyMode",
    "Client",
    "ClientBuilder",
    "Error",
    "Mode",
    "Option",
    "Result",
    "Self",
    "Snapshot",
    "Update",
    "Status",
    "String",
    "Task",
    "TaskHandle",
];

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let request = &spec.request;
    let mut types = Scope::new("type", TYPES);
    for name in [&spec.service.name, &request.name, &spec.track.name] {
        types.add(name, case::pascal, faults);
    }
    for derived in ["Builder", "BuilderState", "Fields"] {
        types.add(&request.name.with(format!("{}{derived}", request.name.value)), case::pascal, faults);
    }
    for marker in markers(request) {
        types.add(&marker, case::pascal, faults);
    }
    for field in &request.fields {
        if let FieldKind::Choice(name, choices) = &field.kind.value {
            types.add(name, case::pascal, faults);
            let mut variants = Scope::new("value", &["Self"]);
            for choice in choices {
                variants.add(&choice.rust, case::pascal, faults);
            }
        }
    }
    setters(request, faults);
    let mut macros = Scope::new("macro", &[]);
    for name in request.literal.iter().chain(&request.try_literal) {
        macros.add(name, case::snake, faults);
    }
    let mut statuses = Scope::new("status", &["Unknown"]);
    spec.statuses.iter().for_each(|status| statuses.add(&status.rust, case::pascal, faults));
    let mut tracks = Scope::new("track field", &[]);
    spec.track.fields.iter().for_each(|field| tracks.add(&field.rust, case::snake, faults));
}

fn setters(request: &Request, faults: &mut Vec<Fault>) {
    let mut setters = Scope::new("setter", &["build", "mode"]);
    for field in &request.fields {
        let is_duplicate = setters.taken.contains(&*field.rust);
        setters.add(&field.rust, case::snake, faults);
        // The setter that takes an `Option`. Whether it is generated depends on presences and groups, which may change.
        if !is_duplicate {
            setters.add(&field.rust.with(format!("maybe_{}", *field.rust)), case::snake, faults);
        }
        if field.is_nullable() {
            setters.add(&field.rust.with(field.null_setter()), case::snake, faults);
        }
        field.placeholder.iter().for_each(|placeholder| setters.add(&placeholder.setter, case::snake, faults));
    }
    let mut constructors = Scope::new("constructor", &["builder"]);
    for mode in &request.modes {
        constructors.add(&mode.name.with(mode.constructor()), case::snake, faults);
    }
}

/// Returns the marker types of the modes, without duplicates.
fn markers(request: &Request) -> Vec<At<String>> {
    let mut markers = BTreeMap::new();
    for mode in &request.modes {
        for part in mode.parts() {
            markers.entry(part.to_owned()).or_insert_with(|| mode.name.with(part.to_owned()));
        }
    }
    markers.into_values().collect()
}

/// Names that share a namespace in generated code.
struct Scope<'a> {
    what: &'a str,
    reserved: &'a [&'a str],
    taken: BTreeSet<String>,
}

impl<'a> Scope<'a> {
    fn new(what: &'a str, reserved: &'a [&'a str]) -> Self {
        Self { what, reserved, taken: BTreeSet::new() }
    }

    fn add(&mut self, name: &At<String>, style: fn(&str) -> String, faults: &mut Vec<Fault>) {
        let Self { what, reserved, taken } = self;
        let shown = &name.value;
        if !case::is_identifier(shown) {
            let suggestion = style(shown);
            let label = if case::is_identifier(&suggestion) && suggestion != *shown {
                format!("try `{suggestion}`")
            } else {
                "add a Rust name".to_owned()
            };
            faults.push(name.fault(format!("`{shown}` is not a valid Rust name for a {what}"), label));
        } else if reserved.contains(&shown.as_str()) {
            faults.push(name.fault(format!("`{shown}` is reserved for generated code"), "use another Rust name"));
        } else if taken.contains(shown) {
            faults.push(name.fault(format!("duplicate {what} `{shown}`"), "rename one of them"));
        }
        taken.insert(shown.clone());
    }
}
