//! Delay until the end of a task is known, and the polls that it takes, while callbacks are lost, compared with polling alone.
//!
//! The service is simulated and takes 20 requests in 10 s; tasks are done after 40 to 240 s. One client sends batches of
//! tasks. `cargo bench -p cover-api --bench called`.

use std::time::Duration;

use cover_api::Client;
use cover_testkit::request_with_callback;
use cover_testkit::simulated::{Seen, Simulated};

const ADDRESS: &str = "https://api.example.com/covers";
/// Number of tasks that a client sends in all.
const TASKS: usize = 1_000;

fn main() {
    println!("at once  pause   lost    delay  polls");
    for tasks in [1, 10, 100] {
        for (pause, most) in [(5, 30), (10, 30), (30, 60)] {
            for lost in [Some(0.0), Some(0.1), Some(0.5), Some(1.0), None] {
                let seen = run(tasks, [pause, most].map(Duration::from_secs), lost);
                let lost = lost.map_or("alone".to_owned(), |lost| format!("{:.0} %", lost * 100.0));
                println!("{tasks:7}  {pause:3} s  {lost:>5}  {:5.1} s  {:5.2}", seen.delay, seen.polls);
                assert_eq!(seen.refused, 0, "the budget was exceeded");
            }
        }
    }
}

/// `lost` is the share of callbacks that get lost, or `None` without callbacks.
fn run(tasks: usize, every: [Duration; 2], lost: Option<f64>) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let service = Simulated::new(40.0..240.0, fastrand::Rng::with_seed(7));
        let builder = Client::builder("key").transport(service.router());
        let [from, to] = [40, 240].map(Duration::from_secs);
        let builder = builder.expected_duration(from..=to).poll_every(every[0], every[1]);
        let client = builder.callbacks(ADDRESS, "0123456789abcdef0123456789abcdef").build().expect("a client");
        if let Some(lost) = lost {
            service.tells(client.callbacks().expect("it has an address").router(), lost);
        }
        let address = if lost.is_some() { ADDRESS } else { "https://elsewhere.example/" };
        for round in 0..TASKS / tasks {
            let requests = (0..tasks).map(move |number| request_with_callback(address, round * tasks + number));
            let mut batch = client.send_all(requests).and_wait();
            while batch.next().await.is_some() {}
            assert_eq!(batch.report().done, tasks);
        }
        service.seen()
    })
}
