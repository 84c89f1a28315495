//! Generated modules inside of components: the same module twice, in one component and in one that is nested, with their functions
//! lifted. What the passes over components share, rename and leave out is then seen by calls.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use mik_optimize::{Options, optimize};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, ComponentAliasSection, ComponentExportKind, ComponentExportSection,
    ComponentInstanceSection, ComponentSectionId, ComponentTypeSection, ComponentValType, ExportKind, InstanceSection,
    NestedComponentSection, PrimitiveValType, RawSection,
};
use wasm_smith::Config;
use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Engine, ExternType, FuncType, Module, Store, StoreLimits, StoreLimitsBuilder, ValType};

use crate::family::engine;
use crate::observed::{Outcome, describe};
use crate::prepared::{Preparation, prepared};
use crate::random::Random;

const CASES: usize = 100;
const FUEL: u64 = 100_000;

/// Runs a hundred components.
pub(crate) fn run(config: &Config) {
    let engine = engine();
    let (mut cases, mut returned, mut trapped) = (0, 0, 0);
    let mut saved: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0x0c0d_0000..0x0c0d_0000 + 40 * CASES as u64 {
        let bytes = Random(seed).bytes(8_000);
        let Ok(module) = wasm_smith::Module::new(config.clone(), &mut Unstructured::new(&bytes)) else { continue };
        let module = prepared(&module.to_bytes(), Preparation::default(), seed);
        let Some(component) = enclose(&engine, &module) else { continue };
        let before = Component::new(&engine, &component).unwrap_or_else(|error| panic!("seed {seed:#x}: {error:?}"));
        let output =
            optimize(&component, &Options::default()).unwrap_or_else(|error| panic!("seed {seed:#x}: {error:?}"));
        let after = Component::new(&engine, &output.bytes).unwrap_or_else(|error| panic!("seed {seed:#x}: {error:?}"));
        let (before, after) = (calls(&engine, &before, FUEL, seed), calls(&engine, &after, 2 * FUEL, seed));
        let ends =
            |seen: &[Outcome]| seen.iter().position(|it| matches!(it, Outcome::Endless(_))).unwrap_or(seen.len());
        let end = ends(&before).min(ends(&after));
        assert_eq!(before[..end], after[..end], "seed {seed:#x}");
        if end == 0 {
            continue;
        }
        returned += before[..end].iter().filter(|it| matches!(it, Outcome::Returned(_))).count();
        trapped += before[..end].iter().filter(|it| matches!(it, Outcome::Trapped(_))).count();
        for statistic in output.statistics {
            *saved.entry(statistic.pass).or_default() += 1;
        }
        cases += 1;
        if cases == CASES {
            break;
        }
    }
    let shown = format!("enclosed: {cases} components, {returned} returned, {trapped} trapped, changed by {saved:?}");
    assert!(cases == CASES && returned > 2 * CASES, "{shown}");
    for pass in ["merge-definitions", "unused-definitions", "short-names", "dead-code", "clean-code"] {
        assert!(saved.contains_key(pass), "{pass} has found nothing: {shown}");
    }
    if std::env::var_os("GENERATED_SHOW").is_some() {
        eprintln!("{shown}");
    }
}

/// What calls of all functions give, on one instance, up to the first trap: after it an instance may not be entered again.
fn calls(engine: &Engine, component: &Component, fuel: u64, seed: u64) -> Vec<Outcome> {
    let limits = StoreLimitsBuilder::new().memory_size(1 << 20).table_elements(2_000).build();
    let mut store: Store<StoreLimits> = Store::new(engine, limits);
    store.limiter(|limits| limits);
    store.set_fuel(fuel).unwrap();
    let linker = Linker::new(engine);
    let mut seen = Vec::new();
    let instance = match linker.instantiate(&mut store, component) {
        Ok(instance) => instance,
        Err(error) => return describe(&error).into_iter().collect(),
    };
    let names: Vec<String> = component.component_type().exports(engine).map(|(name, _)| name.to_owned()).collect();
    let mut random = Random(seed);
    for _ in 0..if names.is_empty() { 0 } else { 16 } {
        let function = instance.get_func(&mut store, &names[random.below(names.len())]).unwrap();
        let ty = function.ty(&store);
        let arguments: Vec<Val> = ty
            .params()
            .map(|(_, ty)| match ty {
                wasmtime::component::Type::S32 => Val::S32(random.next() as i32 >> random.below(32)),
                wasmtime::component::Type::S64 => Val::S64(random.next() as i64 >> random.below(64)),
                wasmtime::component::Type::Float32 => Val::Float32(random.below(100) as f32),
                _ => Val::Float64(random.below(100) as f64),
            })
            .collect();
        let mut results = vec![Val::Bool(false); ty.results().len()];
        store.set_fuel(fuel).unwrap();
        match function.call(&mut store, &arguments, &mut results) {
            Ok(()) => seen.push(Outcome::Returned(results.iter().map(show).collect())),
            Err(error) => {
                seen.push(describe(&error).unwrap_or_else(|| panic!("{error:?}")));
                break;
            }
        }
    }
    seen
}

fn show(value: &Val) -> String {
    match value {
        Val::Float32(value) => format!("{:x}", value.to_bits()),
        Val::Float64(value) => format!("{:x}", value.to_bits()),
        other => format!("{other:?}"),
    }
}

/// A component with two instances of a module, one of them in a component that is nested in it; nothing, where none of its
/// functions can be lifted.
fn enclose(engine: &Engine, module: &[u8]) -> Option<Vec<u8>> {
    let exports: Vec<(String, FuncType)> = Module::new(engine, module)
        .ok()?
        .exports()
        .filter_map(|export| match export.ty() {
            ExternType::Func(ty) if is_simple(&ty) => Some((export.name().to_owned(), ty)),
            _ => None,
        })
        .collect();
    if exports.is_empty() {
        return None;
    }
    let nested = with_instance(module, &exports);
    // Only every other function of the outer instance can be seen.
    let (outer, _): (Vec<_>, Vec<_>) = exports.iter().cloned().enumerate().partition(|(place, _)| place % 2 == 0);
    let outer: Vec<(String, FuncType)> = outer.into_iter().map(|(_, export)| export).collect();
    let mut component = with_instance(module, &outer);
    component.section(&NestedComponentSection(&nested));
    let mut instances = ComponentInstanceSection::new();
    instances.instantiate(0, [] as [(&str, ComponentExportKind, u32); 0]);
    component.section(&instances);
    let mut aliases = ComponentAliasSection::new();
    let mut doors = ComponentExportSection::new();
    // Each export is a function as well, after the one that it is of.
    let first = 2 * outer.len() as u32;
    for (index, _) in (0..).zip(&exports) {
        let name = format!("f{index}");
        aliases.alias(Alias::InstanceExport { instance: 0, kind: ComponentExportKind::Func, name: &name });
        doors.export(format!("nested-f{index}").as_str(), ComponentExportKind::Func, first + index, None);
    }
    component.section(&aliases);
    component.section(&doors);
    Some(component.finish())
}

fn is_simple(ty: &FuncType) -> bool {
    ty.params().len() <= 8 && ty.results().len() <= 1 && ty.params().chain(ty.results()).all(|ty| lifted(&ty).is_some())
}

fn lifted(ty: &ValType) -> Option<PrimitiveValType> {
    Some(match ty {
        ValType::I32 => PrimitiveValType::S32,
        ValType::I64 => PrimitiveValType::S64,
        ValType::F32 => PrimitiveValType::F32,
        ValType::F64 => PrimitiveValType::F64,
        _ => return None,
    })
}

/// A component with an instance of a module, and these of its functions as `f0`, `f1` and so on.
fn with_instance(module: &[u8], exports: &[(String, FuncType)]) -> wasm_encoder::Component {
    let mut component = wasm_encoder::Component::new();
    component.section(&RawSection { id: ComponentSectionId::CoreModule.into(), data: module });
    let mut instances = InstanceSection::new();
    instances.instantiate(0, [] as [(&str, wasm_encoder::ModuleArg); 0]);
    component.section(&instances);
    let (mut aliases, mut types) = (ComponentAliasSection::new(), ComponentTypeSection::new());
    let (mut functions, mut doors) = (CanonicalFunctionSection::new(), ComponentExportSection::new());
    for (index, (name, ty)) in (0..).zip(exports) {
        aliases.alias(Alias::CoreInstanceExport { instance: 0, kind: ExportKind::Func, name });
        let names: Vec<String> = (0..ty.params().len()).map(|number| format!("p{number}")).collect();
        let parameters = names
            .iter()
            .zip(ty.params())
            .filter_map(|(name, ty)| Some((name.as_str(), ComponentValType::Primitive(lifted(&ty)?))));
        let result = ty.results().next().and_then(|ty| lifted(&ty)).map(ComponentValType::Primitive);
        types.function().params(parameters.collect::<Vec<_>>()).result(result);
        functions.lift(index, index, []);
        doors.export(format!("f{index}").as_str(), ComponentExportKind::Func, index, None);
    }
    // One that nothing uses.
    aliases.alias(Alias::CoreInstanceExport { instance: 0, kind: ExportKind::Func, name: &exports[0].0 });
    types.defined_type().list(PrimitiveValType::U8);
    component.section(&aliases);
    component.section(&types);
    component.section(&functions);
    component.section(&doors);
    component
}
