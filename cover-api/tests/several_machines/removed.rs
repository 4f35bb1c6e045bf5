//! A process that a person removes from the list of processes.

use cover_api::runtime::Resolution;
use cover_testkit::gate::{Came, Gate, Reply, within};
use cover_testkit::{Outcome, postgres, request};
use tokio::time::sleep;

use crate::common::{MILLI, PATIENCE, database, sandbox, three};
use crate::guide::sql;

#[tokio::test]
async fn what_a_removed_process_was_posting_is_unknown_at_once() -> Outcome {
    let Some(url) = database("removed").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Never);
    let [dead, two, _three] = three(&gate, &url).await?;
    let posting = tokio::spawn(async move { dead.send(&request("posted")).key("posted").await.map(drop) });
    within(PATIENCE, "the POST", async {
        while gate.posts().is_empty() {
            sleep(MILLI).await;
        }
    })
    .await;
    assert_eq!(Came::of(&two.send(&request("posted")).key("posted").await), Came::InProgress);
    assert!(two.unknown().await?.is_empty());

    let database = postgres::connect(&url).await?;
    let holder: String = database.query_one("SELECT holder FROM attempts", &[]).await?.get(0);
    let remove = sql("Remove a process that is certainly dead")?.replace("its name, as the attempts have it", &holder);
    database.batch_execute(&remove).await?;
    assert_eq!(Came::of(&two.send(&request("posted")).key("posted").await), Came::Unknown);
    let unknown = two.unknown().await?.pop().ok_or("it is not listed")?;
    assert_eq!(unknown.evidence.as_deref(), Some("the process that sent it has ended"));
    two.resolve(&unknown, Resolution::Task("task-1".to_owned())).await?;
    assert_eq!(Came::of(&two.send(&request("posted")).key("posted").await), Came::Existing);
    assert_eq!(gate.posts().len(), 1);
    posting.abort();
    Ok(())
}
