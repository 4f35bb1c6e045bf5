//! The items of a list, while they are read.

use super::violations::MOST_KEPT;
use super::{Bound, Field, Value};

/// Collects the items of a list. Once the list breaks a rule in any case, items are only counted.
#[derive(Debug)]
pub struct Items<'f, 'v> {
    field: &'f Field,
    most: usize,
    count: usize,
    kept: Vec<Value<'v>>,
    /// Number of kept items with a wrong type.
    wrong: usize,
    /// Number of other items with a wrong type.
    wrong_cut: usize,
}

impl<'f, 'v> Items<'f, 'v> {
    /// Creates an empty list for a field that has one.
    #[must_use]
    pub fn of(field: &'f Field) -> Self {
        let most = field.most_items().map_or(usize::MAX, |most| most as usize);
        Self { field, most, count: 0, kept: Vec::new(), wrong: 0, wrong_cut: 0 }
    }

    /// Adds the next item.
    pub fn push(&mut self, item: Value<'v>) {
        let is_wrong = usize::from(!self.field.kind.takes(&item));
        if self.is_refused() {
            self.wrong_cut += is_wrong;
        } else {
            self.wrong += is_wrong;
            self.kept.push(item);
        }
        self.count += 1;
    }

    /// Whether the list breaks a rule in any case.
    fn is_refused(&self) -> bool {
        self.count > self.most || self.wrong > MOST_KEPT
    }

    /// Returns the list.
    #[must_use]
    pub fn value(self) -> Value<'v> {
        if self.count == self.kept.len() {
            return Value::List(self.kept);
        }
        Value::Cut { items: self.kept, count: self.count, wrong: self.wrong_cut }
    }
}

impl Field {
    /// Returns the maximum number of items, if one holds in every mode with every model.
    fn most_items(&self) -> Option<u32> {
        let most = self.limits.iter().filter(|limit| limit.holds_always()).filter_map(|limit| match limit.bound {
            Bound::MaxItems(most) => Some(most),
            _ => None,
        });
        most.min()
    }
}
