//! What components say of where they come from, and what they are compiled from.

use std::path::Path;

use auditable_info::audit_info_from_file;
use auditable_serde::{DependencyKind, Source, VersionInfo};
use mik_tests::{Program, Project};
use wasm_metadata::{Metadata, Payload};

/// Git in a project's directory, under somebody's name.
fn git(project: &Project, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
    command.args(arguments).current_dir(project.directory());
    Program::run(&mut command).ok().stdout.trim().to_owned()
}

fn payload(file: &Path) -> Payload {
    Payload::from_binary(&fs_err::read(file).unwrap()).unwrap()
}

fn revision(file: &Path) -> Option<String> {
    payload(file).metadata().revision.as_ref().map(ToString::to_string)
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_component_says_what_its_manifest_says_and_keeps_it_when_it_is_optimized_again() {
    let project = Project::saying("provenance", "here");
    project.edit(
        "Cargo.toml",
        "edition = \"2024\"",
        "edition = \"2024\"\nlicense = \"MIT/Apache-2.0\"\nrepository = \"https://example.com/shop\"\n\
         description = \"Sells \u{e4}pples.\"\nauthors = [\"A <a@example.com>\", \"B\"]\nhomepage = \"nowhere\"",
    );
    let output = project.run("build --release").ok();
    output.says("warning[mik::project::not_carried]").says("homepage").says("https://example.com");
    let component = project.component("release");
    let again = component.with_extension("again.wasm");
    Program::run(Program::cargo_mik().arg("optimize").arg(&component).arg("-o").arg(&again)).ok();
    assert!(fs_err::read(&again).unwrap() == fs_err::read(&component).unwrap(), "nothing of it goes");
    for file in [&component, &component.with_extension("handler.wasm")] {
        let payload = payload(file);
        let Metadata { name, version, licenses, source, description, authors, homepage, revision, .. } =
            payload.metadata();
        assert_eq!(name.as_deref(), Some(project.name()));
        assert_eq!((text(version.as_ref()), text(licenses.as_ref())), ("0.1.0".into(), "MIT OR Apache-2.0".into()));
        assert_eq!(text(source.as_ref()), "https://example.com/shop");
        assert_eq!(
            (text(description.as_ref()), text(authors.as_ref())),
            ("Sells \u{e4}pples.".into(), "A <a@example.com>, B".into())
        );
        assert!(homepage.is_none() && revision.is_none(), "it is in no repository");
    }
    fs_err::remove_file(again).unwrap();
}

#[test]
fn the_revision_is_what_is_checked_out_and_a_commit_makes_no_development_build_stale() {
    let project = Project::saying("revision", "here");
    git(&project, &["init", "--quiet"]);
    let commit = || {
        git(&project, &["add", "Cargo.toml", "src"]);
        git(&project, &["commit", "--quiet", "--allow-empty", "-m", "x"]);
        git(&project, &["rev-parse", "HEAD"])
    };
    let release = || {
        project.run("build --release").ok();
        revision(&project.component("release"))
    };
    assert_eq!(release(), None, "nothing is committed yet");
    let first = commit();
    assert_eq!(release().as_deref(), Some(first.as_str()));
    project.run("build --release -v").ok().says("Fresh");
    project.run("build").ok();
    assert_eq!(revision(&project.component("debug")), None);
    let bytes = fs_err::read(project.component("release")).unwrap();

    // The lock file that cargo has written is no change; a file of the project's is.
    assert!(project.directory().join("Cargo.lock").is_file());
    project.write("notes.md", "about");
    assert_eq!(release(), Some(format!("{first}-dirty")));
    fs_err::remove_file(project.directory().join("notes.md")).unwrap();
    assert_eq!(release().as_deref(), Some(first.as_str()));
    assert!(fs_err::read(project.component("release")).unwrap() == bytes, "the same checkout, the same bytes");

    let second = commit();
    assert_ne!(first, second);
    project.run("build -v").ok().says("Fresh");
    assert_eq!(release().as_deref(), Some(second.as_str()));
}

#[test]
fn a_project_that_a_repository_around_it_does_not_have_has_no_revision() {
    let project = Project::saying("around", "here");
    project.write("README.md", "around");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "README.md"]);
    git(&project, &["commit", "--quiet", "-m", "x"]);
    project.run("build --release").ok();
    assert_eq!(revision(&project.component("release")), None);
}

fn list(file: &Path) -> VersionInfo {
    audit_info_from_file(file, auditable_info::Limits::default()).unwrap()
}

#[test]
pub(crate) fn an_auditable_component_lists_what_it_was_compiled_from() {
    let project = Project::saying("auditable", "here");
    project.run("build").ok();
    let component = project.component("debug");
    assert!(audit_info_from_file(&component, auditable_info::Limits::default()).is_err());

    for name in ["used", "optional", "elsewhere", "tested"] {
        let manifest = format!("[package]\nname = \"the-{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n");
        project.write(&format!("{name}/Cargo.toml"), manifest);
        project.write(&format!("{name}/src/lib.rs"), "");
    }
    project.append(
        "Cargo.toml",
        "the-used = { path = \"used\" }\nthe-optional = { path = \"optional\", optional = true }\n\n\
         [features]\nmore = [\"dep:the-optional\"]\n\n[target.'cfg(unix)'.dependencies]\nthe-elsewhere = { path = \"elsewhere\" }\n\n\
         [dev-dependencies]\nthe-tested = { path = \"tested\" }\n",
    );
    project.write("mik.toml", "[build]\nauditable = true\n");
    project.run("build").ok();
    for file in [&component, &component.with_extension("handler.wasm")] {
        let list = list(file);
        let find = |name: &str| list.packages.iter().find(|package| package.name == name);
        let root = find(project.name()).unwrap();
        assert!(root.root && root.kind == DependencyKind::Runtime && !root.dependencies.is_empty(), "{root:?}");
        assert_eq!(
            find("the-used").map(|it| (it.version.to_string(), it.source.clone())),
            Some(("1.2.3".into(), Source::Local))
        );
        assert_eq!(find("mik-sdk-macros").map(|it| it.kind), Some(DependencyKind::Build));
        assert_eq!(find("serde_json").map_or(Source::CratesIo, |it| it.source.clone()), Source::CratesIo);
        for name in ["the-optional", "the-elsewhere", "the-tested"] {
            assert!(find(name).is_none(), "{name} is not part of this build");
        }
        let json = serde_json::to_string(&list).unwrap();
        assert!(!json.contains('/'), "no path and no address: {json}");
    }
    let told = Program::run(Program::cargo_mik().arg("inspect").arg(&component)).ok().stdout;
    assert!(told.contains("the-used 1.2.3, local"), "{told}");

    // The features of the build count, and so the same sources are built again.
    project.run("build --features more").ok();
    assert!(list(&component).packages.iter().any(|package| package.name == "the-optional"));
    project.run("build --features more -v").ok().says("Fresh");
    let optimized = component.with_extension("optimized.wasm");
    Program::run(Program::cargo_mik().arg("optimize").arg(&component).arg("-o").arg(&optimized)).ok();
    assert_eq!(list(&optimized), list(&component), "the passes leave it where it is read");
    fs_err::remove_file(optimized).unwrap();
}
