//! `cargo mik build`.

use mik_tests::Project;

#[test]
fn a_new_project_builds_and_a_second_build_is_fresh() {
    let project = Project::new("fresh");
    project.run("build").ok().says("Composed");
    project.run("build").ok().says("Fresh");
}
