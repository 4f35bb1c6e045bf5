//! The members of an object in a request, checked by the table of its field.

use super::context::Context;
use super::violations::Found;
use super::{Field, Kind, Names, Object, Rule, Violation};

impl Context<'_> {
    /// Checks the members of an object. Violations name the place of a member, such as `segment.start`.
    pub(super) fn object(&self, field: &Field, members: &[Field], object: &Object<'_>, found: &mut Found) {
        let before = found.kept();
        found.extend(object.unknown().iter().cloned());
        found.omit(object.unknown_cut());
        let twice = object.twice().iter().filter_map(|index| members.get(*index));
        found.extend(twice.map(|member| Violation::of(member, Rule::Twice, Names::Wire)));
        for (index, member) in members.iter().enumerate() {
            match object.get(index) {
                Some(value) => self.value(member, value, found),
                None if member.is_required_member() => found.push(self.violation(member, Rule::Required)),
                None => {}
            }
        }
        let name = self.name(field);
        for violation in found.since(before) {
            violation.shown = format!("{name}.{}", violation.shown).into();
            violation.wire = format!("{}.{}", field.wire, violation.wire).into();
            // The rules of a member hold in every mode.
            violation.mode = None;
        }
    }
}

impl Kind {
    /// Returns the members, for an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Field]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }
}
