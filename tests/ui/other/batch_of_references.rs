//! A batch owns its requests.

use cover_api::{Client, CoverRequest};

async fn references(client: Client, requests: Vec<CoverRequest>) {
    let _ = client.send_all(requests.iter());
}

async fn builders(client: Client) {
    let _ = client.send_all([CoverRequest::custom_vocal()]);
}

fn main() {}
