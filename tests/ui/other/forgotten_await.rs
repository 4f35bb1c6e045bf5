//! `?` on a send: the compiler says where `.await` belongs.

use cover_api::{Client, CoverRequest, Error, Task};

async fn send(client: Client, request: CoverRequest) -> Result<(), Error> {
    let task = client.send(&request).key("order-17")?;
    Ok(())
}

async fn wait(task: Task) -> Result<(), Error> {
    let cover = task.wait()?;
    Ok(())
}

fn main() {}
