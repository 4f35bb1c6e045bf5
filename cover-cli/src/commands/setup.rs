//! `cover setup`: asks for the API key, checks it, and stores it.

use cover_api::runtime::{AnyService, Client};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::screen::{self, Screen};
use crate::settings::{Folders, Options, ask, store};

pub(super) async fn run(options: &Options, screen: &Screen) -> Result<Exit, Failure> {
    let main = options.catalog.main()?;
    let api = main.spec.api();
    if let Some(docs) = &main.spec.service.docs {
        screen.note(&format!("The service's page is {}.", **docs));
    }
    let key = ask("API key (it is not shown): ")?;
    let mut builder = Client::<AnyService>::of_spec(&main.spec, key.clone());
    if let Ok(url) = std::env::var(&*api.env_url) {
        builder = builder.base_url(url);
    }
    let client = builder.build()?;
    let left = if api.credits.is_some() { Some(client.credits().await?) } else { None };
    let file = Folders::find()?.key();
    store(&file, &key)?;
    let left = left.map(|left| format!("; {} left", screen::credits(left))).unwrap_or_default();
    let stored = format!("the key is stored in {}{left}", file.display());
    screen.result(&stored, &json!({ "event": "result", "file": file }));
    Ok(Exit::Done)
}
