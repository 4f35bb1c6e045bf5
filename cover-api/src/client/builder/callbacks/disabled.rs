//! Without the feature `callback`, no client receives callbacks.

use cover_spec::tables::Api;

use crate::client::receiver::CallbackReceiver;
use crate::error::Setup;

#[derive(Default)]
pub(super) struct CallbackSettings(());

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the signatures are those of the enabled module")]
impl CallbackSettings {
    pub(super) fn remember_secrets(&self) {}

    pub(super) fn build(&self, _: &Api) -> Result<CallbackReceiver, Setup> {
        Ok(CallbackReceiver)
    }
}
