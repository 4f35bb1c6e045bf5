//! One download: redirects, the copy to a writer or into a file, and resumptions after the connection broke.

mod head;
mod part;
mod record;
mod transfer;

use std::path::PathBuf;

use tokio::io::AsyncWrite;
use tokio::time::timeout;

use crate::error::{DownloadFault, Failure};
use crate::transport::Transport;
use part::Part;
use transfer::{Transfer, Writer};

pub(crate) use transfer::{Limits, OnProgress};

/// Copies the file at a link to a writer. Returns its length.
pub(crate) async fn to_writer<W: AsyncWrite + Unpin + Send>(
    transport: &Transport,
    link: &str,
    limits: Limits,
    progress: Option<OnProgress<'_>>,
    writer: W,
) -> Result<u64, Failure> {
    let mut transfer = Transfer::new(transport, link, limits.size, progress);
    match timeout(limits.time, transfer.copy_all(&mut Writer(writer))).await {
        Ok(Ok(())) => Ok(transfer.done()),
        Ok(Err(stop)) => Err(transfer.failure(stop)),
        Err(_) => Err(transfer.failure(DownloadFault::Timeout(limits.time).into())),
    }
}

/// Copies the file at a link into a file, which gets its name when it is complete. Returns its length.
pub(crate) async fn to_file(
    transport: &Transport,
    link: &str,
    limits: Limits,
    progress: Option<OnProgress<'_>>,
    path: PathBuf,
    overwrites: bool,
) -> Result<u64, Failure> {
    let mut transfer = Transfer::new(transport, link, limits.size, progress);
    let mut part = Part::open(path, overwrites, link).await.map_err(|stop| transfer.failure(stop))?;
    if let Some((file, done)) = part.found() {
        transfer.go_on(file, done);
    }
    let stop = match timeout(limits.time, transfer.copy_all(&mut part)).await {
        Ok(Ok(())) => match part.publish().await {
            Ok(()) => return Ok(transfer.done()),
            Err(stop) => stop,
        },
        Ok(Err(stop)) => part.explain(stop),
        Err(_) => DownloadFault::Timeout(limits.time).into(),
    };
    part.keep().await;
    Err(transfer.failure(stop))
}
