//! The files that cover-spec ships are those of the repository, and have no faults.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cover_spec::{Checked, SHIPPED_BASES, SHIPPED_SPECS, Spec, shipped};

fn here(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the paths of the TOML files in a folder.
fn files(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(here(folder)).expect("the folder exists");
    let paths = entries.map(|entry| entry.expect("the entry is readable").path());
    let files = paths.filter(|path| path.extension().is_some_and(|it| it == "toml"));
    let names = files.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
    names.map(|name| format!("{folder}/{name}")).collect()
}

fn listed(paths: &[&str], folder: &str) -> BTreeSet<String> {
    let is_here = |path: &&&str| path.rsplit_once('/').is_some_and(|(before, _)| before == folder);
    paths.iter().filter(is_here).map(|path| (*path).to_owned()).collect()
}

#[test]
fn every_file_of_the_service_is_shipped() {
    assert_eq!(listed(SHIPPED_SPECS, "sunoapi"), files("sunoapi"));
    assert_eq!(listed(SHIPPED_BASES, "sunoapi/base"), files("sunoapi/base"));
    for path in SHIPPED_SPECS.iter().chain(SHIPPED_BASES) {
        assert_eq!(shipped(path), Some(fs::read_to_string(here(path)).expect("a file").as_str()), "{path}");
    }
}

#[test]
fn shipped_files_have_no_faults() {
    for path in SHIPPED_SPECS {
        let spec = Spec::parse_shipped(path).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(spec.shipped_path(), Some(*path));
    }
    for path in SHIPPED_BASES {
        let checked = Checked::parse_shipped(path).unwrap_or_else(|faults| panic!("{faults}"));
        assert!(matches!(checked, Checked::Parts(_)), "{path} is a whole spec");
    }
}

#[test]
fn each_operation_has_an_id_of_its_own_and_all_have_one_account() {
    let specs = SHIPPED_SPECS.iter().map(|path| Spec::parse_shipped(path).expect("no faults"));
    let services: Vec<_> = specs.map(|spec| spec.service).collect();
    let ids: BTreeSet<&str> = services.iter().map(|service| service.id.as_str()).collect();
    assert_eq!(ids.len(), SHIPPED_SPECS.len());
    for service in &services {
        assert_eq!(service.account.as_ref().map(|account| account.as_str()), Some("sunoapi.org"), "{}", *service.id);
    }
}

#[test]
fn a_path_that_is_not_shipped_is_a_fault() {
    for (path, fault, label) in [
        ("sunoapi/extnd.toml", "cover-spec ships no file `sunoapi/extnd.toml`", "did you mean `sunoapi/extend.toml`?"),
        ("", "cover-spec ships no file ``", "known: `upload_cover.toml`, `sunoapi/add_instrumental.toml`, "),
    ] {
        let faults = Spec::parse_shipped(path).expect_err(path);
        let [found] = &faults.iter().collect::<Vec<_>>()[..] else { panic!("one fault") };
        assert_eq!(found.message(), fault);
        assert!(found.label().starts_with(label), "{}", found.label());
        assert!(faults.to_string().contains(fault), "{faults}");
    }
    let faults = Spec::parse_shipped("sunoapi/base/music.toml").expect_err("it is only a base");
    let place = "`cover-spec/sunoapi/base/music.toml` is only a base for other specs, because it has `parts = true`";
    assert!(faults.to_string().contains(place), "{faults}");
}

#[test]
fn a_missing_base_with_the_path_of_a_shipped_file_may_be_meant_as_that() {
    let load = |_: &str| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    let faults = Spec::parse_with("specs/a.toml", "base = \"sunoapi/extend.toml\"\n", load).expect_err("no such file");
    let [found] = &faults.iter().collect::<Vec<_>>()[..] else { panic!("one fault") };
    assert_eq!(found.label(), "did you mean the shipped `cover-spec/sunoapi/extend.toml`?");
}
