//! A request of the guest's own, by WASI 0.3: `?url=http://host/path`, `&method=`, `&body=` (so many bytes).

use crate::wasi::http::client;
use crate::wasi::http::types::{ErrorCode, Fields, Method, Request, Response, Scheme};
use crate::{wit_future, wit_stream};

/// Sends it and says what became of it: the status, the length of the body, the body.
pub async fn outbound(path: &str) -> String {
    match send(path).await {
        Ok(response) => told(response).await,
        Err(error) => format!("error {error:?}\n"),
    }
}

async fn send(path: &str) -> Result<Response, ErrorCode> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let url = value("url").unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let length = value("body").and_then(|length| length.parse::<usize>().ok()).unwrap_or_default();

    let (mut writer, contents) = wit_stream::new();
    let (trailers, trailers_reader) = wit_future::new(|| Ok(None));
    wit_bindgen::spawn_local(async move {
        let _ = writer.write_all(vec![b'u'; length]).await;
        drop(writer);
        let _ = trailers.write(Ok(None)).await;
    });
    let (request, sent) = Request::new(Fields::new(), Some(contents), trailers_reader, None);
    let wrong = |what: &str| ErrorCode::InternalError(Some(what.to_owned()));
    let scheme = if scheme == "https" { Scheme::Https } else { Scheme::Http };
    request.set_scheme(Some(&scheme)).map_err(|()| wrong("scheme"))?;
    request.set_authority(Some(authority)).map_err(|()| wrong("authority"))?;
    request.set_path_with_query(Some(path)).map_err(|()| wrong("path"))?;
    if length > 0 {
        request.set_method(&Method::Post).map_err(|()| wrong("method"))?;
    }
    let response = client::send(request).await?;
    if length > 0 {
        sent.await?;
    }
    Ok(response)
}

async fn told(response: Response) -> String {
    let status = response.get_status_code();
    let (_result, result_reader) = wit_future::new(|| Ok(()));
    let (mut stream, trailers) = Response::consume_body(response, result_reader);
    let mut body = Vec::new();
    loop {
        let (result, piece) = stream.read(Vec::with_capacity(64 << 10)).await;
        body.extend_from_slice(&piece);
        if !matches!(result, wit_bindgen::StreamResult::Complete(_)) {
            break;
        }
    }
    match trailers.await {
        Ok(_) => {
            let said = String::from_utf8_lossy(&body[..body.len().min(1000)]).into_owned();
            format!("status {status}\nlength {}\n{said}\n", body.len())
        }
        Err(error) => format!("status {status}\nbroke off after {}: {error:?}\n", body.len()),
    }
}
