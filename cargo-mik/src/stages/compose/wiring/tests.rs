//! Who gives what to whom.

use super::*;

fn part(name: &str, imports: &[&str], exports: &[&str]) -> Part {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Part { name: name.to_owned(), imports: owned(imports), exports: owned(exports), given_to: None }
}

fn by_hand(name: &str, imports: &[&str], exports: &[&str], given_to: &str) -> Part {
    Part { given_to: Some(given_to.to_owned()), ..part(name, imports, exports) }
}

const RULES: Rules<'_> = Rules { plug: true, stay: &[], by_hand: ByHand::CommandLine };

/// Wires as `taker import < giver export`, by name.
fn wires(parts: &[Part], rules: Rules<'_>) -> Vec<String> {
    let wiring = wire(parts, rules).unwrap();
    let shown = |wire: &Wire| {
        let (taker, giver) = (name(parts, wire.taker), name(parts, wire.giver));
        format!("{taker} {} < {giver} {}", wire.import, wire.export.as_deref().unwrap_or("?"))
    };
    wiring.wires.iter().map(shown).collect()
}

fn refused(parts: &[Part]) -> String {
    wire(parts, RULES).unwrap_err().to_string()
}

#[test]
fn a_chain_and_what_two_share_is_there_once() {
    let parts = [
        part("a", &["x:x/b", "x:x/c", "wasi:cli/stdin@0.2.0"], &["x:x/a"]),
        part("c", &[], &["x:x/c"]),
        part("b", &["x:x/c"], &["x:x/b", "x:x/spare"]),
        part("d", &[], &["x:x/d"]),
    ];
    assert_eq!(wires(&parts, RULES), ["a x:x/b < b x:x/b", "a x:x/c < c x:x/c", "b x:x/c < c x:x/c"]);
    let wiring = wire(&parts, RULES).unwrap();
    assert_eq!(wiring.order, [1, 2, 0]);
    assert_eq!(wiring.open, [(0, "wasi:cli/stdin@0.2.0".to_owned())]);
    assert_eq!(wiring.unused, [3]);
    assert_eq!(spare(&parts, &wiring), [("b", "x:x/spare"), ("d", "x:x/d")]);
}

#[test]
fn versions_of_one_track_fit_the_same_one_first_and_then_the_newest() {
    let socket = |import| part("a", &[import], &[]);
    let one = |import, exports: &[&str]| wires(&[socket(import), part("b", &[], exports)], RULES);
    assert_eq!(one("x:x/i@1.0.3", &["x:x/i@1.2.0"]), ["a x:x/i@1.0.3 < b x:x/i@1.2.0"]);
    assert_eq!(one("x:x/i@1.2.0", &["x:x/i@1.0.3"]), ["a x:x/i@1.2.0 < b x:x/i@1.0.3"]);
    assert_eq!(one("x:x/i@1.1.0", &["x:x/i@1.9.0", "x:x/i@1.10.0"]), ["a x:x/i@1.1.0 < b x:x/i@1.10.0"]);
    assert_eq!(one("x:x/i@1.9.0", &["x:x/i@1.10.0", "x:x/i@1.9.0"]), ["a x:x/i@1.9.0 < b x:x/i@1.9.0"]);
    for (import, export) in [
        ("x:x/i@1.0.0", "x:x/i@2.0.0"),
        ("x:x/i@0.1.0", "x:x/i@0.2.0"),
        ("x:x/i@0.0.1", "x:x/i@0.0.2"),
        ("x:x/i@1.0.0-rc.1", "x:x/i@1.0.0"),
        ("x:x/i", "x:x/i@1.0.0"),
    ] {
        assert_eq!(one(import, &[export]), [""; 0], "{import} and {export}");
    }
}

#[test]
fn two_that_export_the_same_are_one_too_many_unless_one_has_the_very_version() {
    let socket = part("a", &["x:x/i@1.0.0"], &[]);
    let exporting = |name, export| part(name, &[], &[export]);
    for other in ["x:x/i@1.0.0", "x:x/i@1.1.0"] {
        let parts = [socket.clone(), exporting("b", other), exporting("c", other)];
        assert_eq!(refused(&parts), "`a` imports `x:x/i@1.0.0`, and `b` and `c` export it");
    }
    let parts = [socket, exporting("b", "x:x/i@1.1.0"), exporting("c", "x:x/i@1.0.0")];
    assert_eq!(wires(&parts, RULES), ["a x:x/i@1.0.0 < c x:x/i@1.0.0"]);
    // What nobody takes is nobody's trouble.
    let parts = [part("a", &["x:x/i"], &[]), part("b", &[], &["x:x/i", "x:x/j"]), part("c", &[], &["x:x/j"])];
    assert_eq!(wires(&parts, RULES), ["a x:x/i < b x:x/i"]);
}

#[test]
fn by_hand_goes_before_what_names_say() {
    let layer = by_hand("layer", &["x:x/i@1.0.0"], &["x:x/i@1.0.0"], "x:x/i");
    let parts = [part("a", &["x:x/i@1.0.0"], &[]), layer, part("base", &[], &["x:x/i@1.0.0"])];
    assert_eq!(wires(&parts, RULES), ["a x:x/i@1.0.0 < layer x:x/i@1.0.0", "layer x:x/i@1.0.0 < base x:x/i@1.0.0"]);
    let parts = [part("a", &["primary", "x:x/i"], &[]), by_hand("b", &[], &["x:x/i"], "primary")];
    assert_eq!(wires(&parts, RULES), ["a primary < b ?"]);
    let off = Rules { plug: false, ..RULES };
    let parts =
        [part("a", &["x:x/i", "x:x/j"], &[]), part("b", &[], &["x:x/i"]), by_hand("c", &[], &["x:x/j"], "x:x/j")];
    assert_eq!(wires(&parts, off), ["a x:x/j < c x:x/j"]);
    let stay = ["x:x/j".to_owned()];
    assert_eq!(wires(&parts, Rules { stay: &stay, ..RULES }), ["a x:x/i < b x:x/i"]);
}

#[test]
fn a_circle_is_told_from_where_it_begins() {
    let parts = [
        part("a", &["x:x/b"], &[]),
        part("b", &["x:x/c"], &["x:x/b"]),
        part("c", &["x:x/d"], &["x:x/c"]),
        part("d", &["x:x/c"], &["x:x/d"]),
    ];
    assert!(refused(&parts).ends_with("`c` imports `x:x/d` of `d` imports `x:x/c` of `c`"), "{}", refused(&parts));
    let parts = [part("a", &["x:x/b"], &["x:x/a"]), part("b", &["x:x/a"], &["x:x/b"])];
    assert!(refused(&parts).ends_with("`a` imports `x:x/b` of `b` imports `x:x/a` of `a`"), "{}", refused(&parts));
    // What a host has to offer comes from there.
    let http = "wasi:http/incoming-handler@0.2.0";
    let parts = [part("a", &["x:x/b"], &[http]), part("b", &[http], &["x:x/b"])];
    assert_eq!(wires(&parts, RULES), ["a x:x/b < b x:x/b"]);
}
