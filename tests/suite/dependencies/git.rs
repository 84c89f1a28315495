//! Dependencies in git repositories: real ones, made by `git`, reached by `file://`.

use std::path::Path;
use std::process::Command;

use mik_tests::{FileServer, Program, Project, Server};
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

    /// Has the other one's commit be a submodule at a path: `url` is what is written down.
    fn with_submodule(&self, path: &str, other: &Self, url: &str) -> String {
        self.git(&format!("-c protocol.file.allow=always submodule --quiet add {} {path}", other.url()));
        self.git(&format!("config --file .gitmodules submodule.{path}.url {url}"));
        self.git("add --all");
        self.git("commit --quiet --message submodule");
        self.git("rev-parse HEAD")
    }

    /// The URL as it is from a repository beside this one.
    fn relative_url(&self) -> String {
        format!("../{}", self.0.path().file_name().unwrap().to_str().unwrap())
    }
}

#[test]
fn submodules_are_checked_out_and_theirs_within_them() {
    let (inner, middle, outer) = (Repository::new(), Repository::new(), Repository::new());
    inner.commit("deep.txt", "deep");
    middle.commit("here.txt", "here");
    middle.with_submodule("in", &inner, &inner.relative_url());
    outer.commit("Cargo.toml", package("db"));
    outer.with_submodule("parts/one", &middle, &middle.url());
    // One that its repository says nobody needs.
    outer.with_submodule("unused", &inner, &inner.url());
    outer.git("config --file .gitmodules submodule.unused.update none");
    outer.git("commit --quiet --all --message unused");
    let (url, shop) = (outer.url(), Shop::new(""));
    shop.run(&format!("add db --git {url}")).ok();
    let fetched = || shop.json("fetch --frozen")[0]["manifest_path"].as_str().unwrap().to_owned();
    let tree = Path::new(&fetched()).parent().unwrap().to_owned();
    let read = |path: &str| fs_err::read_to_string(tree.join(path)).unwrap_or_default();
    assert_eq!((read("parts/one/here.txt").as_str(), read("parts/one/in/deep.txt").as_str()), ("here", "deep"));
    assert_eq!(read("unused/deep.txt"), "");

    // Whatever somebody has changed, or taken away, is as it was again, from what this machine has.
    for path in ["Cargo.toml", "parts/one/here.txt", "parts/one/in/deep.txt"] {
        let before = read(path);
        fs_err::write(tree.join(path), "changed").unwrap();
        fetched();
        assert_eq!(read(path), before, "{path}");
        fs_err::remove_file(tree.join(path)).unwrap();
        fetched();
        assert_eq!(read(path), before, "{path}");
    }

    // Another machine that has the lock alone; there, what a submodule needs may be gone.
    shop.forget();
    shop.run("fetch --locked").ok();
    assert_eq!(read("parts/one/in/deep.txt"), "deep");
    shop.forget();
    let lock = shop.read("mik.lock");
    let url = inner.url();
    drop(inner);
    shop.run("fetch").code(106).says("mik::deps::git").says(&url);
    assert_eq!(shop.read("mik.lock"), lock);
}

fn put_directory(site: &FileServer, name: &str, directory: &Path) {
    for entry in fs_err::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        match entry.path().is_dir() {
            true => put_directory(site, &name, &entry.path()),
            false => site.put(&name, fs_err::read(entry.path()).unwrap()),
        }
    }
}

#[test]
fn a_submodule_leads_neither_to_this_machine_nor_on_and_on() {
    let (secret, repository, site) = (Repository::new(), Repository::new(), FileServer::start());
    secret.commit("secret.txt", "secret");
    repository.commit("Cargo.toml", package("db"));
    repository.with_submodule("in", &secret, &secret.url());
    repository.git("update-server-info");
    let git = repository.0.path().join(".git");
    put_directory(&site, "db.git", &git);
    site.put("db.git/info/refs?service=git-upload-pack", fs_err::read(git.join("info/refs")).unwrap());
    let shop = Shop::new("");
    let refused = shop.run(&format!("add db --git {}", site.url("db.git"))).code(106);
    refused.says("mik::deps::url").says("is a directory of this machine").says(&secret.url());
    assert!(!shop.has("mik.lock"));

    // One that has itself within itself, as an older commit each time.
    let repository = Repository::new();
    repository.commit("Cargo.toml", package("db"));
    repository.with_submodule("in", &repository, &repository.url());
    for _ in 0..9 {
        repository.git("-c protocol.file.allow=always submodule --quiet update --remote in");
        repository.git("commit --quiet --all --message deeper");
    }
    let refused = shop.run(&format!("add db --git {}", repository.url())).code(106);
    refused.says("mik::deps::git").says("more than 8 deep").says("check out the submodule `in`");
    assert!(!shop.has("mik.lock"));
    // A component is a file: whatever the submodules are, it needs none.
    repository.commit("db.wasm", component(1, 1));
    shop.run(&format!("add db --git {}", repository.url())).ok();
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
    let (repository, code) = (Repository::new(), Repository::new());
    code.commit("lib.rs", far.read("src/lib.rs"));
    repository.commit("Cargo.toml", far.read("Cargo.toml"));
    repository.with_submodule("src", &code, &code.relative_url());
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
