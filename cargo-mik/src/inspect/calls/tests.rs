//! Ways and what they keep, on modules written as text.

use super::*;

fn of(text: &str) -> Calls {
    let bytes = wat::parse_str(text).unwrap();
    calls(&bytes, &Sizes::of(&bytes).unwrap()).unwrap().remove(0)
}

#[test]
fn the_shortest_way_begins_at_an_export() {
    let calls = of(r#"(module
        (func (export "long") call 1) (func call 2) (func call 3) (func nop)
        (func (export "short") call 2))"#);
    let reach = calls.reach();
    assert_eq!(reach.by[&3], Reached::Call(2));
    assert_eq!(reach.by[&2], Reached::Call(4));
    assert_eq!(reach.by[&4], Reached::Export("short".to_owned()));
    assert_eq!(calls.callers(2), BTreeSet::from([1, 4]));
}

#[test]
fn what_a_global_or_a_filled_table_refers_to_is_reached() {
    let calls = of(r#"(module
        (global funcref (ref.func 0)) (table 1 1 funcref (ref.func 1)) (func nop) (func call 2) (func nop) (func nop))"#);
    let reach = calls.reach();
    assert_eq!(reach.by[&0], Reached::Reference);
    assert_eq!(reach.by[&1], Reached::Reference);
    assert_eq!(reach.by[&2], Reached::Call(1));
    assert!(!reach.by.contains_key(&3));
}

#[test]
fn a_function_keeps_what_is_reached_by_way_of_it_alone() {
    let calls = of(r#"(module
        (func (export "run") call 1 call 2) (func call 3 call 4) (func call 4) (func nop nop nop) (func nop nop))"#);
    let (reach, bytes) = (calls.reach(), &calls.bytes);
    assert_eq!(reach.retained[&1], bytes[&1] + bytes[&3], "4 has another way");
    assert_eq!(reach.retained[&2], bytes[&2]);
    assert_eq!(reach.retained[&0], bytes.values().sum::<u64>());
}

#[test]
fn a_call_by_a_table_reaches_what_has_its_type() {
    let calls = of(r#"(module
        (type $none (func)) (type $one (func (param i32)))
        (table 2 funcref) (elem (i32.const 0) 1 2)
        (func (export "run") i32.const 0 call_indirect (type $none))
        (func (type $none)) (func (type $one)))"#);
    let reach = calls.reach();
    assert_eq!(reach.by[&1], Reached::Indirect(0));
    assert_eq!(reach.by.get(&2), None, "no call has its type");
    assert_eq!(reach.retained.get(&2), None);
}

#[test]
fn what_others_may_call_by_a_shared_table_is_reached_by_it() {
    let calls = of(r#"(module (table (export "t") 1 funcref) (elem (i32.const 0) 0) (func))"#);
    assert_eq!(calls.reach().by[&0], Reached::Table);
}

#[test]
fn functions_that_call_each_other_end() {
    let calls = of(r#"(module (start 0) (func call 1) (func call 0) (func call 2))"#);
    let reach = calls.reach();
    assert_eq!(reach.by.keys().copied().collect::<Vec<_>>(), [0, 1], "nothing reaches 2");
    assert_eq!(reach.by[&0], Reached::Start);
    assert_eq!(reach.retained[&0], calls.bytes[&0] + calls.bytes[&1]);
}

#[test]
fn modules_are_in_the_order_in_which_sizes_have_them() {
    let text = r#"(component
        (component (core module (func (export "a"))) (core module (func (export "b"))))
        (core module (func (export "c"))))"#;
    let bytes = wat::parse_str(text).unwrap();
    let names = calls(&bytes, &Sizes::of(&bytes).unwrap()).unwrap();
    let names: Vec<_> = names.iter().map(|calls| calls.doors[0].0.clone()).collect();
    assert_eq!(names, ["a", "b", "c"].map(|name| Reached::Export(name.to_owned())));
}
