//! The search for contradictions: modes in which no body keeps all rules, and conditions that no body can fulfil.
//!
//! Fields that conditions or rules over several fields connect are tried together, in all combinations of values between
//! which these rules distinguish. The checker of requests judges each combination. Limits, patterns and addresses are left
//! out, so that a combination which is refused has no body that is accepted.

use crate::fault::Fault;
use crate::lower;
use crate::model::{self, Request, Spec};
use crate::rules::{Condition, Const, Presence, Rules, Value};
use crate::source::At;

use super::candidates::candidates;
use super::clusters::{self, Body, Cluster, Clusters};

/// Maximum number of combinations that are tried in a mode.
const MOST_IN_MODE: usize = 20_000;
/// Maximum number of combinations that are tried in all modes of a spec.
const MOST_IN_ALL: usize = 50_000;
/// Maximum number of comparisons for all combinations that are tried in a spec.
const MOST_COMPARISONS: usize = 2_000_000;

/// A condition of the spec, and whether a body can fulfil it.
struct Watched {
    at: At<()>,
    condition: Condition,
    /// Bits of the modes in which the condition has an effect.
    modes: u64,
    /// The field that must be given, and its value, so that the condition has an effect.
    given: Option<(usize, Option<Const>)>,
    is_fulfilled: bool,
}

impl Spec {
    /// Returns the names of the modes that have too many combinations of values to be searched for contradictions. The
    /// name is that of the request, if it has no modes.
    #[must_use]
    pub fn unsearched_modes(&self) -> Vec<&str> {
        let rules = lower::rules(&self.request);
        let (values, mut left) = (candidates(&rules), Left::new());
        let modes = self.request.each_mode().enumerate();
        let unsearched = modes.filter(|(index, _)| left.clusters(&rules, *index, &values).is_none());
        unsearched.map(|(_, mode)| place(&self.request, mode).value.as_str()).collect()
    }
}

/// Searches a spec that has no other faults.
pub(super) fn check(request: &Request, faults: &mut Vec<Fault>) {
    let rules = lower::rules(request);
    let mut watched = watched(request, &rules);
    let before = faults.len();
    let (values, mut left) = (candidates(&rules), Left::new());
    let mut body = clusters::constants(&rules);
    for (index, mode) in request.each_mode().enumerate() {
        let here = watched.iter_mut().filter(|it| it.modes >> index & 1 == 1 && !it.is_fulfilled);
        let Some(clusters) = left.clusters(&rules, index, &values) else {
            here.for_each(|it| it.is_fulfilled = true);
            continue;
        };
        let mut by_cluster: Vec<Vec<&mut Watched>> = clusters.all.iter().map(|_| Vec::new()).collect();
        for it in here {
            match clusters.that_decides(&it.condition) {
                // The mode decides the condition, which is checked elsewhere.
                0 => it.is_fulfilled = true,
                cluster => by_cluster[cluster].push(it),
            }
        }
        let impossible = clusters.all.iter().zip(by_cluster).find_map(|(cluster, watched)| {
            let is_possible = search(cluster, &mut body, watched);
            (!is_possible).then_some(cluster)
        });
        if let Some(cluster) = impossible {
            let name = mode.map(|mode| format!(" in `{}`", *mode.name)).unwrap_or_default();
            let message = format!("no request{name} can keep all rules");
            faults.push(place(request, mode).fault(message, cluster.contradiction()));
        }
    }
    // In a mode without bodies, no condition can be fulfilled. That would only follow.
    if faults.len() == before {
        report(&watched, request, faults);
    }
}

/// Reports the conditions that no body can fulfil, each once.
fn report(watched: &[Watched], request: &Request, faults: &mut Vec<Fault>) {
    let never: Vec<&Watched> = watched.iter().filter(|it| !it.is_fulfilled).collect();
    let is_same = |one: &Watched, other: &Watched| one.condition == other.condition && one.given == other.given;
    for (index, it) in never.iter().enumerate() {
        if never[..index].iter().any(|earlier| is_same(earlier, it)) {
            continue;
        }
        let label = match &it.given {
            Some((field, None)) => format!("no request in which it holds can have `{}`", *request.fields[*field].wire),
            Some((field, Some(value))) => {
                format!(
                    "no request in which it holds can have the value `{value}` of `{}`",
                    *request.fields[*field].wire
                )
            }
            None => "no request in which it holds keeps all rules".to_owned(),
        };
        let fault = it.at.fault("this condition can never hold together with the other rules", label);
        let others = never[index + 1..].iter().filter(|later| is_same(later, it)).count();
        faults.push(if others == 0 { fault } else { fault.also_at(others) });
    }
}

fn place<'a>(request: &'a Request, mode: Option<&'a model::Mode>) -> &'a At<String> {
    mode.map_or(&request.name, |mode| &mode.name)
}

/// What the search may still do.
struct Left {
    combinations: usize,
    comparisons: usize,
}

impl Left {
    fn new() -> Self {
        Self { combinations: MOST_IN_ALL, comparisons: MOST_COMPARISONS }
    }

    /// Returns the clusters of a mode, and takes what their search needs; `None` for a mode that needs too much.
    fn clusters<'r>(
        &mut self,
        rules: &'r Rules,
        mode: usize,
        values: &'r [Option<Vec<Value<'static>>>],
    ) -> Option<Clusters<'r>> {
        let clusters = Clusters::of(rules, mode, values)?;
        let (mut combinations, mut comparisons) = (0_usize, 0_usize);
        for cluster in &clusters.all {
            combinations = combinations.checked_add(cluster.combinations()?)?;
            comparisons = comparisons.checked_add(cluster.comparisons()?)?;
        }
        let combinations_left = self.combinations.checked_sub(combinations).filter(|_| combinations <= MOST_IN_MODE)?;
        self.comparisons = self.comparisons.checked_sub(comparisons)?;
        self.combinations = combinations_left;
        Some(clusters)
    }
}

/// Tries combinations until one keeps the rules and each condition is fulfilled. Returns whether one keeps the rules.
fn search(cluster: &Cluster<'_>, body: &mut Body, mut watched: Vec<&mut Watched>) -> bool {
    let mut is_possible = false;
    for number in cluster.numbers() {
        cluster.fill(body, number);
        if !cluster.keeps_rules(body) {
            continue;
        }
        is_possible = true;
        watched.retain_mut(|it| {
            let is_given = it.given.as_ref().is_none_or(|(field, value)| cluster.has(body, *field, value.as_ref()));
            it.is_fulfilled = is_given && cluster.holds(body, &it.condition);
            !it.is_fulfilled
        });
        if watched.is_empty() {
            break;
        }
    }
    cluster.clear(body);
    is_possible
}

/// Returns the conditions of a spec, each with the modes in which it has an effect.
fn watched(request: &Request, rules: &Rules) -> Vec<Watched> {
    let mut found = Vec::new();
    let mut watch = |conditions: &[model::Condition], modes: u64, given: Option<(usize, Option<Const>)>| {
        let lowered = lower::conditions(conditions, request);
        found.extend(conditions.iter().zip(lowered.iter()).map(|(condition, lowered)| Watched {
            at: condition.at,
            condition: lowered.clone(),
            modes,
            given: given.clone(),
            is_fulfilled: false,
        }));
    };
    for (index, (field, lowered)) in request.fields.iter().zip(rules.fields.iter()).enumerate() {
        let modes = |is: &dyn Fn(usize) -> bool| {
            (0..lowered.presence.len().min(64)).filter(|mode| is(*mode)).fold(0, |set, mode| set | 1_u64 << mode)
        };
        let optional = modes(&|mode| lowered.presence[mode] == Presence::Optional);
        let allowed = modes(&|mode| lowered.presence[mode] != Presence::Forbidden);
        watch(&field.conditions.required, optional, None);
        watch(&field.conditions.forbidden, optional, None);
        watch(&field.conditions.allowed, optional, Some((index, None)));
        for (value, conditions) in field.conditional_values() {
            let value = lower::constant(&value);
            let own = |mode: usize| {
                rules.modes.get(mode).and_then(|mode| mode.own_value(index)).or(lowered.constant.as_ref())
            };
            let with_value = allowed & modes(&|mode| own(mode).is_none_or(|own| *own == value));
            // It may hold in bodies with other values, also in modes that set another value.
            watch(&conditions.forbidden, u64::MAX, None);
            watch(&conditions.allowed, with_value, Some((index, Some(value))));
        }
        for limit in &field.limits {
            watch(&limit.when, allowed & lower::modes(limit.modes.as_deref(), request), None);
        }
    }
    for (relation, lowered) in request.relations.iter().zip(rules.relations.iter()) {
        watch(&relation.when, lowered.modes, None);
    }
    found
}
