//! Waits end when they should, polls follow the schedule, and the rate limit of a key is never exceeded.

mod hours;
mod outages;
mod rate_limit;
