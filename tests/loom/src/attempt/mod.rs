//! The state that a caller and its attempt share: how much of the body was sent, and the result.

#[path = "../../../../cover-api/src/attempt/flag.rs"]
mod flag;
#[path = "../../../../cover-api/src/attempt/handoff.rs"]
mod handoff;

use std::sync;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::{model, thread};
use real::sync::Arc;
use real::sync::atomic::{AtomicUsize, Ordering};

use flag::{Flag, HandedOver};
use handoff::Handoff;

/// Hands a body over in two parts. Returns whether the first was taken.
fn hand_over(flag: &Flag) -> bool {
    let parts = [flag.hand_over(false), flag.hand_over(true)];
    assert_eq!(parts[0], parts[1], "a body is handed over in whole, or not at all");
    parts[0]
}

/// Revokes twice, and returns the first answer.
fn revoke(flag: &Flag) -> HandedOver {
    let said = [flag.revoke(), flag.revoke()];
    let is_consistent = match said[0] {
        HandedOver::Nothing => said[1] == HandedOver::Nothing,
        HandedOver::Part => said[1] != HandedOver::Nothing,
        HandedOver::Whole => said[1] == HandedOver::Whole,
    };
    assert!(is_consistent, "{said:?}");
    assert_eq!(flag.is_revoked(), said[0] == HandedOver::Nothing);
    said[0]
}

/// A connection takes a body in two parts, while the caller and a shutdown revoke it.
pub fn a_body_is_handed_over_or_revoked_and_all_agree() {
    model(|| {
        let flag = Arc::new(Flag::new());
        let [connection, shutdown] = [(); 2].map(|()| Arc::clone(&flag));
        let connection = thread::spawn(move || hand_over(&connection));
        let shutdown = thread::spawn(move || revoke(&shutdown));
        let said = [revoke(&flag), shutdown.join().expect("it says something")];
        let is_handed_over = connection.join().expect("it says whether");
        for said in said {
            assert_eq!(said == HandedOver::Nothing, !is_handed_over, "nothing is nothing for ever, and for all");
        }
        assert_eq!(flag.revoke(), if is_handed_over { HandedOver::Whole } else { HandedOver::Nothing });
        assert_eq!(flag.hand_over(true), is_handed_over);
    });
}

/// A task finishes while its caller leaves: exactly one of them has the result.
pub fn a_result_is_the_callers_or_the_tasks() {
    model(|| {
        let cell = Arc::new(Handoff::new());
        let task = Arc::clone(&cell);
        let task = thread::spawn(move || task.finish(1));
        let taken = cell.leave();
        let kept = task.join().expect("it ends").err();
        assert!(matches!((taken, kept), (Some(1), None) | (None, Some(1))), "{taken:?} {kept:?}");
    });
}

/// Like above, after the caller has waited, and with a task that is dropped and reports a second time.
pub fn no_result_is_lost_or_given_twice() {
    model(|| {
        let cell = Arc::new(Handoff::new());
        let finishers = [1, 2].map(|result| {
            let cell = Arc::clone(&cell);
            thread::spawn(move || cell.finish(result).err())
        });
        let mut context = Context::from_waker(Waker::noop());
        let mut has: Vec<_> = match cell.poll_take(&mut context) {
            Poll::Ready(result) => vec![result],
            Poll::Pending => Vec::new(),
        };
        has.extend(cell.leave());
        assert!(cell.poll_take(&mut context).is_pending());
        assert!(has.len() <= 1, "{has:?}");
        has.extend(finishers.into_iter().filter_map(|finisher| finisher.join().expect("it ends")));
        has.sort_unstable();
        assert_eq!(has, [1, 2], "each is in one place");
    });
}

/// A waiting caller is woken whenever the task finishes.
pub fn a_caller_that_waits_gets_the_result() {
    model(|| {
        let cell = Arc::new(Handoff::new());
        let task = Arc::clone(&cell);
        let task = thread::spawn(move || task.finish(1));
        assert_eq!(block_on(real::future::poll_fn(|context| cell.poll_take(context))), 1);
        assert_eq!((task.join().expect("it ends"), cell.leave()), (Ok(()), None));
    });
}

/// Counts its wake-ups.
#[derive(Debug, Default)]
struct Woken(AtomicUsize);

impl real::task::Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A future that moves between tasks wakes the last of them.
pub fn the_last_who_waited_is_woken() {
    model(|| {
        let cell = Arc::new(Handoff::new());
        let task = Arc::clone(&cell);
        let task = thread::spawn(move || task.finish(1));
        let woken = Arc::<Woken>::default();
        let waker = Waker::from(Arc::clone(&woken));
        let polls = [Waker::noop(), &waker].map(|waker| cell.poll_take(&mut Context::from_waker(waker)));
        assert_eq!(task.join().expect("it ends"), Ok(()));
        let taken = polls.iter().filter(|poll| poll.is_ready()).count();
        match taken {
            0 => assert_eq!((woken.0.load(Ordering::Relaxed), cell.leave()), (1, Some(1))),
            _ => assert_eq!((taken, cell.leave()), (1, None)),
        }
    });
}

/// A caller gives up, as after its timeout: it revokes and leaves. Its answer fits what the attempt did, and a result is not
/// lost.
pub fn a_caller_that_gives_up_knows_whether_the_attempt_goes_on() {
    model(|| {
        let shared = Arc::new((Flag::new(), Handoff::new()));
        let attempt = Arc::clone(&shared);
        let attempt = thread::spawn(move || {
            let is_posted = hand_over(&attempt.0);
            attempt.1.finish(is_posted).err()
        });
        let (flag, cell) = &*shared;
        let said = revoke(flag);
        let taken = cell.leave();
        let kept = attempt.join().expect("it ends");
        let ((Some(is_posted), None) | (None, Some(is_posted))) = (taken, kept) else { panic!("{taken:?} {kept:?}") };
        assert_eq!(said == HandedOver::Nothing, !is_posted);
    });
}
