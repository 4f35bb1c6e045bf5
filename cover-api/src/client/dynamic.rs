//! Operations whose specs are read at run time.

use std::sync::{Mutex, PoisonError};

use cover_spec::Spec;
use cover_spec::rules::{Rules, Violations};
use cover_spec::tables::Api;
use secrecy::SecretString;

use super::{Account, Client, ClientBuilder};
use crate::error::Error;
use crate::request::unlisted::FromJson;
use crate::service::{AnyRequest, AnyService};

/// The tables of a spec.
#[derive(Debug, PartialEq)]
struct Tables {
    api: Api,
    rules: Rules,
}

/// The tables of all specs that became operations. Equal specs share one.
static TABLES: Mutex<Vec<&'static Tables>> = Mutex::new(Vec::new());

/// Returns the tables of a spec, which stay in memory until the process ends.
fn tables(spec: &Spec) -> &'static Tables {
    let tables = Tables { api: spec.api(), rules: spec.rules() };
    let mut all = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.iter().find(|known| ***known == tables) {
        return known;
    }
    let tables: &'static Tables = Box::leak(Box::new(tables));
    all.push(tables);
    tables
}

impl Client<AnyService> {
    /// Returns a builder for a client of a spec that was read at run time.
    ///
    /// The tables of each spec stay in memory until the process ends. Equal specs share theirs.
    ///
    /// ```
    /// use cover_api::runtime::{AnyService, Client, Spec};
    ///
    /// # let text = cover_spec::SHIPPED;
    /// let spec = Spec::parse("upload_cover.toml", text)?;
    /// let client = Client::<AnyService>::of_spec(&spec, "my-key").build()?;
    /// let violations = client.request(r#"{ "customMode": false, "model": "V5" }"#).unwrap_err();
    /// assert!(violations.to_string().contains("uploadUrl"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_spec(spec: &Spec, key: impl Into<SecretString>) -> ClientBuilder<AnyService> {
        let tables = tables(spec);
        ClientBuilder::new(&tables.api, Some(&tables.rules), key.into())
    }

    /// Reads a request from JSON, and checks it as generated types do. The names are those that are sent.
    ///
    /// # Errors
    ///
    /// [`Violations`] lists every broken rule: unknown and duplicate fields, wrong types, missing and forbidden fields, limits, and
    /// values that no mode has. It keeps 100 and counts the others. Input that is not a JSON object breaks one rule.
    pub fn request(&self, json: impl AsRef<[u8]>) -> Result<AnyRequest, Violations> {
        self.request_with(json, &FromJson::new())
    }

    /// Reads a request from JSON with options, such as for a model that the spec does not list, and checks it.
    ///
    /// ```
    /// use cover_api::FromJson;
    /// use cover_api::runtime::{AnyService, Client, Spec};
    ///
    /// # let text = cover_spec::SHIPPED;
    /// let spec = Spec::parse("upload_cover.toml", text)?;
    /// let client = Client::<AnyService>::of_spec(&spec, "my-key").build()?;
    /// let json = r#"{"uploadUrl":"https://storage.example.com/song.mp3","customMode":false,"instrumental":false,
    ///     "prompt":"A calm night","model":"V9","callBackUrl":"https://api.example.com/callback"}"#;
    /// assert!(client.request(json).is_err());
    /// assert!(client.request_with(json, &FromJson::new().unlisted_in("model", "V5")).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    #[expect(clippy::missing_panics_doc, reason = "only this module makes such clients, each with the rules of a spec")]
    pub fn request_with(&self, json: impl AsRef<[u8]>, options: &FromJson) -> Result<AnyRequest, Violations> {
        let rules = self.operation.rules.expect("clients without the types of a service come from a spec");
        AnyRequest::read(&self.operation.api.id, rules, json.as_ref(), options)
    }
}

impl Account {
    /// Returns the client of an operation whose spec was read at run time, as [`Client::operation`] does for one that is known while
    /// compiling.
    ///
    /// The money rule, waits and callbacks are the same. If a generated type stands for the same operation, both share their
    /// purchases. The tables of each spec stay in memory until the process ends. Equal specs share theirs.
    ///
    /// ```no_run
    /// use cover_api::runtime::Spec;
    ///
    /// # async fn example(client: cover_api::Client, json: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let spec = Spec::parse("extend.toml", &std::fs::read_to_string("extend.toml")?)?;
    /// let extend = client.account().operation_from_spec(&spec)?;
    /// let sent = extend.send(&extend.request(json)?).key("order-18").await?;
    /// let task = sent.task().ok_or("an operation that answers at once")?;
    /// println!("{}", task.wait().await?.json());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Client::operation`].
    pub fn operation_from_spec(&self, spec: &Spec) -> Result<Client<AnyService>, Error<AnyService>> {
        let tables = tables(spec);
        Ok(self.client(&tables.api, Some(&tables.rules))?)
    }
}
