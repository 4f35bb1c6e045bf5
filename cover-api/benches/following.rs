//! Delay until the end of a task is known, and the polls that it takes, compared with loops at fixed intervals.
//!
//! The service is simulated and takes 20 requests in 10 s; tasks are done after 40 to 240 s. `cargo bench -p
//! cover-api --bench following`.

use std::time::Duration;

use cover_api::{Client, TaskHandle, UploadCover, runtime::StaticService};
use cover_testkit::simulated::{Seen, Simulated};
use tokio::time::sleep;

const ROUNDS: usize = 20;

fn main() {
    println!("tasks  pause     waits: delay  polls     loop: delay  polls  refused");
    for tasks in [1, 10, 100, 1_000] {
        for (pause, most) in [(5, 30), (10, 30), (30, 60)] {
            let [ours, theirs] = [true, false].map(|ours| {
                let rounds = (ROUNDS * 100 / tasks).clamp(3, 400);
                mean(&(0..rounds).map(|round| run(ours, tasks, pause, most, round as u64)).collect::<Vec<_>>())
            });
            println!(
                "{tasks:5}  {pause:3} s       {:8.1} s  {:5.1}     {:7.1} s  {:5.1}  {:7}",
                ours.delay, ours.polls, theirs.delay, theirs.polls, theirs.refused
            );
            assert_eq!(ours.refused, 0, "the budget was exceeded");
        }
    }
}

fn run(ours: bool, tasks: usize, pause: u64, most: u64, seed: u64) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let service = Simulated::new(40.0..240.0, fastrand::Rng::with_seed(seed));
        let ids: Vec<String> = (0..tasks).map(|_| service.start()).collect();
        let [pause, most] = [pause, most].map(Duration::from_secs);
        if ours {
            waits(&service, ids, pause, most).await;
        } else {
            loops(&service, ids, pause).await;
        }
        service.seen()
    })
}

async fn waits(service: &Simulated, ids: Vec<String>, pause: Duration, most: Duration) {
    let [from, to] = [40, 240].map(Duration::from_secs);
    let builder = Client::builder("key").transport(service.router());
    let client = builder.expected_duration(from..=to).poll_every(pause, most).build().expect("a client");
    let created =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs() * 1_000;
    let handles = ids.into_iter().map(|id| -> TaskHandle {
        let json = serde_json::json!({ "service": UploadCover::api().id, "task": id, "created": created });
        serde_json::from_value(json).expect("a handle")
    });
    let mut batch = client.wait_all(handles);
    while batch.next().await.is_some() {}
}

async fn loops(service: &Simulated, ids: Vec<String>, pause: Duration) {
    let mut loops = tokio::task::JoinSet::new();
    for id in ids {
        let service = service.clone();
        loops.spawn(async move {
            while service.poll(&id) != Some(true) {
                sleep(pause).await;
            }
        });
    }
    loops.join_all().await;
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many rounds")]
fn mean(all: &[Seen]) -> Seen {
    let of = |figure: fn(&Seen) -> f64| all.iter().map(figure).sum::<f64>() / all.len() as f64;
    Seen {
        delay: of(|seen| seen.delay),
        polls: of(|seen| seen.polls),
        most_in_window: all.iter().map(|seen| seen.most_in_window).max().unwrap_or_default(),
        refused: all.iter().map(|seen| seen.refused).sum::<usize>() / all.len(),
    }
}
