//! What the user wants to buy, checked as far as that is possible before anything is sent.

use std::path::PathBuf;
use std::time::Duration;

use clap::ArgMatches;
use cover_api::runtime::{AnyRequest, AnyService, Client, Credits, Upload};
use serde_json::{Map, Value};

use super::key;
use super::song::{Recording, Song};
use crate::exit::Failure;
use crate::files::{self, Template};
use crate::operation::{self, Operation};

/// The options of a purchase that do not belong to its request.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) key: Option<String>,
    pub(crate) again: bool,
    pub(crate) mode: Option<String>,
    pub(crate) folder: PathBuf,
    pub(crate) template: Option<Template>,
    pub(crate) force: bool,
    pub(crate) timeout: Option<Duration>,
    /// The address of `cover listen`.
    pub(crate) callback: Option<String>,
    /// Whether to ask for the credits that are left after the purchase.
    pub(crate) asks_credits: bool,
}

/// A purchase whose request keeps every rule.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) key: String,
    pub(crate) digest: String,
    pub(crate) song: Option<Song>,
    pub(crate) template: Template,
    pub(crate) wanted: Wanted,
    /// The whole body. If the song is a file, the address is a stand-in.
    pub(crate) body: Map<String, Value>,
    /// The mode of the request, if it has modes.
    pub(crate) mode: Option<String>,
    pub(crate) price: Option<Credits>,
    /// Values that were not given, but suggested by the spec: names of flags and values.
    pub(crate) suggested: Vec<(String, String)>,
}

impl Wanted {
    pub(crate) fn of(matches: &ArgMatches) -> Result<Self, Failure> {
        let template = matches.get_one::<String>("name").map(|text| Template::parse(text));
        let folder = matches.get_one::<PathBuf>("output").cloned().unwrap_or_default();
        // A run is resumed from other folders.
        let folder = std::path::absolute(if folder.as_os_str().is_empty() { ".".into() } else { folder });
        Ok(Self {
            // A batch has neither.
            key: matches.try_get_one::<String>("key").ok().flatten().cloned(),
            again: matches.try_get_one::<bool>("again").ok().flatten().copied().unwrap_or_default(),
            mode: matches.get_one::<String>("mode").cloned(),
            folder: folder.map_err(|error| Failure::usage(format!("--output: {error}")))?,
            template: template.transpose().map_err(|why| Failure::usage(format!("--name: {why}")))?,
            force: matches.try_get_one::<bool>("force").ok().flatten().copied().unwrap_or_default(),
            timeout: matches.get_one::<Duration>("timeout").copied(),
            callback: None,
            asks_credits: true,
        })
    }
}

impl Order {
    /// Checks a purchase with the client of [`checker`]. `given` are the fields that the user chose, by their JSON names. Nothing is
    /// sent, and no key is needed.
    pub(crate) fn check(
        client: &Client<AnyService>,
        operation: &Operation,
        song: Option<Song>,
        given: &Map<String, Value>,
        wanted: Wanted,
    ) -> Result<Self, Failure> {
        wanted.key.as_deref().map(key::check).transpose()?;
        let suggested = suggested(operation, given);
        let address = song.as_ref().map(Song::address);
        let mut body = given.clone();
        if let (Some(callback), Some(field)) = (&wanted.callback, &operation.spec.callback) {
            body.entry(field.field.value.clone()).or_insert_with(|| Value::from(callback.as_str()));
        }
        let body = operation::completed(operation, body, address);
        let (request, body) = operation::request(client, operation, &body, wanted.mode.as_deref())?;
        let template = match &wanted.template {
            Some(template) => {
                files::check_words(template, &operation.spec)?;
                template.clone()
            }
            None => files::default_template(&operation.spec),
        };
        let digest = key::digest(operation, song.as_ref(), request.mode(), given);
        let name = song.as_ref().map_or_else(|| operation.name.clone(), Song::name);
        let derived = || key::derived(&name, &digest);
        Ok(Self {
            key: wanted.key.clone().unwrap_or_else(derived),
            digest,
            mode: request.mode().map(str::to_owned),
            price: client.price(&request)?,
            song,
            template,
            wanted,
            body,
            suggested,
        })
    }

    /// Returns the request, with the address of the uploaded song.
    pub(crate) fn request(
        &self,
        client: &Client<AnyService>,
        operation: &Operation,
        address: Option<&str>,
    ) -> Result<AnyRequest, Failure> {
        let mut body = self.body.clone();
        if let (Some(address), Some(field)) = (address, operation.upload_field()) {
            body.insert(field.to_owned(), Value::from(address));
        }
        operation::request(client, operation, &body, self.mode.as_deref()).map(|(request, _)| request)
    }

    /// Checks the file of the song as its upload does: its name, its size and its length.
    pub(crate) async fn check_song(&self, client: &Client<AnyService>, operation: &Operation) -> Result<(), Failure> {
        match &self.song {
            Some(Song::File(file)) => Ok(self.upload(client, operation, file).check().await?),
            _ => Ok(()),
        }
    }

    /// Returns the upload of the song.
    pub(super) fn upload<'a>(
        &self,
        client: &Client<AnyService>,
        operation: &Operation,
        file: &Recording,
    ) -> Upload<'a, AnyService> {
        let upload = client.upload(&file.path);
        match self.model(operation) {
            Some(model) => upload.model(model),
            None => upload,
        }
    }

    /// Returns the value of the field that selects a model.
    pub(crate) fn model(&self, operation: &Operation) -> Option<&str> {
        let field = &operation.rules.fields[operation.rules.model?];
        self.body.get(&*field.wire)?.as_str()
    }

    /// Returns the source of the purchase in words.
    pub(crate) fn source(&self) -> String {
        match &self.song {
            Some(Song::File(file)) => file.path.display().to_string(),
            Some(song @ Song::Address(_)) => song.name(),
            None => String::new(),
        }
    }
}

/// Returns a client for checks, which sends nothing.
pub(crate) fn checker(operation: &Operation) -> Result<Client<AnyService>, Failure> {
    Ok(Client::<AnyService>::of_spec(&operation.spec, "no key is needed for a check").build()?)
}

/// Returns the values that the spec suggests for required fields that were not given.
fn suggested(operation: &Operation, given: &Map<String, Value>) -> Vec<(String, String)> {
    let fields = operation.spec.request.fields.iter();
    let left_out = fields.filter(|field| field.required.is_some() && !given.contains_key(&field.wire.value));
    let value =
        |field: &cover_spec::model::Field| Some((field.rust.value.clone(), field.suggested.as_ref()?.to_string()));
    left_out.filter_map(value).collect()
}
