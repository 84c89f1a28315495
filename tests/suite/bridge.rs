//! The bridge: its bytes, which are checked in, are those that its source gives.

use mik_tests::{Program, toolchain_has};

#[test]
fn source_and_bytes_agree() {
    let mut setup = Program::cargo_mik();
    let setup = setup.args(["setup", "--quiet", "--print-sysroot", "--target", "wasm32-unknown-unknown"]);
    let sysroot = Program::run(setup).ok().stdout;
    assert_eq!(sysroot.trim().is_empty(), toolchain_has("wasm32-unknown-unknown"));

    let mut xtask = Program::cargo();
    // The chore is built where the workspace is, not among the test projects.
    xtask.env_remove("CARGO_TARGET_DIR").current_dir(Program::workspace());
    if !sysroot.trim().is_empty() {
        xtask.env("MIK_SYSROOT", sysroot.trim());
    }
    Program::run(xtask.args(["run", "--quiet", "--package", "xtask", "--", "bridge", "--check"])).ok();
}
