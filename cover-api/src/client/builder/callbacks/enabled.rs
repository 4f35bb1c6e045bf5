//! The settings of callbacks.

use cover_spec::tables::{Api, CallbackSpec};
use secrecy::{ExposeSecret, SecretString};

use super::ClientBuilder;
use crate::account::base_url;
use crate::callback::{Receiver, SigningKey};
use crate::callback_link::CallbackBase;
use crate::client::receiver::CallbackReceiver;
use crate::error::Setup;
use crate::redact;
use crate::service::Service;

/// What a builder was told about callbacks.
#[derive(Default)]
pub(super) struct CallbackSettings {
    address_and_secret: Option<(String, SecretString)>,
    signing_key: Option<SecretString>,
}

impl CallbackSettings {
    /// Keeps the secrets out of every text that people read, even if the service repeats them.
    pub(super) fn remember_secrets(&self) {
        let secret = self.address_and_secret.as_ref().map(|(_, secret)| secret);
        for secret in secret.into_iter().chain(&self.signing_key) {
            redact::remember_secret(redact::Secret::Callback, secret.expose_secret());
        }
    }

    pub(super) fn build(&self, api: &Api) -> Result<CallbackReceiver, Setup> {
        let Some((address, secret)) = &self.address_and_secret else { return Ok(CallbackReceiver::default()) };
        let spec = api.callback.as_ref().ok_or(Setup::Callbacks("the service sends none"))?;
        base_url::parse(address).map_err(Setup::Callbacks)?;
        let base = CallbackBase::new(address, secret).map_err(Setup::Callbacks)?;
        let signing = self.signing_key(spec).map_err(Setup::Callbacks)?;
        Ok(CallbackReceiver::new(Receiver::new(base, signing)))
    }

    fn signing_key(&self, spec: &CallbackSpec) -> Result<Option<SigningKey>, &'static str> {
        match (&spec.signature, &self.signing_key) {
            (Some(_), Some(key)) => SigningKey::new(key).map(Some),
            (Some(_), None) => Err("the service signs them, and the signing key was not given"),
            (None, Some(_)) => Err("the service does not sign them, and a signing key was given"),
            (None, None) => Ok(None),
        }
    }
}

impl<S: Service> ClientBuilder<S> {
    /// Receives callbacks at this address, where [`Client::callbacks`](crate::runtime::Client::callbacks) is served.
    ///
    /// A request that gives this address as its callback address gets an address of its own beneath it, a new one for each attempt
    /// to send it. Nobody can make such an address without the secret.
    ///
    /// The secret has at least 16 bytes. Keep it across restarts: with another secret, callbacks to earlier addresses are
    /// refused.
    ///
    /// ```
    /// let client = cover_api::Client::builder("my-key")
    ///     .callbacks("https://api.example.com/covers", "0f2e1b5c8d7a4936a1b2c3d4e5f60718")
    ///     .build()?;
    /// let router = client.callbacks()?.router();
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn callbacks(mut self, address: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.callbacks.address_and_secret = Some((address.into(), secret.into()));
        self
    }

    /// Sets the key with which the service signs callbacks, for a spec that says that it does.
    pub fn callback_signing_key(mut self, key: impl Into<SecretString>) -> Self {
        self.callbacks.signing_key = Some(key.into());
        self
    }
}
