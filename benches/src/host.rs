//! The host's rows: throughput, first response, memory of an idle module.

use std::path::Path;
use std::time::{Duration, Instant};

use fs_err as fs;
use tempfile::TempDir;

use crate::load::{Connection, load};
use crate::programs::Programs;
use crate::server::{Reuse, Server};
use crate::table::{Row, Table, median};
use crate::{HostArgs, Outcome, machine};

/// What is asked for: a route with a parameter and a query, answered with text.
const TARGET: &str = "/hello/you?language=de";

/// What a server in production has on, so that it is measured with it.
const PRODUCTION: &str = "[server]\n\
    instance_reuse = 128\n\
    max_per_module_requests = 256\n\
    http_allowed = [\"api.example.com\", \"*.example.org\"]\n";

/// Measures every row and prints the table.
pub(crate) fn measure(arguments: &HostArgs) -> Outcome {
    let programs = Programs::get()?;
    println!("{}", machine::describe());
    let size = fs::metadata(&programs.component)?.len();
    println!("mik {} against {}; a component of {size} bytes\n", env!("CARGO_PKG_VERSION"), programs.wasmtime.version);
    let mut table = Table::default();
    let fresh = "[server]\nmax_per_module_requests = 256\n";
    table.add(throughput(&programs, arguments, "a fresh instance for each request", Reuse::Never, fresh, 2.5)?);
    table.add(throughput(&programs, arguments, "`instance_reuse = 128`", Reuse::UpTo(128), PRODUCTION, 1.0)?);
    table.add(first_response(&programs, arguments.starts)?);
    table.extend(memory(&programs, arguments.modules)?);
    print!("{table}");
    if programs.wasmtime.is_mik {
        println!("\nBoth sides are mik: this shows that the benchmark works, and nothing else.");
    }
    Ok(())
}

/// Answers in a second, the two servers by turns.
fn throughput(
    programs: &Programs,
    arguments: &HostArgs,
    what: &str,
    reuse: Reuse,
    configuration: &str,
    least: f64,
) -> Outcome<Row> {
    let (directory, time) = (configured(configuration)?, Duration::from_secs(arguments.seconds));
    let (mut ours, mut theirs) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for _ in 0..arguments.rounds {
        let mik = Server::mik(programs, &programs.component, directory.path())?;
        measure_load(&mik, arguments.connections, time, &mut ours)?;
        drop(mik);
        let wasmtime = Server::wasmtime(programs, reuse, directory.path())?;
        measure_load(&wasmtime, arguments.connections, time, &mut theirs)?;
    }
    let (our_rate, their_rate) = (median(ours.0), median(theirs.0));
    let ratio = our_rate / their_rate;
    let words = |rate: f64, slow: f64| format!("{rate:.0}/s, p99 {slow:.1} ms");
    Ok(Row {
        what: format!("throughput, {what}, {} connections", arguments.connections),
        ours: words(our_rate, median(ours.1)),
        theirs: words(their_rate, median(theirs.1)),
        ratio,
        budget: format!("≥ {least}"),
        holds: ratio >= least,
    })
}

fn measure_load(server: &Server, connections: u16, time: Duration, into: &mut (Vec<f64>, Vec<f64>)) -> Outcome {
    let measured = load(server.address, TARGET, connections, time)?;
    into.0.push(measured.rate);
    into.1.push(milliseconds(measured.slow));
    Ok(())
}

/// From starting the process to the end of the first answer, with compiled code in the cache of each.
fn first_response(programs: &Programs, starts: u32) -> Outcome<Row> {
    let directory = configured("")?;
    let start = |server: &dyn Fn() -> Outcome<Server>| -> Outcome<f64> {
        let begin = Instant::now();
        let server = server()?;
        Connection::open(server.address, TARGET)?.ask()?;
        Ok(milliseconds(begin.elapsed()))
    };
    let mik = || Server::mik(programs, &programs.component, directory.path());
    let wasmtime = || Server::wasmtime(programs, Reuse::Never, directory.path());
    // The first of each fills its cache.
    start(&mik)?;
    start(&wasmtime)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        ours.push(start(&mik)?);
        theirs.push(start(&wasmtime)?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    Ok(Row {
        what: "first response, compiled code cached, process start included".to_owned(),
        ours: format!("{ours:.1} ms"),
        theirs: format!("{theirs:.1} ms"),
        ratio: ours / theirs,
        budget: "≤ 1.5".to_owned(),
        holds: ours / theirs <= 1.5,
    })
}

/// What each module beyond the first costs once it has answered. With wasmtime it is a process of its own.
fn memory(programs: &Programs, modules: u32) -> Outcome<Option<Row>> {
    const MOST: f64 = 2.0;
    let directory = configured("")?;
    let first = directory.path().join("one");
    let all = directory.path().join("all");
    put_modules(programs, &first, 1)?;
    put_modules(programs, &all, modules + 1)?;
    let answered = |served: &Path, count: u32| -> Outcome<Option<u64>> {
        let server = Server::mik(programs, served, directory.path())?;
        for number in 0..count {
            Connection::open(server.address, &format!("/run/module-{number}{TARGET}"))?.ask()?;
        }
        Ok(server.memory())
    };
    // The first time fills the cache: compiling leaves memory behind that has nothing to do with modules.
    answered(&all, modules + 1)?;
    let (Some(one), Some(many)) = (answered(&first, 1)?, answered(&all, modules + 1)?) else { return Ok(None) };
    let server = Server::wasmtime(programs, Reuse::Never, directory.path())?;
    Connection::open(server.address, TARGET)?.ask()?;
    let Some(process) = server.memory() else { return Ok(None) };

    let mebibytes = |bytes: u64| bytes as f64 / 1_048_576.0;
    let (each, process) = (mebibytes(many.saturating_sub(one)) / f64::from(modules), mebibytes(process));
    Ok(Some(Row {
        what: format!("memory of an idle module, each of {modules} beyond the first"),
        ours: format!("{each:.2} MiB (the first: {:.1})", mebibytes(one)),
        theirs: format!("{process:.1} MiB, a process each"),
        ratio: each / process,
        budget: format!("≤ {MOST} MiB"),
        holds: each <= MOST,
    }))
}

/// The component so many times, each with a section of its own that makes it another component.
fn put_modules(programs: &Programs, directory: &Path, count: u32) -> Outcome {
    fs::create_dir_all(directory)?;
    let component = fs::read(&programs.component)?;
    for number in 0..count {
        // A custom section: its number, its length, the length of its name, and the name.
        let name = format!("number {number:2}");
        let length = u8::try_from(name.len())?;
        let section = [&[0, length + 1, length], name.as_bytes()].concat();
        fs::write(directory.join(format!("module-{number}.wasm")), [&component[..], &section].concat())?;
    }
    Ok(())
}

/// A directory to serve from, with a `mik.toml`.
fn configured(configuration: &str) -> Outcome<TempDir> {
    let directory = tempfile::tempdir()?;
    fs::write(directory.path().join("mik.toml"), configuration)?;
    Ok(directory)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
