//! Rules of `[credits]`.

use cover_spec::tables::Credits;

use crate::helper::{FAST_AND_SLOW, MODELS, choice, faults, field, no_faults, request, service};

/// Returns a `[credits]` with these keys.
fn credits(keys: &str) -> String {
    format!("credits = {{ path = \"/credits\", amount = \"data\", {keys} }}")
}

#[test]
fn the_price_of_a_request_is_that_of_the_first_entry_of_costs_whose_when_holds_or_else_cost() {
    let kind = choice("kind", &["small", "large", "huge"], "default = \"large\", optional = [\"Fast\", \"Slow\"]");
    let loud = field("loud", "boolean", "optional = [\"Fast\"], forbidden = [\"Slow\"]");
    let costs = "cost = 0.4, costs = [\
        { when = { loud = true, kind = \"huge\" }, cost = 100 }, \
        { when = [{ kind = [\"huge\", \"large\"] }, { loud = { given = true } }], cost = 12.5 }, \
        { when = { fast = true }, cost = 2 }]";
    let lines: &[&str] = &[FAST_AND_SLOW, &kind, &loud, &credits(costs)];
    let (request, credits) = (request(lines), service(lines).credits.unwrap());
    for (body, price) in [
        (r#"{"fast": true, "loud": true, "kind": "huge"}"#, "100"),
        (r#"{"fast": true, "loud": false, "kind": "huge"}"#, "12.5"),
        // The default counts.
        (r#"{"fast": false}"#, "12.5"),
        (r#"{"fast": true, "loud": false, "kind": "small"}"#, "12.5"),
        // So does the value that the mode sets.
        (r#"{"fast": true, "kind": "small"}"#, "2"),
        (r#"{"fast": false, "kind": "small"}"#, "0.4"),
    ] {
        assert_eq!(request.price(&credits, body).to_string(), price, "{body}");
    }
}

#[test]
fn a_price_is_a_number_from_0_to_1000000000_with_at_most_three_digits_after_the_point() {
    let fault = |cost: &str| faults(&[&credits(&format!("cost = {cost}"))]);
    for (cost, thousandths) in [("0", 0), ("0.001", 1), ("2.50", 2_500), ("1000000000", 1_000_000_000_000)] {
        let table = service(&[&credits(&format!("cost = {cost}"))]).credits.unwrap();
        assert_eq!(table.cost, Credits::from_thousandths(thousandths));
    }
    for cost in ["-1", "0.0001", "1000000000.001", "1000000001"] {
        assert_eq!(fault(cost), [format!("`cost` is {cost}, which cannot be a price")]);
    }
    assert_eq!(fault("\"12\""), ["`cost` must be a number, such as 0.01"]);
    let entry = "cost = 1, costs = [{ when = { about = \"music\" }, cost = -2 }]";
    assert_eq!(faults(&[&credits(entry)]), ["`cost` is -2, which cannot be a price"]);
}

#[test]
fn the_when_of_an_entry_of_costs_is_a_condition_or_a_list_of_conditions() {
    let models = MODELS.replace("grand = {", "nano = { doc = \"Smaller.\" }, grand = {");
    let small = "classes = { small = [\"mini\", \"nano\"] }";
    let loud = field("loud", "boolean", "nullable = true");
    let costs = "cost = 0.4, costs = [\
        { when = { model = \"small\", loud = true }, cost = 100 }, \
        { when = [{ model = \"small\" }, { loud = { given = true } }], cost = 12.5 }]";
    let lines: &[&str] = &[&models, small, &loud, &credits(costs)];
    let (request, credits) = (request(lines), service(lines).credits.unwrap());
    for (body, price) in [
        // The name of a class stands for all of its models.
        (r#"{"model": "mini", "loud": true}"#, "100"),
        (r#"{"model": "nano", "loud": true}"#, "100"),
        (r#"{"model": "nano", "loud": false}"#, "12.5"),
        (r#"{"model": "mini"}"#, "12.5"),
        (r#"{"model": "grand", "loud": true}"#, "12.5"),
        // A null matches no value, but it is given.
        (r#"{"model": "mini", "loud": null}"#, "12.5"),
        (r#"{"model": "grand", "loud": null}"#, "12.5"),
        (r#"{"model": "grand"}"#, "0.4"),
    ] {
        assert_eq!(request.price(&credits, body).to_string(), price, "{body}");
    }
}

#[test]
fn an_entry_of_costs_must_have_a_condition() {
    let with = |entry: &str| faults(&[&credits(&format!("cost = 1, costs = [{{ {entry}cost = 2 }}]"))]);
    assert_eq!(with("when = { about = \"music\" }, "), [""; 0]);
    assert_eq!(with(""), ["`when` is missing in `costs`"]);
    assert_eq!(with("when = [], "), ["this cost has no condition"]);
    assert_eq!(with("when = {}, "), ["the condition is empty"]);
    // What conditions may ask is checked as elsewhere.
    assert_eq!(with("when = { abuot = \"music\" }, "), ["unknown field `abuot`"]);
    assert_eq!(with("when = { about = 3 }, "), ["the condition's value breaks a rule of the field"]);
}

#[test]
fn an_entry_of_costs_is_a_fault_if_an_earlier_one_counts_whenever_it_holds() {
    let kind = choice("kind", &["small", "large", "huge"], "");
    let with = |whens: &[&str]| {
        let entries: Vec<String> = whens.iter().map(|when| format!("{{ when = {when}, cost = 2 }}")).collect();
        faults(&[
            &kind,
            &field("loud", "boolean", ""),
            &credits(&format!("cost = 1, costs = [{}]", entries.join(", "))),
        ])
    };
    let never = ["this cost never counts"];
    let [small, large] = ["{ kind = \"small\" }", "{ kind = \"large\" }"];
    assert_eq!(with(&[small, large]), [""; 0]);
    assert_eq!(with(&[small, small]), never);
    assert_eq!(with(&[small, "{ kind = \"small\", loud = true }"]), never);
    assert_eq!(with(&["{ kind = \"small\", loud = true }", small]), [""; 0]);
    assert_eq!(with(&[small, large, "{ kind = [\"small\", \"large\"] }"]), never);
    assert_eq!(with(&[small, large, "{ kind = [\"small\", \"huge\"] }"]), [""; 0]);
    assert_eq!(with(&["{ kind = { given = true } }", small]), never);
    assert_eq!(with(&["{ kind = { given = false } }", small]), [""; 0]);
    let [list, of_both] = [format!("[{small}, {large}]"), format!("[{large}, {small}]")];
    assert_eq!(with(&[&list, &of_both]), never);
    // A class counts as all of its models.
    let with_models = |whens: [&str; 2]| {
        let [first, second] = whens.map(|model| format!("{{ when = {{ model = \"{model}\" }}, cost = 2 }}"));
        let costs = credits(&format!("cost = 1, costs = [{first}, {second}]"));
        faults(&[MODELS, "classes = { small = [\"mini\"], all = [\"mini\", \"grand\"] }", &costs])
    };
    assert_eq!(with_models(["all", "mini"]), never);
    assert_eq!(with_models(["mini", "small"]), never);
    assert_eq!(with_models(["mini", "all"]), [""; 0]);
    // With a default, the field has its value without being given.
    let kind = choice("kind", &["small", "large"], "default = \"small\"");
    let costs = format!(
        "cost = 1, costs = [{{ when = {{ kind = {{ given = true }} }}, cost = 2 }}, {{ when = {small}, cost = 3 }}]"
    );
    no_faults(&[&kind, &credits(&costs)]);
}

#[test]
fn path_and_amount_of_credits_are_given_together_or_neither_of_them() {
    let with = |keys: &str| {
        let own = "without = [\"callback\", \"credits\"]";
        faults(&[own, &format!("credits = {{ {keys}cost = 1 }}")])
    };
    assert_eq!(with(""), [""; 0]);
    assert_eq!(with("path = \"/credits\", amount = \"data\", "), [""; 0]);
    assert_eq!(with("path = \"/credits\", "), ["`amount` is missing in `credits`"]);
    assert_eq!(with("amount = \"data\", "), ["`path` is missing in `credits`"]);
}
