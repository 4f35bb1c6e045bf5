//! Fields of a mode that rules connect, which the search for contradictions tries together.

use std::collections::BTreeSet;
use std::iter;

use crate::rules::{Bound, Condition, Conditional, Const, Field, Is, Presence, Relating, Relation, Rule, Rules, Value};

use super::candidates::owned;

/// The clusters of a mode.
pub(super) struct Clusters<'r> {
    /// The clusters. The first has no fields, and the rules about fields whose value the mode decides.
    pub(super) all: Vec<Cluster<'r>>,
    /// The cluster of each field that varies; 0 for other fields.
    owners: Vec<usize>,
}

/// Fields of a mode that conditions or rules over several fields connect, with these rules.
pub(super) struct Cluster<'r> {
    rules: &'r Rules,
    mode: usize,
    /// The fields that vary.
    fields: Vec<Varying<'r>>,
    /// The conditions, each with the field that has it.
    conditions: Vec<(usize, &'r Conditional)>,
    relations: Vec<&'r Relation>,
    /// The lists among the fields, each with its minimum and maximum number of items.
    lists: Vec<(usize, [usize; 2])>,
    /// Number of comparisons that one combination needs.
    weight: usize,
}

/// A field that varies, and the values that are tried.
struct Varying<'r> {
    index: usize,
    values: &'r [Value<'static>],
    can_be_left_out: bool,
}

/// One combination of values.
pub(super) type Body = Vec<Option<Value<'static>>>;

/// Returns the values of a mode's fields that do not vary.
pub(super) fn constants(rules: &Rules) -> Body {
    rules.fields.iter().map(|field| field.constant.as_ref().map(owned)).collect()
}

impl<'r> Clusters<'r> {
    /// Returns the clusters of a mode; `None` if a field has too many values.
    pub(super) fn of(rules: &'r Rules, mode: usize, values: &'r [Option<Vec<Value<'static>>>]) -> Option<Self> {
        let connections: Vec<Connection<'r>> = connections(rules, mode);
        let groups = groups(rules, mode, &connections);
        let mut clusters = Self { all: vec![Cluster::empty(rules, mode)], owners: vec![0; rules.fields.len()] };
        for group in groups {
            let cluster = clusters.all.len();
            clusters.all.push(Cluster::empty(rules, mode));
            for index in group {
                clusters.owners[index] = cluster;
                clusters.all[cluster].add_field(index, values[index].as_deref()?);
            }
        }
        for connection in connections {
            let owner = clusters.owner(connection.fields.iter().copied());
            clusters.all[owner].add_rule(&connection);
        }
        Some(clusters)
    }

    /// Returns the cluster that decides the condition; 0 if the mode does.
    pub(super) fn that_decides(&self, condition: &Condition) -> usize {
        self.owner(condition.terms.iter().map(|term| term.field))
    }

    fn owner(&self, mut fields: impl Iterator<Item = usize>) -> usize {
        fields.find_map(|index| self.owners.get(index).copied().filter(|owner| *owner > 0)).unwrap_or(0)
    }
}

/// A rule of a mode, and the fields that it connects.
struct Connection<'r> {
    fields: Vec<usize>,
    rule: Connecting<'r>,
    /// Number of comparisons.
    weight: usize,
}

enum Connecting<'r> {
    Condition(usize, &'r Conditional),
    Relation(&'r Relation),
    /// Only the conditions of a rule, which is not tried itself.
    When,
}

/// Returns the rules of a mode.
fn connections(rules: &Rules, mode: usize) -> Vec<Connection<'_>> {
    let mut all = Vec::new();
    for (index, field) in rules.fields.iter().enumerate() {
        all.extend(field.conditions.iter().map(|it| {
            if has_effect(field, mode, it) {
                Connection::of(&[index], &it.any, Connecting::Condition(index, it))
            } else {
                Connection::of(&[], &it.any, Connecting::When)
            }
        }));
        let limits = field.limits.iter().filter(|limit| limit.modes >> mode & 1 == 1 && !limit.when.is_empty());
        all.extend(limits.map(|limit| Connection::of(&[], &limit.when, Connecting::When)));
    }
    let here = rules.relations.iter().filter(|relation| relation.modes >> mode & 1 == 1);
    all.extend(here.map(|relation| {
        if is_tried(relation) {
            Connection::of(&relation.fields, &relation.when, Connecting::Relation(relation))
        } else {
            Connection::of(&[], &relation.when, Connecting::When)
        }
    }));
    all
}

impl<'r> Connection<'r> {
    fn of(fields: &[usize], when: &[Condition], rule: Connecting<'r>) -> Self {
        let terms = || when.iter().flat_map(|condition| condition.terms.iter());
        let comparisons = terms().map(|term| if let Is::OneOf(values) = &term.is { values.len() } else { 1 });
        let weight = fields.len() + comparisons.sum::<usize>();
        Self { fields: fields.iter().copied().chain(terms().map(|term| term.field)).collect(), rule, weight }
    }
}

/// Whether a condition of a field has an effect in a mode.
fn has_effect(field: &Field, mode: usize, conditional: &Conditional) -> bool {
    match field.presence.get(mode) {
        Some(Presence::Optional) => true,
        Some(Presence::Required | Presence::Fixed) => conditional.value.is_some(),
        Some(Presence::Forbidden) | None => false,
    }
}

/// Whether the search tries the rule. It does not try lengths and differences.
fn is_tried(relation: &Relation) -> bool {
    !matches!(relation.asks, Relating::Length { .. } | Relating::Difference { .. })
}

/// Whether a body of the mode has a choice about the field.
fn is_open(rules: &Rules, mode: usize, index: usize) -> bool {
    let field = &rules.fields[index];
    let presence = field.presence.get(mode);
    field.constant.is_none() && matches!(presence, Some(Presence::Required | Presence::Optional))
}

/// Returns disjoint groups of the fields that vary and that rules connect.
fn groups(rules: &Rules, mode: usize, connections: &[Connection<'_>]) -> Vec<Vec<usize>> {
    // Each field has the first field of its group, or one that leads there.
    let mut firsts: Vec<Option<usize>> = vec![None; rules.fields.len()];
    for connection in connections {
        let mut open = connection.fields.iter().copied().filter(|index| is_open(rules, mode, *index));
        let Some(one) = open.next() else { continue };
        for other in iter::once(one).chain(open) {
            let (one, other) = (first(&mut firsts, one), first(&mut firsts, other));
            firsts[one.max(other)] = Some(one.min(other));
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); firsts.len()];
    for index in 0..firsts.len() {
        if firsts[index].is_some() {
            groups[first(&mut firsts, index)].push(index);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Returns the first field of a field's group, and shortens the way to it.
fn first(firsts: &mut [Option<usize>], mut index: usize) -> usize {
    loop {
        let next = *firsts[index].get_or_insert(index);
        if next == index {
            return index;
        }
        firsts[index] = firsts[next];
        index = next;
    }
}

impl<'r> Cluster<'r> {
    fn empty(rules: &'r Rules, mode: usize) -> Self {
        let (fields, conditions, relations, lists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { rules, mode, fields, conditions, relations, lists, weight: 1 }
    }

    fn add_field(&mut self, index: usize, values: &'r [Value<'static>]) {
        let can_be_left_out = self.rules.fields[index].presence.get(self.mode) == Some(&Presence::Optional);
        self.fields.push(Varying { index, values, can_be_left_out });
        self.weight += 1;
    }

    fn add_rule(&mut self, connection: &Connection<'r>) {
        self.weight += connection.weight;
        match connection.rule {
            Connecting::Condition(index, condition) => self.conditions.push((index, condition)),
            Connecting::Relation(relation) => {
                self.relations.push(relation);
                if matches!(relation.asks, Relating::Items { .. }) {
                    self.add_lists(relation);
                }
            }
            Connecting::When => {}
        }
    }

    fn add_lists(&mut self, total: &Relation) {
        for index in total.fields.iter().copied() {
            let is_new = self.lists.iter().all(|(list, _)| *list != index);
            if is_new && is_open(self.rules, self.mode, index) {
                self.lists.push((index, items(&self.rules.fields[index], self.mode)));
            }
        }
    }

    /// Returns the number of combinations, if it can be counted.
    pub(super) fn combinations(&self) -> Option<usize> {
        self.fields.iter().try_fold(1_usize, |product, field| product.checked_mul(field.count()))
    }

    /// Returns the number of comparisons for all combinations, if it can be counted.
    pub(super) fn comparisons(&self) -> Option<usize> {
        self.combinations()?.checked_mul(self.weight)
    }

    /// Returns the numbers of all combinations, in an order in which neighbours differ in many fields.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        let count = self.combinations().unwrap_or(0);
        let step = stride(count);
        (0..count).map(move |number| number * step % count)
    }

    /// Writes the values of a combination to the body.
    pub(super) fn fill(&self, body: &mut Body, mut number: usize) {
        for field in &self.fields {
            body[field.index] = field.values.get(number % field.count()).cloned();
            number /= field.count();
        }
    }

    /// Removes the values of a combination from the body.
    pub(super) fn clear(&self, body: &mut Body) {
        self.fields.iter().for_each(|field| body[field.index] = None);
    }

    /// Whether the values keep the rules. A list in a total is tried with its fewest and with its most items.
    pub(super) fn keeps_rules(&self, body: &mut Body) -> bool {
        let mut keeps = |end: usize, but: Rule| {
            for (index, counts) in &self.lists {
                if body[*index].is_some() {
                    body[*index] = Some(Value::Cut { items: Vec::new(), count: counts[end], wrong: 0 });
                }
            }
            self.rules.keeps(self.mode, body, &self.conditions, &self.relations, but)
        };
        keeps(0, Rule::MinTotal) && (self.lists.is_empty() || keeps(1, Rule::MaxTotal))
    }

    pub(super) fn holds(&self, body: &Body, condition: &Condition) -> bool {
        self.rules.any_holds(self.mode, body, std::slice::from_ref(condition)) != Some(false)
    }

    /// Whether the field is given, with this value if there is one. The items of a list are not known.
    pub(super) fn has(&self, body: &Body, index: usize, value: Option<&Const>) -> bool {
        let own = self.rules.modes.get(self.mode).and_then(|mode| mode.own_value(index));
        match (own, &body[index], value) {
            (Some(own), _, value) => value.is_none_or(|value| value == own),
            (None, Some(Value::Cut { .. }), _) => true,
            (None, Some(given), value) => value.is_none_or(|value| value.is(given) != Some(false)),
            (None, None, _) => false,
        }
    }

    /// Names the fields of a cluster that has no combination which keeps the rules.
    pub(super) fn contradiction(&self) -> String {
        let in_relations = self.relations.iter().flat_map(|relation| relation.fields.iter().copied());
        let with_conditions = self.conditions.iter().map(|(index, _)| *index);
        let named: BTreeSet<usize> =
            self.fields.iter().map(|field| field.index).chain(in_relations).chain(with_conditions).collect();
        let names: Vec<&str> = named.into_iter().map(|index| self.rules.fields[index].wire.as_ref()).collect();
        format!("the rules of {} exclude each other", crate::suggest::list(names))
    }
}

impl Varying<'_> {
    fn count(&self) -> usize {
        self.values.len() + usize::from(self.can_be_left_out)
    }
}

/// Returns the minimum and maximum number of items that a list can have in a mode, whatever else is given.
fn items(field: &Field, mode: usize) -> [usize; 2] {
    let always =
        field.limits.iter().filter(|it| it.when.is_empty() && it.models == u64::MAX && it.modes >> mode & 1 == 1);
    let (mut least, mut most) = (0, usize::MAX >> 8);
    for limit in always {
        match limit.bound {
            Bound::MinItems(count) => least = least.max(count as usize),
            Bound::MaxItems(count) => most = most.min(count as usize),
            _ => {}
        }
    }
    [if field.nullable { 0 } else { least }, most]
}

/// Returns a number that has no factor in common with `count`, and is far from 1 if it can be.
fn stride(count: usize) -> usize {
    (count * 5 / 8..count).find(|step| greatest_factor(*step, count) == 1).unwrap_or(1)
}

/// Returns the greatest factor that two numbers have in common.
fn greatest_factor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_factor(other, one % other) }
}
