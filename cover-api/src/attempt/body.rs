//! The body of a request, which is handed over at most once, and not after it was revoked.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::Notify;

use super::deadline::Deadline;
use super::flag::{Flag, HandedOver};
use crate::error::BodySent;

/// Larger bodies are handed over in frames of this size.
const FRAME: usize = 16 * 1024;

/// Revokes a body before its first byte is handed over. After its deadline, the body revokes itself.
#[derive(Debug)]
pub(crate) struct Stop {
    flag: Flag,
    changed: Notify,
    deadline: OnceLock<Deadline>,
    is_late: AtomicBool,
}

impl Stop {
    pub(crate) fn new() -> Self {
        let (deadline, is_late) = (OnceLock::new(), AtomicBool::new(false));
        Self { flag: Flag::new(), changed: Notify::new(), deadline, is_late }
    }

    /// Sets the time within which the first byte must be handed over, counted from now.
    pub(crate) fn begin_within(&self, limit: Duration) {
        self.deadline.get_or_init(|| Deadline::after(limit));
    }

    /// Returns why the body must not be begun, if so.
    pub(crate) fn check(&self) -> Result<(), Revoked> {
        if self.deadline.get().is_some_and(Deadline::has_passed) && !self.is_revoked() {
            // A body that was begun in time goes on.
            let is_late = self.flag.revoke() == HandedOver::Nothing;
            self.is_late.store(is_late, Ordering::Release);
        }
        if self.is_revoked() { Err(self.why()) } else { Ok(()) }
    }

    /// Returns why the body was revoked.
    pub(crate) fn why(&self) -> Revoked {
        match self.deadline.get() {
            Some(deadline) if self.is_late.load(Ordering::Acquire) => Revoked::Late(deadline.limit()),
            _ => Revoked::Stopped,
        }
    }

    /// Records that the connection takes bytes, unless the body was revoked.
    fn hand_over(&self, is_last: bool) -> Result<(), Revoked> {
        self.check()?;
        if self.flag.hand_over(is_last) { Ok(()) } else { Err(self.why()) }
    }

    /// Revokes the body unless its first byte was handed over. After [`BodySent::Nothing`], no byte ever is.
    pub(crate) fn revoke(&self) -> BodySent {
        let sent = match self.flag.revoke() {
            HandedOver::Nothing => BodySent::Nothing,
            HandedOver::Part => BodySent::Part,
            HandedOver::Whole => BodySent::Whole,
        };
        self.changed.notify_one();
        sent
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.flag.is_revoked()
    }

    /// Waits until the body is revoked. Only one waiter at a time is woken.
    pub(crate) async fn revoked(&self) {
        while !self.is_revoked() {
            self.changed.notified().await;
        }
    }
}

/// A body that records how much of it was handed over. It can be sent only once, so no layer beneath can send it again.
#[derive(Debug)]
pub(crate) struct SentBody {
    rest: Bytes,
    stop: Arc<Stop>,
}

impl SentBody {
    /// Makes a body, unless it was revoked before.
    ///
    /// An empty one counts as handed over from here on. The connection does not ask for it, so nothing else would record that
    /// the request is sent.
    pub(crate) fn new(bytes: Bytes, stop: Arc<Stop>) -> Result<Self, Revoked> {
        if bytes.is_empty() {
            stop.hand_over(true)?;
        }
        Ok(Self { rest: bytes, stop })
    }
}

/// The error of a body that was revoked before its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// By the caller, or by a shutdown.
    Stopped,
    /// By the body itself, since this time has passed since before the intent was recorded.
    Late(Duration),
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("the request was revoked before its body was handed over"),
            Self::Late(limit) => write!(
                f,
                "its body was to be begun within {limit:?} from before its intent was recorded, and was not: look for a slow ledger, \
                 a suspended process, or a clock that was set"
            ),
        }
    }
}

impl std::error::Error for Revoked {}

impl Body for SentBody {
    type Data = Bytes;
    type Error = Revoked;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let length = self.rest.len().min(FRAME);
        if let Err(revoked) = self.stop.hand_over(length == self.rest.len()) {
            return Poll::Ready(Some(Err(revoked)));
        }
        let data = self.rest.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn body(bytes: Bytes) -> (SentBody, Arc<Stop>) {
        let stop = Arc::new(Stop::new());
        (SentBody::new(bytes, Arc::clone(&stop)).unwrap(), stop)
    }

    /// Returns the length of the next frame, or that the body was revoked.
    fn take(body: &mut SentBody) -> Option<Result<usize, Revoked>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().map_or(0, |data| data.len()))),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_body_that_was_handed_over_cannot_be_revoked() {
        let (mut body, stop) = body(Bytes::from(vec![0; FRAME + 1]));
        assert_eq!(body.size_hint().exact(), Some(16_385));
        assert_eq!((take(&mut body), stop.revoke()), (Some(Ok(FRAME)), BodySent::Part));
        assert_eq!((take(&mut body), stop.revoke()), (Some(Ok(1)), BodySent::Whole));
        assert!(body.is_end_stream());
        assert_eq!((take(&mut body), stop.revoke()), (None, BodySent::Whole));
        assert!(!stop.is_revoked());
    }

    #[test]
    fn a_revoked_body_is_never_handed_over() {
        let (mut body, stop) = body(Bytes::from_static(b"{}"));
        assert_eq!(stop.revoke(), BodySent::Nothing);
        assert_eq!((take(&mut body), take(&mut body)), (Some(Err(Revoked::Stopped)), Some(Err(Revoked::Stopped))));
        assert_eq!(stop.revoke(), BodySent::Nothing);
    }

    #[test]
    fn an_empty_body_is_handed_over_when_it_is_made_unless_it_was_revoked() {
        let (body, stop) = body(Bytes::new());
        assert!(body.is_end_stream());
        assert_eq!((stop.revoke(), stop.is_revoked()), (BodySent::Whole, false));
        let stop = Arc::new(Stop::new());
        assert_eq!(stop.revoke(), BodySent::Nothing);
        assert_eq!(SentBody::new(Bytes::new(), stop).err(), Some(Revoked::Stopped));
    }

    const LIMIT: Duration = Duration::from_secs(160);

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_not_begun_in_time_revokes_itself() {
        let (mut body, stop) = body(Bytes::from_static(b"{}"));
        stop.begin_within(LIMIT);
        tokio::time::advance(LIMIT).await;
        assert_eq!(take(&mut body), Some(Err(Revoked::Late(LIMIT))));
        assert_eq!((stop.revoke(), stop.is_revoked(), stop.why()), (BodySent::Nothing, true, Revoked::Late(LIMIT)));
        assert_eq!(take(&mut body), Some(Err(Revoked::Late(LIMIT))));
        let stop = Arc::new(Stop::new());
        stop.begin_within(LIMIT);
        tokio::time::advance(LIMIT).await;
        assert_eq!(SentBody::new(Bytes::new(), stop).err(), Some(Revoked::Late(LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_was_begun_in_time_goes_on_after_it() {
        let (mut body, stop) = body(Bytes::from(vec![0; FRAME + 1]));
        stop.begin_within(LIMIT);
        tokio::time::advance(LIMIT / 2).await;
        assert_eq!((stop.check(), take(&mut body)), (Ok(()), Some(Ok(FRAME))));
        tokio::time::advance(LIMIT).await;
        assert_eq!((stop.check(), take(&mut body), stop.revoke()), (Ok(()), Some(Ok(1)), BodySent::Whole));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_was_revoked_in_time_is_not_late() {
        let (mut body, stop) = body(Bytes::from_static(b"{}"));
        stop.begin_within(LIMIT);
        stop.revoke();
        tokio::time::advance(LIMIT).await;
        assert_eq!((take(&mut body), stop.check()), (Some(Err(Revoked::Stopped)), Err(Revoked::Stopped)));
    }

    #[tokio::test]
    async fn a_revocation_wakes_the_waiter() {
        let (_body, stop) = body(Bytes::from_static(b"{}"));
        let waiting = tokio::spawn({
            let stop = Arc::clone(&stop);
            async move { stop.revoked().await }
        });
        tokio::task::yield_now().await;
        stop.revoke();
        waiting.await.unwrap();
    }
}
