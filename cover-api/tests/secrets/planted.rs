//! A service that repeats secrets in every field of every answer, in random encodings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cover_api::{Client, Task};
use cover_testkit::encodings::{base64_url_safe, full_width, html, json_escapes, percent_lower};
use cover_testkit::request;
use futures_util::stream;
use serde_json::{Value, json};

use super::{KEY, Read, SECRET};

const ROUNDS: usize = 120;
/// Number of characters of a planted text that are searched for, since texts are shown cut.
const MOST_LOOKED_FOR: usize = 40;

/// Plants secrets and records them.
pub(crate) struct Planter {
    random: fastrand::Rng,
    planted: Vec<String>,
}

impl Planter {
    /// Returns a text with a secret in up to two encodings at a random place.
    fn plant(&mut self) -> String {
        let encodings = [percent_lower, json_escapes, html, full_width, base64_url_safe];
        let mut text = [KEY, "s3cret-query", SECRET, "signature=s3cret-query"][self.random.usize(..4)].to_owned();
        if self.random.u8(..4) == 0 {
            text = text.to_uppercase();
        }
        for _ in 0..self.random.usize(..3) {
            text = encodings[self.random.usize(..encodings.len())](&text);
        }
        self.planted.push(text.clone());
        match self.random.usize(..5) {
            0 => text,
            1 => format!("cannot load\r\n{text}\u{1b}[31m"),
            2 => format!("https://storage.example.com/{text}/song.mp3"),
            3 => format!("{text}{}", "x".repeat(300_000)),
            _ => format!("it says: {text}"),
        }
    }

    fn envelope(&mut self, code: u32, data: &Value) -> Response {
        let body = json!({ "code": code, "msg": self.plant(), "data": data });
        let mut body = body.to_string();
        if self.random.u8(..8) == 0 {
            // The last byte is `}`.
            body.truncate(body.len() - 1);
            return broken(body);
        }
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    fn page(&mut self) -> Response {
        let page = format!("<html><title>{}</title>{}</html>", self.plant(), self.plant());
        (StatusCode::BAD_GATEWAY, page).into_response()
    }

    fn redirect(&mut self) -> Response {
        let place: String = self.plant().chars().filter(char::is_ascii_graphic).take(1_000).collect();
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place.clone()), (header::SERVER, place)]).into_response()
    }

    fn submitted(&mut self) -> Response {
        match self.random.usize(..8) {
            0..=3 => {
                let task = self.plant();
                self.envelope(200, &json!({ "taskId": task }))
            }
            4 => self.page(),
            5 => self.redirect(),
            6 => self.envelope(200, &Value::Null),
            _ => {
                let (code, data) = ([400, 413, 500, 599][self.random.usize(..4)], self.plant());
                self.envelope(code, &data.into())
            }
        }
    }

    fn polled(&mut self) -> Response {
        match self.random.usize(..8) {
            0 => self.page(),
            1 => self.redirect(),
            2 => {
                let code = [400, 404, 422, 500, 599][self.random.usize(..5)];
                self.envelope(code, &Value::Null)
            }
            _ => {
                let status = match self.random.usize(..4) {
                    0 => self.plant(),
                    1 => "SUCCESS".to_owned(),
                    2 => "GENERATE_AUDIO_FAILED".to_owned(),
                    _ => "PENDING".to_owned(),
                };
                let tracks = self.tracks();
                let data = json!({
                    "taskId": self.plant(),
                    "param": self.plant(),
                    "status": status,
                    "errorCode": self.plant(),
                    "errorMessage": self.plant(),
                    "response": { "taskId": self.plant(), "sunoData": tracks },
                });
                self.envelope(200, &data)
            }
        }
    }

    fn tracks(&mut self) -> Value {
        let fields =
            ["id", "audioUrl", "streamAudioUrl", "imageUrl", "prompt", "modelName", "title", "tags", "createTime"];
        let track = fields.map(|field| (field.to_owned(), self.plant().into()));
        json!([serde_json::Map::from_iter(track)])
    }
}

/// Returns an answer that breaks off.
fn broken(body: String) -> Response {
    let parts = [Ok(Bytes::from(body)), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
    Body::from_stream(stream::iter(parts)).into_response()
}

/// Reads answers with planted secrets, shows all results, and returns the texts that must not be shown.
pub(crate) async fn planted(read: &mut Read) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let planter = Arc::new(Mutex::new(Planter { random: fastrand::Rng::with_seed(17), planted: Vec::new() }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let (url, answers) = (format!("http://{}", listener.local_addr()?), Arc::clone(&planter));
    let answer = move |request: Request| {
        let mut planter = answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if request.method() == Method::POST { planter.submitted() } else { planter.polled() };
        std::future::ready(answer)
    };
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });

    let client = Client::builder(KEY).base_url(&url).rate_limit(64, Duration::ZERO).max_attempts(1);
    let client = client.poll_every(Duration::from_millis(1), Duration::from_millis(1));
    let client = client.callbacks("https://api.example.com/covers", SECRET).build()?;
    let mut tasks = Vec::new();
    for number in 0..ROUNDS {
        match client.send(&request(&format!("planted {number}"))).await {
            Ok(task) => tasks.push(task),
            Err(error) => {
                read.error(&error);
                if let Some(handle) = error.handle() {
                    let _ = write(read, &format!("{handle}"));
                }
            }
        }
    }
    // Ids that are too long or have control characters are refused.
    assert!(tasks.len() > ROUNDS / 6, "{} sends succeeded", tasks.len());
    for task in &tasks {
        follow(read, task).await;
    }
    for unknown in client.unknown().await? {
        write(read, unknown.evidence.as_deref().unwrap_or_default())?;
        read.shown(&unknown);
    }
    callbacks(read, &client, &planter)?;
    read.shown(&(&client, client.stats(), client.duplicates().await?));
    let planted = planter.lock().unwrap_or_else(PoisonError::into_inner).planted.clone();
    Ok(planted.into_iter().flat_map(|text| looked_for(&text)).collect())
}

async fn follow(read: &mut Read, task: &Task) {
    read.shown(task);
    let _ = write(read, &format!("{}", task.handle()));
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        match task.poll().await {
            Ok(snapshot) => {
                read.shown(&snapshot);
                let status = format!("{} {:?} {:?}", snapshot.status, snapshot.error_code, snapshot.error_message);
                let _ = write(read, &status);
                for track in &snapshot.tracks {
                    let texts = track.audio_url.as_ref().map(ToString::to_string);
                    let _ = write(read, &format!("{texts:?} {:?}", track.create_time));
                }
            }
            Err(error) => read.error(&error),
        }
    }
    if let Err(error) = task.wait().timeout(Duration::from_millis(5)).await {
        read.error(&error);
    }
}

/// Receives callbacks with planted secrets.
fn callbacks(read: &mut Read, client: &Client, planter: &Mutex<Planter>) -> Result<(), Box<dyn std::error::Error>> {
    let callbacks = client.callbacks()?;
    // The number of polls before depends on the time, so the seed is set anew.
    planter.lock().unwrap_or_else(PoisonError::into_inner).random = fastrand::Rng::with_seed(18);
    for stage in ["text", "first", "complete", "error", "planted"] {
        for _ in 0..10 {
            let mut planter = planter.lock().unwrap_or_else(PoisonError::into_inner);
            // A longer id is refused or cut, and then no secret need be left.
            let task = std::iter::repeat_with(|| planter.plant()).find(|id| id.len() <= 250).ok_or("a short one")?;
            let stage = if stage == "planted" { planter.plant() } else { stage.to_owned() };
            let tracks = planter.tracks();
            let data = json!({ "callbackType": stage, "task_id": task, "data": tracks });
            let body = json!({ "code": 200, "msg": planter.plant(), "data": data }).to_string();
            drop(planter);
            let valid = callbacks.test_factory().valid("other", "complete");
            let headers: HeaderMap = valid.headers.clone();
            let received = callbacks.receive(&valid.path, &headers, body.as_bytes());
            read.shown(&received);
        }
    }
    Ok(())
}

fn write(read: &mut Read, text: &str) -> std::io::Result<()> {
    std::io::Write::write_all(read, text.as_bytes())
}

/// Returns the beginning of a planted text, plain and as `Debug` writes it.
fn looked_for(text: &str) -> [String; 2] {
    let beginning: String = text.chars().take(MOST_LOOKED_FOR).collect();
    let debug = format!("{beginning:?}").trim_matches('"').to_owned();
    [beginning, debug]
}
