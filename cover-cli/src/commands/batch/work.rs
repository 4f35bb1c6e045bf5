//! Carries out the rows of a batch at the same time, and keeps the report.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;

use cover_api::runtime::{Credits, Given};
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::batch::{Item, Line, Outcome, Report};
use crate::commands::resume::worst;
use crate::exit::{Exit, Failure};
use crate::operation::Operation;
use crate::purchase::{Delivery, OnDisk, Order, buy, deliver, follow, is_on_disk};
use crate::screen::{self, credits};
use crate::settings::Session;

/// Number of rows that have begun and not ended.
const TOGETHER: usize = 256;
/// Number of rows that upload, send or download at the same time. The others wait for their tasks.
const TRANSFERS: usize = 16;
/// Number of times that the report of a large batch is written.
const WRITES: usize = 500;

/// A batch at work.
pub(super) struct Work<'a> {
    session: &'a Session,
    operation: &'a Operation,
    lines: RefCell<Vec<Line>>,
    /// The index of the line with the same purchase.
    same_as: Vec<Option<usize>>,
    report: Option<Report>,
    /// Why nothing more is sent.
    stop: RefCell<Option<String>>,
    transfers: Semaphore,
    /// Number of rows that have begun, and of those that have ended.
    begun: Cell<usize>,
    ended: Cell<usize>,
    charged: Cell<Credits>,
    total: RefCell<Option<screen::Line>>,
}

/// What a row has when it ends well.
struct Finished {
    task: Option<String>,
    files: Vec<PathBuf>,
    results: Map<String, Value>,
}

impl<'a> Work<'a> {
    /// Writes the first report, so that one that cannot be written is noticed before anything is sent.
    pub(super) fn start(
        session: &'a Session,
        operation: &'a Operation,
        items: &[Item],
        report: Option<Report>,
    ) -> Result<Self, Failure> {
        let lines: Vec<Line> = items.iter().map(|item| Line::not_sent(item.row, item.order.key.clone())).collect();
        report.as_ref().map(|report| report.write(&lines)).transpose()?;
        Ok(Self {
            session,
            operation,
            lines: RefCell::new(lines),
            same_as: items.iter().map(|item| item.same_as).collect(),
            report,
            stop: RefCell::new(None),
            transfers: Semaphore::new(TRANSFERS),
            begun: Cell::new(0),
            ended: Cell::new(0),
            charged: Cell::new(Credits::ZERO),
            total: RefCell::new(Some(session.screen.line("batch"))),
        })
    }

    /// Carries out all rows. One that fails does not keep the others from going on.
    pub(super) async fn run(&self, items: Vec<Item>) -> Result<(), Failure> {
        self.show();
        let firsts = items.into_iter().enumerate().filter(|(_, item)| item.same_as.is_none());
        stream::iter(firsts).for_each_concurrent(TOGETHER, |(index, item)| self.row(index, item)).await;
        Ok(())
    }

    /// Ends the work: writes the report and shows what came of it. Returns the exit code.
    pub(super) fn finish(&self) -> Result<Exit, Failure> {
        self.total.take();
        self.copy_same();
        self.write()?;
        let lines = self.lines.borrow();
        let count = |outcome: Outcome| lines.iter().filter(|line| line.outcome == outcome).count();
        let path = self.report.as_ref().map(Report::path);
        self.session.screen.event(&json!({
            "event": "result", "rows": lines.len(), "done": count(Outcome::Done), "failed": count(Outcome::Failed),
            "refused": count(Outcome::Refused), "unfinished": count(Outcome::Unfinished) + count(Outcome::Running),
            "unknown": count(Outcome::Unknown), "not_sent": count(Outcome::NotSent),
            "charged": self.charged.get().value(), "report": path,
        }));
        let exit = worst(lines.iter().map(|line| line.outcome.exit()));
        if !self.session.screen.is_json() {
            let (words, charged) = (counted(&lines), credits(self.charged.get()));
            let rows = if lines.len() == 1 { "row" } else { "rows" };
            let summary = format!("{} {rows}: {words}; charged about {charged}", lines.len());
            match exit {
                Exit::Done if self.session.screen.is_live() => {
                    self.session.screen.warn(&format!("{} {summary}", self.session.screen.symbols().tick));
                }
                Exit::Done => {}
                exit => self.session.screen.failure(&Failure { hint: advice(&lines), ..Failure::new(exit, summary) }),
            }
        }
        Ok(exit)
    }

    async fn row(&self, index: usize, item: Item) {
        let Item { row, mut order, .. } = item;
        self.begun.set(self.begun.get() + 1);
        if self.stop.borrow().is_some() {
            return self.not_sent(index);
        }
        let done = self.carry_out(index, &mut order).await;
        let stop = self.stop.borrow().is_some();
        let is_stopped = done.as_ref().is_err_and(|failure| failure.is_stopped);
        if is_stopped || (stop && done.is_err() && self.lines.borrow()[index].outcome == Outcome::NotSent) {
            self.lines.borrow_mut()[index].outcome = Outcome::NotSent;
            return self.not_sent(index);
        }
        let mut results = Map::new();
        {
            let line = &mut self.lines.borrow_mut()[index];
            match done {
                Ok(finished) => {
                    line.outcome = Outcome::Done;
                    line.task = finished.task.or(line.task.take());
                    line.files = finished.files;
                    line.cost = order.price;
                    results = finished.results;
                }
                Err(failure) => {
                    line.outcome = Outcome::of(failure.exit);
                    line.task = line.task.take().or_else(|| failure.task.clone());
                    line.cost = order.price.filter(|_| line.task.is_some() || failure.exit == Exit::Unknown);
                    line.message = Some(failure.message.clone());
                    if failure.is_of_account {
                        self.stop.borrow_mut().get_or_insert(failure.message.clone());
                    }
                    if !self.session.screen.is_json() {
                        let message = format!("row {row}, {}: {failure}", order.key);
                        self.session.screen.failure(&Failure { message, hint: None, ..failure });
                    }
                }
            }
        }
        self.end(index, results);
    }

    /// Buys a row, unless its files are on disk, waits for its task and downloads the files.
    async fn carry_out(&self, index: usize, order: &mut Order) -> Result<Finished, Failure> {
        let (session, operation) = (self.session, self.operation);
        if let Some(OnDisk { task, files }) = is_on_disk(session, operation, order)? {
            return Ok(Finished { task, files, results: Map::new() });
        }
        let bought = {
            let _permit = self.transfers.acquire().await;
            if self.stop.borrow().is_some() {
                return Err(Failure::new(Exit::Refused, "not sent"));
            }
            buy(session, operation, order, || self.lines.borrow_mut()[index].outcome = Outcome::Running).await?
        };
        self.lines.borrow_mut()[index].outcome = Outcome::Running;
        if bought.was_posted {
            self.charged.set(self.charged.get().plus(order.price.unwrap_or_default()));
        }
        let (task, results) = match &bought.sent {
            Given::Answer(answer) => (None, answer.values.clone()),
            Given::Task(task) => {
                self.lines.borrow_mut()[index].task = Some(task.id().to_owned());
                self.show();
                let snapshot = follow(session, operation, task, &order.key, order.wanted.timeout).await?;
                (Some(task.id().to_owned()), snapshot.values.clone())
            }
        };
        let _permit = self.transfers.acquire().await;
        let delivery = Delivery::of(order, task.as_deref().unwrap_or_default());
        let files = deliver(session, operation, &results, &delivery).await?;
        Ok(Finished { task, files, results })
    }

    fn not_sent(&self, index: usize) {
        self.lines.borrow_mut()[index].message.clone_from(&self.stop.borrow());
        self.end(index, Map::new());
    }

    fn end(&self, index: usize, results: Map<String, Value>) {
        let mut event = self.lines.borrow()[index].json();
        if let Value::Object(members) = &mut event {
            members.insert("event".to_owned(), Value::from("row"));
            members.insert("results".to_owned(), Value::from(results));
        }
        self.session.screen.event(&event);
        self.ended.set(self.ended.get() + 1);
        self.show();
        let every = (self.same_as.len() / WRITES).max(1);
        if self.ended.get().is_multiple_of(every)
            && let Err(failure) = self.write()
        {
            // The purchases go on: they are what costs money.
            self.session.screen.warn(&failure.message);
        }
    }

    fn show(&self) {
        let rows = self.same_as.iter().filter(|same| same.is_none()).count();
        let at_work = self.begun.get() - self.ended.get();
        let words = format!(
            "{} of {rows} rows, {at_work} at work, charged about {}",
            self.ended.get(),
            credits(self.charged.get())
        );
        if let Some(total) = &*self.total.borrow() {
            total.say(words);
            total.progress(self.ended.get() as u64, rows as u64);
        }
    }

    fn write(&self) -> Result<(), Failure> {
        self.report.as_ref().map_or(Ok(()), |report| report.write(&self.lines.borrow()))
    }

    /// Gives rows that are the same purchase as an earlier one what that became.
    fn copy_same(&self) {
        let mut lines = self.lines.borrow_mut();
        for (index, same) in self.same_as.iter().enumerate() {
            if let Some(first) = same.map(|first| lines[first].clone()) {
                let message = Some(format!("the same purchase as row {}", first.row));
                lines[index] = Line { row: lines[index].row, cost: None, message, ..first };
            }
        }
    }
}

/// Counts the outcomes: `18 done, 2 failed`.
fn counted(lines: &[Line]) -> String {
    let mut counts: Vec<(Outcome, usize)> = Vec::new();
    for line in lines {
        match counts.iter_mut().find(|(outcome, _)| *outcome == line.outcome) {
            Some((_, count)) => *count += 1,
            None => counts.push((line.outcome, 1)),
        }
    }
    let words: Vec<String> = counts.iter().map(|(outcome, count)| format!("{count} {}", outcome.name())).collect();
    words.join(", ")
}

/// Returns what to do about rows that are not done.
fn advice(lines: &[Line]) -> Option<String> {
    let has = |outcome: Outcome| lines.iter().any(|line| line.outcome == outcome);
    let advice = [
        (
            Outcome::Unknown,
            "`cover unknown` lists the rows that may have been charged, and `cover resolve` settles them",
        ),
        (Outcome::Unfinished, "run the same command again: it goes on with what was bought, and pays nothing twice"),
        (Outcome::Failed, "to buy a row again whose task has failed, give it another `key`"),
        (Outcome::NotSent, "run the same command again for the rows that were not sent"),
    ];
    let lines: Vec<&str> = advice.iter().filter(|(outcome, _)| has(*outcome)).map(|(_, advice)| *advice).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(outcomes: &[Outcome]) -> Vec<Line> {
        let line = |(row, outcome): (usize, &Outcome)| Line { outcome: *outcome, ..Line::not_sent(row, String::new()) };
        (2..).zip(outcomes).map(line).collect()
    }

    #[test]
    fn the_worst_outcome_decides_the_exit_code() {
        use Outcome::{Done, Failed, NotSent, Refused, Unfinished, Unknown};
        for (outcomes, exit) in [
            (vec![Done, Refused, Failed, Unfinished, Unknown], Exit::Unknown),
            (vec![Done, Refused, Failed, Unfinished], Exit::Unfinished),
            (vec![Done, Refused, Failed], Exit::Failed),
            (vec![Done, NotSent], Exit::Refused),
            (vec![Done, Done], Exit::Done),
        ] {
            assert_eq!(worst(outcomes.iter().map(|outcome| outcome.exit())), exit, "{outcomes:?}");
        }
    }

    #[test]
    fn the_summary_counts_outcomes_and_says_what_to_do() {
        let lines = lines(&[Outcome::Done, Outcome::Failed, Outcome::Done]);
        assert_eq!(counted(&lines), "2 done, 1 failed");
        assert!(advice(&lines).unwrap().contains("another `key`"));
        assert_eq!(advice(&lines[..1]), None);
    }
}
