//! Uploads as a table.

use super::answers::path;
use super::{conditions, dispute_over, modes, set, text};
use crate::model::{Limit, Spec, Upload};
use crate::rules::{self, Bound, Decimal, Str};
use crate::tables::{Longest, UploadSpec};

/// The placeholder for the name of the file.
pub(crate) const NAME: &str = "{name}";

/// An entry of `limits` with its `max_seconds`.
type Length<'s> = (&'s Limit, u32);

impl Spec {
    pub(super) fn upload(&self, upload: &Upload) -> UploadSpec {
        UploadSpec {
            url: text(&upload.url),
            file: text(&upload.file),
            fields: upload.fields.iter().map(|(name, content)| (text(name), text(content))).collect(),
            link: path(&upload.link),
            expires: upload.expires.as_deref().copied(),
            max_bytes: upload.max_bytes.as_deref().copied(),
            field: upload.field.as_ref().map(text),
            types: upload.types.iter().flatten().map(text).collect(),
            seconds: self.lengths(upload).iter().map(|(limit, most)| self.length(limit, *most)).collect(),
            longest: self.longest(upload).into(),
        }
    }

    /// Returns the limits of the length of recordings whose address is in the upload's field.
    fn lengths(&self, upload: &Upload) -> Vec<Length<'_>> {
        let field = upload.field.as_ref().and_then(|name| self.request.field(name));
        let limits = field.into_iter().flat_map(|field| &field.limits);
        limits.filter_map(|limit| Some((limit, limit.max_seconds.as_deref().copied()?))).collect()
    }

    fn length(&self, limit: &Limit, most: u32) -> rules::Limit {
        let request = &self.request;
        rules::Limit {
            modes: modes(limit.modes.as_deref(), request),
            models: self.models_of(limit),
            when: conditions(&limit.when, request),
            bound: Bound::Max(seconds(most)),
            dispute: dispute_over(limit, seconds(most)),
        }
    }

    fn models_of(&self, limit: &Limit) -> u64 {
        let models = self.request.models();
        set(limit.models.as_deref(), models.len(), |index, name| self.request.is_model_named(models[index], name))
    }

    /// Returns the greatest length that a request can have with each model, or one entry for all models.
    fn longest(&self, upload: &Upload) -> Vec<Longest> {
        let lengths = self.lengths(upload);
        // A limit with a condition may not hold.
        let certain: Vec<Length<'_>> = lengths.into_iter().filter(|(limit, _)| limit.when.is_empty()).collect();
        if certain.is_empty() {
            return Vec::new();
        }
        let models = self.request.models();
        if certain.iter().all(|(limit, _)| limit.models.is_none()) {
            return vec![self.longest_with(&certain, None, "")];
        }
        models.iter().enumerate().map(|(index, model)| self.longest_with(&certain, Some(index), model)).collect()
    }

    fn longest_with(&self, lengths: &[Length<'_>], model: Option<usize>, name: &str) -> Longest {
        let has = |set: u64, index: usize| index < 64 && set >> index & 1 == 1;
        let in_mode = |mode: usize| {
            let holding = lengths.iter().filter(|(limit, _)| {
                has(modes(limit.modes.as_deref(), &self.request), mode)
                    && model.is_none_or(|model| has(self.models_of(limit), model))
            });
            holding.min_by_key(|(_, most)| *most)
        };
        let by_mode: Option<Vec<&Length<'_>>> = (0..self.request.modes.len().max(1)).map(in_mode).collect();
        let longest = by_mode.into_iter().flatten().max_by_key(|(_, most)| *most);
        Longest {
            model: Str::Owned(name.to_owned()),
            seconds: longest.map(|(_, most)| *most),
            dispute: longest.and_then(|(limit, most)| dispute_over(limit, seconds(*most))),
        }
    }
}

fn seconds(most: u32) -> Decimal {
    Decimal { digits: most.into(), scale: 0 }
}
