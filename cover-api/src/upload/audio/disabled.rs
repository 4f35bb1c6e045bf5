//! Without the feature `audio`, no recording is listened to.

use super::source::{Source, Stop};

#[expect(clippy::unused_async, reason = "the signature is that of `enabled`")]
pub(super) async fn seconds(_: &Source) -> Result<Option<f64>, Stop> {
    Ok(None)
}
