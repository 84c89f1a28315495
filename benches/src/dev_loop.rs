//! The development loop: from a save to the first answer of the new version, by `cargo mik serve`; next to what cargo takes by
//! itself, and to building and starting a server anew.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use fs_err as fs;
use serde_json::Value;

use crate::load::Connection;
use crate::machine;
use crate::programs::{Wasmtime, cargo_mik, root, run};
use crate::server::Server;
use crate::table::median;
use crate::{DevLoopArgs, Outcome};

/// What it may take beyond cargo's own time.
const BUDGET: f64 = 150.0;
/// What the example answers at `/`, of which a part is edited.
const SAID: &str = "Hello from mik!";
/// What no stage says of itself.
const REST: &str = "what is left: the save is noticed, and the request";
/// A development server is asked this often whether it has the new version.
const PAUSE: Duration = Duration::from_millis(1);

/// `examples/hello`, as somebody edits it.
struct Edited {
    directory: tempfile::TempDir,
    source: String,
    edits: u32,
}

impl Edited {
    fn new() -> Outcome<Self> {
        let (directory, example) = (tempfile::tempdir()?, root()?.join("examples/hello"));
        let manifest = fs::read_to_string(example.join("Cargo.toml"))?;
        let sdk = format!("{:?}", root()?.join("sdk"));
        fs::write(directory.path().join("Cargo.toml"), manifest.replace("\"../../sdk\"", &sdk))?;
        fs::create_dir(directory.path().join("src"))?;
        let source = fs::read_to_string(example.join("src/lib.rs"))?;
        fs::write(directory.path().join("src/lib.rs"), &source)?;
        Ok(Self { directory, source, edits: 0 })
    }

    /// Saves it with another greeting, and gives that.
    fn save(&mut self) -> Outcome<String> {
        self.edits += 1;
        let greeting = format!("Hello number {}!", self.edits);
        let path = self.directory.path().join("src/lib.rs");
        let aside = path.with_extension("rs~");
        fs::write(&aside, self.source.replace(SAID, &greeting))?;
        fs::rename(aside, path)?;
        Ok(greeting)
    }

    /// A command in its directory; all compile to the same place.
    fn command(&self, program: &Path, target: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.directory.path()).env("CARGO_TARGET_DIR", target);
        command
    }
}

/// Saves again and again, and prints the table.
pub(crate) fn measure(arguments: &DevLoopArgs) -> Outcome {
    let (cargo_mik, target) = (cargo_mik()?, root()?.join("target").join("benches"));
    println!(
        "{}\n{} edits of examples/hello; milliseconds, the median of each\n",
        machine::describe(),
        arguments.edits
    );
    let mut edited = Edited::new()?;
    let Swaps { totals, stages } = swaps(&mut edited, &cargo_mik, &target, arguments.edits)?;
    let (total, cargo) = (median(totals), stages.get("cargo").cloned().map(median).unwrap_or_default());
    println!("| from a save to the first answer of the new version | ms |");
    println!("|---|---|");
    println!("| `cargo mik serve` | {total:.0} |");
    for (stage, times) in stages {
        println!("| – of which {stage} | {:.1} |", median(times));
    }
    let beyond = total - cargo;
    let verdict = if beyond <= BUDGET { "holds" } else { "missed" };
    println!("| beyond cargo (at most {BUDGET}: {verdict}) | {beyond:.0} |");
    for (what, time) in others(&mut edited, &cargo_mik, &target, arguments.edits)? {
        println!("| {what} | {time:.0} |");
    }
    Ok(())
}

/// What swaps have taken.
struct Swaps {
    /// From a save to the new answer, in milliseconds.
    totals: Vec<f64>,
    /// What each stage says that it has taken.
    stages: BTreeMap<String, Vec<f64>>,
}

fn swaps(edited: &mut Edited, cargo_mik: &Path, target: &Path, edits: u32) -> Outcome<Swaps> {
    let mut command = edited.command(cargo_mik, target);
    let mut loop_ = Loop::start(command.args(["mik", "serve", "--port", "0", "--message-format", "json"]))?;
    let mut connection = Connection::open(loop_.address, "/")?;
    let (mut totals, mut stages) = (Vec::new(), BTreeMap::<String, Vec<f64>>::new());
    for edit in 0..=edits {
        let (greeting, begin) = (edited.save()?, Instant::now());
        loop {
            connection.ask()?;
            if says(connection.answer(), &greeting) {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let total = begin.elapsed();
        let swap = loop_.next("mik-swapped")?;
        // The first save after a start finds nothing in the caches.
        if edit == 0 {
            continue;
        }
        totals.push(milliseconds(total));
        let mut rest = milliseconds(total);
        for (stage, time) in swap["milliseconds"].as_object().into_iter().flatten() {
            rest -= time.as_f64().unwrap_or_default();
            stages.entry(stage.clone()).or_default().extend(time.as_f64());
        }
        stages.entry(REST.to_owned()).or_default().push(rest);
    }
    Ok(Swaps { totals, stages })
}

/// What others take for the same edits.
fn others(edited: &mut Edited, cargo_mik: &Path, target: &Path, edits: u32) -> Outcome<Vec<(String, f64)>> {
    let mut rows = Vec::new();
    let component = target.join("mik/debug/hello.wasm");
    let mik = cargo_mik.with_file_name(format!("mik{}", std::env::consts::EXE_SUFFIX));
    let mut row = |what: &str, mut take: Box<dyn FnMut(&mut Edited) -> Outcome + '_>| -> Outcome {
        let mut times = Vec::new();
        for edit in 0..=edits {
            let begin = Instant::now();
            take(edited)?;
            if edit > 0 {
                times.push(milliseconds(begin.elapsed()));
            }
        }
        rows.push((what.to_owned(), median(times)));
        Ok(())
    };
    let build = |edited: &mut Edited| -> Outcome<String> {
        let greeting = edited.save()?;
        run(edited.command(cargo_mik, target).args(["mik", "build", "--quiet"]))?;
        Ok(greeting)
    };
    row("`cargo mik build`", Box::new(|edited| build(edited).map(drop)))?;
    if has_target()? {
        row(
            "`cargo build --target wasm32-wasip2`",
            Box::new(|edited| {
                edited.save()?;
                let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
                run(edited.command(&cargo, target).args(["build", "--quiet", "--target", "wasm32-wasip2"]))
            }),
        )?;
    }
    let mut restart = |what: &str, command: &dyn Fn() -> Command| {
        row(
            what,
            Box::new(|edited| {
                let greeting = build(edited)?;
                let server = Server::start(&mut command())?;
                let mut connection = Connection::open(server.address, "/")?;
                connection.ask()?;
                if says(connection.answer(), &greeting) { Ok(()) } else { Err("it answers something else".into()) }
            }),
        )
    };
    restart("`cargo mik build`, and `mik run` started anew", &|| {
        let mut command = Command::new(&mik);
        command.args(["run", "--port", "0"]).arg(&component);
        command
    })?;
    match Wasmtime::find() {
        Ok(wasmtime) if !wasmtime.is_mik => {
            restart("`cargo mik build`, and `wasmtime serve` started anew", &|| {
                let mut command = Command::new(&wasmtime.path);
                command.args(["serve", "--addr", "127.0.0.1:0", "-S", "cli=y"]).arg(&component);
                command
            })?;
        }
        _ => eprintln!("there is no `wasmtime` to measure against: name one with WASMTIME=PATH"),
    }
    Ok(rows)
}

/// Whether cargo by itself can compile for the target.
fn has_target() -> Outcome<bool> {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-wasip2"]).output()?;
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn says(answer: &[u8], greeting: &str) -> bool {
    String::from_utf8_lossy(answer).contains(greeting)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// `cargo mik serve`, and what it says to programs.
struct Loop {
    child: Child,
    said: Receiver<Value>,
    address: SocketAddr,
}

impl Loop {
    fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("stdout is piped")?).lines();
        let (sender, said) = channel();
        // Read at once, or it would wait for a reader.
        std::thread::spawn(move || {
            let messages = lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            messages.for_each(|message| drop(sender.send(message)));
        });
        let mut started = Self { child, said, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let listening = started.next("mik-listening")?;
        let url = listening["url"].as_str().unwrap_or_default();
        started.address = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
        Ok(started)
    }

    /// The next message with this reason.
    fn next(&mut self, reason: &str) -> Outcome<Value> {
        let message = self.said.iter().find(|message| message["reason"] == reason);
        message.ok_or_else(|| "`cargo mik serve` has ended".into())
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
