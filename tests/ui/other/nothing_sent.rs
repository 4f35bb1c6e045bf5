//! A builder, a send and a batch do nothing by themselves, and the compiler says what makes them.
#![deny(unused_must_use)]

use cover_api::{Client, CoverRequest, Task};

async fn nothing(client: Client, request: CoverRequest, task: Task) {
    CoverRequest::non_custom().prompt("A calm night drive");
    client.send(&request).key("order-17");
    task.wait();
    client.send_all([request]);
}

fn main() {}
