//! What an account has spent.

use std::time::{Duration, SystemTime};

use cover_spec::tables::Credits;

use super::super::{Mismatch, ensure};
use super::{OPERATION, Scope, add, new_attempt, seconds_ago};
use crate::ledger::{Attempt, AttemptState, EntryId, EntryState, LedgerError, LedgerHandle, Rows, Span};

/// The beginning of all time.
const ALL: Span = Span::Since(SystemTime::UNIX_EPOCH);

/// Returns an attempt that cost this number of thousandths.
fn attempt(rows: &mut dyn Rows, seconds: u64, thousandths: u64) -> Attempt {
    let attempt = new_attempt(rows, EntryId(0), 1, AttemptState::Posting);
    Attempt { started: seconds_ago(seconds), cost: Some(Credits::from_thousandths(thousandths)), ..attempt }
}

async fn spent(scope: &Scope<'_>, span: Span, expected: u64) -> Result<(), Mismatch> {
    let account = scope.account.clone();
    let spent = scope.run(move |rows| rows.spent(&account, span)).await?;
    ensure(spent.thousandths() == expected, || format!("{span:?}: {spent} is spent, and not {expected} thousandths"))
}

pub(super) async fn spending_is_counted(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let scope = Scope::new(&stores[0]);
    spent(&scope, ALL, 0).await?;
    let account = scope.account.clone();
    // Also if the clock goes back.
    let add = move |rows: &mut dyn Rows| {
        let all = [(7_200, 1), (3_600, 20), (0, 400), (3_600, 3_000), (7_200, 50_000)];
        let all = all.map(|(seconds, thousandths)| attempt(rows, seconds, thousandths));
        all.iter().try_for_each(|attempt| rows.add_spending(&account, attempt))?;
        Ok(all)
    };
    let [first, second, third, ..] = scope.run(add).await?;
    spent(&scope, ALL, 53_421).await?;
    spent(&scope, Span::Process, 53_421).await?;
    spent(&scope, Span::Since(seconds_ago(7_200)), 53_421).await?;
    spent(&scope, Span::Since(seconds_ago(7_200 - 60)), 3_420).await?;
    spent(&scope, Span::Since(seconds_ago(1_800)), 400).await?;
    spent(&scope, Span::Since(SystemTime::now() + Duration::from_secs(120)), 0).await?;
    let account = scope.account.clone();
    let take = move |rows: &mut dyn Rows| {
        [first, second, third].iter().try_for_each(|attempt| rows.take_spending(&account, attempt))
    };
    scope.run(take).await?;
    spent(&scope, ALL, 53_000).await?;
    spent(&scope, Span::Process, 53_000).await?;
    spent(&scope, Span::Since(seconds_ago(5_400)), 3_000).await?;
    spent(&scope, Span::Since(seconds_ago(1_800)), 0).await?;
    // Another account, and another process.
    spent(&Scope::new(&stores[0]), ALL, 0).await?;
    for other in &stores[1..] {
        let other = Scope { store: other, account: scope.account.clone() };
        spent(&other, ALL, 53_000).await?;
        spent(&other, Span::Process, 0).await?;
    }
    Ok(())
}

pub(super) async fn failed_work_spends_nothing(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let account = scope.account.clone();
    let kept = scope
        .run(move |rows| {
            let kept = attempt(rows, 0, 5);
            rows.add_spending(&account, &kept).map(|()| kept)
        })
        .await?;
    let account = scope.account.clone();
    let fails = move |rows: &mut dyn Rows| {
        let lost = attempt(rows, 0, 70);
        rows.take_spending(&account, &kept)?;
        rows.add_spending(&account, &lost)?;
        Err(LedgerError::unavailable("the work fails"))
    };
    scope.refuses("failed work", fails).await?;
    spent(&scope, ALL, 5).await?;
    spent(&scope, Span::Process, 5).await
}

pub(super) async fn spending_outlasts_a_purge(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some("key"), "request");
    let account = scope.account.clone();
    let purge = move |rows: &mut dyn Rows| {
        let entry = add(rows, purchase, EntryState::Done)?;
        let cost = attempt(rows, 75, 9);
        rows.add_spending(&account, &cost)?;
        rows.update_entry(&crate::ledger::Entry { delivered: true, ..entry })?;
        rows.purge(&account, OPERATION, SystemTime::now(), usize::MAX)
    };
    let purged = scope.run(purge).await?;
    ensure(purged == 1, || format!("{purged} entries were purged"))?;
    spent(&scope, ALL, 9).await
}
