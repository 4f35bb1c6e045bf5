//! Whether a field is required, optional or forbidden in a mode, as the field's and the mode's keys say it.

use super::{At, Field, Mode};
use crate::rules::Presence;

impl Field {
    /// Returns what the keys of the field and of the mode say of the field in this mode, each with its place.
    ///
    /// A spec without faults says one presence of each field that the mode does not set, perhaps twice.
    #[must_use]
    pub fn said_in(&self, mode: &Mode) -> Vec<(Presence, At<()>)> {
        let own = [
            (Presence::Required, &self.required),
            (Presence::Optional, &self.optional),
            (Presence::Forbidden, &self.forbidden),
        ];
        let own = own.into_iter().filter_map(|(presence, set)| Some((presence, set.as_ref()?.place_of(mode)?)));
        let listed = mode.field_sets().filter_map(|(_, presence, set)| {
            let name = set.names().iter().find(|name| name.value == self.wire.value)?;
            Some((presence, name.with(())))
        });
        let said: Vec<_> = own.chain(listed).collect();
        if !said.is_empty() || self.constant.is_some() || mode.own_value(self).is_some() {
            return said;
        }
        mode.field_sets().filter_map(|(_, presence, set)| Some((presence, set.others()?))).take(1).collect()
    }
}
