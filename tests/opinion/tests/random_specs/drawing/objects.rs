//! Fields that hold an object, or a list of objects.

use fastrand::Rng;

use super::fields::{blank, choice, integer, text, truth};
use super::limits::of_table;
use super::{Field, Kind, percent};

/// Draws a field of type `object`.
pub fn object(name: &str, title: &str, rng: &mut Rng) -> Field {
    let mut field = blank(name, Kind::Object);
    field.key("name", &format!("\"{title}\""));
    title.clone_into(&mut field.title);
    let mut names = [("start", "start"), ("endsAt", "ends_at"), ("tags", "tags")];
    rng.shuffle(&mut names);
    for (name, setter) in &names[..rng.usize(1..=3)] {
        let of_choice = format!("{title}{}{}", name[..1].to_uppercase(), &name[1..]);
        field.members.push(member(name, setter, &of_choice, rng));
    }
    let entry = |member: &Field| {
        let mut keys: Vec<String> = member.keys.lines().map(str::to_owned).collect();
        let values: Vec<String> =
            member.entries.iter().map(|(value, keys)| format!("{value} = {{ {keys} }}")).collect();
        if !values.is_empty() {
            keys.push(format!("values = {{ {} }}", values.join(", ")));
        }
        format!("{} = {{ doc = \"A member.\", {} }}", member.name, keys.join(", "))
    };
    let members: Vec<String> = field.members.iter().map(entry).collect();
    field.key("fields", &format!("{{ {} }}", members.join(", ")));
    field
}

/// Draws a member. If it is a choice, its type has this title.
fn member(name: &str, setter: &str, title: &str, rng: &mut Rng) -> Field {
    let mut member = match rng.u8(..8) {
        0 | 1 => text(name, rng),
        2 => blank(name, Kind::Address),
        3 => truth(name),
        4 => integer(name),
        5 => choice(name, title, Kind::Choice, rng),
        6 => choice(name, title, Kind::WholeChoice, rng),
        _ => blank(name, Kind::Number),
    };
    setter.clone_into(&mut member.setter);
    if percent(rng, 40) {
        member.key("required", "true");
    }
    if percent(rng, 30) {
        member.key("list", "true");
        member.is_list = true;
    }
    for (key, figure) in of_table(member.kind, member.is_list, rng) {
        member.key(key, &figure);
    }
    member
}
