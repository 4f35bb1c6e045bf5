//! Other processes that use the same ledger. One of them is killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

const CHILD: &str = "LEDGER_OF_A_CHILD";

/// Runs one of these tests again, as another process that works on this ledger. Returns when it says that it is ready.
fn spawn(test: &str, path: &Path) -> Child {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([&format!("{module}::{test}"), "--exact", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    assert!(output.lines().any(|line| line.unwrap().contains("child is ready")));
    child
}

/// The ledger, where this process is such a child.
fn of_child() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

#[tokio::test]
async fn a_process_that_is_killed_is_dead() {
    let buys = purchase(None, 1);
    if let Some(path) = of_child() {
        let ledger = open(&path).await;
        intend_live(&ledger, &buys).await;
        println!("child is ready");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let (directory, path) = place();
    let mut child = spawn("a_process_that_is_killed_is_dead", &path);
    let ledger = open(&path).await;
    assert!(matches!(stands(&ledger, &buys).await, PurchaseState::Posting { here: false, .. }));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(matches!(stands(&ledger, &buys).await, PurchaseState::Unknown(..)));
    drop(ledger);
    drop(open(&path).await);
    assert_eq!(names(directory.path()), ["covers.db"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_does_not_starve_beside_a_busy_one() {
    if let Some(path) = of_child() {
        let ledger = open(&path).await;
        let writers = (0..16).map(|writer| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                for number in 0.. {
                    insert(&ledger, &format!("{writer} {number}")).await.unwrap();
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        println!("child is ready");
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(writers);
        return;
    }
    let (_directory, path) = place();
    let mut child = spawn("a_process_does_not_starve_beside_a_busy_one", &path);
    let ledger = open(&path).await;
    let mut waits = Vec::new();
    for number in 0..100 {
        let start = std::time::Instant::now();
        insert(&ledger, &format!("here {number}")).await.unwrap();
        waits.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    waits.sort();
    println!("beside a busy process: median {:?}, worst {:?}", waits[50], waits[99]);
    assert!(waits[99] < Duration::from_secs(5), "{waits:?}");
}
