//! Arguments of an example, from the examples that the spec gives.

use cover_spec::rules::{Const, Field, Presence};

use super::Operation;
use super::flags::name;

/// Returns the arguments of a request in the first mode of the spec, and of one in the mode that needs the fewest.
pub(crate) fn examples(operation: &Operation) -> [String; 2] {
    let modes = operation.rules.modes.len().max(1);
    let of_modes: Vec<Vec<String>> = (0..modes).map(|mode| arguments(operation, mode)).collect();
    let shortest = of_modes.iter().min_by_key(|arguments| arguments.len()).cloned().unwrap_or_default();
    let first = of_modes.into_iter().next().unwrap_or_default();
    [first, shortest].map(|arguments| arguments.join(" "))
}

/// Returns the song, and each field that a request in this mode cannot do without.
fn arguments(operation: &Operation, mode: usize) -> Vec<String> {
    let (rules, song) = (&operation.rules, operation.song_field());
    let mut arguments: Vec<String> = song.map(|_| "song.mp3".to_owned()).into_iter().collect();
    let others = rules.fields.iter().enumerate().filter(|(index, _)| Some(*index) != song);
    for (index, field) in others {
        let flag = name(&field.rust);
        let own = rules.modes.get(mode).and_then(|mode| mode.own_value(index));
        match own {
            // A field whose value every mode sets follows from the mode.
            Some(Const::Truth(true)) if !field.presence.iter().all(|it| *it == Presence::Fixed) => {
                arguments.push(format!("--{flag}"));
            }
            None if is_needed(operation, index, field, mode) => {
                let example = operation.spec.request.fields[index].example.as_ref();
                let value = example.map_or_else(|| "…".to_owned(), |example| example.to_string());
                let value = if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value };
                arguments.push(format!("--{flag} {value}"));
            }
            _ => {}
        }
    }
    arguments
}

/// Whether the user must give a field, since neither a placeholder nor a suggestion stands for it.
fn is_needed(operation: &Operation, index: usize, field: &Field, mode: usize) -> bool {
    let model = &operation.spec.request.fields[index];
    let is_filled_in = model.placeholder.is_some() || model.suggested.is_some() || field.constant.is_some();
    field.presence.get(mode) == Some(&Presence::Required) && !is_filled_in
}

#[cfg(test)]
mod tests {
    use super::*;
    use cover_spec::Spec;

    #[test]
    fn examples_have_what_their_mode_needs() {
        let shipped = |path: &str| Operation::new(String::new(), Spec::parse_shipped(path).unwrap());
        assert_eq!(
            examples(&shipped("upload_cover.toml")),
            [
                "song.mp3 --instrumental --style \"Smooth jazz trio\" --title \"Night Drive\"",
                "song.mp3 --prompt \"A calm night drive through the rain\"",
            ]
        );
        let [wav, _] = examples(&shipped("sunoapi/wav.toml"));
        assert!(wav.starts_with("--task-id 5c79be8e"), "{wav}");
    }
}
