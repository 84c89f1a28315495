//! What a test decides holds for its own thread, and no longer than it says.

use std::time::Duration;

use crate::prelude::*;

#[test]
fn decisions_end_with_what_was_returned_for_them_and_the_one_before_holds_again() {
    let outer = testing::at("2001-01-01T00:00:00Z");
    {
        let inner = testing::at("2002-02-02T00:00:00Z");
        inner.advance(Duration::from_secs(1));
        assert_eq!(time::now_iso(), "2002-02-02T00:00:01.000Z");
    }
    assert_eq!(time::now_iso(), "2001-01-01T00:00:00.000Z");
    outer.set("2003-03-03T03:03:03.003+03:00");
    assert_eq!(time::timestamp().to_string(), "2003-03-03T00:03:03.003000Z");
    drop(outer);
    assert!(time::now() > 1_700_000_000);
}

#[test]
fn other_threads_have_their_own() {
    let _clock = testing::at("2001-01-01T00:00:00Z");
    let _seed = testing::seed(1);
    let _env = testing::env([("NAME", "one")]);
    let logs = testing::logs();
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                assert!(time::now() > 1_700_000_000);
                assert_eq!(env::get("NAME"), None);
                let _logs = testing::logs();
                log::info!("elsewhere");
            })
            .join()
            .unwrap();
    });
    assert!(logs.lines().is_empty());
}

#[test]
fn a_seed_gives_the_same_whatever_is_asked() {
    let ask = || (random::u64(), random::hex(4), random::bytes(3), random::uuid());
    let first = {
        let _seed = testing::seed(42);
        ask()
    };
    let _seed = testing::seed(42);
    assert_eq!(ask(), first);
    assert_ne!(ask(), first);
    let _other = testing::seed(43);
    assert_ne!(ask(), first);
}

#[test]
fn an_environment_is_all_there_is() {
    let variables = testing::env([("A", "1"), ("FLAG", "Yes")]);
    assert_eq!(env::all().len(), 2);
    assert!(env::bool("FLAG"));
    variables.unset("A");
    assert_eq!(env::require("A").unwrap_err().status(), 500);
    variables.set("FLAG", "no");
    assert!(!env::bool("FLAG"));
}

#[test]
fn the_log_level_is_that_of_the_test() {
    let variables = testing::env([("LOG_LEVEL", "error")]);
    let logs = testing::logs();
    log::warn!("unheard");
    log::error!("heard");
    variables.set("LOG_LEVEL", "debug");
    log::debug!("heard too");
    assert_eq!(logs.messages(), ["heard", "heard too"]);
}

#[test]
#[should_panic(expected = "`yesterday` is no moment since 1970")]
fn a_clock_is_not_set_to_what_is_no_moment() {
    let _clock = testing::at("yesterday");
}

#[test]
#[should_panic(expected = "expected a status of 200, and the response is\n    404 Not Found\n    \
                           content-type: application/problem+json\n\n    \
                           {\"title\":\"Not Found\",\"status\":404,\"detail\":\"no user 7\"}")]
fn what_is_not_as_expected_says_what_came() {
    Problem::not_found("no user 7").into_response().assert_status(200);
}

#[test]
#[should_panic(expected = "expected the header field location: /b")]
fn a_header_field_is_compared() {
    Redirect::to("/a").into_response().assert_header("location", "/b");
}

#[test]
#[should_panic(expected = "(2 bytes that are not UTF-8)")]
fn bytes_are_not_shown_as_text() {
    Response::new(StatusCode::OK).with_body([0xff, 0xfe]).assert_text("ab");
}

fn speak() -> StatusCode {
    log::info!("spoken");
    #[cfg(feature = "log")]
    log_facade::warn!(target: "library", "spoken by a {}", "library");
    StatusCode::NO_CONTENT
}

routes! {
    GET "/speak" => speak,
}

#[test]
fn lines_carry_the_trace_of_the_request_and_of_no_other() {
    let logs = testing::logs();
    let id = "0af7651916cd43dd8448eb211c80319c";
    let traced = format!("00-{id}-b7ad6b7169203331-01");
    for (parent, expected) in [
        (Some(traced.as_str()), Some(id)),
        (None, None),
        (Some("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"), None),
        (Some("00-\"injected\",-b7ad6b7169203331-01"), None),
    ] {
        let before = logs.lines().len();
        let call = testing::get("/speak");
        parent.map_or(call.clone(), |parent| call.header("traceparent", parent)).send(handle).assert_status(204);
        let lines = logs.lines();
        assert!(lines.len() > before);
        for line in &lines[before..] {
            assert_eq!(line.get("trace_id").and_then(|id| id.as_str()), expected, "{parent:?}");
        }
    }
}

#[cfg(feature = "log")]
#[test]
fn libraries_are_heard_too() {
    let variables = testing::env([("LOG_LEVEL", "warn,library=debug,noisy=off")]);
    let logs = testing::logs();
    testing::get("/speak").send(handle);
    log_facade::debug!(target: "library::part", "in detail");
    log_facade::debug!(target: "other", "unheard");
    log_facade::error!(target: "noisy", "unheard");
    drop(variables);
    assert_eq!(logs.messages(), ["spoken by a library", "in detail"]);
    assert_eq!((&logs.lines()[0]["level"], &logs.lines()[0]["target"]), (&"warn".into(), &"library".into()));
}
