//! Without the feature `callback`, no client receives callbacks.

use std::sync::Arc;

use cover_spec::tables::Api;

use crate::account::Operation;
use crate::callback_link::CallbackLink;
use crate::error::Setup;

#[derive(Clone)]
pub(super) struct CallbackReceiver;

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the signatures are those of the enabled module")]
impl CallbackReceiver {
    pub(super) fn check(&self, _: &Api) -> Result<(), Setup> {
        Ok(())
    }

    pub(super) fn operation(
        &self,
        _: &'static Api,
        make: impl FnOnce(Option<Arc<CallbackLink>>) -> Operation,
    ) -> Arc<Operation> {
        Arc::new(make(None))
    }
}
