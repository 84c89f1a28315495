//! Registries that take tokens alone, as GitHub's and Docker's do: who is sent for one, and what is told where there is none.

use std::process::Command;

use mik_tests::{Faulty, Output, Program, Registry, Tokens};

use super::{Place, component, with_login};

/// Debian's registry behind a server of tokens, and a user's directory with a component.
struct Site {
    tokens: Tokens,
    registry: Registry,
    place: Place,
}

impl Site {
    fn new() -> Self {
        let (tokens, place) = (Tokens::start(), Place::new());
        place.write("in.wasm", component());
        Self { registry: Registry::with_tokens(&tokens), tokens, place }
    }

    fn publish(&self, repository: &str) -> Output {
        let reference = format!("{}/{repository}:1", self.registry.name());
        Program::run(with_login(&mut self.place.command(&["publish", &reference, "--component", "in.wasm"])))
    }

    fn pull(&self, repository: &str, change: impl Fn(&mut Command)) -> Output {
        self.pull_from(&self.registry.name(), repository, change)
    }

    fn pull_from(&self, name: &str, repository: &str, change: impl Fn(&mut Command)) -> Output {
        let mut command = self.place.command(&["pull", &format!("{name}/{repository}:1"), "-o", "out.wasm"]);
        change(&mut command);
        Program::run(&mut command)
    }
}

/// With the login of the one whom the server of tokens knows.
fn as_user(command: &mut Command) {
    with_login(command);
}

#[test]
fn a_login_is_changed_for_tokens_and_what_is_public_needs_none() {
    let site = Site::new();
    let published = site.publish("public/shop").ok().stdout;
    assert_eq!(site.publish("team/shop").ok().stdout, published);
    assert_eq!(site.pull("public/shop", |_| ()).ok().stdout, published);
    assert!(site.place.pulled() == component());
    assert_eq!(site.pull("team/shop", as_user).ok().stdout, published);
    // One that is over is replaced, each time: nothing else is said of it.
    site.tokens.are_over_at_once();
    let before = site.tokens.given();
    assert_eq!(site.pull("team/shop", as_user).ok().stdout, published);
    assert!(site.tokens.given() - before > 2, "{}", site.tokens.given() - before);
}

#[test]
fn no_login_and_a_wrong_one_and_one_that_is_not_enough_are_told_apart() {
    let site = Site::new();
    site.publish("team/shop").ok();
    site.pull("team/shop", |_| ()).code(106).says("mik::deps::login_wanted").says("docker login");
    let wrong = site.pull("team/shop", |command| {
        with_login(command).env("MIK_REGISTRY_PASSWORD", "wrong");
    });
    wrong.code(106).says("mik::deps::wrong_credentials").says("MIK_REGISTRY_PASSWORD");
    let denied = site.publish("others/shop").code(106);
    denied.says("mik::deps::denied").says("push to `others/shop`").says("scopes");
}

#[test]
fn a_server_of_tokens_that_has_no_time_says_nothing_of_the_login() {
    let site = Site::new();
    site.publish("team/shop").ok();
    // Each is seen twice: as no token, and to find out why.
    site.tokens.fail([503, 503, 503, 200]);
    site.pull("team/shop", as_user).ok();
    site.tokens.fail([503; 8]);
    let before = site.tokens.asked();
    site.pull("team/shop", as_user).code(106).says("mik::deps::registry_failed").says("503").says("not now");
    assert_eq!(site.tokens.asked() - before, 8);
    // GitLab says so to whose token is for something else.
    site.tokens.fail([403; 2]);
    site.pull("team/shop", as_user).code(106).says("mik::deps::denied").says("scopes");
    site.tokens.fail([429; 12]);
    site.pull("team/shop", as_user).code(106).says("mik::deps::registry_busy");
}

#[test]
fn a_download_that_breaks_off_goes_on_with_another_token() {
    use mik_tests::Fault;
    let site = Site::new();
    site.publish("team/shop").ok();
    let way = Faulty::before(site.registry.address());
    site.tokens.are_over_at_once();
    way.fail("/blobs/", [Fault::Answer(500, ""), Fault::Cut(100_000)]);
    site.pull_from(&way.name(), "team/shop", as_user).ok();
    assert!(site.place.pulled() == component());
    let shown: std::collections::BTreeSet<String> = way
        .seen("/blobs/")
        .iter()
        .filter_map(|head| head.lines().find_map(|line| line.strip_prefix("authorization: ")).map(str::to_owned))
        .collect();
    assert_eq!(shown.len(), 3, "each with a token of its own");
}
