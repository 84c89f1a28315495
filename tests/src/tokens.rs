//! A server that gives tokens for a registry, as those of GitHub, GitLab and Docker have one (Distribution, "Token Authentication
//! Specification"): the registry sends whoever comes without a token to it, and takes what it has signed.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use rcgen::{CertifiedKey, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::registry::USER;

/// What the registry is called in tokens, and who signs them.
pub(crate) const SERVICE: &str = "tests";

/// A server of tokens for as long as the test runs. Everybody may pull what is below `public/`; [`USER`] may pull everything, and push
/// everything that is not below `others/`.
#[derive(Debug)]
pub struct Tokens {
    address: SocketAddr,
    authority_pem: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    faults: Vec<u16>,
    are_over: bool,
    given: usize,
    asked: usize,
}

/// What signs: the certificate that tokens carry, and its key.
struct Signer {
    certificate: String,
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Tokens {
    /// A new one, with a key of its own.
    pub fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([SERVICE.to_owned()]).expect("a certificate can be made");
        let signer = Arc::new(Signer::new(&signing_key, cert.der()));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, signer) = (Arc::clone(&shared), Arc::clone(&signer));
                // A client that goes away is no failure here.
                thread::spawn(move || drop(answer(stream, &state, &signer)));
            }
        });
        Self { address, authority_pem: cert.pem(), state }
    }

    /// Has the next requests be answered by these statuses.
    pub fn fail(&self, statuses: impl IntoIterator<Item = u16>) {
        self.state().faults.extend(statuses);
    }

    /// Has all tokens from now on be over by the clock of whoever gets them; the registry allows for a clock that is wrong by a minute.
    pub fn are_over_at_once(&self) {
        self.state().are_over = true;
    }

    /// How many tokens it has given.
    pub fn given(&self) -> usize {
        self.state().given
    }

    /// How often it was asked, for a token or in vain.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a registry's configuration says of it. The certificate is written into a directory.
    pub(crate) fn configuration(&self, directory: &Path) -> Value {
        let bundle = directory.join("tokens.pem");
        fs_err::write(&bundle, &self.authority_pem).expect("it can be written");
        let realm = format!("http://{}/token", self.address);
        json!({ "realm": realm, "service": SERVICE, "issuer": SERVICE, "rootcertbundle": bundle })
    }
}

impl Signer {
    fn new(key: &KeyPair, certificate: &[u8]) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der(), &random);
        Self { certificate: BASE64_STANDARD.encode(certificate), key: key.expect("a key of this kind"), random }
    }

    /// A token (RFC 7519) that allows this.
    fn token(&self, subject: &str, access: &Value, is_over: bool) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
        let until = if is_over { now - 20 } else { now + 300 };
        let head = json!({ "typ": "JWT", "alg": "ES256", "x5c": [self.certificate] });
        let claims = json!({
            "iss": SERVICE, "aud": SERVICE, "sub": subject, "exp": until, "nbf": now - 30, "iat": now - 30, "jti": "1", "access": access,
        });
        let text = [head, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = self.key.sign(&self.random, text.as_bytes()).expect("it can be signed");
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

fn answer(mut client: TcpStream, state: &Mutex<State>, signer: &Signer) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(client.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let (status, body) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked += 1;
        let fault = (!state.faults.is_empty()).then(|| state.faults.remove(0));
        match (fault, user(&head)) {
            (Some(status), _) => (status, json!({ "details": "not now" })),
            (None, Err(())) => (401, json!({ "details": "incorrect username or password" })),
            (None, Ok(user)) => {
                state.given += 1;
                (200, json!({ "token": signer.token(user, &allowed(&head, user), state.are_over) }))
            }
        }
    };
    let body = body.to_string();
    write!(client, "HTTP/1.1 {status} S\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())?;
    client.shutdown(Shutdown::Write)
}

/// Who asks: nobody, or the user; not whoever has another name or password.
fn user(head: &str) -> Result<&'static str, ()> {
    let login =
        head.lines().find_map(|line| line.split_once(": ").filter(|it| it.0.eq_ignore_ascii_case("authorization")));
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", USER.0, USER.1)));
    match login {
        None => Ok(""),
        Some((_, login)) if login == expected => Ok(USER.0),
        Some(_) => Err(()),
    }
}

/// What of what is asked for (`scope=repository:team/shop:pull,push`) is allowed.
fn allowed(head: &str, user: &str) -> Value {
    let line = head.lines().next().unwrap_or_default();
    let scope =
        line.split(['?', '&', ' ']).find_map(|part| part.strip_prefix("scope=")).expect("something is asked for");
    let scope = scope.replace("%3A", ":").replace("%2F", "/").replace("%2C", ",");
    let mut parts = scope.splitn(3, ':').skip(1);
    let (repository, actions) = (parts.next().expect("a repository"), parts.next().expect("actions"));
    let may = |action: &&str| match *action {
        "pull" => !user.is_empty() || repository.starts_with("public/"),
        _ => !user.is_empty() && !repository.starts_with("others/"),
    };
    let actions: Vec<&str> = actions.split(',').filter(may).collect();
    json!([{ "type": "repository", "name": repository, "actions": actions }])
}
