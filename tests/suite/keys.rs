//! Every key of the reference page has a test that shows what it changes; and the keys that no other file is about.

use std::collections::BTreeSet;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Program, Project, Server, Signal};
use serde_json::Value;

use crate::{
    bodies, build, compose, configuration, dependencies, failures, limits, module_memory, modules, optimize, outbound,
    provenance, publish, registry, reuse, settings, static_files, target_auto, telemetry, wasm_opt,
};

/// A test.
type Test = fn();

/// What shows that a key is honoured.
const SHOWN: &[(&str, &[Test])] = &[
    ("project.name", &[configuration::a_directory_without_cargo_has_its_settings_too]),
    ("project.version", &[configuration::what_the_package_says_otherwise_is_told]),
    ("project.description", &[configuration::what_the_package_says_otherwise_is_told]),
    (
        "build.target",
        &[
            the_target_and_the_optimization_are_the_manifests,
            target_auto::every_part_of_std_that_the_smallest_target_lacks_is_named_with_who_reaches_it_and_works,
        ],
    ),
    ("build.optimize", &[the_target_and_the_optimization_are_the_manifests]),
    ("build.panic", &[optimize::keys::panics_trap_where_the_manifest_says_so]),
    ("build.auditable", &[provenance::an_auditable_component_lists_what_it_was_compiled_from]),
    ("build.max_size", &[optimize::keys::a_component_that_is_too_large_is_not_written_and_its_crates_are_named]),
    ("build.wasm_opt", &[wasm_opt::the_key_says_which_and_the_environment_beats_it]),
    ("composition.http_handler", &[build::a_handler_that_an_earlier_build_left_is_not_taken_for_this_ones]),
    ("composition.plug", &[compose::nothing_is_plugged_of_its_own_accord_where_the_manifest_says_so]),
    ("composition.bridge", &[build::the_bridge_of_a_file_is_used_in_place_of_the_embedded_one]),
    ("dependencies", &[dependencies::commands::what_is_added_is_written_where_the_configuration_is_and_comments_stay]),
    ("registry.default", &[registry::the_default_and_mirrors_and_plain_http_are_the_configurations]),
    ("registry.publish", &[publish::without_a_name_it_is_the_configurations_and_nothing_is_pushed_in_a_dry_run]),
    ("registry.mirrors", &[registry::the_default_and_mirrors_and_plain_http_are_the_configurations]),
    ("registry.insecure", &[registry::the_default_and_mirrors_and_plain_http_are_the_configurations]),
    ("server.port", &[settings::flags_beat_the_environment_which_beats_the_manifest_which_beats_the_default]),
    ("server.host", &[settings::flags_beat_the_environment_which_beats_the_manifest_which_beats_the_default]),
    ("server.env", &[settings::the_environment_is_the_manifests_and_never_the_hosts]),
    ("server.execution_timeout_secs", &[failures::a_handler_over_its_limits_is_told_which_and_the_developer_why]),
    ("server.memory_limit_mb", &[failures::a_handler_over_its_limits_is_told_which_and_the_developer_why]),
    ("server.max_concurrent_requests", &[one_request_more_than_may_be_in_flight_is_a_503]),
    (
        "server.max_body_size_mb",
        &[bodies::the_limit_and_the_memory_are_those_of_the_manifest, the_limit_of_bodies_is_the_environments],
    ),
    ("server.shutdown_timeout_secs", &[a_drain_takes_no_longer_than_the_key_says]),
    ("server.watch_debounce_ms", &[a_save_that_does_not_end_is_waited_for_as_long_as_the_key_says]),
    ("server.modules", &[modules::each_component_of_a_directory_answers_by_its_name_and_sees_the_rest_byte_for_byte]),
    ("server.static", &[static_files::static_files_are_served_and_nothing_beside_them]),
    ("server.cache_size", &[module_memory::as_many_modules_stay_in_memory_as_may_and_those_asked_for_last]),
    ("server.max_cache_mb", &[module_memory::as_much_code_stays_in_memory_as_may_by_its_real_size]),
    (
        "server.http_allowed",
        &[outbound::policy::the_line_to_add_makes_it_work_and_its_removal_ends_even_connections_that_are_open],
    ),
    (
        "server.http_allow_private",
        &[outbound::policy::a_name_that_resolves_to_this_machine_is_refused_and_the_note_names_the_address],
    ),
    ("server.http_ca_file", &[outbound::exchange::a_server_is_trusted_over_tls_if_the_file_of_authorities_has_its_own]),
    (
        "server.http_max_response_mb",
        &[outbound::limits::a_response_over_the_limit_is_cut_short_whether_or_not_it_says_so_before],
    ),
    (
        "server.max_per_module_requests",
        &[limits::the_excess_of_requests_to_one_module_gets_a_503_and_holds_up_no_other],
    ),
    ("server.instance_reuse", &[reuse::an_instance_answers_as_many_requests_as_it_may_and_one_at_a_time]),
    ("server.log_file", &[telemetry::the_log_file_has_a_line_for_each_request_and_for_what_is_said]),
    ("server.log_max_size_mb", &[telemetry::a_log_file_that_is_full_is_put_aside]),
    ("server.log_max_files", &[telemetry::a_log_file_that_is_full_is_put_aside]),
];

#[test]
fn every_key_of_the_reference_page_is_shown_to_be_honoured() {
    let named: BTreeSet<&str> = SHOWN.iter().map(|(key, _)| *key).collect();
    assert_eq!(named, mik_build::schema::leaves().collect());
    assert_eq!(named.len(), SHOWN.len(), "a key is named twice");
    for (key, tests) in SHOWN {
        assert!(!tests.is_empty(), "{key}");
    }
    let page = fs_err::read_to_string(Program::workspace().join("docs/reference/configuration.md")).unwrap();
    for key in named {
        assert!(page.contains(&format!("### `{key}`\n")), "{key} is not in the reference; run `cargo xtask reference`");
    }
}

#[test]
fn the_target_and_the_optimization_are_the_manifests() {
    let project = Project::saying("keys", "here");
    let size = || {
        let output = project.run("build --message-format json").ok();
        let artifact = output.stdout.lines().find(|line| line.contains("mik-artifact")).unwrap();
        serde_json::from_str::<Value>(artifact).unwrap()["size"].as_u64().unwrap()
    };
    let debug = size();
    project.write("mik.toml", "[build]\noptimize = \"size\"\n");
    let stripped = size();
    assert!(stripped < debug / 2, "{debug} became {stripped}: names and debug information are still there");

    project.write("mik.toml", "[build]\noptimize = \"size\"\ntarget = \"wasm32-unknown-unknown\"\n");
    let smallest = size();
    assert!(smallest < stripped, "{stripped} became {smallest}: the standard library is that of a system");
}

#[test]
fn one_request_more_than_may_be_in_flight_is_a_503() {
    let project = PROBE.configured("one-at-once", "[server]\nmax_concurrent_requests = 1\n");
    let server = Server::start(&mut project.command("serve"));
    server.ask_for("/ok").is(200);
    let mut first = server.open();
    first.send("GET /drip/100000 HTTP/1.1\r\nhost: a\r\n\r\n");
    server.says("| drip 0");
    server.ask_for("/ok").is_failure(503, "overloaded");
}

#[test]
fn a_drain_takes_no_longer_than_the_key_says() {
    // By default these hundred lines, ten seconds, are waited for.
    let project = PROBE.configured("no-drain", "[server]\nshutdown_timeout_secs = 0\n");
    let server = Server::start(&mut project.command("serve"));
    let mut connection = server.open();
    connection.send("GET /drip/100 HTTP/1.1\r\nhost: a\r\n\r\n");
    server.says("| drip 0");
    server.signal(Signal::Terminate);
    assert_eq!(server.wait(), Some(0));
    assert!(!connection.rest().ends_with(b"0\r\n\r\n"), "what was cut is not whole");
}

#[test]
fn the_limit_of_bodies_is_the_environments() {
    let mut command = Program::mik();
    command.arg("run").arg(HANDLER.component()).env("MIK_MAX_BODY_SIZE", "1000");
    let server = Server::start(&mut command);
    server.ask("POST", "/echo", &[], Body::Length(&[b'x'; 1000])).is(200);
    let reply = server.ask("POST", "/echo", &[], Body::Length(&[b'x'; 1001])).is_failure(413, "body-too-large");
    assert_eq!(reply.json()["detail"], "the limit is 1000 bytes");
    drop(server);

    for wrong in ["0", "10M", "-1", "99999999999"] {
        let output = Program::run(command.env("MIK_MAX_BODY_SIZE", wrong)).code(96);
        output.says("error[mik::project::invalid_variable]").says("`MIK_MAX_BODY_SIZE`").says("a number of bytes");
    }
}

#[test]
fn a_save_that_does_not_end_is_waited_for_as_long_as_the_key_says() {
    let project = Project::saying("endless-save", "one");
    project.write("mik.toml", "[server]\nwatch_debounce_ms = 1\n");
    let server = Server::start(project.command("serve").arg("-v"));
    server.says("Watching for changes; a save is waited for at most 1 ms");
    // It never comes to rest, and is built all the same.
    let mut count = 0;
    mik_tests::wait_until("a build of what is still being written", || {
        count += 1;
        project.say(&count.to_string());
        server.log().contains("Rebuilding")
    });
}
