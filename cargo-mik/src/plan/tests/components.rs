//! What a plan makes of component dependencies.

use super::*;

fn component(name: &str, digest: &str) -> Component {
    Component {
        name: name.to_owned(),
        path: format!("/store/{digest}").into(),
        digest: digest.to_owned(),
        instance: None,
        place: None,
    }
}

/// A package that depends on these; `web` answers HTTP.
fn with(components: &[Component]) -> Facts {
    Facts {
        components: BTreeMap::from([(package("hello").id, components.to_vec())]),
        served: BTreeSet::from(["web".to_owned()]),
        ..facts(Previous::Nothing)
    }
}

#[test]
fn what_answers_http_is_served_and_all_others_may_be_plugged() {
    let facts = with(&[component("kv", "1"), component("auth", "web"), component("log", "2")]);
    let plan = plan(&project(vec![package("hello")]), &facts);
    assert_eq!(names(&plan), ["cargo", "encode", "optimize", "compose", "optimize", "emit", "place"]);
    let text = plan.to_string();
    assert!(
        text.contains("compose   hello with kv, log, the embedded bridge, if it exports mik:core/handler ("),
        "{text}"
    );
    assert!(text.contains("place     auth beside hello, in /work/target/mik/release/hello.dependencies\n"), "{text}");
    let json = plan.to_json();
    let kv = r#""plug":true,"components":[{"name":"kv","path":"/store/1","digest":"1","instance":null},"#;
    assert!(json.contains(kv), "{json}");
    assert!(json.contains(r#"{"step":"place","package":"hello","#), "{json}");
    // The same for each way of a target that is left open.
    let plan = super::super::plan(&project(vec![undecided("hello")]), &facts);
    assert_eq!(names(&plan).first().map(String::as_str), Some("choose"));
    assert!(matches!(plan.steps.last(), Some(Step::Place { components, .. }) if components.len() == 1), "{plan}");
    assert_eq!(plan.clone().for_units(&BTreeSet::from(["hello".to_owned()])), plan);
}

#[test]
fn what_is_given_by_hand_is_plugged_even_where_nothing_else_is() {
    let layer = Component { instance: Some("wasi:http/incoming-handler".to_owned()), ..component("layer", "web") };
    let facts = with(&[component("kv", "1"), layer]);
    let mut hello = package("hello");
    hello.plug = false;
    let plan = plan(&project(vec![hello]), &facts);
    assert!(plan.to_string().contains("compose   hello with layer as wasi:http/incoming-handler, the"), "{plan}");
    assert!(!names(&plan).contains(&"place".to_owned()), "{plan}");
}

#[test]
fn dependencies_are_plugged_into_what_is_not_for_http_too() {
    let mut hello = package("hello");
    hello.composition = Composition::Never;
    let plan = plan(&project(vec![hello]), &with(&[component("kv", "1")]));
    assert!(plan.to_string().contains("compose   hello with kv (not built yet)\n"), "{plan}");
}

#[test]
fn another_dependency_makes_a_component_stale_and_another_name_or_place_does_not() {
    let settings = |components: &[Component]| freshness::settings(&package("hello"), Target::Wasip2, &with(components));
    let before = settings(&[component("kv", "1"), component("auth", "web")]);
    let moved = Component { name: "store".to_owned(), path: "/else".into(), ..component("kv", "1") };
    assert_eq!(settings(&[moved, component("auth", "web")]), before);
    assert_eq!(settings(&[component("kv", "1")]), before, "what is served is no part of it");
    let given = Component { instance: Some("x:x/i".to_owned()), ..component("kv", "1") };
    for others in [vec![], vec![component("kv", "2")], vec![given], vec![component("kv", "1"), component("log", "3")]] {
        assert_ne!(settings(&others), before, "{others:?}");
    }
}

#[test]
fn what_an_earlier_build_has_put_beside_it_is_taken_away() {
    let facts = Facts { placed: BTreeSet::from(["hello".to_owned()]), ..facts(Previous::Nothing) };
    let plan = plan(&project(vec![package("hello"), package("other")]), &facts);
    let places: Vec<_> = plan.steps.iter().filter(|step| matches!(step, Step::Place { .. })).collect();
    let [Step::Place { package, components, .. }] = places.as_slice() else { panic!("{plan}") };
    assert_eq!((package.as_str(), components.len()), ("hello", 0));
}
