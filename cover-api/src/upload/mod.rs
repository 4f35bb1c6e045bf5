//! One upload: the checks before it, the multipart body, and repetitions after a failed connection.
//!
//! An upload is free and creates no task, so that it needs no ledger. It can be dropped at any time: the connection is closed,
//! and at worst the service has a file that nobody uses.

#[cfg_attr(feature = "audio", path = "audio/enabled.rs")]
#[cfg_attr(not(feature = "audio"), path = "audio/disabled.rs")]
mod audio;
mod body;
mod checks;
mod course;
mod source;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cover_spec::answers::{self, Envelope, Unreadable, at, is_success};
use cover_spec::tables::{CodeMeaning, UploadSpec};
use futures_util::future::{Either, select};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::account::{Operation, beneath};
use crate::error::{BadUpload, BoxError, Evidence, Failure, Kind, Setup, UploadFault};
use crate::events::{self, Purpose};
use crate::rate_limit::{PermitRequest, Verdict};
use crate::redact::{self, shown};
use crate::request::is_address;
use crate::response::Link;
use crate::transport::{BodyEnd, RawResponse, envelope};
use body::{Form, Handed};
use course::{Course, Stage};
use source::{Content, Stop};

pub(crate) use source::{ByteStream, Source};

/// Pause before the first repetition. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(8);
/// Time after that of the upload within which the HTTP client gives up.
const SPARE: Duration = Duration::from_secs(10);

/// Is called with the number of bytes of the file that were sent, and with the size of the file.
pub(crate) type OnProgress<'a> = Box<dyn FnMut(u64, u64) + Send + 'a>;

/// What the caller of an upload wants.
pub(crate) struct Options<'a> {
    pub(crate) timeout: Duration,
    /// The model whose limit of the length counts. `None`: that of any model.
    pub(crate) model: Option<String>,
    /// Whether the length of the recording is not checked.
    pub(crate) has_any_length: bool,
    pub(crate) progress: Option<OnProgress<'a>>,
}

/// Why an attempt failed, and after which pause another may follow, if any.
struct Stopped {
    failure: Failure,
    pause: Option<Duration>,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self { failure, pause: None }
    }
}

/// Uploads a file, and returns its address.
pub(crate) async fn run(operation: &Operation, source: Source, options: Options<'_>) -> Result<Link, Failure> {
    let spec = operation.api.upload.as_ref().ok_or_else(|| Failure::setup(Setup::NoUploads))?;
    if Handle::try_current().is_err() {
        return Err(Failure::setup(Setup::NoRuntime));
    }
    let (file, mut course) = (source.shown(), Course::new(options.timeout));
    let sent = timeout(options.timeout, check_and_send(operation, spec, source, options, &mut course)).await;
    sent.unwrap_or_else(|_| Err(course.out_of_time(&file)))
}

/// Checks a file as its upload does, and sends nothing.
pub(crate) async fn check(operation: &Operation, source: Source, options: Options<'_>) -> Result<(), Failure> {
    let spec = operation.api.upload.as_ref().ok_or_else(|| Failure::setup(Setup::NoUploads))?;
    let Options { model, has_any_length, .. } = options;
    let looked_at = look_at(spec, &source, model.as_deref(), has_any_length).await;
    looked_at.map(drop).map_err(|stop| failed(&source.shown(), stop))
}

fn failed(file: &str, stop: Stop) -> Failure {
    let failure = Failure::new(Kind::Upload(BadUpload { file: file.to_owned(), fault: stop.fault }));
    match stop.source {
        Some(source) => failure.with_source(source),
        None => failure,
    }
}

async fn check_and_send(
    operation: &Operation,
    spec: &UploadSpec,
    mut source: Source,
    options: Options<'_>,
    course: &mut Course,
) -> Result<Link, Failure> {
    let file = source.shown();
    let (name, length, seconds) = {
        let (model, has_any_length) = (options.model.as_deref(), options.has_any_length);
        look_at(spec, &source, model, has_any_length).await.map_err(|stop| failed(&file, stop))?
    };
    let mut upload = UnderWay {
        operation,
        spec,
        address: address(operation, spec),
        form: Form::new(spec, &name),
        name,
        file,
        length,
        timeout: options.timeout,
        course,
        progress: options.progress,
    };
    let link = upload.until_sent(&mut source).await?;
    if let Some(seconds) = seconds {
        operation.account.recordings.add(link.as_str(), seconds);
    }
    Ok(link)
}

/// Checks the file before anything is sent. Returns its name, its size, and its length in seconds, if that is known and limited.
async fn look_at(
    spec: &UploadSpec,
    source: &Source,
    model: Option<&str>,
    has_any_length: bool,
) -> Result<(String, u64, Option<f64>), Stop> {
    let length = source.length().await?;
    let name = source.name()?;
    checks::name(spec, &name)?;
    checks::size(spec, length)?;
    if spec.seconds.is_empty() || has_any_length {
        return Ok((name, length, None));
    }
    let seconds = audio::seconds(source).await?;
    seconds.map_or(Ok(()), |seconds| checks::seconds(spec, seconds, model))?;
    Ok((name, length, seconds))
}

/// Returns the address of uploads. Another base address than the spec's, such as a sandbox's, takes uploads as well.
fn address(operation: &Operation, spec: &UploadSpec) -> Url {
    let same = |given: &str| Url::parse(given).is_ok_and(|given| beneath(&given, "") == beneath(&operation.base, ""));
    match Url::parse(&spec.url) {
        Ok(url) if same(&operation.api.base_url) => url,
        Ok(url) => operation.address(url.path()),
        Err(_) => operation.base.clone(),
    }
}

/// An upload of a file that has passed the checks.
struct UnderWay<'a> {
    operation: &'a Operation,
    spec: &'a UploadSpec,
    address: Url,
    form: Form,
    name: String,
    /// The file as errors show it.
    file: String,
    length: u64,
    timeout: Duration,
    course: &'a mut Course,
    progress: Option<OnProgress<'a>>,
}

impl UnderWay<'_> {
    /// Makes attempts until one succeeds, or until none may follow.
    async fn until_sent(&mut self, source: &mut Source) -> Result<Link, Failure> {
        let (mut number, mut pause) = (1, Duration::ZERO);
        loop {
            self.pause(pause).await?;
            let content = source.open().await.map_err(|Stop { fault, source }| {
                let fault = if number == 1 { fault } else { UploadFault::NotAgain(Box::new(fault)) };
                failed(&self.file, Stop { fault, source })
            })?;
            let Stopped { failure, pause: after } = match self.attempt(content, number).await {
                Ok(link) => return Ok(link),
                Err(stopped) => stopped,
            };
            let may_follow = source.is_repeatable() && number < self.operation.account.max_attempts;
            let Some(after) = after.filter(|_| may_follow) else { return Err(failure) };
            events::upload_repeated(number, after, &failure);
            self.course.last = Some(failure);
            (number, pause) = (number + 1, after);
        }
    }

    /// Pauses before an attempt. If the pause, or one that the service has asked for, ends after the timeout, the error comes at once.
    async fn pause(&mut self, pause: Duration) -> Result<(), Failure> {
        let asked_for = self.operation.account.rate_limit.stats().pause;
        self.course.pause(pause.max(asked_for.unwrap_or_default()), &self.file)?;
        sleep(pause).await;
        Ok(())
    }

    async fn attempt(&mut self, content: Content, number: u32) -> Result<Link, Stopped> {
        let account = &self.operation.account;
        self.course.stage = Stage::Queueing;
        let permit = account.rate_limit.acquire(PermitRequest::upload(Instant::now())).await;
        let mut permit = permit.map_err(|_| Failure::new(Kind::NoPermit(None)))?;
        if permit.is_void() {
            permit.unused();
            return Err(Failure::new(Kind::NoPermit(None)).into());
        }
        let handed = Arc::new(Handed::default());
        let body = self.form.body(content, self.length, Arc::clone(&handed));
        self.course.stage = Stage::Sending { handed: Arc::clone(&handed), length: self.length };
        let begun = Instant::now();
        let kind = self.form.content_type();
        // The time of the whole upload ends before.
        let within = self.timeout.saturating_add(SPARE);
        let reply = account.transport.upload(self.address.clone(), &self.operation.headers, &kind, body, within);
        let answer = follow(reply, &handed, self.length, self.progress.as_mut()).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                events::exchange(Purpose::Upload, begun.elapsed(), None, None);
                return Err(match handed.stop() {
                    // The connection broke because the file did.
                    Some(stop) => failed(&self.file, stop).into(),
                    None => Stopped { failure: self.no_answer(error), pause: Some(pause(number)) },
                });
            }
        };
        let read = envelope::read(self.operation.api, &answer);
        permit.answered(match self.operation.verdict(&answer, &read) {
            // Only a send can be out of credits.
            Verdict::NoCredits => Verdict::Fine,
            verdict => verdict,
        });
        let code = read.as_ref().ok().map(|envelope| envelope.code);
        events::exchange(Purpose::Upload, begun.elapsed(), Some(answer.status), code);
        match read {
            Ok(envelope) => self.judge(&envelope, handed.bytes(), number),
            Err(why) => Err(self.unreadable(answer, why, number)),
        }
    }

    fn no_answer(&self, error: BoxError) -> Failure {
        Failure::new(Kind::NoAnswer).with_host(&self.address).with_source(error)
    }

    /// Returns the address in an answer that reports success after `sent` bytes of the file.
    fn judge(&self, envelope: &Envelope, sent: u64, number: u32) -> Result<Link, Stopped> {
        let unusable = |evidence| Failure::new(Kind::BadAnswer(evidence)).with_host(&self.address);
        if !is_success(self.operation.api, envelope.code) {
            let failure = self.operation.refused(envelope).with_host(&self.address);
            let pause = failure.resend;
            return Err(Stopped { failure, pause });
        }
        if sent < self.length {
            // The file there, if any, ends early.
            let failure = unusable(Evidence::EarlySuccess { sent, length: self.length });
            return Err(Stopped { failure, pause: Some(pause(number)) });
        }
        let link = at(&envelope.body, &self.spec.link).and_then(Value::as_str).and_then(answers::address);
        let Some(link) = link.filter(|link| is_address(link)) else {
            let message = envelope.message.as_deref().map(shown);
            return Err(unusable(Evidence::NoLink).with_message(message).into());
        };
        redact::remember_link(&link, &self.name);
        Ok(Link::new(link))
    }

    fn unreadable(&self, answer: RawResponse, why: Unreadable, number: u32) -> Stopped {
        let RawResponse { status, end, retry_after, .. } = answer;
        if (300..400).contains(&status) {
            return Failure::new(Kind::Redirected(status)).with_host(&self.address).into();
        }
        let failure = Failure::new(Kind::BadAnswer(Evidence::Status(status, Some(why)))).with_host(&self.address);
        let means = match status {
            401 => Some(CodeMeaning::Unauthorized),
            429 => Some(CodeMeaning::RateLimited),
            503 if retry_after.is_some() => Some(CodeMeaning::Maintenance),
            _ => None,
        };
        let failure = match means {
            Some(means) => failure.with_meaning(status, means).with_resend(retry_after),
            None => failure,
        };
        // A gateway that is out of order, or a connection that broke.
        let is_passing = matches!(status, 429 | 502..=504) || matches!(end, BodyEnd::Broken(_));
        let failure = if let BodyEnd::Broken(source) = end { failure.with_source(source) } else { failure };
        Stopped { failure, pause: is_passing.then(|| pause(number)) }
    }
}

/// Waits for a reply, and reports the progress meanwhile.
async fn follow<T>(
    reply: impl Future<Output = T>,
    handed: &Handed,
    length: u64,
    mut progress: Option<&mut OnProgress<'_>>,
) -> T {
    let mut reply = pin!(reply);
    let mut reported = 0;
    loop {
        let ended = match select(&mut reply, pin!(handed.changed())).await {
            Either::Left((reply, _)) => Some(reply),
            Either::Right(_) => None,
        };
        let sent = handed.bytes();
        if let Some(progress) = progress.as_mut().filter(|_| sent != reported) {
            progress(sent, length);
            reported = sent;
        }
        if let Some(reply) = ended {
            return reply;
        }
    }
}

/// Returns the pause after an attempt.
fn pause(number: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << (number.max(1) - 1).min(16)).min(MAX_PAUSE)
}
