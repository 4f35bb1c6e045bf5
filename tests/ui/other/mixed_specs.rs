//! A client sends the requests of its own spec only.

use cover_api::Client;
use cover_tests::clip::ClipRequest;

async fn one(client: Client, request: ClipRequest) {
    let _ = client.send(&request).await;
}

async fn batch(client: Client, requests: Vec<ClipRequest>) {
    let _ = client.send_all(requests);
}

fn main() {}
