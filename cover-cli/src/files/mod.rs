//! Files on disk: which results become files, their names, and downloads that are complete or not there.

mod download;
mod name;
mod naming;
mod outputs;
mod shown;
mod template;

pub(crate) use download::{check_folder, free, save};
pub(crate) use naming::{check_words, default_template};
pub(crate) use outputs::{Output, outputs};
pub(crate) use shown::shown;
pub(crate) use template::{Template, Words};
