//! Services that stall, lie, break off or send garbage: nothing hangs, nothing panics, and no paid result is lost.

mod answers;
mod downloads;
mod idle;
mod stalls;
