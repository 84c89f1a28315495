//! What other servers answer, in native tests: no network, no server, no waiting.
//!
//! ```
//! use mik_sdk::prelude::*;
//! use mik_sdk::testing::fetch;
//!
//! routes! {
//!     GET "/weather/{city}" => weather,
//! }
//!
//! fn weather(Path(city): Path<String>) -> Result<String, Problem> {
//!     let response = fetch!(GET format!("https://weather.example.com/?city={city}")).send()?.error_for_status()?;
//!     Ok(format!("{} degrees", response.text().unwrap_or("unknown")))
//! }
//!
//! let servers = fetch::expect([
//!     fetch::get("https://weather.example.com/?city=Rome").answers("31".into_response()),
//!     fetch::get("https://weather.example.com/?city=Oslo").answers(StatusCode::NOT_FOUND),
//! ]);
//! assert_eq!(testing::get("/weather/Rome").send(handle).text(), Some("31 degrees"));
//! assert_eq!(testing::get("/weather/Oslo").send(handle).status(), StatusCode::BAD_GATEWAY);
//! assert_eq!(servers.requests().len(), 2);
//! ```
//!
//! A stub holds for the thread that made it, until it is dropped. A request that nothing was said of fails the test with
//! what was sent and what was expected; so does one that was expected and never came.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::scope::{self, Scope};
use crate::http_client::{self, Error};
use crate::{Bytes, Headers, Method, Problem, Response, StatusCode, Type, json};

/// A request as a server would have seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    method: Method,
    url: String,
    headers: Headers,
    body: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(method: Method, url: String, headers: Headers) -> Self {
        Self { method, url, headers, body: Vec::new() }
    }

    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.body.extend_from_slice(piece);
    }

    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The URL, in the one spelling it was sent with: `https://api.example.com/` for `HTTPS://API.example.com:443`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The header fields.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; `None` where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The body read as JSON.
    ///
    /// # Errors
    ///
    /// A problem that says where it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned + Type>(&self) -> Result<T, Problem> {
        json::parse(&self.body)
    }
}

/// What a server answers: any [`Response`] of the SDK's ([`ok!`](crate::ok), `"text".into_response()`), a [`StatusCode`], or
/// the [`Error`] that comes instead.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `None`: it never comes.
    pub(crate) delay: Option<Duration>,
    pub(crate) outcome: Result<(u16, Headers, Vec<u8>), Error>,
}

impl Answer {
    /// No answer, ever: the timeout that was set runs out, without anybody waiting for it.
    ///
    /// ```
    /// use mik_sdk::http_client::{self, Error};
    /// use mik_sdk::testing::fetch;
    ///
    /// let _servers = fetch::stub(|_| fetch::Answer::never());
    /// let outcome = http_client::get("https://a.example/").timeout_ms(500).send();
    /// assert_eq!(outcome, Err(Error::Timeout { timeout_ms: Some(500) }));
    /// ```
    pub fn never() -> Self {
        Self { delay: None, ..Self::from(StatusCode::OK) }
    }

    /// This answer, so much later by the client's clock. The test does not wait.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_sdk::http_client;
    /// use mik_sdk::prelude::*;
    /// use mik_sdk::testing::fetch::{self, Answer};
    ///
    /// let _servers = fetch::stub(|_| Answer::from(StatusCode::OK).after(Duration::from_secs(3)));
    /// assert!(http_client::get("https://a.example/").timeout_ms(2000).send().unwrap_err().is_timeout());
    /// ```
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    fn of(outcome: Result<(u16, Headers, Vec<u8>), Error>) -> Self {
        Self { delay: Some(Duration::ZERO), outcome }
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::of(Ok((response.status().as_u16(), response.headers().clone(), response.body().to_vec())))
    }
}

impl From<http_client::Response> for Answer {
    fn from(response: http_client::Response) -> Self {
        Self::of(Ok((response.status, response.headers().clone(), response.body())))
    }
}

impl From<StatusCode> for Answer {
    fn from(status: StatusCode) -> Self {
        Self::from(Response::new(status))
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self::of(Err(error))
    }
}

type Answering = Rc<RefCell<dyn FnMut(&Sent) -> Answer>>;
type Seen = Rc<RefCell<Vec<Sent>>>;

/// What a test has decided.
struct Decision {
    answer: Answering,
    seen: Seen,
}

thread_local! {
    static DECISION: RefCell<Option<Decision>> = const { RefCell::new(None) };
}

/// What stands in for other servers, for as long as it lives.
#[must_use = "it stands in for other servers for as long as it lives"]
pub struct Stub {
    seen: Seen,
    left: Option<Rc<RefCell<Vec<Expected>>>>,
    _scope: Scope<Decision>,
}

/// Answers every request with a function.
///
/// ```
/// use mik_sdk::http_client;
/// use mik_sdk::prelude::*;
/// use mik_sdk::testing::fetch;
///
/// let servers = fetch::stub(|request| match request.url() {
///     "https://a.example/ok" => ok!({ "fine": true }),
///     _ => not_found!("no such thing"),
/// });
/// assert!(http_client::get("https://a.example/ok").send()?.is_success());
/// assert_eq!(http_client::get("https://a.example/other").send()?.status(), 404);
/// assert_eq!(servers.requests()[1].url(), "https://a.example/other");
/// # Ok::<(), Problem>(())
/// ```
pub fn stub<A: Into<Answer>>(mut answer: impl FnMut(&Sent) -> A + 'static) -> Stub {
    install(Rc::new(RefCell::new(move |sent: &Sent| answer(sent).into())), None)
}

/// Answers the requests that are expected, each once and in any order, and no others.
///
/// # Panics
///
/// The request that is not among them panics where it is sent; what is left of them, where the [`Stub`] is dropped.
pub fn expect(expected: impl IntoIterator<Item = Expected>) -> Stub {
    let left = Rc::new(RefCell::new(expected.into_iter().collect::<Vec<_>>()));
    let of_answers = left.clone();
    let answer = move |sent: &Sent| {
        let mut left: std::cell::RefMut<'_, Vec<Expected>> = of_answers.borrow_mut();
        match left.iter().position(|expected| expected.fits(sent)) {
            Some(position) => left.remove(position).answer,
            None => {
                let message = unexpected(sent, &left);
                drop(left);
                panic!("{message}");
            }
        }
    };
    install(Rc::new(RefCell::new(answer)), Some(left))
}

fn install(answer: Answering, left: Option<Rc<RefCell<Vec<Expected>>>>) -> Stub {
    let seen = Seen::default();
    let scope = Scope::enter(&DECISION, Decision { answer, seen: seen.clone() });
    Stub { seen, left, _scope: scope }
}

/// What the test on this thread has decided, where it has.
pub(crate) fn answer(sent: &Sent) -> Option<Answer> {
    let (answer, seen) = scope::with(&DECISION, |it| (it.answer.clone(), it.seen.clone()))?;
    seen.borrow_mut().push(sent.clone());
    let answer = answer.borrow_mut()(sent);
    Some(answer)
}

impl Stub {
    /// Every request that was sent so far, redirects and retries included.
    pub fn requests(&self) -> Vec<Sent> {
        self.seen.borrow().clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let left = self.left.as_ref().map(|left| left.borrow().iter().fold(String::new(), list)).unwrap_or_default();
        assert!(left.is_empty() || thread::panicking(), "expected requests were not sent:\n{left}");
    }
}

/// A request that a test expects, and its answer.
#[derive(Clone, Debug)]
#[must_use = "it is expected once it is in the list of `expect`"]
pub struct Expected {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Bytes>,
    json: Option<json::Value>,
    answer: Answer,
}

/// A request with any method and this URL, answered with 200 and nothing else unless [`Expected::answers`] says more.
pub fn request(method: Method, url: impl Into<String>) -> Expected {
    let answer = Answer::from(StatusCode::OK);
    Expected { method, url: url.into(), headers: Vec::new(), body: None, json: None, answer }
}

macro_rules! methods {
    ($($name:ident $method:ident;)*) => {$(
        #[doc = concat!("A [`request`] with `", stringify!($method), "`.")]
        pub fn $name(url: impl Into<String>) -> Expected {
            request(Method::$method, url)
        }
    )*};
}

crate::method::each_method!(methods);

impl Expected {
    /// It has this header field, among others.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    /// use mik_sdk::testing::fetch;
    ///
    /// let _servers = fetch::expect([
    ///     fetch::post("https://a.example/notes").header("x-tenant", "7").json(&json!({ "text": "hello" })).answers(StatusCode::CREATED),
    ///     fetch::put("https://a.example/notes/1").body("hello"),
    /// ]);
    /// let notes = "https://a.example/notes";
    /// assert_eq!(fetch!(POST notes, headers: { "x-tenant": "7" }, json: { "text": "hello" }).send()?.status(), 201);
    /// assert_eq!(fetch!(PUT format!("{notes}/1"), body: "hello").send()?.status(), 200);
    /// # Ok::<(), Problem>(())
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// It has this body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Its body is this JSON, however it is written.
    ///
    /// # Panics
    ///
    /// If the value has no JSON.
    #[allow(clippy::expect_used, reason = "a test is told by a panic")]
    pub fn json<T: serde::Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.json = Some(serde_json::to_value(value).expect("a value that can be written as JSON"));
        self
    }

    /// What comes back: [`ok!`](crate::ok), `"text".into_response()`, a [`StatusCode`], an [`Error`], an [`Answer`].
    pub fn answers(mut self, answer: impl Into<Answer>) -> Self {
        self.answer = answer.into();
        self
    }

    fn fits(&self, sent: &Sent) -> bool {
        self.method == sent.method
            && self.url == sent.url
            && self.headers.iter().all(|(name, value)| sent.headers.get_all(name).any(|it| it == value))
            && self.body.as_ref().is_none_or(|body| **body == *sent.body)
            && self
                .json
                .as_ref()
                .is_none_or(|json| serde_json::from_slice(&sent.body).is_ok_and(|it: json::Value| it == *json))
    }
}

fn list(mut text: String, expected: &Expected) -> String {
    let Expected { method, url, headers, body, json, answer: _ } = expected;
    // Writing to a string does not fail.
    let _ = write!(text, "  {method} {url}");
    for (name, value) in headers {
        let _ = write!(text, "\n    {name}: {value}");
    }
    if let Some(body) = body {
        let _ = write!(text, "\n    {}", String::from_utf8_lossy(body));
    }
    if let Some(json) = json {
        let _ = write!(text, "\n    {json}");
    }
    text.push('\n');
    text
}

fn unexpected(sent: &Sent, left: &[Expected]) -> String {
    let Sent { method, url, headers, body } = sent;
    let mut text = format!("this request was not expected:\n  {method} {url}\n");
    for (name, value) in headers.iter() {
        let _ = writeln!(text, "    {name}: {value}");
    }
    if !body.is_empty() {
        let _ = writeln!(text, "    {}", String::from_utf8_lossy(body));
    }
    text.push_str(if left.is_empty() { "no more were expected" } else { "these were:\n" });
    left.iter().fold(text, list)
}
