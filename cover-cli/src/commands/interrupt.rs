//! Ctrl-C: the first one ends the command in order, the second one at once.

use std::future::Future;
use std::pin::pin;
use std::process;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::timeout;

use crate::exit::{Exit, Failure};
use crate::settings::Session;

/// How long a request in flight may take after Ctrl-C.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the work may go on after that, to record what was sent. Nothing more is sent then.
const GRACE: Duration = Duration::from_millis(200);

/// Returns a future that ends with the next Ctrl-C. From now on, Ctrl-C does not end the process by itself.
pub(super) fn pressed() -> Shared<BoxFuture<'static, ()>> {
    let pressed = async {
        tokio::signal::ctrl_c().await.ok();
    };
    let pressed = pressed.boxed().shared();
    // The first poll installs the handler.
    pressed.clone().now_or_never();
    pressed
}

/// Runs work until it is done or interrupted.
///
/// After the first Ctrl-C nothing new is sent, and a request in flight has 10 seconds, so that its task is not lost.
pub(super) async fn until<T>(session: &Session, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let pressed = pressed();
    let mut work = pin!(work);
    tokio::select! {
        biased;
        () = pressed => {}
        done = &mut work => return done,
    }
    session.screen.warn("stopping; press Ctrl-C again to stop at once");
    let account = session.client.account();
    tokio::select! {
        _ = account.shutdown(DRAIN) => {}
        _ = tokio::signal::ctrl_c() => process::exit(Exit::Interrupted as i32),
    }
    // The work records what it has sent, and reports the rest as not sent.
    timeout(GRACE, &mut work).await.ok();
    let hint = if session.has_memory {
        "`cover resume` goes on with what was sent; run the same command again for the rest"
    } else {
        "the sandbox ends with this command"
    };
    Err(Failure::interrupted(Some(hint.to_owned())))
}
