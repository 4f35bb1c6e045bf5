//! A disk that fills up under a process.

use std::process::{Command, Stdio};

use cover_api::ledger::SqliteLedger;
use cover_testkit::process::run;
use cover_testkit::service::{Habits, Service};
use cover_testkit::{ACCOUNT, Outcome, chance};

use crate::{keys, paying};

/// A limit on the size of files stands for a full disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_is_posted_that_the_ledger_does_not_know() -> Outcome {
    const KEYS: usize = 400;
    let mut chance = chance();
    let service = Service::start(Habits { takes: 0..5, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    // In KiB: less than the index of the log, the tables alone, a few transactions, and many of them.
    for room in [20, 60, 200, 700] {
        let folder = tempfile::tempdir()?;
        let (path, name, before) = (folder.path().join("covers.db"), format!("room-{room}"), service.arrived());
        SqliteLedger::open(&path).await?;
        let command = paying(&service, &path, &name, 0..KEYS);
        let mut shell = Command::new("bash");
        // Without the trap, the signal would kill the process.
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {room}; exec \"$0\" \"$@\"")]);
        shell.arg(command.get_program()).args(command.get_args()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = shell.spawn()?;
        // An outcome that cannot be recorded is retried until the process ends with its batch.
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        service.until_idle().await;
        let (text, errors) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        let refused = text.lines().filter(|line| line.contains("\tledger\t")).count();
        let sent = text.lines().filter(|line| line.contains("\tsent\t")).count();
        println!("{:?}", text.lines().find(|line| line.contains("\tledger\t")));
        println!(
            "{room} KiB: {} POSTs, {sent} sent, {refused} refused by the ledger; {errors}",
            service.arrived() - before
        );
        if output.status.success() {
            assert_eq!(sent + refused, KEYS, "{text}");
            assert!(refused > 0, "it had enough room");
            let named = |line: &str| line.contains(&*path.to_string_lossy()) && line.contains("nothing was sent");
            assert!(text.lines().filter(|line| line.contains("\tledger\t")).all(named), "{text}");
        } else {
            // The ledger could not even be opened.
            assert!(service.arrived() == before && errors.contains(&*path.to_string_lossy()), "{errors}");
        }
        let keys = keys(&name, 0..KEYS);
        let client = service.client(ACCOUNT, &path).await?;
        client.unknown().await?;
        let ends = service.check(&path, &keys)?;
        println!("  {ends:?}");
        service.resolve_all(&client, &keys).await?;
        run(&mut paying(&service, &path, &name, 0..KEYS))?;
        assert_eq!(service.check(&path, &keys)?.tasks, KEYS);
    }
    Ok(())
}
