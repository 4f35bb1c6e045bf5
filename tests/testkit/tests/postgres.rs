//! The servers that other tests rely on: they keep their data when they are stopped, and are removed completely.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cover_testkit::postgres::{Address, Options, Pooler, Postgres, Stop, connect};
use cover_testkit::{Outcome, Result};
use tokio_postgres::Client;

#[tokio::test]
async fn a_stopped_server_answers_nobody_and_has_its_data_when_it_starts_again() -> Outcome {
    let Some(server) = Postgres::start_with(Options { tcp: true, ..Options::default() })? else { return Ok(()) };
    let url = server.database("kept").await?;
    connect(&url).await?.batch_execute("CREATE TABLE rows (number BIGINT)").await?;
    for (stops, how) in (1..).zip([Stop::Fast, Stop::Immediate, Stop::Kill, Stop::Kill, Stop::Fast]) {
        let client = connect(&url).await?;
        client.batch_execute("INSERT INTO rows VALUES (1)").await?;
        server.stop(how)?;
        client.batch_execute("INSERT INTO rows VALUES (1)").await.unwrap_err();
        connect(&url).await.unwrap_err();
        connect(&server.tcp_url()).await.unwrap_err();
        let began = Instant::now();
        server.start_again()?;
        println!("{how:?}: starts again within {:?}", began.elapsed());
        assert_eq!(number(&connect(&url).await?, "SELECT count(*) FROM rows").await?, stops, "{how:?}");
        assert_eq!(number(&connect(&server.tcp_url()).await?, "SELECT 2::bigint").await?, 2);
    }
    Ok(())
}

#[tokio::test]
async fn two_servers_run_at_once_and_share_nothing() -> Outcome {
    let began = Instant::now();
    let (Some(one), Some(other)) = (Postgres::start()?, Postgres::start()?) else { return Ok(()) };
    println!("two servers start one after the other within {:?}", began.elapsed());
    assert_ne!(one.url(), other.url());
    one.database("taken").await?;
    one.database("taken").await.unwrap_err();
    other.database("taken").await?;
    one.stop(Stop::Fast)?;
    connect(&other.url()).await?;
    Ok(())
}

#[tokio::test]
async fn the_tests_of_a_process_share_a_server_and_each_has_an_empty_database() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    for name in ["first", "second"] {
        let client = connect(&server.database(name).await?).await?;
        client.batch_execute("CREATE TABLE rows (number BIGINT)").await?;
    }
    assert_eq!(Postgres::shared()?.map(Postgres::url), Some(server.url()));
    Ok(())
}

#[tokio::test]
async fn only_a_durable_server_waits_for_the_disk() -> Outcome {
    for durable in [false, true] {
        let Some(server) = Postgres::start_with(Options { durable, ..Options::default() })? else { return Ok(()) };
        let client = connect(&server.url()).await?;
        for (setting, is_on) in [("fsync", durable), ("full_page_writes", durable), ("synchronous_commit", true)] {
            let sql = format!("SELECT count(*) FROM pg_settings WHERE name = '{setting}' AND setting = 'on'");
            assert_eq!(number(&client, &sql).await?, i64::from(is_on), "{setting}");
        }
    }
    Ok(())
}

#[test]
fn a_server_that_runs_cannot_be_started_nor_one_stopped_that_does_not() -> Outcome {
    let Some(server) = Postgres::start()? else { return Ok(()) };
    assert_eq!(server.start_again().unwrap_err().to_string(), "the server is running");
    server.stop(Stop::Fast)?;
    assert_eq!(server.stop(Stop::Kill).unwrap_err().to_string(), "the server is not running");
    Ok(())
}

#[test]
fn nothing_is_left_of_a_dropped_server() -> Outcome {
    for stop in [None, Some(Stop::Kill)] {
        let Some(server) = Postgres::start()? else { return Ok(()) };
        let (folder, processes) = (folder(&server.address()), processes(&server.address())?);
        assert!(processes.len() > 3, "{processes:?}");
        let block = shared_memory(&folder)?;
        assert!(has_shared_memory(&block)?);
        if let Some(how) = stop {
            server.stop(how)?;
        }
        drop(server);
        assert_eq!(running(&processes)?, 0, "{stop:?}");
        assert!(!folder.exists(), "{stop:?}");
        assert!(!has_shared_memory(&block)?, "{stop:?}");
    }
    Ok(())
}

/// Is set for the process that the test kills, which runs the same test.
const HOLDS: &str = "COVER_HOLDS_A_SERVER";

#[test]
fn nothing_is_left_of_the_server_of_a_killed_test() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    if std::env::var_os(HOLDS).is_some() {
        println!("\nfolder {}", folder(&server.address()).display());
        std::thread::sleep(Duration::from_secs(600));
    }
    let mut test = Command::new(std::env::current_exe()?);
    test.args(["--exact", "nothing_is_left_of_the_server_of_a_killed_test", "--nocapture"]).env(HOLDS, "1");
    let mut test = test.stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(test.stdout.take().ok_or("no output")?).lines();
    let folder = lines.map_while(std::io::Result::ok).find_map(|line| line.strip_prefix("folder ").map(PathBuf::from));
    let folder = folder.ok_or("it printed no folder")?;
    let processes = processes(&Address::Unix { folder: folder.clone(), port: 5432 })?;
    assert!(running(&processes)? > 3);
    test.kill()?;
    test.wait()?;
    let began = Instant::now();
    while folder.exists() || running(&processes)? > 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "{} is left", folder.display());
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("nothing is left after {:?}", began.elapsed());
    Ok(())
}

#[tokio::test]
async fn a_pooler_lends_one_connection_to_several_clients() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let Some(pooler) = Pooler::before(server)? else { return Ok(()) };
    server.database("pooled").await?;
    let url = pooler.address().url("pooled");
    let (one, other) = (connect(&url).await?, connect(&url).await?);
    let process = "SELECT pg_backend_pid()::bigint";
    assert_eq!(number(&one, process).await?, number(&other, process).await?);
    one.batch_execute("BEGIN").await?;
    assert_ne!(number(&one, process).await?, number(&other, process).await?);
    let folder = folder(&pooler.address());
    drop(pooler);
    assert!(!folder.exists());
    one.batch_execute("COMMIT").await.unwrap_err();
    Ok(())
}

/// Returns the number that a query finds. It prepares no statement under a name, which a pooler may not know.
async fn number(client: &Client, sql: &str) -> Result<i64> {
    let rows = client.query_typed(sql, &[]).await?;
    Ok(rows.first().ok_or("the query found nothing")?.get(0))
}

fn folder(address: &Address) -> PathBuf {
    match address {
        Address::Unix { folder, .. } => folder.clone(),
        Address::Tcp(_) => PathBuf::new(),
    }
}

/// Returns the ids of the server's processes.
fn processes(address: &Address) -> Result<Vec<String>> {
    let pid_file = folder(address).join("data/postmaster.pid");
    let server = first_line(&pid_file)?;
    let mut found = vec![server.clone()];
    for line in ps(&["-A", "-o", "pid=", "-o", "ppid="])?.lines() {
        if let [process, parent] = line.split_whitespace().collect::<Vec<_>>()[..]
            && parent == server
        {
            found.push(process.to_owned());
        }
    }
    Ok(found)
}

fn first_line(file: &Path) -> Result<String> {
    Ok(std::fs::read_to_string(file)?.lines().next().ok_or("the file is empty")?.to_owned())
}

/// Returns the id of the block of memory that the server's processes share. Its pid file has it.
fn shared_memory(folder: &Path) -> Result<String> {
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid"))?;
    let id = file.lines().nth(6).and_then(|line| line.split_whitespace().nth(1));
    Ok(id.ok_or("the pid file has no id of shared memory")?.to_owned())
}

fn has_shared_memory(id: &str) -> Result<bool> {
    let blocks = String::from_utf8(Command::new("ipcs").arg("-m").output()?.stdout)?;
    Ok(blocks.lines().any(|line| line.split_whitespace().nth(1) == Some(id)))
}

/// Returns how many of these processes have not ended. A zombie has.
fn running(processes: &[String]) -> Result<usize> {
    let states = ps(&["-o", "stat=", "-p", &processes.join(",")])?;
    Ok(states.lines().filter(|state| !state.starts_with('Z')).count())
}

fn ps(arguments: &[&str]) -> Result<String> {
    Ok(String::from_utf8(Command::new("ps").args(arguments).output()?.stdout)?)
}
