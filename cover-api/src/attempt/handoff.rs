//! Hands one result from an attempt to its caller, unless the caller has left.

use std::task::{Context, Poll, Waker};

use super::sync::{Mutex, MutexGuard, PoisonError};

/// A cell that ends with a result or with the departure of the caller, whichever is first.
#[derive(Debug)]
pub(crate) struct Handoff<T>(Mutex<State<T>>);

#[derive(Debug)]
enum State<T> {
    Pending(Option<Waker>),
    Finished(T),
    /// The caller has the result, or has left.
    Over,
}

impl<T> Handoff<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State::Pending(None)))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the result to the caller. Returns it if the caller has left or already has one.
    pub(crate) fn finish(&self, result: T) -> Result<(), T> {
        let mut state = self.state();
        let State::Pending(waker) = &mut *state else { return Err(result) };
        let waker = waker.take();
        *state = State::Finished(result);
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Marks the caller as gone. Returns a result that has arrived in the meantime.
    pub(crate) fn leave(&self) -> Option<T> {
        match std::mem::replace(&mut *self.state(), State::Over) {
            State::Finished(result) => Some(result),
            State::Pending(_) | State::Over => None,
        }
    }

    /// Polls for the result. It is returned once; after that, the cell stays pending.
    pub(crate) fn poll_take(&self, context: &mut Context<'_>) -> Poll<T> {
        let mut state = self.state();
        if let State::Pending(waker) = &mut *state {
            *waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        match std::mem::replace(&mut *state, State::Over) {
            State::Finished(result) => Poll::Ready(result),
            State::Pending(_) | State::Over => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_taken_once() {
        let cell = Handoff::new();
        let mut context = Context::from_waker(Waker::noop());
        assert!(cell.poll_take(&mut context).is_pending());
        assert_eq!(cell.finish(1), Ok(()));
        assert_eq!(cell.finish(2), Err(2));
        assert_eq!(cell.poll_take(&mut context), Poll::Ready(1));
        assert!(cell.poll_take(&mut context).is_pending());
        assert_eq!(cell.leave(), None);
    }

    #[test]
    fn a_result_belongs_to_the_leaving_caller_or_stays_with_the_attempt() {
        let cell = Handoff::new();
        assert_eq!(cell.finish(1), Ok(()));
        assert_eq!(cell.leave(), Some(1));
        let cell = Handoff::new();
        assert_eq!(cell.leave(), None);
        assert_eq!(cell.finish(1), Err(1));
    }
}
