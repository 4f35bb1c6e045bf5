//! Without the feature `sandbox`, every request goes to the network.

use crate::transport::Transport;

#[derive(Default)]
pub(super) struct InProcess(());

#[expect(clippy::unused_self, reason = "the signature is that of the enabled module")]
impl InProcess {
    pub(super) fn transport(&self) -> Option<Transport> {
        None
    }
}
