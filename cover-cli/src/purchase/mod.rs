//! One purchase: its checks, the look-up of its key, the upload, the POST, the wait and the files.

mod course;
mod deliver;
mod follow;
mod key;
mod order;
mod queue;
mod song;

pub(crate) use course::{Bought, buy, how_to_resolve};
pub(crate) use deliver::{Delivery, OnDisk, deliver, is_on_disk};
pub(crate) use follow::{follow, keep_distance};
pub(crate) use order::{Order, Wanted, checker};
pub(crate) use song::Song;
