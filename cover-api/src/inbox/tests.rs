use std::time::Duration;

use super::records::MAX_ATTEMPTS;
use super::*;

const STAGE: Rank = Rank(2);

fn inbox() -> (Arc<Inbox>, AttemptId) {
    let (inbox, attempt) = (Arc::new(Inbox::default()), AttemptId::new());
    inbox.add_sending(attempt);
    (inbox, attempt)
}

fn size(inbox: &Inbox) -> (usize, usize) {
    let records = inbox.records();
    (records.attempts.len(), records.tasks.len())
}

#[test]
fn a_callback_is_new_if_its_rank_is_above_all_earlier_ones() {
    let (inbox, attempt) = inbox();
    inbox.confirm(attempt, "t");
    let listener = inbox.listen("t");
    assert!(listener.is_expecting_end());
    for (rank, effect) in [
        (STAGE, CallbackEffect::New),
        (STAGE, CallbackEffect::Repeated),
        (Rank::running(0), CallbackEffect::Repeated),
        (Rank::END, CallbackEffect::New),
        (STAGE, CallbackEffect::Repeated),
        (Rank::END, CallbackEffect::Repeated),
    ] {
        assert_eq!(inbox.receive(attempt, "t", rank, |_| ()), effect, "{rank:?}");
    }
    assert_eq!(inbox.receive(attempt, "other", Rank::END, |_| ()), CallbackEffect::OtherTask);
}

#[test]
fn a_listener_takes_each_wakeup_once_and_only_from_its_least_rank() {
    let (inbox, attempt) = inbox();
    inbox.confirm(attempt, "t");
    inbox.receive(attempt, "t", STAGE, |_| ());
    let (mut stages, mut end) = (inbox.listen("t"), inbox.listen("t"));
    assert!(
        stages.take_wakeup(Rank::NOTHING.next()) && !stages.take_wakeup(Rank::NOTHING.next()),
        "an earlier callback also counts"
    );
    assert!(!end.has_wakeup(Rank::END));
    inbox.receive(attempt, "t", Rank::END, |_| ());
    assert!(stages.take_wakeup(STAGE.next()) && end.take_wakeup(Rank::END) && !end.take_wakeup(Rank::END));
    assert!(!end.is_expecting_end());
}

#[test]
fn a_callback_before_the_reply_is_kept_for_the_wait() {
    let (inbox, attempt) = inbox();
    assert_eq!(inbox.receive(attempt, "t", Rank::END, |_| ()), CallbackEffect::Claim);
    assert_eq!(inbox.receive(attempt, "t", Rank::END, |_| ()), CallbackEffect::Repeated);
    assert_eq!(inbox.pending_claim(attempt), Some(("t".into(), true)));
    inbox.confirm(attempt, "t");
    assert_eq!(inbox.pending_claim(attempt), None);
    assert!(inbox.listen("t").has_wakeup(Rank::END));
}

#[test]
fn a_dropped_claim_has_no_effect() {
    let (inbox, attempt) = inbox();
    assert_eq!(inbox.receive(attempt, "lie", Rank::END, |_| ()), CallbackEffect::Claim);
    inbox.drop_claim(attempt);
    assert_eq!(inbox.receive(attempt, "t", STAGE, |_| ()), CallbackEffect::Claim);
    inbox.confirm(attempt, "t");
    inbox.drop_claim(attempt);
    assert_eq!(inbox.attempt_of("t"), Some(attempt));
    assert!(!inbox.listen("lie").has_wakeup(Rank::NOTHING.next()));
}

#[test]
fn unknown_callbacks_add_no_record_and_ended_tasks_are_removed() {
    let (inbox, attempt) = inbox();
    for number in 0..100 {
        assert_eq!(inbox.receive(AttemptId::new(), &number.to_string(), Rank::END, |_| ()), CallbackEffect::Unawaited);
    }
    assert_eq!(size(&inbox), (1, 0));
    inbox.confirm(attempt, "t");
    let listener = inbox.listen("t");
    assert_eq!(size(&inbox), (1, 1));
    inbox.end_task("t");
    drop(listener);
    assert_eq!(size(&inbox), (0, 0));
    let failed = AttemptId::new();
    inbox.add_sending(failed);
    inbox.forget(failed);
    drop(inbox.listen("elsewhere"));
    assert_eq!(size(&inbox), (0, 0));
}

#[test]
fn at_most_65536_attempts_are_kept() {
    let inbox = Inbox::default();
    for number in 0..MAX_ATTEMPTS + 100 {
        let attempt = AttemptId(number as u128);
        inbox.add_sending(attempt);
        inbox.confirm(attempt, &number.to_string());
    }
    assert_eq!(size(&inbox), (MAX_ATTEMPTS, MAX_ATTEMPTS));
    assert_eq!(inbox.attempt_of("99"), None);
    assert_eq!(inbox.attempt_of("100"), Some(AttemptId(100)));
}

#[test]
fn the_lost_share_is_learnt_from_ended_tasks() {
    let inbox = Arc::new(Inbox::default());
    let end = |is_reported: bool| {
        let attempt = AttemptId::new();
        inbox.add_sending(attempt);
        inbox.confirm(attempt, "t");
        if is_reported {
            inbox.receive(attempt, "t", Rank::END, |_| ());
        }
        inbox.end_task("t");
        inbox.lost_share()
    };
    assert!(end(true) < 0.001);
    assert!((0.12..0.13).contains(&end(false)), "an eighth");
    let after = |ends: u32, is_reported: bool| (0..ends).fold(0.0, |_, _| end(is_reported));
    assert!(after(50, false) > 0.99 && after(50, true) < 0.01);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_task_ends_when_it_is_confirmed_or_forgotten() {
    let (inbox, attempt) = inbox();
    let task = tokio::spawn({
        let inbox = Arc::clone(&inbox);
        async move { inbox.wait_for_task(attempt).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!task.is_finished());
    inbox.confirm(attempt, "t");
    assert_eq!(task.await.unwrap(), Some("t".into()));
    assert_eq!(inbox.wait_for_task(AttemptId::new()).await, None);
    let other = AttemptId::new();
    inbox.add_sending(other);
    assert_eq!(inbox.wait_for_claim(other).await, None, "there is no claim");
}
