//! Divides the places of a rate limit among the processes that share it.
//!
//! | what | when |
//! |---|---|
//! | A process gets at most its fair part, and what nobody else holds. | at each transaction |
//! | A process gives back what is above its fair part, but no place that is taken. | at each transaction |
//! | The places of a process that does nothing are free. | at its next transaction |
//! | The places of a process that has died are free. | one window after another process notices it, or when its lease is over |
//!
//! In total, processes never hold more than the strictest of their limits has, except while one with a stricter limit joins:
//! those that are taken are returned as they become free, and no other is granted before.

use std::time::{Duration, SystemTime};

use super::super::{Budget, BudgetId, LedgerError, Rows, Share};
use crate::rate_limit::{Ask, Grant, PauseNews, ProbeRight, strictest};

/// How long a request of a process that has died may take to arrive.
const LATE: Duration = Duration::from_secs(5);

/// Number of windows after which the places go round that cannot be divided.
const ROUND: u32 = 4;

/// What one process holds and wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) held: u32,
    /// Of those, the places that are taken or may be taken at any moment.
    pub(super) keeps: u32,
    pub(super) wants: u32,
}

/// Number of places that a process holds and that it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allocation {
    pub(super) held: u32,
    pub(super) usable: u32,
}

/// Decides how many of `limit` places the process at `own` holds from now on. `claims` are those of all processes, in the same order
/// for each of them. `round` is the number of the current round.
pub(super) fn allocate(limit: u32, claims: &[Claim], own: usize, round: u64) -> Allocation {
    let Some(claim) = claims.get(own) else { return Allocation { held: 0, usable: 0 } };
    let others = claims.iter().enumerate().filter(|(at, _)| *at != own).map(|(_, other)| other.held);
    let free = limit.saturating_sub(others.fold(0, u32::saturating_add));
    let parts = fair_parts(limit, claims, round);
    let left = limit.saturating_sub(parts.iter().copied().fold(0, u32::saturating_add));
    let part = parts.get(own).copied().unwrap_or_default();
    // A process that has begun to work will need more. What it leaves is there at once for one that begins later.
    let spare = if claim.wants == 0 { 0 } else { left / u32::try_from(claims.len() + 1).unwrap_or(u32::MAX) };
    let target = part + spare;
    let held = target.min(free).max(claim.keeps.min(claim.held));
    Allocation { held, usable: target.min(held) }
}

/// Returns the part of each process. All get what they want, or those that want more get equally much. The places that cannot
/// be divided go round.
fn fair_parts(limit: u32, claims: &[Claim], round: u64) -> Vec<u32> {
    let mut parts: Vec<u32> = vec![0; claims.len()];
    let mut unserved: Vec<usize> = (0..claims.len()).filter(|at| claims[*at].wants > 0).collect();
    let mut left = limit;
    while let Some(count) = u32::try_from(unserved.len()).ok().filter(|count| *count > 0) {
        let each = left / count;
        let (satisfied, rest): (Vec<usize>, Vec<usize>) = unserved.iter().partition(|at| claims[**at].wants <= each);
        for at in &satisfied {
            parts[*at] = claims[*at].wants;
            left -= parts[*at];
        }
        if satisfied.is_empty() {
            let (more, count) = (u64::from(left % count), u64::from(count));
            for (number, at) in (0_u64..).zip(&rest) {
                let turn = (number + round % count * more) % count;
                parts[*at] = each + u32::from(turn < more);
            }
            break;
        }
        unserved = rest;
    }
    parts
}

/// Tells the other processes what this one has learnt, and changes its places.
pub(crate) fn share_budget(
    rows: &mut dyn Rows,
    id: &BudgetId,
    ask: &Ask,
    longest_request: Duration,
) -> Result<Grant, LedgerError> {
    // This also keeps other processes out until the end of the transaction.
    let before = rows.budget(id)?;
    if !ask.is_last() {
        return Err(LedgerError::refused("this process has asked again since"));
    }
    let (now, holder) = (rows.now(), rows.holder().to_owned());
    let (mut live, over): (Vec<Share>, Vec<Share>) =
        rows.shares(id)?.into_iter().partition(|share| share.valid_until > now);
    for share in over {
        rows.delete_share(id, &share.holder)?;
    }
    let mine = live.iter().position(|share| share.holder == holder).map(|at| live.remove(at));
    let mut others = live;
    for share in &mut others {
        free_if_ended(rows, id, share, now, before.slowness)?;
    }

    let mut budget = before.clone();
    tell(&mut budget, ask, now);
    let (requests, per) =
        others.iter().fold((ask.requests, ask.per), |ours, other| strictest(ours, (other.requests, other.per)));
    let lease = 2 * (longest_request + per.mul_f64(budget.slowness));
    let probe = find_prober(&mut budget, ask, &holder, now, lease / 2);

    let own = others.partition_point(|other| other.holder < holder);
    let mut claims: Vec<Claim> = others.iter().map(claim_of).collect();
    let held = mine.as_ref().map_or(0, |share| share.held);
    claims.insert(own, Claim { held, keeps: ask.keeps, wants: ask.wants.min(requests) });
    let Allocation { held, usable } = allocate(requests, &claims, own, round(now, per));
    let share = Share {
        holder: holder.clone(),
        held,
        wants: ask.wants.min(ask.requests),
        requests: ask.requests,
        per: ask.per,
        valid_until: now.checked_add(lease).unwrap_or(now),
    };
    let is_renewed = put(rows, id, &share, mine.as_ref(), ask.needs_lease)?;
    if budget != before {
        rows.put_budget(id, &budget)?;
    }
    Ok(Grant {
        held,
        usable,
        per,
        lease,
        is_anew: mine.is_none(),
        is_renewed,
        pause: budget.paused_until.and_then(|until| until.duration_since(now).ok()),
        slowness: budget.slowness,
        probe,
        no_credits: budget.no_credits,
    })
}

/// Gives back all places but those that are `taken`, which are free one window after the longest request. If the process shares the
/// limit again by now, it keeps its places.
pub(crate) fn leave_budget(
    rows: &mut dyn Rows,
    id: &BudgetId,
    taken: u32,
    longest_request: Duration,
    is_shared_again: impl Fn() -> bool,
) -> Result<(), LedgerError> {
    // A ledger may run this after the transaction of a later share, or at the same time.
    let (budget, now, holder) = (rows.budget(id)?, rows.now(), rows.holder().to_owned());
    let Some(share) = rows.shares(id)?.into_iter().find(|share| share.holder == holder) else { return Ok(()) };
    if is_shared_again() {
        return Ok(());
    }
    let held = taken.min(share.held);
    if held == 0 {
        return rows.delete_share(id, &holder);
    }
    let free = now.checked_add(longest_request + share.per.mul_f64(budget.slowness)).unwrap_or(now);
    rows.put_share(id, &Share { held, wants: held, valid_until: share.valid_until.min(free), ..share })
}

/// Makes the places of a process that has ended free one window from now, since the service may have counted its requests until now.
fn free_if_ended(
    rows: &mut dyn Rows,
    id: &BudgetId,
    share: &mut Share,
    now: SystemTime,
    slowness: f64,
) -> Result<(), LedgerError> {
    let free = now.checked_add(LATE + share.per.mul_f64(slowness)).unwrap_or(share.valid_until);
    if free >= share.valid_until || !rows.has_ended(&share.holder)? {
        return Ok(());
    }
    (share.wants, share.valid_until) = (0, free);
    rows.put_share(id, share)
}

fn claim_of(share: &Share) -> Claim {
    Claim { held: share.held, keeps: share.held, wants: share.wants }
}

fn round(now: SystemTime, per: Duration) -> u64 {
    let length = u64::try_from((per * ROUND).as_millis()).unwrap_or(u64::MAX).max(1);
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX) / length
}

/// Writes the share, unless it is the same as before and the process does not need another lease. Returns whether the lease was
/// extended.
fn put(
    rows: &mut dyn Rows,
    id: &BudgetId,
    share: &Share,
    before: Option<&Share>,
    needs_lease: bool,
) -> Result<bool, LedgerError> {
    if share.held == 0 && share.wants == 0 {
        return match before {
            Some(_) => rows.delete_share(id, &share.holder).map(|()| false),
            None => Ok(false),
        };
    }
    let is_same = |before: &Share| Share { valid_until: share.valid_until, ..before.clone() } == *share;
    if !needs_lease && before.is_some_and(is_same) {
        return Ok(false);
    }
    rows.put_share(id, share).map(|()| true)
}

/// Adds what a process has learnt to what all know.
fn tell(budget: &mut Budget, ask: &Ask, now: SystemTime) {
    match ask.news.pause {
        Some(PauseNews::Begun) => {
            let until = ask.pause.and_then(|left| now.checked_add(left));
            budget.paused_until = budget.paused_until.max(until);
            (budget.needs_probe, budget.prober) = (true, None);
        }
        Some(PauseNews::Ended) => {
            (budget.paused_until, budget.needs_probe, budget.prober) = (None, false, None);
        }
        None => {}
    }
    if ask.news.is_back {
        (budget.needs_probe, budget.prober) = (false, None);
    }
    let [known, current] = ask.slowness;
    // Processes that are slowed at the same time do not slow each other twice.
    budget.slowness = if current > known { budget.slowness.max(current) } else { budget.slowness * current / known };
    budget.slowness = if budget.slowness >= 1.0 { budget.slowness } else { 1.0 };
    if let Some(has_credits) = ask.news.has_credits {
        budget.no_credits = !has_credits;
    }
    budget.paused_until = budget.paused_until.filter(|until| *until > now);
}

/// Finds out who sends the request that shows whether the service is back: the first process that wants to after the pause. It
/// has `time` for it.
fn find_prober(budget: &mut Budget, ask: &Ask, holder: &str, now: SystemTime, time: Duration) -> ProbeRight {
    if !budget.needs_probe {
        return ProbeRight::NotNeeded;
    }
    let is_free = budget.prober.as_ref().is_none_or(|(_, until)| *until <= now);
    if budget.paused_until.is_none() && is_free && ask.wants_probe {
        budget.prober = now.checked_add(time).map(|until| (holder.to_owned(), until));
    }
    match &budget.prober {
        Some((prober, until)) if prober == holder && *until > now => ProbeRight::Own,
        _ => ProbeRight::Other,
    }
}

#[cfg(test)]
mod tests;
