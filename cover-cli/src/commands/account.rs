//! `cover credits`, `cover upload` and `cover operations`.

use clap::ArgMatches;
use serde_json::json;

use super::interrupt;
use crate::exit::{Exit, Failure};
use crate::screen::{Screen, Table, number};
use crate::settings::Options;

pub(super) async fn credits(options: &Options, screen: &Screen) -> Result<Exit, Failure> {
    let session = options.open(screen.clone()).await?;
    let left = session.client.credits().await?;
    screen.result(&left.to_string(), &json!({ "event": "result", "credits": number(left) }));
    Ok(Exit::Done)
}

pub(super) async fn upload(options: &Options, screen: &Screen, matches: &ArgMatches) -> Result<Exit, Failure> {
    let file = matches.get_one::<String>("file").expect("it is required");
    let session = options.open(screen.clone()).await?;
    interrupt::until(&session, async {
        let line = screen.line(file);
        line.say("uploading");
        let link = session.client.upload(file).on_progress(|done, total| line.progress(done, total)).await?;
        drop(line);
        screen.result(link.as_str(), &json!({ "event": "result", "file": file, "address": link.as_str() }));
        Ok(Exit::Done)
    })
    .await
}

/// Lists the operations. The first one needs no name.
pub(super) fn operations(options: &Options, screen: &Screen) -> Result<Exit, Failure> {
    let mut table = Table::with_head(["COMMAND", "PRICE", "WHAT IT DOES"]);
    let all = options.catalog.all()?;
    let count = all.len();
    for (index, operation) in all.iter().enumerate() {
        let command = if index == 0 { "cover".to_owned() } else { format!("cover {}", operation.name) };
        let price = operation.spec.credits.as_ref().map(cover_spec::model::Credits::price_in_words);
        let doc = operation.spec.service.doc.value.clone();
        screen.event(
            &json!({ "event": "operation", "command": command, "id": operation.id(), "price": price, "doc": doc }),
        );
        table.row([command, price.unwrap_or_default(), doc]);
    }
    screen.result(&table.to_string(), &json!({ "event": "result", "operations": count }));
    Ok(Exit::Done)
}
