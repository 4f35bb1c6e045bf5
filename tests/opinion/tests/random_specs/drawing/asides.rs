//! What the rules of a request do not depend on: ids of earlier tasks, addresses that are fetched or served, empty texts, codes of
//! failed tasks, and prices.

use fastrand::Rng;

use super::conditions::draw_when;
use super::{Draft, Kind, one, percent};

/// Draws keys of fields and of `[submit]`, `[failures]` and `[credits]`.
pub fn draw(draft: &mut Draft, rng: &mut Rng) {
    if percent(rng, 40) {
        draft.submit.push_str("empty = \"absent\"\n");
    }
    let fails = !draft.is_direct && percent(rng, 50);
    if fails {
        draft.results.push_str("\n[failures]\n451 = { doc = \"A failure.\", refunded = \"no\" }\n");
    }
    // The results are drawn already.
    let address = draft.results.lines().find_map(|line| single_address(line).map(str::to_owned));
    let is_direct = draft.is_direct;
    for field in &mut draft.fields {
        let is_single = !field.is_list;
        if field.kind == Kind::Text && is_single && percent(rng, 30) {
            let unknown = if is_direct { "unknown = 400" } else { one(rng, &["", "unknown = 400"]) };
            let member = one(rng, &["member = \"url\"", ""]);
            let comma = if member.is_empty() || unknown.is_empty() { "" } else { ", " };
            field.key("source", &format!("{{ {member}{comma}{unknown} }}"));
        }
        if field.kind == Kind::Address && !is_direct && percent(rng, 50) {
            field.key("fetched", "{ failure = 451 }");
        }
        if let (Kind::Text | Kind::Address, true, Some(address)) = (field.kind, is_single, &address)
            && percent(rng, 30)
        {
            field.key("served_at", &format!("\"{address}\""));
        }
    }
    if percent(rng, 50) {
        prices(draft, rng);
    }
}

/// Returns the name of a result with a single address.
fn single_address(line: &str) -> Option<&str> {
    let (name, keys) = line.split_once(" = { at = ")?;
    let is_address = ["audio", "stream", "image"].iter().any(|kind| keys.ends_with(&format!("type = \"{kind}\" }}")));
    (is_address && !keys.contains("list = ")).then_some(name)
}

/// Draws `[credits]`.
fn prices(draft: &mut Draft, rng: &mut Rng) {
    let count = rng.usize(0..=2);
    let entries = (0..count).filter_map(|_| {
        let when = draw_when(draft, rng)?;
        Some(format!("{{ when = {when}, cost = {} }}", one(rng, &["0", "0.4", "2.5", "50"])))
    });
    let entries: Vec<String> = entries.collect();
    let cost = one(rng, &["0", "12", "0.005"]);
    let costs = entries.join(", ");
    draft
        .results
        .extend([format!("\n[credits]\npath = \"/credits\"\namount = \"left\"\ncost = {cost}\ncosts = [{costs}]\n")]);
}
