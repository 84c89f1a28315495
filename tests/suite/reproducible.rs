//! The same sources give the same bytes, wherever they lie and wherever they are compiled.

use std::path::{Path, PathBuf};

use mik_tests::{Program, Project, Server};
use wit_component::StringEncoding;
use wit_parser::Resolve;

/// A handler without the SDK, so that it is compiled in a moment: what bindings would do for it, it does by hand.
const HANDLER: &str = r#"//! Says what it was asked for.

/// The world, where bindings leave it, too.
#[used]
#[unsafe(link_section = "component-type:handler")]
static WORLD: [u8; include_bytes!("../../../world").len()] = *include_bytes!("../../../world");

#[repr(C)]
pub struct Response {
    status: u16,
    headers: *const u8,
    headers_length: usize,
    has_body: bool,
    body: *const u8,
    body_length: usize,
}

#[unsafe(export_name = "mik:core/handler@0.1.0#handle")]
extern "C" fn handle(
    _method: i32,
    path: *const u8,
    length: usize,
    _headers: usize,
    _headers_length: usize,
    _has_body: i32,
    _body: usize,
    _body_length: usize,
) -> *const Response {
    let path = unsafe { std::slice::from_raw_parts(path, length) };
    let text = listed::tell(&inside::Asked { path: String::from_utf8_lossy(path).into_owned(), length });
    let body = text.leak();
    let headers = std::ptr::NonNull::<u32>::dangling().as_ptr().cast();
    let (body, body_length) = (body.as_ptr(), body.len());
    Box::leak(Box::new(Response { status: 200, headers, headers_length: 0, has_body: true, body, body_length }))
}

#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    use std::alloc::{Layout, alloc, realloc};
    match (old_size, new_size) {
        (0, 0) => align as *mut u8,
        (0, _) => unsafe { alloc(Layout::from_size_align_unchecked(new_size, align)) },
        _ => unsafe { realloc(old, Layout::from_size_align_unchecked(old_size, align), new_size) },
    }
}
"#;

/// In the workspace, as the handler is.
const INSIDE: &str = "#[derive(Debug)]\npub struct Asked {\n    pub path: String,\n    pub length: usize,\n}\n";

/// In the workspace or beside it. What is generic is compiled with the handler; closures and loops that are much alike have an order.
const LISTED: &str = "use std::fmt::Debug;\n\n#[inline(never)]\npub fn tell<T: Debug>(asked: &T) -> String {\n    \
    let mut words: Vec<String> = format!(\"{asked:?}\").split(' ').map(str::to_owned).collect();\n    \
    words.sort_by_key(|word| word.len());\n    let mut lengths: Vec<usize> = words.iter().map(String::len).collect();\n    \
    lengths.sort_by_key(|length| length % 7);\n    assert!(lengths[0] < 1000, \"too long: {words:?}\");\n    \
    format!(\"{words:?} {lengths:?}\")\n}\n";

/// Writes the workspace into a directory of the project's, with one package where it is said, builds it, and gives the component's path.
fn build(project: &Project, place: &str, listed: &str) -> PathBuf {
    let write = |path: &str, content: &str| project.write(&format!("{place}/{path}"), content);
    let library = |path: &str, name: &str, more: &str, source: &str| {
        write(
            &format!("{path}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}"),
        );
        write(&format!("{path}/src/lib.rs"), source);
    };
    write("work/Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"handler\", \"inside\"]\n");
    let dependencies = format!(
        "\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\ninside = {{ path = \"../inside\" }}\n\
         listed = {{ path = \"../../{listed}\" }}\n"
    );
    library("work/handler", "handler", &dependencies, HANDLER);
    library("work/inside", "inside", "", INSIDE);
    library(listed, "listed", if listed.starts_with("work/") { "" } else { "\n[workspace]\n" }, LISTED);
    project.write(&format!("{place}/world"), world());

    let mut command = Program::cargo_mik();
    command.args(["build", "--release", "--target-dir", "made"]);
    Program::run(command.current_dir(project.directory().join(place).join("work"))).ok().says("Composed");
    project.directory().join(place).join("work/made/mik/release/handler.wasm")
}

/// `handler-world`, as a core module says which world it is for.
fn world() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(Program::workspace().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("handler-world")).unwrap();
    wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None).unwrap()
}

fn read(component: &Path, extension: &str) -> Vec<u8> {
    fs_err::read(component.with_extension(extension)).unwrap()
}

const HERE: &str = "a";
const THERE: &str = "there/in a directory/with a much longer path";

#[test]
fn a_build_in_another_directory_gives_the_same_component_and_the_same_side_car() {
    let project = Project::empty("same-side-car");
    let [here, there] = [HERE, THERE].map(|place| build(&project, place, "work/listed"));
    for extension in ["wasm", "handler.wasm", "debug.wasm"] {
        assert!(read(&here, extension) == read(&there, extension), "{extension} differs");
    }
    let server = Server::start(Program::mik().arg("run").arg(&there));
    assert!(server.ask_for("/a?b").is(200).text().contains("/a?b"));
}

#[test]
fn a_build_in_another_directory_gives_the_same_component_where_a_package_is_outside_the_workspace() {
    let project = Project::empty("same-component");
    let [here, there] = [HERE, THERE].map(|place| build(&project, place, "outside/listed"));
    // Not the side-car: in symbols such a package has a number that cargo takes from where it lies.
    for extension in ["wasm", "handler.wasm"] {
        assert!(read(&here, extension) == read(&there, extension), "{extension} differs");
    }
}
