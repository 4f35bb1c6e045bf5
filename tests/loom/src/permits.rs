//! The rate limit: there are never too many permits, and none is lost.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, advance};

use cover_spec::tables::RateLimitSpec;
use loom::future::block_on;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use crate::rate_limit::{Denied, Permit, PermitRequest, RateLimit, Verdict};

/// Time after which a permit that is not taken goes to the next waiter.
const TAKE_WITHIN: Duration = Duration::from_secs(1);

/// A rate limit, and the number of permits that are held.
#[derive(Debug)]
struct Door {
    limit: Arc<RateLimit>,
    inside: AtomicUsize,
}

impl Door {
    /// Number of permits that are held at the same time.
    fn new(places: u32) -> Arc<Self> {
        let limit = RateLimitSpec { requests: places, per: Duration::ZERO, task_every: Duration::ZERO };
        Arc::new(Self { limit: Arc::new(RateLimit::new(limit)), inside: AtomicUsize::new(0) })
    }

    fn acquire(&self) -> impl Future<Output = Result<Permit, Denied>> + use<> {
        self.limit.acquire(PermitRequest::send(Instant::now()))
    }

    /// Holds a permit for a while, together with at most `most` others.
    fn use_up(&self, permit: Permit, most: usize, end: End) {
        let others = self.inside.fetch_add(1, Ordering::AcqRel);
        assert!(others < most, "{others} others have a permit");
        self.inside.fetch_sub(1, Ordering::AcqRel);
        end.of(permit);
    }

    /// Checks that no permit is held, awaited or handed out, so that this number is free.
    fn is_as_new(&self, places: usize) {
        assert_eq!(self.limit.stats().waiting, 0);
        let permits: Vec<_> =
            (0..places).map(|_| self.limit.try_acquire("a task").expect("there is a place")).collect();
        assert!(self.limit.try_acquire("a task").is_err(), "there are more than {places} places");
        drop(permits);
    }
}

/// What happens to a permit.
#[derive(Debug, Clone, Copy)]
enum End {
    Answered,
    Unused,
    Dropped,
}

impl End {
    fn of(self, mut permit: Permit) {
        match self {
            Self::Answered => permit.answered(Verdict::Fine),
            Self::Unused => return permit.unused(),
            Self::Dropped => {}
        }
        drop(permit);
    }
}

/// Polls once. The waiter does not know the time until the next poll.
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Tries every order in which threads use the lock. `preemptions` bounds the interruptions if all orders would take hours.
fn model(interrupted: Option<usize>, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = interrupted;
    builder.check(run);
}

fn each_in_turn(ends: [End; 2]) {
    model(None, move || {
        let door = Door::new(1);
        let other = Arc::clone(&door);
        let other = thread::spawn(move || {
            let permit = block_on(other.acquire()).expect("it gets one");
            other.use_up(permit, 1, ends[1]);
        });
        let permit = block_on(door.acquire()).expect("it gets one");
        door.use_up(permit, 1, ends[0]);
        other.join().expect("it got one");
        door.is_as_new(1);
    });
}

/// Two waiters want the only permit. Each gets it, one after the other, however it is returned.
pub fn one_permit_is_had_by_one_at_a_time_and_everybody_gets_it() {
    for ends in [[End::Answered, End::Unused], [End::Dropped, End::Answered], [End::Unused, End::Dropped]] {
        each_in_turn(ends);
    }
}

/// A permit is returned while two waiters wait for it.
pub fn who_waits_gets_a_permit_that_is_returned() {
    for end in [End::Answered, End::Unused, End::Dropped] {
        model(Some(2), move || {
            let door = Door::new(1);
            let first = block_on(door.acquire()).expect("it gets one");
            let others = [(); 2].map(|()| {
                let door = Arc::clone(&door);
                thread::spawn(move || {
                    let permit = block_on(door.acquire()).expect("it gets one");
                    door.use_up(permit, 1, End::Unused);
                })
            });
            end.of(first);
            for other in others {
                other.join().expect("it got one");
            }
            door.is_as_new(1);
        });
    }
}

/// A waiter gives up before or after it was handed the permit. The other waiter gets it.
pub fn who_gives_up_takes_no_permit_along() {
    model(Some(3), || {
        let door = Door::new(1);
        let first = block_on(door.acquire()).expect("it gets one");
        let mut leaves = Box::pin(door.acquire());
        assert!(poll(leaves.as_mut()).is_pending());
        let leaves = thread::spawn(move || drop(leaves));
        let stays = Arc::clone(&door);
        let stays = thread::spawn(move || block_on(stays.acquire()).expect("it gets one").unused());
        End::Answered.of(first);
        leaves.join().expect("it leaves");
        stays.join().expect("it got one");
        door.is_as_new(1);
    });
}

/// A permit goes to the next waiter after its time, while the first waiter takes it.
pub fn a_permit_that_is_given_to_the_next_is_not_taken_by_the_first() {
    model(None, || {
        let door = Door::new(1);
        let permit = block_on(door.acquire()).expect("it gets one");
        let [mut slow, mut next] = [Box::pin(door.acquire()), Box::pin(door.acquire())];
        assert!(poll(slow.as_mut()).is_pending() && poll(next.as_mut()).is_pending());
        // The slow waiter has the permit now, and does not know.
        End::Answered.of(permit);
        let slow = thread::spawn(move || (poll(slow.as_mut()).map(|permit| permit.expect("one")), slow));
        // Time passes between two uses of the lock, so that the slow waiter may come first.
        assert!(door.limit.stats().waiting <= 1, "at least one was given it");
        advance(TAKE_WITHIN);
        let nexts = poll(next.as_mut()).map(|permit| permit.expect("one"));
        let (slows, slow) = slow.join().expect("it looked");
        assert!(!(slows.is_ready() && nexts.is_ready()), "both have the only permit");
        assert!(door.limit.try_acquire("a task").is_err(), "one of them has it, or was given it");
        drop((slows, nexts, slow, next));
        door.is_as_new(1);
    });
}

/// After maintenance, a single request probes the service, even if the first probe was not sent.
pub fn after_maintenance_one_permit_is_given_at_a_time() {
    for end in [End::Unused, End::Dropped] {
        model(None, move || {
            let door = Door::new(2);
            let mut first = block_on(door.acquire()).expect("it gets one");
            first.answered(Verdict::Maintenance(Duration::ZERO));
            drop(first);
            let other = Arc::clone(&door);
            let other = thread::spawn(move || {
                let permit = block_on(other.acquire()).expect("it gets one");
                other.use_up(permit, 1, end);
            });
            let permit = block_on(door.acquire()).expect("it gets one");
            door.use_up(permit, 1, end);
            other.join().expect("it got one");
            block_on(door.acquire()).expect("it gets one").answered(Verdict::Fine);
            door.is_as_new(2);
        });
    }
}

/// The credits run out: a waiting send is told, and its permit is not lost.
pub fn no_credits_end_every_wait() {
    model(None, || {
        let door = Door::new(1);
        let mut first = block_on(door.acquire()).expect("it gets one");
        let other = Arc::clone(&door);
        let other = thread::spawn(move || block_on(other.acquire()).err());
        first.answered(Verdict::NoCredits);
        drop(first);
        assert_eq!(other.join().expect("it ends"), Some(Denied::NoCredits));
        assert_eq!(block_on(door.acquire()).err(), Some(Denied::NoCredits));
        door.limit.credits_seen();
        door.use_up(block_on(door.acquire()).expect("it gets one"), 1, End::Answered);
        door.is_as_new(1);
    });
}
