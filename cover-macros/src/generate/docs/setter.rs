//! The documentation of setters: where a field is required, its limits, its name on the wire and in the spec.

use std::fmt::Write;

use cover_spec::Spec;
use cover_spec::model::{Fetched, Field, IdSource, Limit, Placeholder, Request};
use cover_spec::rules::Presence;

use super::{examples, listed, rules};
use crate::generate::modes::{Modes, OneMode, Reach};
use crate::generate::text::text;

pub(in crate::generate) fn setter(field: &Field, spec: &Spec, modes: &Modes<'_>) -> String {
    let mut paragraphs = vec![text(&field.doc), presences(field, modes)];
    let bounds = rules::bounds(field);
    if !bounds.is_empty() {
        paragraphs.push(format!("{}.", capital(&bounds.join(", "))));
    }
    paragraphs.extend(field.pattern_in_words().map(|words| format!("{}.", capital(&words))));
    let limits: Vec<String> = field.limits.iter().map(|limit| limit_sentence(field, limit, &spec.request)).collect();
    match &limits[..] {
        [] => {}
        [one] => paragraphs.push(one.clone()),
        many => paragraphs.push(format!("- {}", many.join("\n- "))),
    }
    let optional = modes.reach_where(|mode| mode.presence(field) == Presence::Optional);
    let place = optional.map(|reach| in_modes(&reach, modes)).unwrap_or_default();
    paragraphs.extend(rules::of_field(field, spec, &place));
    paragraphs.extend(
        spec.disputed_about_field(&field.wire)
            .map(|it| format!("The documentation contradicts itself: {}", text(&it.words()))),
    );
    let refers = [field.source.as_ref().map(IdSource::words), field.fetched.as_ref().map(Fetched::words)];
    paragraphs.extend(refers.iter().flatten().map(|words| format!("{}.", capital(words))));
    let default = default(field, modes).unwrap_or_default();
    let place = spec.sources.files.line(field.wire.span);
    let defined = place.map(|(path, line)| format!(" Defined in `{path}`, line {line}.")).unwrap_or_default();
    paragraphs.push(format!("Sent as `{}`{default}.{defined}", *field.wire));
    paragraphs.join("\n\n")
}

/// ", by default `1` in `A`"
fn default(field: &Field, modes: &Modes<'_>) -> Option<String> {
    let default = field.default.as_ref()?;
    let place = in_modes(&modes.reach_where(|mode| field.default_in(mode.model()).is_some())?, modes);
    Some(format!(", by default {}{place}", examples::inline(field, &default.value)))
}

/// "Required in `A` and `B`. Must be left out in `C`."
fn presences(field: &Field, modes: &Modes<'_>) -> String {
    let words = [
        (Presence::Required, "Required"),
        (Presence::Optional, "Optional"),
        (Presence::Forbidden, "Must be left out"),
        (Presence::Fixed, "Set by the mode"),
    ];
    let sentences = words.iter().filter_map(|(presence, word)| {
        let reach = modes.reach_where(|mode| mode.presence(field) == *presence)?;
        Some(format!("{word}{}.", in_modes(&reach, modes)))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// " in `A` and `B`", or nothing where that is every mode.
fn in_modes(reach: &Reach<'_>, modes: &Modes<'_>) -> String {
    if matches!(reach, Reach::All) {
        return String::new();
    }
    let names: Vec<&str> = modes.iter().filter(|mode| reach.has(mode)).map(OneMode::name).collect();
    format!(" in {}", listed(&names, "and"))
}

fn limit_sentence(field: &Field, limit: &Limit, request: &Request) -> String {
    let modes = limit.modes.as_ref().map(|names| names.iter().map(|name| name.as_str()).collect::<Vec<_>>());
    let place = modes.map(|modes| format!(" in {}", listed(&modes, "and"))).unwrap_or_default();
    let texts = limit_texts(field, limit, request).join(", ");
    let mut sentence = format!("{}{place}.", capital(&texts));
    if limit.max_seconds.is_some() {
        sentence += " The length is checked only for files that the client uploads.";
    }
    let sides = limit.disputed.iter().map(|side| format!("{} in the {}", side.figure.value, *side.place));
    let sides: Vec<String> = sides.collect();
    if !sides.is_empty() {
        let _ = write!(sentence, " Disputed: {}.", sides.join(", "));
    }
    sentence
}

/// "at most 200 characters with `V3_5` or `V4`", for each bound of the limit.
pub(super) fn limit_texts(field: &Field, limit: &Limit, request: &Request) -> Vec<String> {
    let models = limit.models.as_ref().map(|names| request.models_named(names));
    let models = models.map(|models| format!(" with {}", listed(&models, "or"))).unwrap_or_default();
    let when = if limit.when.is_empty() { String::new() } else { format!(" where {}", rules::any(&limit.when)) };
    let seconds = limit.max_seconds.as_ref().map(|seconds| format!("at most {} seconds long", seconds.value));
    let bounds = limit.bounds.iter().map(|bound| rules::bound(field, bound.1));
    bounds.chain(seconds).map(|text| format!("{text}{models}{when}")).collect()
}

/// Returns the documentation of the setter that takes an `Option`, for the modes that have it.
pub(in crate::generate) fn maybe_setter(field: &Field, reach: &Reach<'_>, modes: &Modes<'_>) -> String {
    let name = &*field.rust;
    format!(
        "Sets [`{name}`](Self::{name}) if there is a value, and leaves it out otherwise.\n\n\
         Optional{}. The field counts as set either way.",
        in_modes(reach, modes)
    )
}

pub(in crate::generate) fn null_setter(field: &Field) -> String {
    format!("Sends `{}` as null.\n\nUsed instead of [`{1}`](Self::{1}).", *field.wire, *field.rust)
}

pub(in crate::generate) fn placeholder(field: &Field, placeholder: &Placeholder) -> String {
    format!(
        "{}\n\nUsed instead of [`{1}`](Self::{1}). Sends `{2}`.",
        text(&placeholder.doc),
        *field.rust,
        *placeholder.value
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
