//! The history of the service's page as a series of specs, and what each step changed for callers.

use std::error::Error;
use std::path::{Path, PathBuf};

use cover_spec::Spec;
use cover_spec::diff::Changes;

/// Returns the specs in order.
fn states() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/history");
    let mut states: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            states.push(path);
        }
    }
    states.sort();
    Ok(states)
}

#[test]
fn the_difference_of_each_step_is_the_reviewed_one() -> Result<(), Box<dyn Error>> {
    let states = states()?;
    assert_eq!(states.len(), 7);
    for step in states.windows(2) {
        let [old, new] = [&step[0], &step[1]].map(|path| Spec::read(path));
        let changes =
            Changes::between(&old?.map_err(|faults| faults.to_string())?, &new?.map_err(|it| it.to_string())?);
        let reviewed = std::fs::read_to_string(step[1].with_extension("diff"))?;
        assert_eq!(changes.to_string(), reviewed, "{}", step[1].display());
    }
    Ok(())
}

#[test]
fn the_second_state_is_the_shipped_spec() -> Result<(), Box<dyn Error>> {
    let shipped = Spec::parse_shipped("upload_cover.toml")?;
    let second = Spec::read(&states()?[1])?.map_err(|faults| faults.to_string())?;
    assert_eq!(Changes::between(&shipped, &second).to_string(), "nothing changed\n");
    Ok(())
}

// The types of all specs compile.
mod first {
    cover_api::api!("specs/history/1_one_limit.toml", in crate::history::first);
}
mod second {
    cover_api::api!("specs/history/2_limits_by_model.toml", in crate::history::second);
}
mod third {
    cover_api::api!("specs/history/3_a_model_went_and_one_came.toml", in crate::history::third);
}
mod fourth {
    cover_api::api!("specs/history/4_personas.toml", in crate::history::fourth);
}
mod fifth {
    cover_api::api!("specs/history/5_voices.toml", in crate::history::fifth);
}
mod last {
    cover_api::api!("specs/history/7_no_modes.toml", in crate::history::last);
}
mod before {
    cover_api::api!("specs/history/6_duration.toml", in crate::history::before);
}

#[test]
fn a_limit_changes_from_one_state_to_the_next() {
    let style = "x".repeat(201);
    macro_rules! build {
        ($state:ident) => {{
            let builder = $state::CoverRequest::custom_instrumental().upload_url("https://a.example/song.mp3");
            builder.without_callback().model($state::Model::V5).style(&style).title("Night").build().is_ok()
        }};
    }
    let built = [build!(first), build!(second), build!(third), build!(fourth), build!(fifth)];
    assert_eq!(built, [false, true, true, true, true]);
}

#[test]
fn a_field_of_a_single_model_is_refused_with_the_others() {
    use before::{CoverRequest, Model, PersonaModel};
    let builder = |model| {
        let builder = CoverRequest::custom_instrumental().upload_url("https://a.example/song.mp3").without_callback();
        builder.model(model).style("Jazz").title("Night").duration(60)
    };
    assert!(builder(Model::V5_5).build().is_ok());
    let refused = builder(Model::V5).persona_model(PersonaModel::VoicePersona).build().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "persona_model: must be left out in Custom<Instrumental> (only if `persona_id` is given)\n\
         duration: must be left out in Custom<Instrumental> (only if `model` is V5_5)"
    );
}

#[test]
fn without_modes_a_value_decides_what_is_required() {
    use last::{CoverRequest, Model};
    let builder = || {
        let builder = CoverRequest::builder().upload_url("https://a.example/song.mp3").without_callback();
        builder.model(Model::V5).style("Jazz")
    };
    assert!(builder().instrumental(true).build().is_ok());
    let refused = builder().instrumental(false).build().unwrap_err();
    assert_eq!(refused.to_string(), "prompt: missing, required (if `instrumental` is false)");
    let refused = builder().build().unwrap_err();
    assert_eq!(refused.to_string(), "prompt: missing, required (if `instrumental` is false)", "the default counts");
}
