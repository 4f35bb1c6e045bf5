//! Flags for the fields of a request.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, ValueHint};
use cover_spec::model::{Choice, Field, FieldKind, Request};
use cover_spec::rules::{Const, Kind, Presence};

use super::Operation;

/// The id of the argument with the song: a file that is uploaded, or an address.
pub(crate) const SONG: &str = "song";

const HEADING: &str = "Fields of the request";

/// The flags of the command itself. A field with such a name gets a prefix.
pub(crate) const OWN: [&str; 26] = [
    "address",
    "again",
    "body",
    "force",
    "format",
    "forward",
    "help",
    "json",
    "key",
    "key-command",
    "key-file",
    "ledger",
    "max-spend",
    "mode",
    "name",
    "no-wait",
    "not-charged",
    "output",
    "port",
    "report",
    "sandbox",
    "song",
    "spec",
    "timeout",
    "version",
    "yes",
];

/// Adds the flags of an operation, and the song if it takes one.
pub(crate) fn fields(command: Command, operation: &Operation) -> Command {
    add(command, operation, |song| song.value_name("SONG").index(1))
}

/// Adds the flags of an operation, and `--song` if it takes one.
pub(crate) fn defaults(command: Command, operation: &Operation) -> Command {
    add(command, operation, |song| song.value_name("SONG").long(SONG).help_heading(HEADING))
}

fn add(mut command: Command, operation: &Operation, place: impl FnOnce(Arg) -> Arg) -> Command {
    let song = operation.song_field();
    if let Some(song) = song {
        let what = &operation.spec.request.fields[song].doc;
        let help = format!("File that is uploaded, or its address. {}", **what);
        command = command.arg(place(Arg::new(SONG).help(help).value_hint(ValueHint::AnyPath)));
    }
    for (index, field) in operation.spec.request.fields.iter().enumerate() {
        if field.constant.is_none() && song != Some(index) {
            command = command.arg(flag(operation, index, field));
        }
    }
    command
}

/// Returns the id of the argument for the field with this JSON name. No other argument has such an id.
pub(super) fn id(wire: &str) -> String {
    format!("field {wire}")
}

/// Returns the name of the flag of a field, such as `vocal-gender`.
pub(crate) fn name(setter: &str) -> String {
    let name = setter.replace('_', "-");
    if OWN.contains(&&*name) { format!("field-{name}") } else { name }
}

fn flag(operation: &Operation, index: usize, field: &Field) -> Arg {
    let arg = Arg::new(id(&field.wire.value))
        .long(name(&field.rust))
        .help(help(operation, index, field))
        .help_heading(HEADING)
        .allow_hyphen_values(true)
        .action(if field.is_list() { ArgAction::Append } else { ArgAction::Set });
    let arg = arg.hide(is_decided(operation, index));
    match &*field.kind {
        FieldKind::Boolean(_) if !field.is_list() => {
            let values = PossibleValuesParser::new(["true", "false"]);
            arg.value_name(placeholder(&field.kind))
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .value_parser(values)
                .hide_possible_values(true)
        }
        FieldKind::Choice(_, choices) if !field.is_open() => arg
            .value_name(field.rust.to_uppercase())
            .value_parser(PossibleValuesParser::new(choices.iter().map(possible))),
        FieldKind::Choice(_, choices) => arg.value_name(listed(choices)),
        kind => arg.value_name(placeholder(kind)),
    }
}

/// Whether the field is a boolean that every mode sets, so that the user need not.
fn is_decided(operation: &Operation, index: usize) -> bool {
    let field = &operation.rules.fields[index];
    field.kind == Kind::Boolean
        && !operation.rules.modes.is_empty()
        && field.presence.iter().all(|presence| *presence == Presence::Fixed)
}

fn possible(choice: &Choice) -> PossibleValue {
    PossibleValue::new(choice.wire.value.clone()).help(choice.doc.value.clone()).alias(choice.rust.to_lowercase())
}

fn listed(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.wire.as_str()).collect::<Vec<_>>().join("|")
}

fn placeholder(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text(_) | FieldKind::Choice(..) => "TEXT",
        FieldKind::Url => "ADDRESS",
        FieldKind::Boolean(_) => "true|false",
        FieldKind::Integer | FieldKind::Number => "NUMBER",
        FieldKind::Object(..) => "JSON",
    }
}

/// Describes the field: what it is, the modes that take it, and what it is if it is left out.
fn help(operation: &Operation, index: usize, field: &Field) -> String {
    let mut parts = vec![field.doc.value.clone()];
    // A required field that is filled in need not be given.
    let is_filled = field.required.is_some() && (field.placeholder.is_some() || field.suggested.is_some());
    parts.extend(presence(&operation.spec.request, index, operation).filter(|_| !is_filled));
    match &field.suggested {
        Some(suggested) if is_filled => parts.push(format!("Left out: {}.", suggested.value)),
        Some(suggested) => parts.push(format!("Suggested: {}.", suggested.value)),
        None => {}
    }
    if let Some(deprecated) = &field.deprecated {
        parts.push(format!("Deprecated: {}", **deprecated));
    }
    parts.join(" ")
}

fn presence(request: &Request, index: usize, operation: &Operation) -> Option<String> {
    let presence = &operation.rules.fields[index].presence;
    if request.modes.is_empty() {
        return (presence.first() == Some(&Presence::Required)).then(|| "Required.".to_owned());
    }
    let names = |is_wanted: &dyn Fn(usize) -> bool| -> Vec<&str> {
        let modes = request.modes.iter().enumerate().filter(|(mode, _)| is_wanted(*mode));
        modes.map(|(_, mode)| mode.name.as_str()).collect()
    };
    let required = names(&|mode| presence.get(mode) == Some(&Presence::Required));
    if required.len() == request.modes.len() {
        return Some("Required.".to_owned());
    }
    let optional = names(&|mode| presence.get(mode) == Some(&Presence::Optional));
    let chosen = names(&|mode| operation.rules.modes[mode].own_value(index) == Some(&Const::Truth(true)));
    let said = [("Chooses", chosen), ("Required in", required), ("Optional in", optional)];
    let said = said.iter().filter(|(_, modes)| !modes.is_empty());
    let said: Vec<String> = said.map(|(word, modes)| format!("{word} {}.", modes.join(" and "))).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
