//! Cost of a waiting task: memory while it waits, and time for each poll, compared with a loop in a tokio task. Linux only.
//! `cargo bench -p cover-api --bench waiting`. With the arguments `-- wait_all 1000000`, one kind and number of tasks only.

use std::process::Command;
use std::time::{Duration, Instant};

use cover_api::{Client, TaskHandle, UploadCover, runtime::StaticService};
use cover_testkit::simulated::Simulated;
use tokio::time::sleep;

/// Each case runs in a process of its own, so that none uses memory that another has freed.
const KINDS: [&str; 4] = ["wait_all", "waits in tokio tasks", "loops in tokio tasks", "loops of bare reqwest"];

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    if let (Some(kind), Some(count)) = (arguments.next(), arguments.next()) {
        return one(&kind, count.parse().expect("a number"));
    }
    println!(" tasks                           bytes for each   µs for each poll");
    for count in [10_000, 100_000] {
        for kind in KINDS {
            let mut process = Command::new(std::env::current_exe().expect("this program"));
            let output = process.args([kind, &count.to_string()]).output().expect("it runs");
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
fn one(kind: &str, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        // No task ends during the measurement.
        let service = Simulated::unlimited(1e6..1e6 + 1.0, fastrand::Rng::with_seed(1));
        (0..count).for_each(|_| drop(service.start()));
        let mut waiting = tokio::task::JoinSet::new();
        let before = resident();
        begin(kind, &service, count, &mut waiting);
        // All tasks have polled once and wait for the next time.
        sleep(Duration::from_secs(25)).await;
        let bytes = (resident() - before) as f64 / count as f64;
        let (polls, started) = (service.polls(), Instant::now());
        sleep(Duration::from_secs(300)).await;
        let polls = service.polls() - polls;
        let micros = started.elapsed().as_secs_f64() * 1e6 / polls as f64;
        println!(
            "{count:6}  {kind:25} {bytes:10.0}      {}",
            if polls > 0 { format!("{micros:10.1}") } else { String::new() }
        );
    });
}

fn begin(kind: &str, service: &Simulated, count: usize, waiting: &mut tokio::task::JoinSet<()>) {
    // All can be polled within 20 seconds.
    let limit = u32::try_from(count / 20).expect("there are not that many").max(5_000);
    let builder = Client::builder("key").transport(service.router()).rate_limit(limit, Duration::from_secs(1));
    let client = builder.poll_every(Duration::from_secs(30), Duration::from_secs(30)).build().expect("a client");
    // The service counts them.
    let ids = (0..count).map(|number| format!("task-{number}"));
    let handles = ids.clone().map(|id| -> TaskHandle {
        serde_json::from_value(serde_json::json!({ "service": UploadCover::api().id, "task": id })).expect("a handle")
    });
    match kind {
        "wait_all" => {
            let mut batch = client.wait_all(handles);
            waiting.spawn(async move { while batch.next().await.is_some() {} });
        }
        "waits in tokio tasks" => {
            for handle in handles {
                let task = client.resume(handle);
                waiting.spawn(async move { drop(task.wait().await) });
            }
        }
        "loops in tokio tasks" => {
            for id in ids {
                let service = service.clone();
                waiting.spawn(async move {
                    while service.poll(&id) != Some(true) {
                        sleep(Duration::from_secs(30)).await;
                    }
                });
            }
        }
        _ => {
            let http = reqwest::Client::builder().no_proxy().build().expect("a client");
            for id in ids {
                let http = http.clone();
                waiting.spawn(async move {
                    // It is measured while it sleeps before the first poll.
                    loop {
                        sleep(Duration::from_secs(30_000)).await;
                        let answer = http.get(format!("http://127.0.0.1:1/?taskId={id}")).bearer_auth("key").send();
                        let Ok(answer) = answer.await else { return };
                        let Ok(bytes) = answer.bytes().await else { return };
                        let Ok(body) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return };
                        if body["data"]["status"] == "SUCCESS" {
                            return;
                        }
                    }
                });
            }
        }
    }
}

/// Returns the resident memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() * 1024
}
