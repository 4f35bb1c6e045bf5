//! The checks of all rows, before the first is sent.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use cover_api::runtime::{AnyService, Client};
use serde_json::{Map, Value};

use super::columns::{Column, column};
use super::rows::{Cell, Row, Unreadable};
use crate::exit::Failure;
use crate::files::Template;
use crate::operation::{self, Operation};
use crate::purchase::{Order, Song, Wanted, checker};

/// Number of faults that are shown.
const MAX_FAULTS: usize = 100;

/// What the command line gives for all rows.
#[derive(Debug)]
pub(crate) struct Defaults {
    pub(crate) song: Option<String>,
    pub(crate) body: Map<String, Value>,
    pub(crate) wanted: Wanted,
}

/// A row that can be sent.
#[derive(Debug)]
pub(crate) struct Item {
    /// The number of the row.
    pub(crate) row: usize,
    pub(crate) order: Order,
    /// The index of an earlier item that is the same purchase.
    pub(crate) same_as: Option<usize>,
}

/// The rows that were checked, and what is wrong with the others.
pub(crate) struct Checks<'a> {
    operation: &'a Operation,
    defaults: &'a Defaults,
    /// Whether all rows have the same columns, which were read before.
    has_head: bool,
    client: Client<AnyService>,
    /// The songs that were read. Several rows may have the same one.
    songs: HashMap<String, Result<Song, Failure>>,
    /// The songs that were checked for the upload, by their source and the model.
    uploads: HashMap<(String, String), Result<(), Failure>>,
    /// The first item of each key.
    keys: HashMap<String, usize>,
    items: Vec<Item>,
    /// Names of columns that there are not.
    unknown: HashSet<String>,
    faults: Vec<String>,
    omitted: usize,
}

impl<'a> Checks<'a> {
    /// Starts the checks with the head of the table.
    pub(crate) fn start(operation: &'a Operation, defaults: &'a Defaults, head: &[String]) -> Result<Self, Failure> {
        let client = checker(operation)?;
        let (songs, uploads) = (HashMap::new(), HashMap::new());
        let (keys, items) = (HashMap::new(), Vec::new());
        let (unknown, faults) = (HashSet::new(), Vec::new());
        let has_head = !head.is_empty();
        let mut checks =
            Self { operation, defaults, has_head, client, songs, uploads, keys, items, unknown, faults, omitted: 0 };
        let mut known = HashMap::new();
        for name in head {
            match column(operation, name) {
                Err(failure) => checks.unknown_column(1, name, &failure),
                Ok(column) => {
                    if let Some(first) = known.insert(column, name) {
                        checks.fault(1, &format!("the columns `{first}` and `{name}` are the same"));
                    }
                }
            }
        }
        Ok(checks)
    }

    /// Checks a row.
    pub(crate) async fn add(&mut self, row: Result<Row, Unreadable>) {
        let (number, checked) = match row {
            Ok(row) if self.has_unknown(&row) => return,
            Ok(row) => (row.number, self.order(row)),
            Err(Unreadable { number, why }) => (number, Err(Failure::usage(why))),
        };
        let added = match checked {
            Ok(order) => self.check_song(&order).await.and_then(|()| self.put(number, order)),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = added {
            self.fault(number, &failure.message);
        }
    }

    /// Returns the number of rows that can be sent so far.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns all items, or every fault.
    pub(crate) fn finish(mut self) -> Result<Vec<Item>, Failure> {
        if self.faults.is_empty() && self.items.is_empty() {
            return Err(Failure::usage("the table has no rows"));
        }
        if self.faults.is_empty() {
            return Ok(self.items);
        }
        if self.omitted > 0 {
            self.faults.push(format!("and {} more", self.omitted));
        }
        Err(Failure::usage(self.faults.join("\n")).hint("nothing was sent"))
    }

    /// Checks the song of a row. Songs that several rows have are checked once for each model.
    async fn check_song(&mut self, order: &Order) -> Result<(), Failure> {
        let model = order.model(self.operation).unwrap_or_default();
        let song = (order.source(), model.to_owned());
        if let Some(checked) = self.uploads.get(&song) {
            return checked.clone();
        }
        let checked = order.check_song(&self.client, self.operation).await;
        self.uploads.insert(song, checked.clone());
        checked
    }

    fn put(&mut self, row: usize, order: Order) -> Result<(), Failure> {
        let same_as = self.keys.get(&order.key).copied();
        if let Some(first) = same_as.map(|index| &self.items[index])
            && first.order.digest != order.digest
        {
            let advice = if order.wanted.key.is_some() { "" } else { "; give each a key of its own in a column `key`" };
            let (key, first) = (&order.key, first.row);
            return Err(Failure::usage(format!("the key {key} is also that of row {first}, another request{advice}")));
        }
        if same_as.is_none() {
            self.keys.insert(order.key.clone(), self.items.len());
        }
        self.items.push(Item { row, order, same_as });
        Ok(())
    }

    fn order(&mut self, row: Row) -> Result<Order, Failure> {
        let (mut body, mut wanted) = (self.defaults.body.clone(), self.defaults.wanted.clone());
        let (mut song, mut taken) = (None, HashSet::new());
        for (name, cell) in row.cells {
            let column = column(self.operation, &name)?;
            if !taken.insert(column) {
                return Err(Failure::usage(format!("{name}: the column is given twice")));
            }
            match column {
                Column::Song => song = Some(cell.text(&name)?),
                Column::Key => wanted.key = Some(cell.text(&name)?),
                Column::Mode => wanted.mode = Some(cell.text(&name)?),
                Column::Output => wanted.folder = folder(&cell.text(&name)?)?,
                Column::Name => wanted.template = Some(template(&cell.text(&name)?)?),
                Column::Field(index) => {
                    let field = &self.operation.rules.fields[index];
                    body.insert(field.wire.to_string(), cell.value(field)?);
                }
            }
        }
        let song = self.song(song, &body)?;
        Order::check(&self.client, self.operation, song, &body, wanted)
    }

    /// Returns the song of a row: its own, or the one for all rows.
    fn song(&mut self, of_row: Option<String>, body: &Map<String, Value>) -> Result<Option<Song>, Failure> {
        let Some(field) = self.operation.upload_field() else { return Ok(None) };
        if of_row.is_some() && body.contains_key(field) {
            return Err(Failure::usage(format!("song: the row has a song and `{field}`; give one of both")));
        }
        match of_row.or_else(|| self.defaults.song.clone().filter(|_| !body.contains_key(field))) {
            Some(given) => self.songs.entry(given).or_insert_with_key(|given| Song::read(given)).clone().map(Some),
            None if body.contains_key(field) => Ok(None),
            None => Err(Failure::usage("song: it is missing; give a file or an address")),
        }
    }

    /// Whether a row has a column that there is not. What else is wrong with the row may follow from that.
    fn has_unknown(&mut self, row: &Row) -> bool {
        let mut has = !self.unknown.is_empty() && self.has_head;
        for (name, _) in &row.cells {
            if let Err(failure) = column(self.operation, name) {
                self.unknown_column(row.number, name, &failure);
                has = true;
            }
        }
        has
    }

    fn unknown_column(&mut self, row: usize, name: &str, failure: &Failure) {
        if self.unknown.insert(name.to_owned()) {
            self.fault(row, &failure.message);
        }
    }

    fn fault(&mut self, row: usize, message: &str) {
        if self.faults.len() == MAX_FAULTS {
            self.omitted += 1;
            return;
        }
        self.faults.push(format!("row {row}: {}", message.replace('\n', "\n  ")));
    }
}

impl Cell {
    /// Returns the text of a cell. A number may be a key.
    fn text(self, name: &str) -> Result<String, Failure> {
        match self {
            Self::Text(text) => Ok(text.trim().to_owned()),
            Self::Json(Value::String(text)) => Ok(text),
            Self::Json(Value::Number(number)) => Ok(number.to_string()),
            Self::Json(value) => Err(Failure::usage(format!("{name}: not a text, but {value}"))),
        }
    }

    fn value(self, field: &cover_spec::rules::Field) -> Result<Value, Failure> {
        match self {
            Self::Text(text) => operation::cell(field, &text),
            Self::Json(value) => Ok(value),
        }
    }
}

fn folder(text: &str) -> Result<PathBuf, Failure> {
    std::path::absolute(text).map_err(|error| Failure::usage(format!("output: {error}")))
}

fn template(text: &str) -> Result<Template, Failure> {
    Template::parse(text).map_err(|why| Failure::usage(format!("name: {why}")))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use serde_json::json;

    use super::*;
    use crate::operation::Catalog;

    const SONG: &str = "https://a.example/song.mp3";

    fn check(rows: &[Value]) -> Result<Vec<Item>, Failure> {
        let main = Catalog::Shipped.main().unwrap();
        let wanted = Wanted {
            key: None,
            again: false,
            mode: None,
            folder: "/".into(),
            template: None,
            force: false,
            timeout: None,
            callback: None,
            asks_credits: false,
        };
        let body = json!({ "model": "V5" }).as_object().unwrap().clone();
        let defaults = Defaults { song: Some(SONG.to_owned()), body, wanted };
        let mut checks = Checks::start(&main, &defaults, &[]).unwrap();
        for (number, row) in (1..).zip(rows) {
            let cells = row.as_object().unwrap().iter();
            let cells = cells.map(|(name, value)| (name.clone(), Cell::Json(value.clone()))).collect();
            checks.add(Ok(Row { number, cells })).now_or_never().expect("an address is not read");
        }
        checks.finish()
    }

    #[test]
    fn rows_get_the_defaults_and_keys_of_their_own() {
        let items =
            check(&[json!({ "prompt": "rain" }), json!({ "prompt": "sun", "key": 17, "model": "V4" })]).unwrap();
        assert!(items[0].order.key.starts_with("song.mp3-"), "{}", items[0].order.key);
        assert_eq!(items[1].order.key, "17");
        assert_eq!([0, 1].map(|item| items[item].order.body["model"].clone()), [json!("V5"), json!("V4")]);
    }

    #[test]
    fn equal_rows_are_one_purchase_and_another_request_with_the_key_is_a_fault() {
        let items = check(&[json!({ "prompt": "rain" }), json!({ "prompt": "rain" })]).unwrap();
        assert_eq!((items[0].same_as, items[1].same_as), (None, Some(0)));

        let rows = [json!({ "prompt": "rain", "key": "k" }), json!({ "prompt": "sun", "key": "k" })];
        assert_eq!(check(&rows).unwrap_err().message, "row 2: the key k is also that of row 1, another request");
    }

    #[test]
    fn every_fault_has_its_row_and_an_unknown_column_is_told_once() {
        let long = "x".repeat(401);
        let rows = [
            json!({ "promt": "rain", "prompt": "rain" }),
            json!({ "promt": "sun" }),
            json!({ "prompt": long }),
            json!({ "prompt": "rain", "vocal-gender": "m", "vocalGender": "m" }),
        ];
        let message = check(&rows).unwrap_err().message;
        let lines: Vec<&str> = message.lines().filter(|line| line.starts_with("row ")).collect();
        assert_eq!(lines[0], "row 1: there is no column `promt`; did you mean `prompt`?");
        assert!(lines[1].starts_with("row 3: --prompt: 401 characters"), "{message}");
        assert_eq!(lines[2], "row 4: vocalGender: the column is given twice");
        assert_eq!(lines.len(), 3, "{message}");
    }

    #[test]
    fn faults_are_bounded() {
        let message = check(&vec![json!({}); 130]).unwrap_err().message;
        assert!(message.ends_with("\nand 30 more"), "{message}");
    }
}
