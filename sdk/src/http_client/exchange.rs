//! From a request to its response: one loop over as many as are under way, each of which goes as far as it can and then says
//! what it waits for.

use super::body::{Body, Sent, Upload};
use super::retry::Attempt;
use super::transport::{self, Call, Outgoing, Read, Waits};
use super::url::{Url, push_number};
use super::{ClientRequest, Error, Redirect, Response, Result, redirect, trace};
use crate::text::join;
use crate::{Headers, Method};

/// How far an exchange is to come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The response begins.
    Head,
    /// The response is whole.
    End,
}

/// A request, under way.
pub(super) struct Exchange {
    request: ClientRequest,
    goal: Goal,
    /// Where it goes now; another place after a redirect.
    pub(super) url: Url,
    /// When all of it has to be over.
    deadline: u64,
    /// When the next attempt may begin.
    not_before: u64,
    followed: u32,
    repeated: u32,
    attempt: Option<Under>,
    pub(super) outcome: Option<Result<()>>,
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    /// How many bytes of the response's body have come.
    received: u64,
}

/// An attempt, under way.
struct Under {
    /// The request's body, until all of it is sent.
    upload: Option<Box<dyn Upload>>,
    call: Call,
    has_head: bool,
    /// When the server last did something.
    progress: u64,
}

/// What an attempt came to.
enum Step {
    /// It goes on.
    Again,
    /// It waits.
    Blocked,
    /// The response begins.
    Head(u16, Headers),
    /// A piece of the response.
    Piece(Vec<u8>),
    /// The response is whole.
    End,
}

impl Exchange {
    pub(super) fn new(mut request: ClientRequest, goal: Goal) -> Self {
        let now = transport::now();
        let url = match (request.mistake.take(), Url::parse(&request.url)) {
            (None, url) => url,
            (Some(mistake), _) => Err(mistake),
        };
        let (url, outcome) = match url {
            Ok(url) => (url, None),
            Err(error) => (Url::nowhere(), Some(Err(error))),
        };
        Self {
            deadline: now.saturating_add(request.timeouts.total),
            request,
            goal,
            url,
            not_before: now,
            followed: 0,
            repeated: 0,
            attempt: None,
            outcome,
            status: 0,
            headers: Headers::new(),
            body: Vec::new(),
            received: 0,
        }
    }

    /// Goes on to the next piece of a response that has begun.
    pub(super) fn next_piece(&mut self) {
        self.body.clear();
        self.outcome = None;
    }

    /// Goes as far as it can. Where it has to wait, what for is among `waits` then.
    fn advance(&mut self, waits: &mut Waits) {
        while self.outcome.is_none() {
            let now = transport::now();
            let result = match &mut self.attempt {
                _ if now >= self.deadline => {
                    let timeout_ms = Some(self.request.timeouts.total / 1_000_000);
                    self.attempt = None;
                    self.outcome = Some(Err(Error::Timeout { timeout_ms }));
                    return;
                }
                None if now < self.not_before => {
                    waits.until(self.not_before.min(self.deadline));
                    return;
                }
                None => self.begin(now).map(|()| Step::Again),
                Some(under) => under.advance(now),
            };
            let result = match result {
                Ok(Step::Blocked) => match self.wait(now, waits) {
                    Ok(()) => return,
                    Err(error) => Err(error),
                },
                Ok(Step::Again) => Ok(()),
                Ok(Step::Head(status, headers)) => self.begins(status, headers, now),
                Ok(Step::Piece(piece)) => self.takes(&piece),
                Ok(Step::End) => {
                    self.attempt = None;
                    self.outcome = Some(Ok(()));
                    Ok(())
                }
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                self.fails(error, now);
            }
        }
    }

    fn begin(&mut self, now: u64) -> Result<()> {
        let Self { request, url, .. } = self;
        if request.denies.is_some_and(|denies| denies(&url.host)) {
            return Err(Error::SsrfBlocked(url.host.clone()));
        }
        if let Some(name) = request.headers.first_invalid() {
            return Err(Error::InvalidRequest(join(&["the header field `", name, "` cannot be sent"])));
        }
        let mut headers = request.headers.clone();
        let length = request.body.as_ref().map_or(Some(0), Body::length);
        // Where there is no body, that is worth saying of a method that expects one (RFC 9110, 8.6).
        let expects_body = matches!(request.method, Method::Post | Method::Put | Method::Patch);
        if let Some(length) = length.filter(|length| *length > 0 || expects_body)
            && !headers.contains("content-length")
        {
            let mut digits = String::new();
            push_number(&mut digits, length as u64);
            headers.append("content-length", digits);
        }
        if request.is_traced {
            trace::add(&mut headers);
        }
        let outgoing = Outgoing::new(request.method, url, headers)?;
        let body = request.body.as_mut().filter(|_| length != Some(0));
        let upload = body.map(|body| body.begin(&outgoing)).transpose()?;
        let call = outgoing.send(request.timeouts.connect)?;
        self.attempt = Some(Under { upload, call, has_head: false, progress: now });
        Ok(())
    }

    /// Says what it waits for; fails where it has waited long enough.
    fn wait(&mut self, now: u64, waits: &mut Waits) -> Result<()> {
        let Some(under) = &mut self.attempt else {
            return Ok(());
        };
        let (longest, error) = match under.has_head {
            false => (self.request.timeouts.first_byte, Error::FirstByteTimeout),
            true => (self.request.timeouts.idle, Error::IdleTimeout),
        };
        let mut until = self.deadline;
        if let Some(longest) = longest {
            let end = under.progress.saturating_add(longest);
            if now >= end {
                return Err(error);
            }
            until = until.min(end);
        }
        waits.until(until);
        if let Some(upload) = &under.upload {
            upload.wait(waits);
        }
        under.call.wait(waits);
        Ok(())
    }

    /// The response begins: it is the one that was asked for, or another request is to be sent first.
    fn begins(&mut self, status: u16, headers: Headers, now: u64) -> Result<()> {
        if let Some(url) = redirect::follow(&mut self.request, &self.url, status, &headers)? {
            if self.followed == self.request.redirects {
                return Err(Error::Redirect(Redirect::TooMany));
            }
            self.followed += 1;
            self.url = url;
            self.attempt = None;
            return Ok(());
        }
        if self.repeats(Ok((status, &headers)), now) {
            return Ok(());
        }
        let announced = headers.get("content-length").and_then(|length| length.parse::<u64>().ok());
        if self.request.method != Method::Head
            && let Some(announced) = announced
        {
            self.fits(announced)?;
        }
        self.status = status;
        self.headers = headers;
        if self.goal == Goal::Head {
            self.outcome = Some(Ok(()));
        }
        Ok(())
    }

    fn takes(&mut self, piece: &[u8]) -> Result<()> {
        self.received = self.received.saturating_add(piece.len() as u64);
        self.fits(self.received)?;
        self.body.extend_from_slice(piece);
        if self.goal == Goal::Head {
            self.outcome = Some(Ok(()));
        }
        Ok(())
    }

    fn fits(&self, length: u64) -> Result<()> {
        let limit = self.request.max_response_size;
        let is_limited = self.goal == Goal::End || self.request.is_size_limited;
        if is_limited && length > limit { Err(Error::TooLarge { limit: Some(limit) }) } else { Ok(()) }
    }

    fn fails(&mut self, error: Error, now: u64) {
        // What has been handed over can't be taken back.
        let is_begun = self.goal == Goal::Head && self.status != 0;
        if is_begun || !self.repeats(Err(&error), now) {
            self.attempt = None;
            self.outcome = Some(Err(error));
        }
    }

    /// Whether there is another attempt. It is as if this one had not been.
    fn repeats(&mut self, outcome: std::result::Result<(u16, &Headers), &Error>, now: u64) -> bool {
        let Some(retry) = &mut self.request.retry else {
            return false;
        };
        if retry.left == 0 || self.request.body.as_ref().is_some_and(|body| !body.is_repeatable()) {
            return false;
        }
        let (method, is_any_method, repeated) = (self.request.method, retry.is_any_method, self.repeated);
        let Some(pause) = (retry.pause)(&Attempt { method, is_any_method, repeated, outcome }) else {
            return false;
        };
        let not_before = now.saturating_add(pause);
        if not_before >= self.deadline {
            return false;
        }
        retry.left -= 1;
        self.repeated += 1;
        self.not_before = not_before;
        self.attempt = None;
        self.status = 0;
        self.body.clear();
        self.received = 0;
        true
    }

    /// The response, whole.
    fn into_response(self) -> Result<Response> {
        match self.outcome {
            Some(Ok(())) => Ok(Response::of(self.status, self.headers, self.body, &self.url)),
            Some(Err(error)) => Err(error),
            None => Err(Error::Other(String::new())),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.attempt.is_none()
    }
}

impl Under {
    fn advance(&mut self, now: u64) -> Result<Step> {
        let mut sent = Sent::Nothing;
        if let Some(upload) = &mut self.upload {
            sent = upload.advance()?;
        }
        if sent == Sent::All {
            self.upload = None;
        }
        if !self.has_head {
            if let Some(head) = self.call.head() {
                let (status, headers) = head?;
                self.has_head = true;
                self.progress = now;
                return Ok(Step::Head(status, headers));
            }
        } else {
            match self.call.read() {
                Read::Piece(piece) => {
                    self.progress = now;
                    return Ok(Step::Piece(piece));
                }
                Read::Nothing => {}
                Read::End => return Ok(Step::End),
                Read::Failed(error) => return Err(error),
            }
        }
        if sent == Sent::Nothing {
            return Ok(Step::Blocked);
        }
        self.progress = now;
        Ok(Step::Again)
    }
}

/// Brings every one of them as far as it is to come, all at the same time.
#[inline(never)]
pub(super) fn run(exchanges: &mut [Exchange]) {
    loop {
        let mut waits = Waits::default();
        for exchange in exchanges.iter_mut() {
            exchange.advance(&mut waits);
        }
        if exchanges.iter().all(|exchange| exchange.outcome.is_some()) {
            return;
        }
        waits.wait();
    }
}

pub(super) fn send(request: ClientRequest) -> Result<Response> {
    let mut exchange = Exchange::new(request, Goal::End);
    run(std::slice::from_mut(&mut exchange));
    exchange.into_response()
}

pub(super) fn send_all(requests: impl IntoIterator<Item = ClientRequest>) -> Vec<Result<Response>> {
    let mut exchanges: Vec<_> = requests.into_iter().map(|request| Exchange::new(request, Goal::End)).collect();
    run(&mut exchanges);
    exchanges.into_iter().map(Exchange::into_response).collect()
}
