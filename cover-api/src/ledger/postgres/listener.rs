//! A thread with a connection that listens for messages of other processes.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::task::{Poll, ready};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use futures_util::future::select;
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};
use tokio_postgres::AsyncMessage;

use super::failure::Failure;
use super::lane::RECONNECT;
use super::process::Process;
use crate::ledger::Mailbox;

/// How often a process looks for messages that it was not told of, and whether its connection still works.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How often a process looks for messages if it cannot listen, as through a pooler.
const LOOK_OFTEN: Duration = Duration::from_secs(1);

/// Listens from the first call of [`mailbox`](Self::mailbox) until it is dropped.
pub(super) struct Listener {
    process: Arc<Process>,
    arrived: Arc<Notify>,
    thread: OnceLock<Option<Thread>>,
}

struct Thread {
    /// Its end ends the thread.
    stop: oneshot::Sender<()>,
    handle: JoinHandle<()>,
}

impl Listener {
    pub(super) fn new(process: Arc<Process>) -> Self {
        Self { process, arrived: Arc::default(), thread: OnceLock::new() }
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        let is_listening = self.thread.get_or_init(|| self.start()).is_some();
        let every = if is_listening { LOOK_EVERY } else { LOOK_OFTEN };
        Mailbox { arrived: Arc::clone(&self.arrived), every }
    }

    /// Starts the thread. Through a pooler, sessions end with their transactions, and nobody can listen.
    fn start(&self) -> Option<Thread> {
        if self.process.is_pooled {
            return None;
        }
        let (process, arrived) = (Arc::clone(&self.process), Arc::clone(&self.arrived));
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let (stop, stopped) = oneshot::channel();
        let listen = move || drop(runtime.block_on(select(stopped, pin!(listen(&process, &arrived)))));
        let handle = thread::Builder::new().name("cover-ledger-listener".to_owned()).spawn(listen).ok()?;
        Some(Thread { stop, handle })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(Some(Thread { stop, handle })) = self.thread.take() {
            drop(stop);
            // It owns no ledger, so this is another thread.
            handle.join().ok();
        }
    }
}

/// Listens, and connects again when the connection is lost.
async fn listen(process: &Process, arrived: &Notify) {
    let [shortest, longest] = RECONNECT;
    let mut pause = shortest;
    loop {
        let begun = Instant::now();
        listen_once(process, arrived).await.ok();
        pause = if begun.elapsed() > longest { shortest } else { (pause * 2).min(longest) };
        sleep(pause).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(process: &Process, arrived: &Notify) -> Result<(), Failure> {
    let late = |_| Failure::lost("it did not answer in time");
    let connecting = timeout(process.patience, process.config.connect(process.tls.clone()));
    let (client, mut connection) = connecting.await.map_err(late)?.map_err(Failure::new)?;
    let driven = poll_fn(|context| {
        while let Some(message) = ready!(connection.poll_message(context)) {
            if let AsyncMessage::Notification(_) = message.map_err(Failure::new)? {
                arrived.notify_one();
            }
        }
        Poll::Ready(Ok(()))
    });
    let asked = async {
        let run = async |statement: &str| {
            let run = timeout(process.patience, client.batch_execute(statement));
            run.await.map_err(late)?.map_err(Failure::new)
        };
        run(&format!("LISTEN \"cover_messages_{}\"", process.holder)).await?;
        // Messages may have come before.
        arrived.notify_one();
        loop {
            sleep(LOOK_EVERY).await;
            // A connection may be lost without a word.
            run("").await?;
        }
    };
    select(pin!(driven), pin!(asked)).await.factor_first().0
}
