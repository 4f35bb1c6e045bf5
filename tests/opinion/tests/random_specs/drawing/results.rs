//! Results of every shape, and where answers have them.

use fastrand::Rng;

use super::{Draft, one, percent};

const NAMES: [&str; 4] = ["files", "notes", "score", "extra"];

const MEMBERS: [&str; 6] = ["url", "title", "length", "parts", "isLive", "madeAt"];

const KINDS: [&str; 11] =
    ["string", "integer", "number", "boolean", "seconds", "time", "audio", "stream", "image", "object", "any"];

/// Draws `[envelope]` and `[results]`.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    let mut text = String::new();
    if percent(rng, 40) {
        text.push_str("\n[envelope]\nmessage = \"msg\"\n");
        text.push_str(one(rng, &["", "code = \"code\"\n"]));
    }
    text.push_str("\n[results]\n");
    let mut objects = 0;
    let count = rng.usize(1..=NAMES.len());
    for (number, name) in NAMES[..count].iter().enumerate() {
        let value = value(draft, 0, &mut objects, rng);
        let can_be_whole =
            ["\"object\"", "\"any\""].iter().any(|kind| value.contains(&format!("doc = \"A value.\", type = {kind}")));
        let mut keys = format!("at = {}, ", places(name, can_be_whole, rng));
        // At least one result is not optional.
        if number > 0 && percent(rng, 30) {
            keys.push_str("optional = true, ");
        }
        text.extend([format!("{name} = {{ {keys}{value} }}\n")]);
    }
    draft.results = text;
}

/// Draws the places of a result. None is inside an earlier one.
fn places(name: &str, can_be_whole: bool, rng: &mut Rng) -> String {
    let all = [format!("\"{name}\""), format!("\"data.{name}\""), format!("\"data.{name}.all\""), "\"\"".to_owned()];
    match rng.u8(..10) {
        0..4 => all[rng.usize(..2)].clone(),
        4 => all[2].clone(),
        5 if can_be_whole => all[3].clone(),
        6 => format!("[{}, {}]", all[2], all[1]),
        7 => format!("[{}, {}]", all[1], all[0]),
        8 if can_be_whole => format!("[{}, {}, {}]", all[0], all[2], all[3]),
        _ => format!("[{}, {}]", all[0], all[1]),
    }
}

/// Draws the keys of a value: its type, whether it is a list, and its members.
fn value(draft: &Draft, depth: usize, objects: &mut usize, rng: &mut Rng) -> String {
    let kind = match depth {
        0 if percent(rng, 40) => "object",
        0..3 => one(rng, &KINDS),
        _ => one(rng, &KINDS[..9]),
    };
    let list = match rng.u8(..8) {
        0..3 => "list = true, ",
        3 => "list = 2, ",
        _ => "",
    };
    if kind != "object" {
        return format!("{list}doc = \"A value.\", type = \"{kind}\"");
    }
    let number = *objects;
    *objects += 1;
    let mut names = MEMBERS;
    rng.shuffle(&mut names);
    let count = rng.usize(1..=4);
    let members: Vec<String> = names[..count].iter().map(|name| member(draft, name, depth, objects, rng)).collect();
    let members = members.join(", ");
    format!("{list}doc = \"A value.\", type = \"object\", name = \"Piece{number}\", fields = {{ {members} }}")
}

fn member(draft: &Draft, name: &str, depth: usize, objects: &mut usize, rng: &mut Rng) -> String {
    let mut keys = value(draft, depth + 1, objects, rng);
    if percent(rng, 25) {
        keys.push_str(", required = true");
    }
    if percent(rng, 30) {
        keys.extend([format!(", spellings = [\"{name}\", \"the_{name}\"]")]);
    }
    if percent(rng, 10) {
        keys.extend([format!(", echo = \"{}\"", draft.fields[rng.usize(..draft.fields.len())].name)]);
    }
    format!("{name} = {{ {keys} }}")
}
