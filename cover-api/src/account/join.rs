//! Further operations of an account: whether they belong to it, and how they share its rate limit.

use std::sync::Arc;

use cover_spec::rules::Rules;
use cover_spec::tables::{Api, RateLimitSpec};
use url::Url;

use super::{Account, Operation, Schedule, base_url};
use crate::callback_link::CallbackLink;
use crate::error::{Apart, Setup};
use crate::redact;
use crate::transport;

impl Account {
    /// Checks that an operation belongs to this account, and returns its base address.
    ///
    /// Another account would have another key, and its purchases would be filed under the wrong name.
    pub(crate) fn base_of(&self, api: &'static Api) -> Result<Url, Setup> {
        let apart = |why| Setup::OtherAccount { operation: &api.id, of: &self.spec.id, why };
        if api.account != self.spec.account {
            return Err(apart(Apart::Accounts([self.spec.account.as_deref(), api.account.as_deref()])));
        }
        if api.account.is_none() && api.base_url != self.spec.base_url {
            return Err(apart(Apart::BaseUrls([&self.spec.base_url, &api.base_url])));
        }
        let auth = |api: &Api| (api.auth_header.clone(), api.auth_scheme.clone(), api.auth_basic.clone());
        if auth(api) != auth(self.spec) {
            return Err(apart(Apart::Auth));
        }
        if let Some(base) = &self.own_base {
            return Ok(base.clone());
        }
        let base = base_url::parse(&api.base_url)
            .map_err(|why| Setup::BaseUrl(why, redact::shown(&redact::address(&api.base_url))))?;
        self.transport.check_base(&base)?;
        Ok(base)
    }

    /// Makes an operation of this account, at an address from [`base_of`](Self::base_of).
    pub(crate) fn operation(
        self: &Arc<Self>,
        api: &'static Api,
        rules: Option<&'static Rules>,
        base: Url,
        link: Option<Arc<CallbackLink>>,
    ) -> Operation {
        let schedule = Schedule::of(api);
        let schedule = Schedule { every: self.poll_every.unwrap_or(schedule.every), ..schedule };
        let headers = transport::headers(api, &self.auth);
        Operation { account: Arc::clone(self), api, rules, base, headers, schedule, link }
    }

    /// Applies the rate limit in the spec of a further operation as well, unless the caller gave the rate limit.
    pub(crate) fn share_rate_limit(&self, operation: &Operation) {
        if !self.has_own_rate_limit {
            let limit = operation.api.rate_limit;
            let task_every = limit.task_every.min(operation.schedule.every[0]);
            self.rate_limit.tighten(RateLimitSpec { task_every, ..limit });
        }
    }
}
