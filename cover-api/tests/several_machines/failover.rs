//! A standby that takes over without the last transactions.

use cover_api::Client;
use cover_testkit::gate::{Came, Gate, Reply, within};
use cover_testkit::{Outcome, Result, postgres, request};
use futures_util::future::join;
use tokio::time::sleep;

use crate::common::{MILLI, PATIENCE, SECOND, database, sandbox, three};

/// Sends with this key, loses the intent as soon as the service has the request, and then sends the same from another process: before the
/// first reply, or after it. Returns what came of both, the number of tasks and the number of known duplicates.
async fn lose_an_intent(
    name: &str,
    key: Option<&str>,
    reply: Reply,
    is_sent_before: bool,
) -> Result<Option<([Came; 2], usize, usize)>> {
    let Some(url) = database(name).await? else { return Ok(None) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(reply);
    let [one, two, _three] = three(&gate, &url).await?;
    let send = async |client: &Client| {
        let request = request("lost");
        let send = client.send(&request);
        let send = if let Some(key) = key { send.key(key) } else { send };
        Came::of(&send.await)
    };
    let lose_and_send = async {
        while gate.posts().is_empty() {
            sleep(MILLI).await;
        }
        let database = postgres::connect(&url).await?;
        database.batch_execute("DELETE FROM attempts; DELETE FROM entries").await?;
        Ok(if is_sent_before { Some(send(&two).await) } else { None })
    };
    let (first, second): (_, Result<_>) =
        within(PATIENCE, "both sends", async { join(send(&one), lose_and_send).await }).await;
    let second = if let Some(second) = second? { second } else { send(&two).await };
    Ok(Some(([first, second], gate.posts().len(), two.duplicates().await?.len())))
}

#[tokio::test]
async fn a_task_whose_intent_was_lost_is_recorded_by_the_process_that_posted_it() -> Outcome {
    let Some(seen) = lose_an_intent("lost_task", Some("lost"), Reply::Late(SECOND), false).await? else {
        return Ok(());
    };
    assert_eq!(seen, ([Came::Posted, Came::Existing], 1, 0));
    Ok(())
}

#[tokio::test]
async fn an_unknown_outcome_whose_intent_was_lost_is_recorded_by_the_process_that_posted_it() -> Outcome {
    for (name, key) in [("lost_outcome", Some("lost")), ("lost_outcome_without_key", None)] {
        let reply = Reply::Lost(502, "<html>bad gateway</html>".to_owned(), SECOND);
        let Some(seen) = lose_an_intent(name, key, reply, false).await? else { return Ok(()) };
        assert_eq!(seen, ([Came::Unknown, Came::Unknown], 1, 0), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_task_whose_purchase_was_made_again_after_its_intent_was_lost_is_a_duplicate() -> Outcome {
    let Some(seen) = lose_an_intent("made_again", Some("lost"), Reply::Late(SECOND), true).await? else {
        return Ok(());
    };
    assert_eq!(seen, ([Came::Posted, Came::Posted], 2, 1));
    Ok(())
}
