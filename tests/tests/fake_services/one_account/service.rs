//! A fake of the shipped service: uploads, covers, WAV files, lyrics with times, and callbacks.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tower_service::Service;

use crate::fake::{Call, Fake, Reply};

pub const LINK: &str = "https://tempfile.example.com/account-7/covers/song.wav";

const OPERATIONS: [&str; 2] = ["/api/v1/generate/upload-cover", "/api/v1/wav/generate"];

pub fn service() -> Fake {
    Fake::new(answer)
}

/// Returns the paths of all POSTs so far.
pub fn posts(fake: &Fake) -> Vec<String> {
    fake.calls().into_iter().filter(|call| call.method == Method::POST).map(|call| call.path).collect()
}

fn answer(call: &Call, calls: &[Call]) -> Reply {
    if call.header("authorization") != "Bearer 5f0a9c81d2" {
        return envelope(401, "Unauthorized", &Value::Null);
    }
    match (&call.method, &*call.path) {
        (&Method::POST, "/api/file-stream-upload") => {
            let data = json!({ "fileName": "song.wav", "downloadUrl": LINK, "mimeType": "audio/wav" });
            Reply::json(200, &json!({ "success": true, "code": 200, "msg": "uploaded", "data": data }))
        }
        (&Method::POST, path) if OPERATIONS.contains(&path) => {
            let start = if path == OPERATIONS[0] { "cover" } else { "wav" };
            envelope(200, "success", &json!({ "taskId": format!("{start}-{}", call.times_in(calls) + 1) }))
        }
        (&Method::POST, "/api/v1/generate/get-timestamped-lyrics") => {
            let word = json!({ "word": "La\n", "success": true, "startS": 1.5, "endS": 2, "palign": 0 });
            let data = json!({ "alignedWords": [word], "waveformData": [0, 0.5], "hootCer": 0.3, "isStreamed": false });
            envelope(200, "success", &data)
        }
        (&Method::GET, "/api/v1/generate/record-info") => cover(call.query.trim_start_matches("taskId=")),
        (&Method::GET, "/api/v1/wav/record-info") => wav(call.query.trim_start_matches("taskId=")),
        (&Method::GET, "/api/v1/generate/credit") => envelope(200, "success", &json!(87.5)),
        _ => envelope(404, "Not found", &Value::Null),
    }
}

fn cover(task: &str) -> Reply {
    let track = |number: u32| json!({ "id": format!("{task}-{number}"), "audioUrl": format!("https://cdn.example.com/{task}-{number}.mp3") });
    let response = json!({ "taskId": task, "sunoData": [track(1), track(2)] });
    let data = json!({ "taskId": task, "status": "SUCCESS", "response": response, "errorCode": null });
    envelope(200, "success", &data)
}

fn wav(task: &str) -> Reply {
    let response = json!({ "audioWavUrl": format!("https://cdn.example.com/{task}.wav") });
    let data = json!({ "taskId": task, "successFlag": "SUCCESS", "response": response, "errorCode": 200 });
    envelope(200, "success", &data)
}

fn envelope(code: u32, message: &str, data: &Value) -> Reply {
    Reply::json(200, &json!({ "code": code, "msg": message, "data": data }))
}

/// Delivers the callbacks of all tasks to this router, shortly after they were created, until aborted.
pub fn deliver_all(fake: &Fake, mut router: Router) -> JoinHandle<()> {
    let fake = fake.clone();
    tokio::spawn(async move {
        for delivered in 0.. {
            let callback = loop {
                if let Some(callback) = callbacks(&fake.calls()).into_iter().nth(delivered) {
                    break callback;
                }
                sleep(Duration::from_millis(10)).await;
            };
            // The reply to the POST may still be on its way.
            sleep(Duration::from_millis(20)).await;
            deliver(&mut router, &callback).await;
        }
    })
}

/// Delivers a callback, and returns the status of the answer.
pub async fn deliver(router: &mut Router, callback: &Callback) -> StatusCode {
    let request = Request::post(&callback.path).header("content-type", "application/json");
    let request = request.body(Body::from(callback.body.to_string())).unwrap_or_default();
    let Ok(response) = router.call(request).await;
    response.status()
}

/// A callback of the service.
pub struct Callback {
    /// The path of its address.
    pub path: String,
    pub body: Value,
}

/// Returns the callbacks that the service sends at the end of all tasks that these calls created, in the order of the calls.
pub fn callbacks(calls: &[Call]) -> Vec<Callback> {
    let mut callbacks = Vec::new();
    for (index, call) in calls.iter().enumerate().filter(|(_, call)| OPERATIONS.contains(&&*call.path)) {
        let number = call.times_in(&calls[..index]) + 1;
        let data = if call.path == OPERATIONS[0] {
            let task = format!("cover-{number}");
            let track = json!({ "id": format!("{task}-1"), "audio_url": "https://cdn.example.com/1.mp3" });
            json!({ "callbackType": "complete", "task_id": task, "data": [track] })
        } else {
            json!({ "task_id": format!("wav-{number}"), "audioWavUrl": "https://cdn.example.com/1.wav" })
        };
        let address = call.body["callBackUrl"].as_str().unwrap_or_default();
        let path = address.strip_prefix("https://api.example.com").unwrap_or_default().to_owned();
        callbacks.push(Callback { path, body: json!({ "code": 200, "msg": "success", "data": data }) });
    }
    callbacks
}
