//! Names in generated code: each is valid in Rust, and no two are equal.
//!
//! A name that passes compiles: a test compiles hundreds of odd ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::case;
use crate::fault::Fault;
use crate::model::{Field, FieldKind, Request, Spec, object_module};
use crate::source::At;

/// Fields of a snapshot besides its results.
const RESULTS: &[&str] = &["error_code", "error_message", "status"];

/// Names of types that generated code defines or uses in every spec.
const TYPES: &[&str] = &[
    // Generated types and traits.
    "AnyMode",
    "Client",
    "ClientBuilder",
    "Error",
    "Mode",
    "Results",
    "Snapshot",
    "Status",
    "Task",
    "TaskHandle",
    "Update",
    // Parameters of generated types.
    "M",
    "S",
    // Types of Rust.
    "Option",
    "Result",
    "Self",
    "String",
    "Vec",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
    // First parts of paths and attributes.
    "core",
    "cover_api",
    "diagnostic",
    "std",
];

/// Methods of the builder, the `mode` of literal macros, and names that Rust does not allow for a parameter.
const SETTERS: &[&str] = &["build", "mode", "Err", "None", "Ok", "Some"];

/// Functions of the request.
const CONSTRUCTORS: &[&str] = &["builder", "from_json", "into_mode"];

/// Macros of Rust's prelude. One of the same name could not be called.
const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "line",
    "macro_rules",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let request = &spec.request;
    types(spec, faults);
    for field in request.fields.iter().flat_map(with_members) {
        let values = field.choices().iter().map(|choice| &choice.rust);
        Scope::new("value", &["ALL"]).add_all(values, case::pascal, faults);
    }
    setters(&request.fields, faults);
    modes(request, faults);
    let macros = request.literal.iter().chain(&request.try_literal);
    Scope::new("macro", MACROS).add_all(macros, case::snake, faults);
    let statuses = spec.statuses.iter().map(|status| &status.rust);
    Scope::new("status", &["Unknown"]).add_all(statuses, case::pascal, faults);
    results(spec, faults);
}

fn results(spec: &Spec, faults: &mut Vec<Fault>) {
    let names = spec.results.iter().map(|result| &result.value.rust);
    Scope::new("result", RESULTS).add_all(names, case::snake, faults);
    for object in spec.results.iter().flat_map(|result| result.value.walk()) {
        let members = object.members.iter().map(|member| &member.rust);
        Scope::new("field of a result", &[]).add_all(members, case::snake, faults);
    }
}

fn types(spec: &Spec, faults: &mut Vec<Fault>) {
    let request = &spec.request;
    let mut types = Scope::new("type", TYPES);
    types.reserve_derived(&request.name, &["Builder", "BuilderStart", "BuilderState", "ByMode", "Fields"]);
    types.reserved.extend(["modes", "rules", "tables"].map(|module| format!("{}_{module}", request.snake())));
    types.reserved.extend(request.fields.iter().flat_map(with_members).map(|field| format!("Has{}", field.camel())));
    let objects: Vec<_> = request.fields.iter().filter_map(object).collect();
    for name in &objects {
        types.reserve_derived(name, &["Builder", "BuilderStart", "BuilderState", "Fields"]);
        types.reserved.extend([object_module(name), format!("{}_rules", case::snake(name))]);
    }
    let markers = markers(request);
    let choices = request.fields.iter().flat_map(with_members).filter_map(|field| match &field.kind.value {
        FieldKind::Choice(name, _) => Some(name),
        _ => None,
    });
    let results = spec.results.iter().flat_map(|result| result.value.walk()).filter_map(|value| value.ty.as_ref());
    let names = [&spec.service.name, &request.name]
        .into_iter()
        .chain(results)
        .chain(&markers)
        .chain(choices)
        .chain(objects.iter().copied());
    types.add_all(names, case::pascal, faults);
    modules(&objects, faults);
}

/// Compares the modules of objects. Equal names are reported elsewhere.
fn modules(objects: &[&At<String>], faults: &mut Vec<Fault>) {
    let mut modules: BTreeMap<String, &At<String>> = BTreeMap::new();
    for name in objects {
        if let Some(other) = modules.insert(object_module(name), name).filter(|other| ***other != ***name) {
            let message = format!("the objects `{}` and `{}` are equal in snake case", other.value, name.value);
            faults.push(name.fault(message, "rename one of them"));
        }
    }
}

/// Returns the field and, for an object, its members.
fn with_members(field: &Field) -> impl Iterator<Item = &Field> {
    std::iter::once(field).chain(field.members())
}

/// Returns the name of the object's type.
fn object(field: &Field) -> Option<&At<String>> {
    match &field.kind.value {
        FieldKind::Object(name, _) => Some(name),
        _ => None,
    }
}

fn setters(fields: &[Field], faults: &mut Vec<Fault>) {
    let mut scope = Scope::new("setter", SETTERS);
    let mut camels: BTreeMap<String, &At<String>> = BTreeMap::new();
    for field in fields {
        // An object has a builder of its own.
        setters(field.members(), faults);
        let is_new = scope.add(&field.rust, case::snake, faults);
        // The setter that takes an `Option`. Whether it is generated depends on presences and groups, which may change.
        if is_new {
            scope.add(&field.rust.with(format!("maybe_{}", *field.rust)), case::snake, faults);
        }
        if is_new && field.is_nullable() {
            scope.add(&field.rust.with(field.null_setter()), case::snake, faults);
        }
        scope.add_all(field.placeholder.iter().map(|placeholder| &placeholder.setter), case::snake, faults);
        if let Some(other) = camels.insert(field.camel(), &field.rust).filter(|other| is_new && ***other != *field.rust)
        {
            let message = format!("the setters `{}` and `{}` are equal in camel case", other.value, *field.rust);
            faults.push(field.rust.fault(message, "rename one of them"));
        }
    }
}

fn modes(request: &Request, faults: &mut Vec<Fault>) {
    let mut constructors = Scope::new("constructor", CONSTRUCTORS);
    let mut whole: BTreeMap<String, &str> = BTreeMap::new();
    for mode in &request.modes {
        if !mode.parts().iter().all(|part| case::is_identifier(part)) {
            continue;
        }
        let joined = mode.parts().concat();
        if !case::is_identifier(&joined) {
            let message = format!("`{}` is the keyword `{joined}` without its brackets", *mode.name);
            faults.push(mode.name.fault(message, "rename it"));
        } else if let Some(other) = whole.insert(joined, &mode.name) {
            let message = format!("`{other}` and `{}` are equal without their brackets", *mode.name);
            faults.push(mode.name.fault(message, "rename one of them"));
        } else {
            constructors.add(&mode.name.with(mode.constructor()), case::snake, faults);
        }
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
struct Scope {
    what: &'static str,
    reserved: BTreeSet<String>,
    taken: BTreeSet<String>,
}

impl Scope {
    fn new(what: &'static str, reserved: &[&str]) -> Self {
        let reserved = reserved.iter().map(|name| (*name).to_owned()).collect();
        Self { what, reserved, taken: BTreeSet::new() }
    }

    /// Reserves the names of types that are made from a name.
    fn reserve_derived(&mut self, name: &str, derived: &[&str]) {
        self.reserved.extend(derived.iter().map(|derived| format!("{name}{derived}")));
    }

    fn add_all<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a At<String>>,
        style: fn(&str) -> String,
        faults: &mut Vec<Fault>,
    ) {
        for name in names {
            self.add(name, style, faults);
        }
    }

    /// Adds a name, and returns whether it is fit. Otherwise reports why, with the name in its usual `style`.
    fn add(&mut self, name: &At<String>, style: fn(&str) -> String, faults: &mut Vec<Fault>) -> bool {
        let Self { what, reserved, taken } = self;
        let shown = &name.value;
        let (message, label) = if !case::is_identifier(shown) {
            let suggestion = style(shown);
            let is_better = case::is_identifier(&suggestion) && suggestion != *shown;
            let label = if is_better { format!("try `{suggestion}`") } else { "use another Rust name".to_owned() };
            (format!("`{shown}` is not a valid Rust name for a {what}"), label)
        } else if reserved.contains(shown) {
            (format!("`{shown}` is reserved for generated code"), "use another Rust name".to_owned())
        } else if taken.contains(shown) {
            (format!("duplicate {what} `{shown}`"), "rename one of them".to_owned())
        } else {
            taken.insert(shown.clone());
            return true;
        };
        faults.push(name.fault(message, label));
        false
    }
}
