//! The results of random answers: an evaluator that was written from LANGUAGE.md alone, the reader of answers, and the command
//! `cover-spec try` find the same.
//!
//! `COVER_RUNS` is the number of specs, and `COVER_SEED` the first seed. Each spec has the next seed.

mod answers;
mod meaning;

use cover_spec::Spec;
use cover_spec::answers::{self as reader, Envelope, FoundResults, Polled, Reply, reply};
use cover_spec::tables::Api;
use cover_spec::trial::AnswerKind;
use fastrand::Rng;

use crate::verdicts::{drawn, runs_and_seed};
use meaning::{Blame, Entry, Found};

/// Number of answers of each spec.
const ANSWERS: usize = 250;

#[test]
fn the_evaluator_and_the_reader_find_the_same_results() {
    let (count, seed) = runs_and_seed();
    let (mut complete, mut found) = (0, Vec::new());
    for seed in seed..seed + count as u64 {
        let mut rng = Rng::with_seed(seed);
        let (draft, spec, _) = drawn(&mut rng);
        match agree(&draft.text(), &spec, &mut rng) {
            Ok(taken) => complete += taken,
            Err(found_here) => found.push(format!("COVER_SEED={seed} COVER_RUNS=1\n{found_here}\n{}", draft.results)),
        }
    }
    println!("{count} specs from seed {seed}, {complete} of {} answers are complete", count * ANSWERS);
    assert!(found.is_empty(), "{} of {count} specs: {}", found.len(), found[..found.len().min(5)].join("\n\n"));
    assert!(complete * 100 >= count * ANSWERS * 15, "only {complete} of {} answers are complete", count * ANSWERS);
    assert!(complete * 100 <= count * ANSWERS * 85, "{complete} of {} answers are complete", count * ANSWERS);
}

/// Compares what is found in answers. Returns the number of complete ones, or the first disagreement.
fn agree(text: &str, spec: &Spec, rng: &mut Rng) -> Result<usize, String> {
    let (entries, api) = (meaning::read(text), spec.api());
    let mut complete = 0;
    for number in 0..ANSWERS {
        let answer = answers::draw(&entries, rng);
        let written = answer.to_string();
        let expected: Vec<Found<'_>> = entries.iter().map(|entry| meaning::find(entry, &answer)).collect();
        let found = read(&api, &written).and_then(|envelope| {
            let results = results(&api, &envelope, &written)?;
            compare(&api, &entries, &expected, &results)?;
            compare_tried(spec, &results, &written)?;
            Ok(usize::from(results.is_complete()))
        });
        complete += found.map_err(|found| format!("answer {number}: {found}\n{written}"))?;
    }
    Ok(complete)
}

fn read(api: &Api, answer: &str) -> Result<Envelope, String> {
    Envelope::read(api, 200, answer.as_bytes()).map_err(|why| format!("the answer {why}"))
}

/// Returns the results of the answer to a poll, or to the submit of an operation that answers at once.
fn results<'a>(api: &Api, envelope: &'a Envelope, answer: &str) -> Result<FoundResults<'a>, String> {
    if let Some(poll) = &api.poll {
        return match reader::poll(api, poll, envelope) {
            Polled::State(state) => Ok(state.results),
            other => Err(format!("{other:?}")),
        };
    }
    match reply(api, &Ok(envelope.clone()), 200, answer.as_bytes(), true) {
        Reply::Answer => Ok(reader::results(api, &envelope.body)),
        other => Err(format!("{other:?}")),
    }
}

/// Compares the values, their places, and the reason why the output is not complete.
fn compare(api: &Api, entries: &[Entry], expected: &[Found<'_>], found: &FoundResults<'_>) -> Result<(), String> {
    for (expected, entry) in expected.iter().zip(entries) {
        let index = api.results.iter().position(|result| result.name == entry.name).ok_or("no such result")?;
        let name = &entry.name;
        let place = expected.value.map(|(place, _)| place);
        if place != found.places[index] {
            return Err(format!("{name}: place {place:?}, but {:?} was found", found.places[index]));
        }
        let value = expected.value.map(|(_, value)| value.to_string());
        let value = value.map(|value| reader::object(format!("{{\"it\":{value}}}").as_bytes()));
        let same = match (&value, found.values[index]) {
            (Some(Ok(expected)), Some(found)) => expected["it"] == *found,
            (expected, found) => expected.is_none() && found.is_none(),
        };
        if !same {
            return Err(format!("{name}: {value:?}, but {:?} was found", found.values[index]));
        }
    }
    let blames: Vec<&Blame> = expected.iter().flat_map(|found| &found.blames).collect();
    match &found.lacking {
        None if blames.is_empty() => Ok(()),
        None => Err(format!("LANGUAGE.md blames {blames:?}, but the output is complete")),
        Some(lacking) => {
            let said = lacking.to_string();
            let place = said.strip_prefix('`').and_then(|said| said.split_once('`')).map_or("", |(place, _)| place);
            let is_it = |blame: &&Blame| blame.place == place && blame.is_wrong == lacking.is_of_another_type();
            if blames.iter().any(is_it) { Ok(()) } else { Err(format!("LANGUAGE.md blames {blames:?}, but {said}")) }
        }
    }
}

/// Compares the command `cover-spec try` with the reader.
fn compare_tried(spec: &Spec, found: &FoundResults<'_>, answer: &str) -> Result<(), String> {
    let kind = if spec.poll.is_some() { AnswerKind::Poll } else { AnswerKind::Submit };
    let tried = spec.try_answer(answer.as_bytes(), 200, Some(kind));
    let count = found.values.iter().flatten().count();
    if tried.is_complete != found.is_complete() || tried.results.len() != count {
        return Err(format!("{found:?}, but `try` said\n{tried}"));
    }
    Ok(())
}
