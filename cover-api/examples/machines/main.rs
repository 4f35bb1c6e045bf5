//! Three workers buy the same 60 covers through one ledger in PostgreSQL, one of them is killed, and each cover is bought once:
//! `cargo run --example machines`.
//!
//! It starts a PostgreSQL server of its own from the installed binaries, and a sandbox. The workers are processes, as they would be
//! on several machines. They share the ledger, and one rate limit.

mod server;

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use cover_api::ledger::{PostgresLedger, Resolution};
use cover_api::runtime::BatchEvent;
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, Model, NonCustom};
use server::Server;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_postgres::NoTls;

type Outcome = Result<(), Box<dyn Error>>;

const KEYS: usize = 60;
/// The limit of all workers together, in a second.
const REQUESTS: u32 = 20;
const SECOND: Duration = Duration::from_secs(1);
/// How long the service takes for a POST. Half of that is after the charge.
const TAKES: Duration = Duration::from_millis(400);

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => show().await,
        [number, service, database] => work(number.parse()?, service, database).await,
        _ => Err("it takes no arguments, except from itself".into()),
    }
}

/// What each worker does: it buys for all keys, beginning at its own.
async fn work(number: usize, service: &str, database: &str) -> Outcome {
    let client = client(number, service, database).await?;
    let order = |number: usize| format!("order-{}", number % KEYS);
    let first = (number - 1) * KEYS / 3;
    let rows = (first..first + KEYS).map(order).map(|key| Ok((key.clone(), request(&key)?)));
    let rows = rows.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let mut batch = client.send_all(rows).concurrency(6);
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Sent { .. } => println!("sent"),
            // Another worker is posting it, or was killed then.
            BatchEvent::Error { error, .. } if error.is_in_progress() => {}
            BatchEvent::Error { index, error } => eprintln!("worker-{number}: {}: {error}", order(first + index)),
            _ => {}
        }
    }
    // Outcomes that could not be recorded are recorded now.
    client.shutdown(10 * SECOND).await;
    Ok(())
}

async fn client(number: usize, service: &str, database: &str) -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder("sandbox-key").base_url(service).account("main").rate_limit(REQUESTS, SECOND);
    // The places of a killed worker are free after a few seconds. The real service takes longer to answer.
    let builder = builder.timeouts(SECOND, 2 * SECOND);
    let builder = builder.configure_http(move |http| http.user_agent(number.to_string()));
    Ok(builder.ledger(PostgresLedger::connect(database).await?).build()?)
}

fn request(order: &str) -> Result<CoverRequest<NonCustom>, Box<dyn Error>> {
    let builder = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3").without_callback();
    Ok(builder.model(Model::V5).prompt(order).build()?)
}

async fn show() -> Outcome {
    let server = Server::start()?;
    let database = server.url();
    let sandbox = Sandbox::builder().rate_limit(REQUESTS, SECOND).credits(10_000).start().await?;
    let posting = Arc::<[AtomicUsize; 3]>::default();
    let service = slowed(&sandbox, Arc::clone(&posting)).await?;
    println!("a sandbox at {service}, and a ledger at {database}\n");

    let start = |number| Worker::start(number, &service, &database);
    let mut workers = [start(1)?, start(2)?, start(3)?];
    println!("seconds  worker-1  worker-2  worker-3  tasks");
    let (begun, mut killed) = (Instant::now(), None);
    while workers.iter_mut().any(Worker::is_running) {
        sleep(Duration::from_millis(250)).await;
        let [one, two, three] = [0, 1, 2].map(|number: usize| workers[number].sent.load(Ordering::Relaxed));
        let seconds = begun.elapsed().as_secs_f64();
        println!("{seconds:>7.2}  {one:>8}  {two:>8}  {three:>8}  {:>5}", sandbox.tasks());
        if sandbox.tasks() >= KEYS / 3 && killed.is_none() {
            // One that is posting something at this moment.
            killed = posting.iter().position(|posts| posts.load(Ordering::Relaxed) > 0);
            if let Some(killed) = killed {
                workers[killed].process.kill()?;
                println!("worker-{} is killed", killed + 1);
            }
        }
    }

    // Other processes learn that one has died when its lease is over, here after 66 seconds. A person who knows it removes the
    // process, so that what it was posting is unknown at once.
    let (operator, connection) = tokio_postgres::connect(&database, NoTls).await?;
    tokio::spawn(connection);
    let dead = "DELETE FROM holders WHERE name IN (SELECT holder FROM attempts WHERE state = 'posting')";
    operator.execute(dead, &[]).await?;

    // What it was posting may have been charged. The service's list of tasks says what was.
    let client = client(4, &service, &database).await?;
    println!();
    for purchase in client.unknown().await? {
        let key = purchase.key.as_deref().unwrap_or_default();
        let created = sandbox.created().into_iter().find(|task| task.request["prompt"] == key);
        let evidence = purchase.evidence.as_deref().unwrap_or_default();
        println!("{key}: unknown, {evidence}; the service has {}", created.as_ref().map_or("no task", |task| &task.id));
        let resolution = created.map_or(Resolution::NotCharged, |task| Resolution::Task(task.id));
        client.resolve(&purchase, resolution).await?;
    }

    let mut last = start(1)?;
    last.process.wait()?;
    let mut tasks = HashMap::<String, usize>::new();
    for task in sandbox.created() {
        *tasks.entry(task.request["prompt"].to_string()).or_default() += 1;
    }
    let twice = tasks.values().filter(|count| **count > 1).count();
    println!("\nanother worker bought {} more", last.sent.load(Ordering::Relaxed));
    println!("{} requests above the limit of all workers", sandbox.excess_requests());
    let twice = if twice == 0 { "none".to_owned() } else { twice.to_string() };
    println!("{} keys, {} tasks, {twice} twice", tasks.len(), sandbox.tasks());
    Ok(())
}

/// Serves the sandbox at another address, where each POST takes a while, as it does at the real service. Counts the POSTs of each worker
/// that are under way. Returns the address.
async fn slowed(sandbox: &Sandbox, posting: Arc<[AtomicUsize; 3]>) -> Result<String, Box<dyn Error>> {
    let router = sandbox.router().layer(from_fn(move |request: Request, next: Next| {
        let posting = Arc::clone(&posting);
        async move {
            if request.method() != "POST" {
                return next.run(request).await;
            }
            let worker = request.headers().get("user-agent").and_then(|agent| agent.to_str().ok()?.parse().ok());
            let posts = worker.and_then(|worker: usize| posting.get(worker.checked_sub(1)?));
            if let Some(posts) = posts {
                posts.fetch_add(1, Ordering::Relaxed);
            }
            sleep(TAKES / 2).await;
            let response = next.run(request).await;
            sleep(TAKES / 2).await;
            if let Some(posts) = posts {
                posts.fetch_sub(1, Ordering::Relaxed);
            }
            response
        }
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

/// A worker process, which is killed when dropped.
struct Worker {
    process: Child,
    sent: Arc<AtomicUsize>,
}

impl Worker {
    fn start(number: usize, service: &str, database: &str) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.args([&number.to_string(), service, database]).stdout(Stdio::piped()).spawn()?;
        let sent = Arc::<AtomicUsize>::default();
        if let Some(output) = process.stdout.take() {
            let sent = Arc::clone(&sent);
            std::thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).for_each(|_| {
                    sent.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
        Ok(Self { process, sent })
    }

    fn is_running(&mut self) -> bool {
        self.process.try_wait().is_ok_and(|ended| ended.is_none())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
