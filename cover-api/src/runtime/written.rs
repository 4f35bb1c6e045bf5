//! A request's body that says how far it was taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// How far the body of a request was taken by what writes to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Written {
    /// Nobody ever asked for it: the service cannot have got the request.
    Nothing,
    /// It was asked for: the service may have got a part of it.
    Part,
    /// All of it was taken: the service may have got the whole request.
    Whole,
}

/// Tells of a body that was handed on.
#[derive(Debug, Clone)]
pub(super) struct Trace(Arc<AtomicU8>);

impl Trace {
    pub(super) fn written(&self) -> Written {
        match self.0.load(Ordering::Acquire) {
            NOTHING => Written::Nothing,
            PART => Written::Part,
            _ => Written::Whole,
        }
    }
}

const NOTHING: u8 = 0;
const PART: u8 = 1;
const WHOLE: u8 = 2;

/// Larger bodies are given in parts of this size.
const FRAME: usize = 16 * 1024;

/// A body that says how far it was taken. It can be sent once: nothing underneath can send it again.
#[derive(Debug)]
pub(super) struct Traced {
    rest: Bytes,
    trace: Trace,
}

impl Traced {
    pub(super) fn new(bytes: Bytes) -> (Self, Trace) {
        let trace = Trace(Arc::new(AtomicU8::new(NOTHING)));
        (Self { rest: bytes, trace: trace.clone() }, trace)
    }
}

impl Body for Traced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let length = self.rest.len().min(FRAME);
        let data = self.rest.split_to(length);
        self.trace.0.store(if self.rest.is_empty() { WHOLE } else { PART }, Ordering::Release);
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

    fn take(body: &mut Traced) -> Option<usize> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => {
                frame.and_then(Result::ok).and_then(|frame| frame.into_data().ok()).map(|it| it.len())
            }
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_body_says_how_far_it_was_taken() {
        let (mut body, trace) = Traced::new(Bytes::from(vec![0; FRAME + 1]));
        assert_eq!((trace.written(), body.size_hint().exact()), (Written::Nothing, Some(16_385)));
        assert_eq!((take(&mut body), trace.written()), (Some(FRAME), Written::Part));
        assert_eq!((take(&mut body), trace.written()), (Some(1), Written::Whole));
        assert!(body.is_end_stream());
        assert_eq!((take(&mut body), trace.written()), (None, Written::Whole));
    }

    #[test]
    fn what_was_dropped_untouched_was_not_taken() {
        let (body, trace) = Traced::new(Bytes::from_static(b"{}"));
        drop(body);
        assert_eq!(trace.written(), Written::Nothing);
    }
}
