//! Inputs that are large, or made to take long: each ends in a component or in a reason, soon and in little memory. What is
//! quadratic in the number of anything here takes hours, and so is seen without a clock.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

use mik_optimize::{Error, Optimized, Options, optimize};
use wasm_encoder::{
    CodeSection, Component, ComponentExportKind, ComponentSectionId, ComponentTypeSection, ConstExpr, DataSection,
    Encode, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, HeapType,
    ImportSection, InstanceSection, MemorySection, MemoryType, Module, ModuleArg, ModuleSection, RawSection, RefType,
    TypeSection, ValType,
};

const MANY: u32 = 100_000;

fn optimized(input: &[u8]) -> Optimized {
    let output = optimize(input, &Options::default()).unwrap_or_else(|error| panic!("{error:?}"));
    assert!(output.bytes.len() <= input.len());
    let again = optimize(&output.bytes, &Options::default()).unwrap().bytes;
    assert!(again == output.bytes, "a second run changes nothing");
    output
}

fn memory(pages: u64) -> MemorySection {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None });
    memories
}

fn segments(bytes: &[u8]) -> usize {
    let payloads = wasmparser::Parser::new(0).parse_all(bytes).map(Result::unwrap);
    let sections = payloads.filter_map(|payload| match payload {
        wasmparser::Payload::DataSection(section) => Some(section.count() as usize),
        _ => None,
    });
    sections.sum()
}

#[test]
fn data_becomes_no_more_segments_than_engines_take() {
    // A started interpreter's memory: a byte here and there. Each run of zeros alone would be worth a cut.
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(8), (0..4_000_000).map(|at: u32| u8::from(at % 20 == 3 || at % 3000 == 3)));
    // Where zeros are not there already, none are made.
    data.active(0, &ConstExpr::i32_const(0x4000_0000), *b"far away");
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&memory(0x8000)).section(&exports).section(&data);
    let output = optimized(&module.finish());
    assert!((2..=100_000).contains(&segments(&output.bytes)), "{} segments", segments(&output.bytes));
}

#[test]
fn a_hundred_thousand_functions_types_imports_and_exports_are_no_more_than_that() {
    let (mut types, mut imports, mut functions) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    let (mut globals, mut exports, mut code) = (GlobalSection::new(), ExportSection::new(), CodeSection::new());
    for number in 0..MANY {
        types.ty().function(vec![ValType::I32; (number % 3) as usize], [ValType::I32]);
        imports.import("host", "it", EntityType::Function(number));
        functions.function(number);
        let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(ty, &ConstExpr::i32_const(number.cast_signed()));
        // Types of what is imported and exported count together, and the chain leads to the others.
        if number % 4 == 0 {
            exports.export(&format!("{number}"), ExportKind::Func, MANY + number);
        }
        let mut function = Function::new([]);
        function.instructions().block(wasm_encoder::BlockType::Empty).i32_const(1).br_if(0).end();
        // A chain: each is known to be another than the next only when that one is.
        function.instructions().global_get(number).drop();
        let next = (number + 1).min(MANY - 1);
        for parameter in 0..next % 3 {
            function.instructions().i32_const(parameter.cast_signed());
        }
        function.instructions().call(MANY + next).end();
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&globals).section(&exports).section(&code);
    optimized(&module.finish());
}

#[test]
fn a_chain_of_functions_that_differ_in_the_last_alone_is_followed_to_its_end() {
    let (mut types, mut functions, mut exports) = (TypeSection::new(), FunctionSection::new(), ExportSection::new());
    types.ty().function([], []);
    let mut code = CodeSection::new();
    for number in 0..MANY {
        functions.function(0);
        exports.export(&format!("{number}"), ExportKind::Func, number);
        let mut function = Function::new([]);
        if number + 1 < MANY {
            function.instructions().call(number + 1).end();
        } else {
            function.instructions().nop().end();
        }
        code.function(&function);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    optimized(&module.finish());
}

#[test]
fn locals_that_few_bytes_declare_by_the_thousands_take_no_time() {
    let (mut types, mut functions, mut exports) = (TypeSection::new(), FunctionSection::new(), ExportSection::new());
    types.ty().function([], []);
    let mut code = CodeSection::new();
    for number in 0..20_000 {
        functions.function(0);
        exports.export(&format!("{number}"), ExportKind::Func, number);
        let mut function = Function::new([(49_999, ValType::I32), (1, ValType::I64)]);
        function.instructions().i64_const(i64::from(number)).local_set(49_999).end();
        code.function(&function);
    }
    // One function whose locals are all of another type.
    let many = 10_000;
    for _ in 0..many {
        types.ty().struct_([]);
    }
    functions.function(0);
    exports.export("last", ExportKind::Func, 20_000);
    let reference = |number| ValType::Ref(RefType { nullable: true, heap_type: HeapType::Concrete(number) });
    let mut function = Function::new((1..=many).map(|number| (1, reference(number))).collect::<Vec<_>>());
    for number in 0..many {
        function.instructions().local_get(number).local_set(number);
    }
    function.instructions().end();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    optimized(&module.finish());
}

#[test]
fn a_component_of_many_instances_types_and_exports_is_read_once() {
    let mut component = Component::new();
    let mut types = ComponentTypeSection::new();
    for _ in 0..MANY {
        types.ty().defined_type().list(wasm_encoder::PrimitiveValType::U8);
    }
    component.section(&types);
    let mut instances = InstanceSection::new();
    for _ in 0..999 {
        component.section(&ModuleSection(&Module::new()));
    }
    for number in 0..999 {
        instances.instantiate(number, std::iter::empty::<(&str, ModuleArg)>());
    }
    component.section(&instances);
    let mut exports = wasm_encoder::ComponentExportSection::new();
    for number in 0..20_000 {
        exports.export(format!("t{number}"), ComponentExportKind::Type, number, None);
    }
    component.section(&exports);
    optimized(&component.finish());
}

#[test]
fn types_within_types_without_end_are_refused() {
    // Each level is three bytes: a component type with one declaration, which is a type.
    let mut section = vec![1];
    for _ in 0..1_000_000 {
        section.extend([0x41, 0x01, 0x01]);
    }
    section.extend([0x41, 0x00]);
    let mut component = Component::new();
    component.section(&RawSection { id: ComponentSectionId::Type.into(), data: &section });
    assert!(matches!(optimize(&component.finish(), &Options::default()), Err(Error::TooDeep { .. })));
}

/// A module with memory, of functions without parameters and results, the first of which is exported.
fn of_functions(bodies: impl Iterator<Item = Function>) -> Vec<u8> {
    let (mut types, mut functions, mut exports) = (TypeSection::new(), FunctionSection::new(), ExportSection::new());
    let mut code = CodeSection::new();
    types.ty().function([], []);
    exports.export("run", ExportKind::Func, 0);
    for body in bodies {
        functions.function(0);
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memory(16)).section(&exports).section(&code);
    module.finish()
}

/// Writes a number to memory, which nothing can leave out.
fn store(function: &mut Function, number: u32) {
    let argument = wasm_encoder::MemArg { offset: 0, align: 2, memory_index: 0 };
    function.instructions().i32_const(number.cast_signed()).i32_const(number.cast_signed()).i32_store(argument);
}

#[test]
fn a_caller_of_a_hundred_thousand_functions_is_looked_into_once() {
    let mut first = Function::new([]);
    for number in 1..MANY {
        first.instructions().call(number);
    }
    first.instructions().end();
    let rest = (1..MANY).map(|number| {
        let mut function = Function::new([]);
        store(&mut function, number);
        function.instructions().end();
        function
    });
    optimized(&of_functions(std::iter::once(first).chain(rest)));
}

#[test]
fn a_chain_of_functions_that_are_called_once_becomes_a_few() {
    let chain = (0..MANY).map(|number| {
        let mut function = Function::new([]);
        store(&mut function, number);
        if number + 1 < MANY {
            function.instructions().call(number + 1);
        }
        function.instructions().end();
        function
    });
    let output = optimized(&of_functions(chain));
    assert!(output.origins.modules[0].functions.len() < 1000);
}

#[test]
fn locals_in_blocks_within_blocks_are_known_at_once() {
    let mut first = Function::new([]);
    first.instructions().call(1).end();
    let mut deep = Function::new([(2, ValType::I32)]);
    for _ in 0..MANY / 10 {
        deep.instructions().block(wasm_encoder::BlockType::Empty).local_get(0).br_if(0).i32_const(1).local_set(1);
    }
    for _ in 0..MANY / 10 {
        deep.instructions().local_get(1).local_set(0).end();
    }
    store(&mut deep, 1);
    deep.instructions().end();
    optimized(&of_functions([first, deep].into_iter()));
}

#[test]
fn blocks_within_blocks_take_no_stack() {
    let (mut types, mut functions, mut exports) = (TypeSection::new(), FunctionSection::new(), ExportSection::new());
    types.ty().function([], []);
    functions.function(0);
    exports.export("deep", ExportKind::Func, 0);
    let mut function = Function::new([]);
    for _ in 0..MANY {
        function.instructions().block(wasm_encoder::BlockType::Empty).i32_const(0).br_if(0);
    }
    for _ in 0..MANY {
        function.instructions().end();
    }
    function.instructions().end();
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    optimized(&module.finish());
}

#[test]
fn sections_that_promise_more_than_they_hold_are_refused() {
    for id in 0..=13_u8 {
        for count in [u32::MAX, 0x0fff_ffff, 1_000_001] {
            let mut data = Vec::new();
            count.encode(&mut data);
            data.extend([0; 16]);
            let mut module = Module::new();
            module.section(&RawSection { id, data: &data });
            // Custom sections hold anything, and a start section names a function.
            match optimize(&module.finish(), &Options::default()) {
                Ok(_) => assert_eq!(id, 0, "only custom sections hold anything"),
                Err(error) => assert!(matches!(error, Error::InvalidInput(_)), "section {id}: {error:?}"),
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_is_refused_wherever_it_is_cut() {
    let bridge = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../bridge/provider/bridge.wasm");
    let bridge = wat::parse_file(bridge).unwrap();
    for end in 0..bridge.len() {
        match optimize(&bridge[..end], &Options::default()) {
            Err(Error::InvalidInput(_)) => {}
            Err(error) => panic!("cut at {end}: {error:?}"),
            // Cut between two sections it is another component, without what would have followed.
            Ok(output) => assert!(output.bytes.len() <= end),
        }
    }
}

#[test]
fn much_data_stays_with_its_memory() {
    let text = include_str!("cases/direct-imports/memory-stands-in-front.wat");
    let tables = |bytes: usize| {
        let component = wat::parse_str(text.replacen("\\10", &"\\10".repeat(bytes), 1)).unwrap();
        let output = optimized(&component).bytes;
        let tables = wasmparser::Parser::new(0).parse_all(&output);
        tables.filter(|payload| matches!(payload, Ok(wasmparser::Payload::TableSection(_)))).count()
    };
    assert_eq!(tables(64 << 10), 0);
    assert_eq!(tables((64 << 10) + 1), 1);
}
