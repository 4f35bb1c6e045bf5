//! Setters that take an `Option`.

use cover_spec::model::Field;
use cover_spec::rules::Presence;

use super::groups::Group;
use super::modes::{Modes, Reach};

/// Returns the modes in which the field has such a setter: it is optional there, and no group of fields needs to know whether
/// it is given. `None` would count as given, since the type cannot tell.
pub(super) fn reach<'a>(field: &Field, modes: &'a Modes<'_>, groups: &[Group<'_>]) -> Option<Reach<'a>> {
    modes.reach_where(|mode| {
        let is_optional = mode.allows(field) && mode.presence(field) == Presence::Optional;
        is_optional && !groups.iter().any(|group| group.concerns(mode) && group.has(field))
    })
}

/// Returns the setter's name: `maybe_style_weight`.
pub(super) fn name(field: &Field) -> String {
    format!("maybe_{}", *field.rust)
}
