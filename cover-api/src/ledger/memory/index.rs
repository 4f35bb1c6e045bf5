use std::collections::{BTreeSet, HashMap};

use crate::ledger::{AttemptId, EntryId, Fingerprint, Purchase};

/// The indexes of one operation of one account.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) by_key: HashMap<String, EntryId>,
    pub(super) unkeyed: HashMap<Fingerprint, BTreeSet<EntryId>>,
    pub(super) by_task: HashMap<String, AttemptId>,
}

impl Index {
    pub(super) fn add(&mut self, id: EntryId, purchase: &Purchase) {
        match &purchase.key {
            Some(key) => drop(self.by_key.insert(key.clone(), id)),
            None => drop(self.unkeyed.entry(purchase.fingerprint).or_default().insert(id)),
        }
    }

    pub(super) fn remove(&mut self, id: EntryId, purchase: &Purchase) {
        if let Some(key) = &purchase.key {
            self.by_key.remove(key);
        } else if let Some(ids) = self.unkeyed.get_mut(&purchase.fingerprint) {
            ids.remove(&id);
            if ids.is_empty() {
                self.unkeyed.remove(&purchase.fingerprint);
            }
        }
    }
}
