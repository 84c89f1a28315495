//! A WASI 0.3 guest that misbehaves on demand: the first segment of the path says how, the second is its argument.

mod outbound;

wit_bindgen::generate!({
    path: "wit",
    world: "mik:probe-p3/probe",
    generate_all,
});

use std::sync::atomic::{AtomicU32, Ordering};

use exports::wasi::http::handler::Guest;
use wasi::clocks::monotonic_clock;
use wasi::http::types::{ErrorCode, Fields, Request, Response};

struct Probe;

impl Guest for Probe {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let path = request.get_path_with_query().unwrap_or_default();
        let mut segments = path.trim_start_matches('/').split(['/', '?']);
        let route = segments.next().unwrap_or_default().to_owned();
        let argument = segments.next().and_then(|argument| argument.parse::<u64>().ok()).unwrap_or_default();
        match route.as_str() {
            "ok" | "" => Ok(answer(200, b"ok\n".to_vec(), Then::Finish)),
            "seen" => {
                let text = format!(
                    "method {:?}\npath {path}\nauthority {:?}\nscheme {:?}\n",
                    request.get_method(),
                    request.get_authority(),
                    request.get_scheme(),
                );
                Ok(answer(200, text.into_bytes(), Then::Finish))
            }
            "count" => Ok(count(request).await),
            "sleep" => {
                monotonic_clock::wait_for(argument * 1_000_000).await;
                Ok(answer(200, b"slept\n".to_vec(), Then::Finish))
            }
            "status" => Ok(answer(argument as u16, Vec::new(), Then::Finish)),
            "body" => Ok(answer(200, vec![b'x'; argument as usize], Then::Finish)),
            "env" => Ok(answer(200, seen_of_the_host().into_bytes(), Then::Finish)),
            "outbound" => Ok(answer(200, outbound::outbound(&path).await.into_bytes(), Then::Finish)),
            "nth" => {
                static COUNT: AtomicU32 = AtomicU32::new(0);
                let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
                monotonic_clock::wait_for(argument * 1_000_000).await;
                Ok(answer(200, format!("{count}\n").into_bytes(), Then::Finish))
            }
            "loop-after-body" => Ok(answer(200, b"all of it\n".to_vec(), Then::Loop)),
            "trap" => panic!("asked to trap"),
            "trap-in-body" => Ok(answer(200, b"some of it".to_vec(), Then::Trap(argument))),
            "error" => Err(ErrorCode::InternalError(Some("asked to fail".to_owned()))),
            "loop" => loop {
                std::hint::black_box(&path);
            },
            _ => Ok(answer(404, b"no such route\n".to_vec(), Then::Finish)),
        }
    }
}

export!(Probe);

/// What follows the body.
enum Then {
    Finish,
    /// A trap, after so many milliseconds.
    Trap(u64),
    /// Nothing that ends.
    Loop,
}

fn answer(status: u16, body: Vec<u8>, then: Then) -> Response {
    let (mut writer, contents) = wit_stream::new();
    let (trailers, trailers_reader) = wit_future::new(|| Ok(None));
    wit_bindgen::spawn_local(async move {
        let _ = writer.write_all(body).await;
        if let Then::Trap(milliseconds) = then {
            monotonic_clock::wait_for(milliseconds * 1_000_000).await;
            panic!("asked to trap in the body");
        }
        drop(writer);
        let _ = trailers.write(Ok(None)).await;
        if matches!(then, Then::Loop) {
            loop {
                std::hint::black_box(());
            }
        }
    });
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_reader);
    response.set_status_code(status).expect("a status that may be set");
    response
}

/// Says what it sees of its environment and of the machine: variables, arguments, files, the network.
fn seen_of_the_host() -> String {
    let mut text: String = std::env::vars().map(|(name, value)| format!("{name}={value}\n")).collect();
    text.extend(std::env::args().map(|argument| format!("argument {argument}\n")));
    text + &format!(
        "read {:?}\nlist {:?}\nconnect {:?}\nresolve {:?}\n",
        std::fs::read("/etc/passwd").map_err(|error| error.kind()),
        std::fs::read_dir("/").map(|_| ()).map_err(|error| error.kind()),
        std::net::TcpStream::connect("127.0.0.1:22").map(|_| ()).map_err(|error| error.kind()),
        std::net::ToSocketAddrs::to_socket_addrs("localhost:80").map(|_| ()).map_err(|error| error.kind()),
    )
}

/// Reads the body to its end and says how many bytes it had; 400 where it did not end well.
async fn count(request: Request) -> Response {
    let (_result, result_reader) = wit_future::new(|| Ok(()));
    let (mut stream, trailers) = Request::consume_body(request, result_reader);
    let mut count = 0_usize;
    loop {
        let (result, piece) = stream.read(Vec::with_capacity(64 << 10)).await;
        count += piece.len();
        if !matches!(result, wit_bindgen::StreamResult::Complete(_)) {
            break;
        }
    }
    match trailers.await {
        Ok(_) => answer(200, format!("{count}\n").into_bytes(), Then::Finish),
        Err(error) => {
            eprintln!("body broke off after {count} bytes: {error:?}");
            answer(400, format!("broke off after {count}: {error:?}\n").into_bytes(), Then::Finish)
        }
    }
}
