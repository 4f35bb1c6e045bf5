//! Without the feature `callback`, no client receives callbacks.

#[derive(Clone)]
pub(super) struct CallbackReceiver;
