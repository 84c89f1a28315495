//! The routes.

use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::wasi::clocks::monotonic_clock::subscribe_duration;
use crate::wasi::http::types::{ErrorCode, Fields};
use crate::wire::{Call, read};

/// Answers.
pub fn ok(call: Call) {
    call.answer(200, &[], b"ok\n");
}

/// Says what it sees of the request: method, path with query, authority, headers.
pub fn seen(call: Call) {
    let mut text = format!(
        "method {:?}\npath {}\nauthority {:?}\nscheme {:?}\n",
        call.request.method(),
        call.path(),
        call.request.authority(),
        call.request.scheme(),
    );
    for (name, value) in call.request.headers().entries() {
        text.push_str(&format!("header {name}: {}\n", String::from_utf8_lossy(&value)));
    }
    call.answer(200, &[], text.as_bytes());
}

/// Gives back the body, each piece as it comes.
pub fn echo(call: Call) {
    let Call { request, outparam, .. } = call;
    // `begin` takes the call, the body stays with the request.
    let stream_of = |request| {
        let body = crate::wasi::http::types::IncomingRequest::consume(request).expect("consumed once");
        let stream = body.stream().expect("one stream");
        (body, stream)
    };
    let (body, stream) = stream_of(&request);
    let mut response = Call::new(request, outparam).begin(200, &[]);
    while let Ok(bytes) = stream.blocking_read(64 << 10) {
        if !response.write(&bytes) {
            break;
        }
    }
    drop(stream);
    drop(body);
    response.finish();
}

/// Reads the body to its end and says how many bytes it had, and a sum of them; 400 where it did not end well. Says so
/// on standard error too, for a client that does not stay for the answer.
pub fn count(call: Call) {
    let (mut count, mut sum) = (0_u64, 0_u32);
    let end = read(&call.request, |bytes| {
        count += bytes.len() as u64;
        sum = bytes.iter().fold(sum, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    });
    match end {
        Ok(()) => {
            eprintln!("body ended well after {count} bytes");
            call.answer(200, &[], format!("{count} {sum:08x}\n").as_bytes());
        }
        Err(error) => {
            eprintln!("body broke off after {count} bytes: {error}");
            call.answer(400, &[], format!("broke off after {count}: {error}\n").as_bytes());
        }
    }
}

/// Answers with so many bytes.
pub fn body(call: Call) {
    let mut left = call.argument();
    let length = left.to_string();
    let mut response = call.begin(200, &[("content-length", &length)]);
    let piece: Vec<u8> = (0..64 << 10).map(|at| b'a' + (at % 26) as u8).collect();
    while left > 0 {
        let now = left.min(piece.len() as u64);
        if !response.write(&piece[..now as usize]) {
            break;
        }
        left -= now;
    }
    response.finish();
}

/// Answers with so many lines, a tenth of a second apart.
pub fn drip(call: Call) {
    let lines = call.argument();
    let mut response = call.begin(200, &[("content-type", "text/plain")]);
    for line in 0..lines {
        eprintln!("drip {line}");
        if !response.write(format!("{line}\n").as_bytes()) {
            break;
        }
        wait(100);
    }
    response.finish();
}

/// Answers after so many milliseconds of waiting.
pub fn sleep(call: Call) {
    wait(call.argument());
    call.answer(200, &[], b"slept\n");
}

/// Answers after so many milliseconds of work.
pub fn spin(call: Call) {
    let end = std::time::Instant::now() + std::time::Duration::from_millis(call.argument());
    while std::time::Instant::now() < end {
        black_box(());
    }
    call.answer(200, &[], b"spun\n");
}

/// Prints so many lines on both streams, one of them very long and one without an end.
pub fn print(call: Call) {
    for line in 0..call.argument() {
        println!("out {line}");
        eprintln!("err {line}");
    }
    println!("{}", "x".repeat(10_000));
    eprint!("no line end");
    call.answer(200, &[], b"printed\n");
}

/// Says what it sees of its environment.
pub fn env(call: Call) {
    let mut text = String::new();
    for (name, value) in std::env::vars() {
        text.push_str(&format!("{name}={value}\n"));
    }
    for argument in std::env::args() {
        text.push_str(&format!("argument {argument}\n"));
    }
    call.answer(200, &[], text.as_bytes());
}

/// Tries to read and to write files, and to connect.
pub fn file(call: Call) {
    let text = format!(
        "read {:?}\nwrite {:?}\nlist {:?}\nconnect {:?}\nresolve {:?}\n",
        std::fs::read("/etc/passwd").map_err(|error| error.kind()),
        std::fs::write("probe.txt", "x").map_err(|error| error.kind()),
        std::fs::read_dir("/").map(|_| ()).map_err(|error| error.kind()),
        std::net::TcpStream::connect("127.0.0.1:22").map(|_| ()).map_err(|error| error.kind()),
        std::net::ToSocketAddrs::to_socket_addrs("localhost:80").map(|_| ()).map_err(|error| error.kind()),
    );
    call.answer(200, &[], text.as_bytes());
}

/// Says how many requests the instance has been given: this one is the first, where each has one of its own.
pub fn nth(call: Call) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
    wait(call.argument());
    call.answer(200, &[], format!("{count}\n").as_bytes());
}

/// Says which instance this is, by a name that it keeps, and then does what another should not have to find: nothing,
/// a trap, a loop, memory denied, resources kept, a request kept.
pub fn identity(call: Call) {
    static NAME: OnceLock<u64> = OnceLock::new();
    let name = NAME.get_or_init(|| RandomState::new().hash_one(0)).to_string();
    let Call { request, outparam, path } = call;
    let how = path.rsplit('/').next().and_then(|how| how.parse().ok()).unwrap_or(0);
    if how == 5 {
        std::mem::forget(request);
        return crate::wire::answer(outparam, name.as_bytes());
    }
    drop(request);
    crate::wire::answer(outparam, name.as_bytes());
    match how {
        1 => panic!("asked to trap"),
        2 => loop {
            black_box(());
        },
        3 => assert!(Vec::<u8>::new().try_reserve_exact(1 << 30).is_err()),
        4 => (0..1000).for_each(|_| std::mem::forget(Fields::new())),
        _ => {}
    }
}

/// Prints a line that it does not end.
pub fn print_unfinished(call: Call) {
    eprint!("unfinished");
    call.answer(200, &[], b"printed\n");
}

/// Never ends, and does nothing.
pub fn endless(call: Call) {
    loop {
        black_box(&call);
    }
}

/// Panics before it answers.
pub fn trap(_call: Call) {
    panic!("asked to trap");
}

/// Panics with the head out and nothing of the body.
pub fn trap_after_head(call: Call) {
    let _response = call.begin(200, &[]);
    panic!("asked to trap after the head");
}

/// Panics with some of the body out; the argument is how long after, in milliseconds.
pub fn trap_in_body(call: Call) {
    let pause = call.argument();
    let mut response = call.begin(200, &[]);
    response.write(b"some of it");
    wait(pause);
    panic!("asked to trap in the body");
}

/// Panics with everything out: nobody is hurt.
pub fn trap_after_body(call: Call) {
    call.answer(200, &[], b"all of it\n");
    panic!("asked to trap after the body");
}

/// Never ends, with some of the body out.
pub fn loop_in_body(call: Call) {
    let mut response = call.begin(200, &[]);
    response.write(b"some of it");
    loop {
        black_box(&response);
    }
}

/// Answers whole, and never ends.
pub fn loop_after_body(call: Call) {
    call.answer(200, &[], b"all of it\n");
    loop {
        black_box(());
    }
}

/// Returns without an answer.
pub fn never_set(_call: Call) {}

/// Answers with an error in place of a response.
pub fn error(call: Call) {
    call.fail(ErrorCode::InternalError(Some("asked to fail".to_owned())));
}

/// Answers with the status of the argument, whatever it is.
pub fn status(call: Call) {
    let status = call.argument() as u16;
    call.answer(status, &[], b"");
}

/// Tries to set a header that is named in the query, and says what the host answers: `/header?connection`.
pub fn header(call: Call) {
    let name = call.path().split('?').nth(1).unwrap_or_default().to_owned();
    let set = Fields::new().append(&name, &b"x".to_vec());
    call.answer(200, &[], format!("{set:?}\n").as_bytes());
}

/// Answers with so many headers, or as many as the host takes.
pub fn headers(call: Call) {
    let fields = Fields::new();
    let wanted = call.argument();
    let taken = (0..wanted).take_while(|n| fields.append(&format!("x-{n}"), &b"y".to_vec()).is_ok()).count();
    call.answer_with(fields, format!("{taken}\n").as_bytes());
}

/// Announces a hundred bytes and sends as many as the argument says.
pub fn length(call: Call) {
    let given = vec![b'x'; call.argument() as usize];
    let mut response = call.begin(200, &[("content-length", "100")]);
    response.write(&given);
    response.finish();
}

/// Announces a hundred bytes and sends fifty, then a hundred more.
pub fn too_long(call: Call) {
    let mut response = call.begin(200, &[("content-length", "100")]);
    response.write(&[b'x'; 50]);
    wait(100);
    response.write(&[b'x'; 100]);
    response.finish();
}

/// Leaves the body neither finished nor dropped.
pub fn unfinished(call: Call) {
    let mut response = call.begin(200, &[]);
    response.write(b"some of it");
    response.forget();
}

/// Takes memory until there is none.
pub fn memory(call: Call) {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 1 << 20]);
        black_box((&held, &call));
    }
}

/// Asks for more memory than there is, does without, and answers.
pub fn greedy(call: Call) {
    let refused = Vec::<u8>::new().try_reserve_exact(1 << 30).is_err();
    call.answer(200, &[], format!("refused {refused}\n").as_bytes());
}

/// Takes so many MiB, and keeps them for good.
pub fn leak(call: Call) {
    std::mem::forget(vec![1_u8; (call.argument() as usize) << 20]);
    call.answer(200, &[], b"leaked\n");
}

/// Takes so many resources of the host's, and keeps them for good.
pub fn resources(call: Call) {
    for _ in 0..call.argument() {
        std::mem::forget(Fields::new());
    }
    call.answer(200, &[], b"taken\n");
}

/// Calls itself until the stack is full.
pub fn recurse(call: Call) {
    fn deeper(depth: u64) -> u64 {
        if black_box(depth) == u64::MAX { 0 } else { deeper(depth + 1) + black_box(1) }
    }
    let depth = deeper(0);
    call.answer(200, &[], depth.to_string().as_bytes());
}

/// Prints without end.
pub fn flood(_call: Call) {
    loop {
        println!("{}", "flood ".repeat(100));
    }
}

/// Answers, then goes on working for as many milliseconds as the argument says, and says so when it is done.
pub fn work_after(call: Call) {
    let time = call.argument();
    call.answer(200, &[], b"answered\n");
    wait(time);
    eprintln!("work after the answer is done");
}

fn wait(milliseconds: u64) {
    subscribe_duration(milliseconds * 1_000_000).block();
}
