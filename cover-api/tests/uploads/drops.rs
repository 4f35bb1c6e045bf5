//! An upload that is dropped at any await buys nothing and hinders nothing: the next one succeeds.

use std::convert::Infallible;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::Upload;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, ClientBuilder, CoverRequest, Link, Model, UploadCover};
use cover_testkit::gate::{Gate, poll_then_drop, within};
use cover_testkit::recordings::wav;
use cover_testkit::{Outcome, Result};
use futures_util::stream;
use tokio::time::sleep;

use crate::sandbox;

/// No upload needs as many polls.
const MOST_POLLS: usize = 2_000;

/// Number of steps within which other Tokio tasks take one turn each. Every further step takes time.
const TURNS: usize = 40;

/// Real time of a step, long enough for a step of another thread.
const STEP: Duration = Duration::from_micros(300);

const PATIENCE: Duration = Duration::from_secs(30);

/// How a client reaches the sandbox.
#[derive(Debug, Clone, Copy)]
enum Way {
    Http,
    InProcess,
}

/// Returns a client with one permit: a permit that a dropped upload kept would stop everything.
fn client(sandbox: &Sandbox, way: Way, ledger: SqliteLedger) -> Result<Client> {
    let builder: ClientBuilder = Client::builder(sandbox.key());
    let builder = match way {
        Way::Http => builder.base_url(sandbox.url()),
        Way::InProcess => builder.transport(Gate::new(sandbox).router()),
    };
    let builder = builder.account("tests").ledger(ledger).rate_limit(1, Duration::ZERO);
    Ok(builder.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?)
}

/// Drops an upload after any number of polls, until one is ready. Returns the number of polls that it needed.
async fn drop_at_every_poll<'a>(
    client: &Client,
    sandbox: &Sandbox,
    upload: impl Fn(&Client) -> Upload<'a, UploadCover>,
) -> Result<usize> {
    for polls in 0..MOST_POLLS {
        if let Some(link) = poll_then_drop(upload(client).into_future(), polls, TURNS, STEP).await {
            link?;
            return Ok(polls);
        }
        let link: Link = within(PATIENCE, "the same upload again", upload(client).into_future()).await?;
        let stored = sandbox.uploaded();
        assert!(stored.iter().any(|file| file.link == link.as_str()), "after {polls} polls: {stored:?}");
        let stats = client.stats();
        assert_eq!((stats.permits, stats.queued, stats.posts), (0, 0, 0), "after {polls} polls: {stats:?}");
    }
    Err("it does not end".into())
}

#[tokio::test]
async fn an_upload_dropped_at_any_await_pays_nothing_and_leaves_nothing_locked() -> Outcome {
    for way in [Way::Http, Way::InProcess] {
        let (folder, sandbox) = (tempfile::tempdir()?, sandbox().start().await?);
        let (path, song) = (folder.path().join("song.wav"), Bytes::from(wav(1)));
        std::fs::write(&path, &song)?;
        let client = client(&sandbox, way, SqliteLedger::open(folder.path().join("covers.db")).await?)?;
        let pieces: Vec<_> = song.chunks(5_000).map(Bytes::copy_from_slice).map(Ok::<_, Infallible>).collect();
        let polls = [
            drop_at_every_poll(&client, &sandbox, |client| client.upload(&path)).await?,
            drop_at_every_poll(&client, &sandbox, |client| client.upload_bytes("song.wav", song.clone())).await?,
            drop_at_every_poll(&client, &sandbox, |client| {
                client.upload_stream("song.wav", song.len() as u64, stream::iter(pieces.clone()))
            })
            .await?,
        ];
        assert!(polls.iter().all(|polls| *polls > 4), "{way:?}: the drops reached every step: {polls:?}");
        assert_eq!((sandbox.submits(), sandbox.tasks()), (0, 0), "{way:?}: nothing was paid");
        assert_eq!((client.unknown().await?.len(), client.unfinished().all().await?.len()), (0, 0), "{way:?}");
        // The file can be removed, and the client shuts down at once.
        std::fs::remove_file(&path)?;
        assert!(client.shutdown(Duration::ZERO).await.is_empty(), "{way:?}");
    }
    Ok(())
}

/// Makes a cover of a song, as a program would that may have been started before.
async fn run(client: &Client, song: &Bytes) -> std::result::Result<String, cover_api::Error> {
    let task = if let Some(task) = client.find("song").await? {
        task
    } else {
        let link = client.upload_bytes("song.wav", song.clone()).await?;
        let request = CoverRequest::non_custom().upload_url(link).without_callback().model(Model::V5).prompt("Rain");
        client.send(&request.build().expect("it is valid")).key("song").await?
    };
    let id = task.id().to_owned();
    task.wait().await.map(|_| id)
}

#[tokio::test]
async fn a_run_from_upload_to_result_dropped_at_any_await_and_started_again_pays_once() -> Outcome {
    let (folder, song) = (tempfile::tempdir()?, Bytes::from(wav(1)));
    let mut waits = 0;
    for polls in 0..MOST_POLLS {
        let sandbox = sandbox().start().await?;
        let ledger = SqliteLedger::open(folder.path().join(format!("{polls}.db"))).await?;
        let client = client(&sandbox, Way::InProcess, ledger)?;
        let first = poll_then_drop(Box::pin(run(&client, &song)), polls, TURNS, STEP).await;
        let again = async {
            loop {
                match run(&client, &song).await {
                    // The POST of the dropped run, with another link, is still on its way.
                    Err(error) if error.is_in_progress() => {
                        assert!(error.may_have_been_charged(), "{error:?}");
                        waits += 1;
                        sleep(STEP).await;
                    }
                    ended => return ended,
                }
            }
        };
        let id = within(PATIENCE, "the second run", again).await?;
        assert_eq!((sandbox.tasks(), sandbox.created()[0].id.as_str()), (1, &*id), "after {polls} polls");
        assert!(sandbox.uploads() <= 3 + waits, "after {polls} polls: {} uploads", sandbox.uploads());
        assert_eq!((client.unknown().await?.len(), client.stats().permits), (0, 0), "after {polls} polls");
        if let Some(first) = first {
            assert_eq!(first?, id);
            return Ok(());
        }
    }
    Err("it does not end".into())
}
