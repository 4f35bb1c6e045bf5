//! Conditions and places in words, for everybody who shows them.

use super::{At, Condition, Is, Poll};

impl Condition {
    /// What one of several conditions asks: "`model` is V5 and `style` is given, or `style` is left out".
    #[must_use]
    pub fn any_in_words(any: &[Self]) -> String {
        let all = |condition: &Self| condition.terms.iter().map(term).collect::<Vec<_>>().join(" and ");
        any.iter().map(all).collect::<Vec<_>>().join(", or ")
    }
}

impl Poll {
    /// Where tracks are read: "`data.results`, else `data.songs`".
    #[must_use]
    pub fn track_places(&self) -> String {
        let place = |place: &At<String>| match place.as_str() {
            "" => "the answer itself".to_owned(),
            place => format!("`{place}`"),
        };
        self.tracks.iter().map(place).collect::<Vec<_>>().join(", else ")
    }
}

fn term((wire, is): &(At<String>, At<Is>)) -> String {
    match &is.value {
        Is::Given => format!("`{}` is given", wire.value),
        Is::Absent => format!("`{}` is left out", wire.value),
        Is::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| value.value.to_string()).collect();
            format!("`{}` is {}", wire.value, values.join(" or "))
        }
    }
}
