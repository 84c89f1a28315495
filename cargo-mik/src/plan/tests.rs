//! Plans as values: what is decided for which project and which facts.

mod components;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;
use crate::project::{
    About, Bridge, Declared, Dependents, Manifest, Panic, Profile, Sources, UnitKind, WasmOptSettings,
};

fn package(name: &str) -> Package {
    Package {
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        about: About::default(),
        id: format!("path+file:///work/{name}#0.1.0"),
        manifest_path: PathBuf::from(format!("/work/{name}/Cargo.toml")),
        target: TargetChoice::One(Target::Wasip2),
        optimize: Optimize::Size,
        panic: Panic::Message,
        auditable: false,
        wasm_opt: WasmOptSettings::default(),
        max_size: None,
        composition: Composition::WhereExported { bridge: Bridge::Embedded },
        plug: true,
        units: vec![Unit { name: name.to_owned(), crate_name: name.replace('-', "_"), kind: UnitKind::Lib }],
        declared: Declared::default(),
        manifest: Manifest::default(),
    }
}

fn project(packages: Vec<Package>) -> Project {
    Project {
        manifest_path: PathBuf::from("/work/Cargo.toml"),
        target_directory: PathBuf::from("/work/target"),
        output_directory: PathBuf::from("/work/target/mik/release"),
        profile: Profile {
            name: "release".to_owned(),
            directory: "release".to_owned(),
            is_release: true,
            set_by_user: BTreeSet::new(),
            is_plain: true,
        },
        packages,
        cargo_arguments: Vec::new(),
        offline: false,
        source_paths: Vec::new(),
        sources: Sources::default(),
        dependents: Dependents::default(),
    }
}

fn facts(previous: Previous) -> Facts {
    Facts {
        sysroots: BTreeMap::from([(Target::Wasip2, SysrootFact::Toolchain)]),
        previous: BTreeMap::from([("hello".to_owned(), previous)]),
        ..Facts::default()
    }
}

fn names(plan: &Plan) -> Vec<String> {
    let first_word = |step: &Step| step.to_string().split_whitespace().next().unwrap_or_default().to_owned();
    plan.steps.iter().map(first_word).collect()
}

fn cargo_arguments(plan: &Plan) -> Vec<String> {
    let runs = plan.steps.iter().filter_map(|step| match step {
        Step::Cargo(run) => Some(run.arguments.join(" ")),
        _ => None,
    });
    runs.collect()
}

#[test]
fn a_handler_goes_through_every_stage() {
    let plan = plan(&project(vec![package("hello")]), &facts(Previous::Nothing));
    assert_eq!(
        plan.to_string(),
        "cargo     build --manifest-path /work/Cargo.toml --target wasm32-wasip2 --target-dir /work/target \
         --profile release --package path+file:///work/hello#0.1.0 --lib --config profile.release.opt-level=\"z\" --config \
         profile.release.lto=\"fat\" --config profile.release.codegen-units=1 --config \
         profile.release.panic=\"abort\" --config profile.release.debug=\"line-tables-only\" --config \
         profile.release.strip=\"none\"\n\
         encode    hello: the linker makes the component (not built yet)\n\
         optimize  hello for size (not built yet)\n\
         compose   hello with the embedded bridge, if it exports mik:core/handler (not built yet)\n\
         optimize  hello, where composed, for size (not built yet)\n\
         emit      /work/target/mik/release/hello.wasm (not built yet)\n"
    );
}

#[test]
fn a_missing_target_is_set_up_first_and_once() {
    let mut facts = facts(Previous::Nothing);
    facts.sysroots.clear();
    let mut fast = package("fast");
    fast.optimize = Optimize::Speed;
    let plan = plan(&project(vec![package("hello"), fast]), &facts);
    assert_eq!(names(&plan)[..2], ["setup", "cargo"]);
    assert_eq!(names(&plan).iter().filter(|name| *name == "setup").count(), 1);
}

#[test]
fn packages_that_are_compiled_alike_share_a_run_of_cargo() {
    let mut small = package("small");
    small.target = TargetChoice::One(Target::Unknown);
    let plan = plan(&project(vec![package("hello"), small, package("world")]), &facts(Previous::Nothing));
    let runs = cargo_arguments(&plan);
    assert_eq!(runs.len(), 2);
    assert!(
        runs[0].contains("--package path+file:///work/hello#0.1.0 --package path+file:///work/world#0.1.0"),
        "{runs:?}"
    );
    assert!(runs[1].contains("--target wasm32-unknown-unknown"), "{runs:?}");
}

#[test]
fn for_some_components_only_the_runs_that_compile_them_stay() {
    let mut small = package("small");
    small.target = TargetChoice::One(Target::Unknown);
    let packages = vec![package("hello"), small, package("world"), undecided("open")];
    let plan = plan(&project(packages), &Facts::default());
    assert_eq!(
        plan.units().into_iter().map(|unit| &unit.name).collect::<Vec<_>>(),
        ["open", "hello", "world", "small"]
    );
    let of = |wanted: &[&str]| plan.clone().for_units(&wanted.iter().map(|name| (*name).to_owned()).collect());
    // One run compiles both.
    assert_eq!(of(&["world"]).units().into_iter().map(|unit| &unit.name).collect::<Vec<_>>(), ["hello", "world"]);
    assert_eq!(names(&of(&["small"])), ["setup", "cargo", "encode", "optimize", "compose", "optimize", "emit"]);
    assert_eq!(names(&of(&["open"])), ["choose"]);
    assert_eq!(of(&["open", "hello", "small"]), plan);
    assert!(of(&[]).steps.is_empty());
}

#[test]
fn what_the_users_profile_says_stays() {
    let mut project = project(vec![package("hello")]);
    project.profile.set_by_user = BTreeSet::from(["lto".to_owned(), "strip".to_owned()]);
    let [run] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
    // Lines would be stripped with the rest.
    assert!(!run.contains("lto") && !run.contains("strip") && !run.contains("debug"), "{run}");
    assert!(run.contains("opt-level"), "{run}");
    project.profile.set_by_user = BTreeSet::from(["debug".to_owned()]);
    let [run] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
    assert!(!run.contains("release.debug") && run.contains("release.strip=\"none\""), "{run}");
}

#[test]
fn builds_of_development_are_short() {
    let mut project = project(vec![package("hello")]);
    project.profile =
        Profile { name: "dev".to_owned(), directory: "debug".to_owned(), is_release: false, ..project.profile };
    let [run] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
    assert!(run.contains("--config profile.dev.debug=\"line-tables-only\""), "{run}");
    assert!(run.contains("--config profile.dev.opt-level=1"), "{run}");
    for key in ["package", "opt-level"] {
        project.profile.set_by_user = BTreeSet::from([key.to_owned(), "debug".to_owned()]);
        let [run] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
        assert!(!run.contains("profile.dev"), "{run}");
    }
}

#[test]
fn flags_of_the_users_come_last() {
    let mut project = project(vec![package("hello")]);
    project.cargo_arguments = vec!["--config".to_owned(), "profile.release.lto=false".to_owned()];
    let [run] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
    assert!(run.ends_with("--config profile.release.lto=false"), "{run}");
}

#[test]
fn what_names_another_package_stays_out_of_a_run() {
    let mut small = package("small");
    small.target = TargetChoice::One(Target::Unknown);
    small.declared.dependencies.insert("hello".to_owned());
    let mut hello = package("hello");
    hello.declared.features.insert("own".to_owned());
    hello.declared.binaries.insert("tool".to_owned());
    let mut project = project(vec![hello, small]);
    let typed = ["--features", "own,hello/x nobodys", "--bin", "tool", "--features", "hello/own", "--features", "own"];
    project.cargo_arguments = typed.map(str::to_owned).to_vec();
    let [first, second] = cargo_arguments(&plan(&project, &facts(Previous::Nothing))).try_into().unwrap();
    let own = "--features own,hello/x,nobodys --bin tool --features hello/own --features own";
    assert!(first.ends_with(own), "{first}");
    assert!(second.ends_with("--features hello/x,nobodys --features hello/own"), "it depends on hello: {second}");
}

#[test]
fn without_optimization_there_is_no_such_step_and_no_setting() {
    let mut hello = package("hello");
    hello.optimize = Optimize::None;
    let plan = plan(&project(vec![hello]), &facts(Previous::Nothing));
    assert_eq!(names(&plan), ["cargo", "encode", "compose", "emit"]);
    assert!(!cargo_arguments(&plan)[0].contains("--config"));
}

#[test]
fn panics_that_trap_are_told_and_make_another_component() {
    let (hello, mut traps) = (package("hello"), package("hello"));
    traps.panic = Panic::Trap;
    let settings = |package: &Package| freshness::settings(package, Target::Wasip2, &facts(Previous::Nothing));
    assert_ne!(settings(&hello), settings(&traps));
    let plan = plan(&project(vec![traps]), &facts(Previous::Nothing));
    assert!(plan.to_string().contains("optimize  hello for size, panics trap (not built yet)\n"), "{plan}");
}

#[test]
fn a_component_that_is_not_for_http_is_not_composed() {
    let mut hello = package("hello");
    hello.composition = Composition::Never;
    let plan = plan(&project(vec![hello]), &facts(Previous::Nothing));
    assert_eq!(names(&plan), ["cargo", "encode", "optimize", "emit"]);
}

#[test]
fn an_earlier_build_is_used_where_everything_is_as_it_was() {
    let hello = package("hello");
    let settings = freshness::settings(&hello, Target::Wasip2, &facts(Previous::Nothing));
    let record = Record { source: "1".into(), settings, component: "2".into(), handler: None, debug: None };
    let freshness = |record: &Record| {
        let plan = plan(&project(vec![package("hello")]), &facts(Previous::Intact(record.clone())));
        match plan.steps.last() {
            Some(Step::Emit { unit, .. }) => unit.freshness.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(freshness(&record).after_cargo("1"), Freshness::Fresh);
    assert_eq!(freshness(&record).after_cargo("3"), Freshness::Stale(Reason::SourceChanged));
    let other_settings = Record { settings: "x".into(), ..record };
    assert_eq!(freshness(&other_settings), Freshness::Stale(Reason::SettingsChanged));
}

#[test]
fn a_damaged_output_is_made_again() {
    let plan = plan(&project(vec![package("hello")]), &facts(Previous::OutputChanged));
    assert!(plan.to_string().contains("the output is gone or was changed"), "{plan}");
}

/// A package that leaves the target to what it reaches.
fn undecided(name: &str) -> Package {
    Package { target: TargetChoice::Auto, ..package(name) }
}

fn choice_of(plan: &Plan) -> &Choice {
    match plan.steps.as_slice() {
        [Step::Choose(choice)] => choice,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_that_is_left_open_is_two_ways_and_a_probe_that_does_not_optimize() {
    let mut facts = facts(Previous::Nothing);
    facts.sysroots.clear();
    let plan = plan(&project(vec![undecided("hello")]), &facts);
    let choice = choice_of(&plan);
    assert_eq!(choice.remembered, None);
    let steps = |steps: &[Step]| names(&Plan { steps: steps.to_vec() });
    assert_eq!(steps(choice.probe.as_deref().unwrap()), ["setup", "cargo"]);
    for (way, target) in [(&choice.smallest, Target::Unknown), (&choice.supported, Target::Wasip2)] {
        assert_eq!(way.target, target);
        assert_eq!(steps(&way.compile), ["setup", "cargo"], "each is set up only where it is taken");
        assert_eq!(steps(&way.make), ["encode", "optimize", "compose", "optimize", "emit"]);
    }
    let Some([_, Step::Cargo(probe)]) = choice.probe.as_deref() else { panic!("{plan}") };
    let arguments = probe.arguments.join(" ");
    assert!(arguments.contains("--target-dir /work/target/mik/.probe"), "{arguments}");
    assert!(arguments.contains("--profile release") && !arguments.contains("opt-level"), "{arguments}");
    assert_eq!(probe.rustflags.first().map(String::as_str), Some("-Copt-level=0"));
    assert_eq!(plan.first_run().map(|run| run.target), Some(Target::Unknown));
    assert!(plan.to_json().contains(r#"{"step":"choose","package":"hello","remembered":null,"probe":["#));
}

#[test]
fn a_development_build_shows_what_is_reached_by_itself_unless_its_code_is_shaped() {
    let mut project = project(vec![Package { optimize: Optimize::None, ..undecided("hello") }]);
    project.profile.is_release = false;
    assert_eq!(choice_of(&plan(&project, &Facts::default())).probe, None);
    project.profile.is_plain = false;
    assert!(choice_of(&plan(&project, &Facts::default())).probe.is_some());
}

#[test]
fn what_was_decided_is_remembered_if_all_components_were_decided_alike_by_the_same_rules() {
    let decision =
        |target, rules: &str| Decision { rules: rules.into(), target, reasons: Vec::new(), mark: "1".into() };
    let mut two = undecided("hello");
    two.units.push(Unit { name: "other".into(), crate_name: "other".into(), kind: UnitKind::Example });
    let rules = Decision::rules();
    for (hello, other, expected) in [
        (Some(decision(Target::Wasip2, &rules)), Some(decision(Target::Wasip2, &rules)), Some(Target::Wasip2)),
        (Some(decision(Target::Wasip2, &rules)), Some(decision(Target::Unknown, &rules)), None),
        (Some(decision(Target::Wasip2, &rules)), Some(decision(Target::Wasip2, "0 of before")), None),
        (Some(decision(Target::Wasip2, &rules)), None, None),
    ] {
        let decisions = [("hello", hello), ("other", other)].into_iter();
        let decisions = decisions.filter_map(|(name, decision)| Some((name.to_owned(), decision?))).collect();
        let plan = plan(&project(vec![two.clone()]), &Facts { decisions, ..Facts::default() });
        assert_eq!(choice_of(&plan).remembered.as_ref().map(|remembered| remembered.target), expected);
    }
}

#[test]
fn from_scratch_means_both_ways() {
    let plan = plan(&project(vec![undecided("hello")]), &facts(Previous::Nothing)).from_scratch();
    let choice = choice_of(&plan);
    for step in choice.smallest.make.iter().chain(&choice.supported.make) {
        assert!(step.to_string().ends_with("(it was asked for)"), "{step}");
    }
}
