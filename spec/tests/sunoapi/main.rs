//! The specs of sunoapi.org beside tables that are written by hand from the pages of the service, and not from the specs.
//!
//! Each rule of a page has at least one body that keeps it and one that breaks it.

mod answers;
mod direct;
mod extending;
mod files;
mod generating;
mod helper;
mod mixing;
mod parts;
mod references;
mod tasks;
mod voices;
