//! Without the feature `callback`, no client has callback addresses.

use crate::ids::AttemptId;

#[derive(Debug, Clone)]
pub(crate) enum CallbackAddresses {}

impl CallbackAddresses {
    pub(crate) fn base(&self) -> &str {
        match *self {}
    }

    pub(crate) fn is_base(&self, _: &str) -> bool {
        match *self {}
    }

    pub(crate) fn write(&self, _: AttemptId) -> String {
        match *self {}
    }
}
