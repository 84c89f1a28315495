//! Dependencies in git repositories: real ones, made by `git`, reached by `file://`.

use std::path::Path;
use std::process::Command;

use mik_tests::{Program, Project, Server};
use serde_json::Value;
use tempfile::TempDir;

use super::{Shop, component, package};

/// A repository with a working tree.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git("init --quiet --initial-branch=main");
        repository
    }

    fn git(&self, arguments: &str) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
        git.args(arguments.split_whitespace()).current_dir(self.0.path());
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        Program::run(&mut git).ok().stdout.trim().to_owned()
    }

    /// Commits a file, and gives the commit.
    fn commit(&self, path: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
        self.git("add --all");
        self.git("commit --quiet --message change");
        self.git("rev-parse HEAD")
    }

    fn url(&self) -> String {
        format!("file://{}", self.0.path().display())
    }
}

#[test]
fn a_committed_component_is_pinned_by_its_commit_and_its_digest() {
    let repository = Repository::new();
    let first = repository.commit("db.wasm", component(1, 1));
    repository.git("tag --annotate --message first v1");
    let shop = Shop::new("");
    shop.run(&format!("add db --git {} --tag v1", repository.url())).ok().says("Adding db to mik.toml");
    let lock = shop.read("mik.lock");
    assert!(lock.contains(&format!("source = \"git+{}?tag=v1#{first}\"", repository.url())), "{lock}");
    assert!(lock.contains("digest = \"sha256:") && lock.contains("shop:db/query@1.0.1"), "{lock}");

    // A tag that is moved is told of, and taken when that is asked for.
    let second = repository.commit("db.wasm", component(2, 1));
    repository.git("tag --force v1");
    shop.run("fetch").ok();
    shop.forget();
    shop.run("fetch --locked").ok();
    assert_eq!(shop.read("mik.lock"), lock);
    let outdated = shop.json("outdated");
    assert!(outdated[0]["current"]["source"].as_str().unwrap().ends_with(&second), "{outdated:?}");
    shop.run("update").ok().says(&format!("Updating db {} -> {}", &first[..12], &second[..12]));
    drop(repository);
    shop.run("fetch --frozen").ok();
}

#[test]
fn branches_commits_and_the_default_branch_are_found() {
    let repository = Repository::new();
    let first = repository.commit("db.wasm", component(1, 1));
    repository.git("checkout --quiet -b other");
    let second = repository.commit("db.wasm", component(2, 1));
    repository.git("checkout --quiet main");
    let shop = Shop::new("");
    let url = repository.url();
    for (flags, commit) in [
        (String::new(), &first),
        ("--branch other".to_owned(), &second),
        (format!("--rev {second}"), &second),
        (format!("--rev {}", &first[..10]), &first),
    ] {
        shop.run(&format!("add db --git {url} {flags}")).ok();
        let lock = shop.read("mik.lock");
        assert!(lock.contains(&format!("#{commit}")) && lock.matches("[[component]]").count() == 1, "{flags}: {lock}");
    }
    let written = shop.read("mik.toml");
    assert!(written.contains("rev = ") && !written.contains("branch"), "{written}");
}

#[test]
fn a_repository_with_a_project_is_built_and_one_with_neither_is_refused() {
    let repository = Repository::new();
    repository.commit("README.md", "nothing");
    let shop = Shop::new("");
    let add = format!("add db --git {}", repository.url());
    shop.run(&add).code(106).says("mik::deps::git_content").says("neither a project nor a component");
    repository.commit("parts/one.wasm", component(1, 1));
    shop.run(&add).ok();
    repository.commit("parts/two.wasm", component(2, 1));
    let other = format!("add other --git {}", repository.url());
    shop.run(&other).code(106).says("several components: parts/one.wasm, parts/two.wasm");
    let commit = repository.commit("Cargo.toml", package("db"));
    shop.run("update db").ok();
    let fetched = shop.json("fetch --frozen");
    let manifest = fetched[0]["manifest_path"].as_str().unwrap();
    assert!(manifest.ends_with(&format!("{commit}/Cargo.toml")), "{manifest}");
    assert_eq!(fs_err::read_to_string(manifest).unwrap(), package("db"));

    // Vendored, it needs neither the repository nor the cache.
    shop.run("vendor").ok().says("Vendored 1 dependency in mik-vendor");
    shop.forget();
    drop(repository);
    let fetched = shop.json("fetch --frozen");
    assert_eq!(
        fetched[0]["manifest_path"],
        shop.path(&format!("mik-vendor/git-{commit}/Cargo.toml")).to_str().unwrap()
    );
}

#[test]
fn what_a_repository_does_not_have_is_told_with_what_it_has() {
    let repository = Repository::new();
    repository.commit("db.wasm", component(1, 1));
    repository.git("tag v1");
    let url = repository.url();
    let shop = Shop::new("# Ours.\n");
    for (arguments, code, says) in [
        (format!("add db --git {url} --tag v2"), "mik::deps::git_reference", "its tags: v1"),
        (format!("add db --git {url} --branch x"), "mik::deps::git_reference", "its branches: main"),
        (format!("add db --git {url} --rev 0123456789"), "mik::deps::git_reference", "has no commit `0123456789`"),
        (format!("add db --git {url}/nothing"), "mik::deps::git", "does `git clone` with this URL work?"),
        ("add db --git ../repository".to_owned(), "mik::deps::url", "is no URL of a git repository"),
        ("add db --git ext::sh".to_owned(), "mik::deps::url", "is no URL of a git repository"),
        (format!("add db --git {url} --offline"), "mik::deps::offline", "there is no network"),
    ] {
        shop.run(&arguments).code(106).says(code).says(says);
        assert_eq!((shop.read("mik.toml").as_str(), shop.has("mik.lock")), ("# Ours.\n", false), "{arguments}");
        shop.forget();
    }
    let output = Program::run(shop.command(&format!("add db --git {url}")).env("PATH", "")).code(106);
    output.says("`git` could not be started");

    // A commit that was forced away, and that this machine has not.
    shop.run(&format!("add db --git {url}")).ok();
    shop.forget();
    repository.git("commit --quiet --amend --message other");
    repository.git("tag --force v1");
    repository.git("reflog expire --expire=now --all");
    repository.git("gc --quiet --prune=now");
    let lock = shop.read("mik.lock");
    shop.run("fetch").code(106).says("mik::deps::git_reference").says("was it force-pushed away?");
    assert_eq!(shop.read("mik.lock"), lock);
}

#[test]
fn a_repository_that_was_left_broken_is_made_anew() {
    let repository = Repository::new();
    repository.commit("db.wasm", component(1, 1));
    let shop = Shop::new("");
    shop.run(&format!("add db --git {}", repository.url())).ok();
    repository.commit("db.wasm", component(2, 1));
    // As a machine leaves it that has lost its power.
    let entries = fs_err::read_dir(shop.cache.path().join("git")).unwrap();
    let bare =
        entries.map(|it| it.unwrap().path()).find(|path| path.extension().is_some_and(|it| it == "git")).unwrap();
    fs_err::write(bare.join("refs/remotes/origin/HEAD.lock"), "").unwrap();
    shop.run("update").ok().says("Updating db ");
}

#[test]
fn a_project_of_a_commit_is_built_and_what_somebody_changes_in_the_cache_is_not() {
    let (far, near) = (Project::saying("far", "from afar"), Project::saying("near", "near"));
    let repository = Repository::new();
    repository.commit("Cargo.toml", far.read("Cargo.toml"));
    repository.commit("src/lib.rs", far.read("src/lib.rs"));
    let url = repository.url();
    near.append("Cargo.toml", &format!("\n[package.metadata.mik.dependencies]\nfar = {{ git = {url:?} }}\n"));
    let fetched: Value = serde_json::from_str(near.run("fetch --json").ok().stdout.trim()).unwrap();
    let source = Path::new(fetched["manifest_path"].as_str().unwrap()).with_file_name("src").join("lib.rs");
    assert_eq!(fs_err::read_to_string(&source).unwrap(), far.read("src/lib.rs"));
    fs_err::write(&source, "compile_error!(\"changed\");").unwrap();
    // It has no `Cargo.lock` to keep to, and that of this project is not there yet.
    near.run("build").ok();
    near.run("build --locked").ok();
    assert_eq!(fs_err::read_to_string(&source).unwrap(), far.read("src/lib.rs"));

    let server = Server::start(&mut near.command("serve"));
    assert_eq!(server.ask_for("/").is(200).text(), "near");
    assert_eq!(server.ask_for("/run/far/").is(200).text(), "from afar");
}
