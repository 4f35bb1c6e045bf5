//! A flood of callbacks takes no memory. The test measures its process, and so is a program of its own.

use cover_api::Client;
use cover_testkit::{Outcome, Result, chance, runs};

/// Returns the resident memory of this process in bytes.
fn resident() -> Result<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    Ok(pages.split(' ').nth(1).ok_or("no figure")?.parse::<usize>()? * 4096)
}

#[tokio::test]
async fn a_flood_of_callbacks_takes_no_memory() -> Outcome {
    let (mut chance, count) = (chance(), runs(40_000));
    let client = Client::builder("key").callbacks("https://api.example.com/covers", "0123456789abcdef").build()?;
    let callbacks = client.callbacks()?;
    let valid = callbacks.test_factory().valid("task-1", "complete");
    let mut flood = |count: usize| {
        for number in 0..count {
            // Senders without an address, and one who has seen an address and invents tasks.
            let path = match chance.u8(0..3) {
                0 => format!("/{:032x}/{:032x}", chance.u128(..), chance.u128(..)),
                _ => valid.path.clone(),
            };
            let body = callbacks.test_factory().valid(&format!("made-up-{number}"), "complete").body;
            drop(callbacks.receive(&path, &valid.headers, &body));
        }
    };
    flood(count / 10);
    let before = resident()?;
    flood(count);
    let grown = resident()?.saturating_sub(before);
    println!("{grown} bytes more after {count} callbacks");
    assert!(grown < 4 << 20, "{grown} bytes more");
    let stats = callbacks.stats();
    assert_eq!((stats.new, stats.refused_in_all() + stats.unawaited), (0, (count + count / 10) as u64));
    Ok(())
}
