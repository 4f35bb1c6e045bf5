use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use cover_spec::answers;
use cover_spec::tables::Api;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Client, Task};
use crate::error::{Error, Failure, Setup};
use crate::follow::Origin;
use crate::ledger::{Bought, Entry};
use crate::response::read::Found;
use crate::service::{Given, Results, Service, Way};
use crate::submit::{self, Answered, Purchased, PurchasedTask};

/// What a send returns: a [`Task`], or an [`Answer`] if the operation answers at once.
pub type Sent<S> = <<S as Service>::Way as Way>::Sent<Task<S>, Answer<S>>;

/// The results of an operation that answers at once.
///
/// It dereferences to the results that the spec describes.
pub struct Answer<S: Service> {
    results: S::Results,
    json: Arc<Value>,
    was_posted: bool,
}

impl<S: Service> Answer<S> {
    pub(super) fn new(api: &Api, Answered { json, was_posted }: Answered) -> Self {
        let results = S::Results::read(Found::new(&api.results, &answers::results(api, &json).values));
        Self { results, json: Arc::new(json), was_posted }
    }

    /// Returns whether the `send` that returned this answer made the request. False if the ledger had the answer.
    #[must_use]
    pub fn was_posted(&self) -> bool {
        self.was_posted
    }

    /// Returns the service's answer as it came, the envelope included. `Debug` leaves it out.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }
}

impl<S: Service> Client<S> {
    /// Returns what an entry of the ledger bought, if anything. It does not count as delivered by this.
    pub(super) fn bought(&self, entry: &Entry, bought: Bought) -> Result<Option<Sent<S>>, Error<S>> {
        let placed = submit::existing(entry, bought);
        placed.map(|placed| self.sent(submit::read(&self.operation, placed)?)).transpose()
    }

    pub(super) fn task(&self, placed: PurchasedTask) -> Task<S> {
        let PurchasedTask { was_posted, presence, has_ended, has_key, .. } = placed;
        let handle = self.handle(placed.task, placed.created);
        Task::new(self.clone(), handle, Origin { was_posted, presence, has_ended, has_key })
    }

    /// Returns what was bought, with its types.
    pub(super) fn sent(&self, purchased: Purchased) -> Result<Sent<S>, Error<S>> {
        let given = match purchased {
            Purchased::Task(placed) => Given::Task(self.task(placed)),
            Purchased::Answer(answered) => Given::Answer(Answer::new(self.operation.api, answered)),
        };
        S::Way::sent(given).ok_or_else(|| Failure::setup(Setup::NoTasks(&self.operation.api.id)).into())
    }
}

impl<S: Service> Deref for Answer<S> {
    type Target = S::Results;

    fn deref(&self) -> &S::Results {
        &self.results
    }
}

/// Writes the results.
impl<S: Service> Serialize for Answer<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        self.results.serialize(serializer)
    }
}

impl<S: Service> Clone for Answer<S> {
    fn clone(&self) -> Self {
        Self { results: self.results.clone(), json: Arc::clone(&self.json), was_posted: self.was_posted }
    }
}

impl<S: Service> fmt::Debug for Answer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("results", &self.results)
            .field("was_posted", &self.was_posted)
            .finish_non_exhaustive()
    }
}
