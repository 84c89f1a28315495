//! Components that are written down: a world as WIT, and code as text, or code that only traps.

use mik_tests::Program;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

/// Interfaces to count with, in more than one version.
const PACKAGES: &str = "
    package acme:count@1.0.3 { interface counter { next: func() -> u32; } interface twice { next: func() -> u32; } }
    package acme:count@1.2.0 { interface counter { next: func() -> u32; reset: func(); } }
    package acme:count@1.3.0 { interface counter { next: func() -> u64; } }
    package acme:count@2.0.0 { interface counter { next: func() -> u32; } }
    package acme:disk {
        interface types { resource file { size: func() -> u32; } }
        interface disk { use types.{file}; open: func() -> file; }
    }
    package acme:log { interface sink { line: func(text: string); } }
";

pub(crate) const COUNTER: &str = "acme:count/counter@1.0.3";
pub(crate) const TWICE: &str = "acme:count/twice@1.0.3";

fn world(items: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    resolve.push_dir(Program::workspace().join("wit")).unwrap();
    let text = format!("package test:it;\nworld it {{ {items} }}\n{PACKAGES}");
    let package = resolve.push_str("it.wit", &text).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    (resolve, world)
}

fn encoded(items: &str, module: impl FnOnce(&Resolve, WorldId) -> Vec<u8>) -> Vec<u8> {
    let (resolve, world) = world(items);
    let mut module = module(&resolve, world);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// A component of a world, whose functions only trap.
pub(super) fn traps(items: &str) -> Vec<u8> {
    encoded(items, |resolve, world| dummy_module(resolve, world, ManglingAndAbi::Standard32))
}

/// A component of a world with this code.
fn written(items: &str, code: &str) -> Vec<u8> {
    encoded(items, |_, _| wat::parse_str(format!("(module {code})")).unwrap())
}

/// Counts: 1, 2, 3.
pub(crate) fn counter() -> Vec<u8> {
    written(
        &format!("export {COUNTER};"),
        &format!(
            r#"(global $n (mut i32) (i32.const 0))
            (func (export "{COUNTER}#next") (result i32)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                (global.get $n))"#
        ),
    )
}

/// Counts in steps of two, by asking a counter twice.
pub(crate) fn twice() -> Vec<u8> {
    written(
        &format!("import {COUNTER}; export {TWICE};"),
        &format!(
            r#"(import "{COUNTER}" "next" (func $next (result i32)))
            (func (export "{TWICE}#next") (result i32) (drop (call $next)) (call $next))"#
        ),
    )
}

/// A handler that answers with two digits: what `twice` says, and then what the counter does.
pub(super) fn app() -> Vec<u8> {
    written(
        &format!("import {COUNTER}; import {TWICE}; export mik:core/handler@0.1.0;"),
        &format!(
            r#"(import "{COUNTER}" "next" (func $next (result i32)))
            (import "{TWICE}" "next" (func $twice (result i32)))
            (memory (export "memory") 1)
            (global $free (mut i32) (i32.const 1024))
            (func (export "cabi_realloc") (param $old i32) (param i32) (param $align i32) (param $size i32) (result i32)
                (global.set $free (i32.and
                    (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get $align))))
                (global.get $free)
                (global.set $free (i32.add (global.get $free) (local.get $size))))
            (func (export "mik:core/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
                (i32.store8 (i32.const 8) (i32.add (i32.const 48) (call $twice)))
                (i32.store8 (i32.const 9) (i32.add (i32.const 48) (call $next)))
                ;; The response: a status, no headers, some body at 8 with two bytes.
                (i32.store16 (i32.const 16) (i32.const 200))
                (i32.store8 (i32.const 28) (i32.const 1))
                (i32.store (i32.const 32) (i32.const 8))
                (i32.store (i32.const 36) (i32.const 2))
                (i32.const 16))"#
        ),
    )
}
