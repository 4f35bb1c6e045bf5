//! A builder is built before it is sent.

use cover_api::{Client, CoverRequest};

async fn send(client: Client) {
    let _ = client.send(&CoverRequest::custom_vocal()).await;
}

fn main() {}
