//! A connection to the server, driven by the thread that uses it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::future::{Future, ready};
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

use super::failure::Failure;
use super::process::Process;
use crate::ledger::LedgerError;
use crate::ledger::sql::Value;

/// Settings of each session, or of each transaction through a pooler. A server may be set up to answer before a commit is durable. A
/// process that vanishes must not keep its locks for long.
const SESSION: &str = "SET synchronous_commit = on; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '10s'";
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const BEGIN_POOLED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on; \
    SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '10s'";

/// Follows the beginning of a transaction that must not wait for others, such as in a circle of transactions that wait for each other.
const SHORT: &str = "; SET LOCAL lock_timeout = '100ms'";

/// A request that was sent, and whether it changed a row where it had to.
type Request = Pin<Box<dyn Future<Output = Result<bool, Error>>>>;

/// A query that was announced, and its rows once they are there.
struct Announced {
    query: Query,
    values: Rc<[Value]>,
    rows: Rc<Cell<Option<Vec<Row>>>>,
}

/// A connection, and the thread's runtime that drives it while it is used.
pub(super) struct Connection<'a> {
    runtime: &'a Runtime,
    client: Rc<Client>,
    prepared: HashMap<Query, Statement>,
    is_pooled: bool,
    patience: Duration,
    /// Requests whose answers are not known yet. They are read together with the next result, which saves round trips.
    requests: Vec<Request>,
    announced: Vec<Announced>,
}

/// A statement, and whether it locks the rows that it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Query {
    pub(super) text: &'static str,
    pub(super) locks: bool,
}

impl Query {
    fn sql(self) -> Cow<'static, str> {
        if self.locks { format!("{} FOR UPDATE", self.text).into() } else { self.text.into() }
    }
}

impl<'a> Connection<'a> {
    pub(super) fn open(runtime: &'a Runtime, process: &Process) -> Result<Self, Failure> {
        let opening = async {
            let (client, connection) = process.config.connect(process.tls.clone()).await?;
            // Errors of the connection are those of its statements.
            tokio::spawn(async move { drop(connection.await) });
            if !process.is_pooled {
                client.batch_execute(SESSION).await?;
            }
            Ok(client)
        };
        let client = within(runtime, process.patience, opening)?;
        let (is_pooled, patience) = (process.is_pooled, process.patience);
        let (client, prepared) = (Rc::new(client), HashMap::new());
        Ok(Self { runtime, client, prepared, is_pooled, patience, requests: Vec::new(), announced: Vec::new() })
    }

    /// Begins a transaction. The answer is read together with that of the next statement.
    pub(super) fn begin(&mut self) {
        self.begin_with("");
    }

    /// Begins a transaction that fails when it waits for others.
    pub(super) fn begin_short(&mut self) {
        self.begin_with(SHORT);
    }

    fn begin_with(&mut self, more: &str) {
        self.announced.clear();
        let begin = if self.is_pooled { BEGIN_POOLED } else { BEGIN };
        let (client, begin) = (Rc::clone(&self.client), format!("{begin}{more}"));
        self.send(async move { client.batch_execute(&begin).await.map(|()| true) });
    }

    /// Commits. All writes of the transaction have succeeded if this does.
    pub(super) fn commit(&mut self) -> Result<(), Failure> {
        self.run("COMMIT")
    }

    pub(super) fn roll_back(&mut self) -> Result<(), Failure> {
        // Their results do not matter any more.
        self.requests.clear();
        self.run("ROLLBACK")
    }

    /// Runs statements without values.
    pub(super) fn run(&mut self, statements: &str) -> Result<(), Failure> {
        let client = Rc::clone(&self.client);
        self.finish(async move { client.batch_execute(statements).await })
    }

    /// Sends a write. If it fails, so does the next statement that returns something.
    pub(super) fn write(&mut self, query: Query, values: Vec<Value>, must_change: bool) -> Result<(), Failure> {
        let (client, statement) = (Rc::clone(&self.client), self.statement(query, &values)?);
        self.send(async move {
            let count = execute(&client, &statement, &values).await?;
            Ok(count > 0 || !must_change)
        });
        Ok(())
    }

    /// Sends a query that is run later. Its rows are read together with the next result.
    pub(super) fn announce(&mut self, query: Query, values: Vec<Value>) -> Result<(), Failure> {
        let (client, statement) = (Rc::clone(&self.client), self.statement(query, &values)?);
        let (values, rows): (Rc<[Value]>, _) = (values.into(), Rc::new(Cell::new(None)));
        self.announced.push(Announced { query, values: Rc::clone(&values), rows: Rc::clone(&rows) });
        self.send(async move {
            rows.set(Some(select(&client, &statement, &values).await?));
            Ok(true)
        });
        Ok(())
    }

    /// Forgets the rows of all other announced queries, since a write may change them.
    pub(super) fn forget_all_but(&mut self, kept: &[Query]) {
        self.announced.retain(|announced| kept.contains(&announced.query));
    }

    /// Returns the rows of an announced query if they are there.
    pub(super) fn take(&mut self, query: Query, values: &[Value]) -> Option<Vec<Row>> {
        let is_of = |announced: &Announced| announced.query == query && *announced.values == *values;
        let at = self.announced.iter().position(is_of)?;
        let rows = self.announced[at].rows.take()?;
        self.announced.swap_remove(at);
        Some(rows)
    }

    /// Waits for the answers of all requests.
    pub(super) fn catch_up(&mut self) -> Result<(), Failure> {
        if self.requests.is_empty() { Ok(()) } else { self.finish(ready(Ok(()))) }
    }

    /// Runs a statement that returns rows.
    pub(super) fn query(&mut self, query: Query, values: Vec<Value>) -> Result<Vec<Row>, Failure> {
        if self.announced.iter().any(|announced| announced.query == query) {
            self.catch_up()?;
            if let Some(rows) = self.take(query, &values) {
                return Ok(rows);
            }
        }
        let (client, statement) = (Rc::clone(&self.client), self.statement(query, &values)?);
        self.finish(async move { select(&client, &statement, &values).await })
    }

    /// Returns the statement as prepared by the server, or as text through a pooler.
    fn statement(&mut self, query: Query, values: &[Value]) -> Result<Prepared, Failure> {
        if self.is_pooled {
            return Ok(Prepared::Text(query.sql()));
        }
        if let Some(statement) = self.prepared.get(&query) {
            return Ok(Prepared::Statement(statement.clone()));
        }
        let types: Vec<Type> = values.iter().map(Value::type_of).collect();
        // If a write has failed, so does this.
        let client = Rc::clone(&self.client);
        let statement = self.finish(async move { client.prepare_typed(&query.sql(), &types).await })?;
        self.prepared.insert(query, statement.clone());
        Ok(Prepared::Statement(statement))
    }

    /// Sends a request without waiting for its answer.
    fn send(&mut self, request: impl Future<Output = Result<bool, Error>> + 'static) {
        let mut request: Request = Box::pin(request);
        // Requests are sent when they are first polled. The server answers them in this order.
        match request.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.requests.push(request),
            Poll::Ready(result) => self.requests.push(Box::pin(ready(result))),
        }
    }

    /// Waits for the answers of all requests and of a last one. The first failure counts, since the others follow from it.
    fn finish<T>(&mut self, last: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        let requests = join_all(mem::take(&mut self.requests));
        let all = async { Ok(join(requests, last).await) };
        let (requests, last) = within(self.runtime, self.patience, all)?;
        for has_changed in requests {
            if !has_changed.map_err(Failure::new)? {
                return Err(Failure::of(LedgerError::not_a_ledger("a row vanished within a transaction")));
            }
        }
        last.map_err(Failure::new)
    }
}

enum Prepared {
    Statement(Statement),
    Text(Cow<'static, str>),
}

/// Drives a connection until the result is there. A statement without an answer for too long counts as one on a lost connection, and
/// is not cancelled: the server would say of a cancelled commit that it succeeded.
fn within<T>(
    runtime: &Runtime,
    patience: Duration,
    future: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match runtime.block_on(async { timeout(patience, future).await }) {
        Ok(result) => result.map_err(Failure::new),
        Err(_) => Err(Failure::lost("it did not answer in time")),
    }
}

async fn select(client: &Client, statement: &Prepared, values: &[Value]) -> Result<Vec<Row>, Error> {
    match statement {
        Prepared::Statement(statement) => client.query(statement, &parameters(values)).await,
        Prepared::Text(text) => client.query_typed(text, &typed_parameters(values)).await,
    }
}

async fn execute(client: &Client, statement: &Prepared, values: &[Value]) -> Result<u64, Error> {
    match statement {
        Prepared::Statement(statement) => client.execute(statement, &parameters(values)).await,
        Prepared::Text(text) => client.execute_typed(text, &typed_parameters(values)).await,
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn typed_parameters(values: &[Value]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as _, value.type_of())).collect()
}
