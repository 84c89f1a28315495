//! Registries: the one that Debian has as a package, with its files in a directory of the test's.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{Request, Response};

use crate::log::Log;
use crate::{Certificate, Tokens, debian};

/// The user whom a registry with a login knows, and the password.
pub const USER: (&str, &str) = ("tester", "secret");

/// The same as a line of an htpasswd file: bcrypt, which is all that the registry takes.
const HTPASSWD: &str = "tester:$2b$04$R4Mz8BPLiy2vgFcI1WUu9uUnkJ35CJQpAiRTbKJSeUlvukksCdrci\n";

/// The media type of an image's manifest.
pub const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A registry for as long as it lives.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
    certificate: Option<Certificate>,
    _log: Log,
}

impl Registry {
    /// One for everybody, in plain HTTP.
    #[track_caller]
    pub fn start() -> Self {
        Self::launch(None, None)
    }

    /// One in plain HTTP that takes these tokens and nothing else.
    #[track_caller]
    pub fn with_tokens(tokens: &Tokens) -> Self {
        Self::launch(None, Some(tokens))
    }

    /// One with TLS by these names, that knows one [`USER`] and lets nobody else in.
    #[track_caller]
    pub fn with_login(names: &[&str]) -> Self {
        Self::launch(Some(Certificate::of(names)), None)
    }

    fn launch(certificate: Option<Certificate>, tokens: Option<&Tokens>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut config = json!({
            "version": "0.1",
            "log": { "level": "info", "accesslog": { "disabled": true } },
            "storage": { "filesystem": { "rootdirectory": directory.path().join("data") } },
            "http": { "addr": "127.0.0.1:0" },
        });
        if let Some(certificate) = &certificate {
            let (certificate, key) = certificate.write(directory.path());
            config["http"]["tls"] = json!({ "certificate": certificate, "key": key });
            let users = directory.path().join("htpasswd");
            fs_err::write(&users, HTPASSWD).expect("it can be written");
            config["auth"] = json!({ "htpasswd": { "realm": "tests", "path": users } });
        }
        if let Some(tokens) = tokens {
            config["auth"] = json!({ "token": tokens.configuration(directory.path()) });
        }
        let path = directory.path().join("config.yml");
        // YAML is JSON, and more.
        fs_err::write(&path, config.to_string()).expect("it can be written");
        let mut command = debian::program("docker-registry", &["docker-registry"]);
        command.arg("serve").arg(path).env("OTEL_TRACES_EXPORTER", "none");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the registry starts");
        let log = Log::of(child.stderr.take().expect("stderr is piped"));
        let line = log.next("listening on ");
        let address = line.split("listening on ").nth(1).and_then(|rest| rest.split([',', '"', ' ']).next());
        let address = address.and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("no address in {line}"));
        Self { child, address, directory, certificate, _log: log }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its name in references.
    pub fn name(&self) -> String {
        self.address.to_string()
    }

    /// The file with the certificate to trust.
    pub fn certificate(&self) -> PathBuf {
        assert!(self.certificate.is_some(), "it has TLS");
        self.directory.path().join("cert.pem")
    }

    /// The file that holds a content.
    pub fn content(&self, digest: &str) -> PathBuf {
        let hex = digest.strip_prefix("sha256:").expect("a digest");
        self.directory.path().join("data/docker/registry/v2/blobs/sha256").join(&hex[..2]).join(hex).join("data")
    }

    /// Puts content into a repository, and gives how manifests name it.
    #[track_caller]
    pub fn put(&self, repository: &str, media_type: &str, content: &[u8]) -> Value {
        let start = self.send("POST", &format!("/v2/{repository}/blobs/uploads/"), "", &[]);
        let location = start.headers()["location"].to_str().expect("a URL").to_owned();
        let digest = digest(content);
        let path = location.split_once(&self.name()).map_or(location.as_str(), |(_, path)| path).to_owned();
        let separator = if path.contains('?') { '&' } else { '?' };
        let stored =
            self.send("PUT", &format!("{path}{separator}digest={digest}"), "application/octet-stream", content);
        assert_eq!(stored.status(), 201);
        json!({ "mediaType": media_type, "digest": digest, "size": content.len() })
    }

    /// Puts a manifest into a repository by a tag, and gives its digest.
    #[track_caller]
    pub fn tag(&self, repository: &str, tag: &str, manifest: &Value) -> String {
        let media_type = manifest["mediaType"].as_str().expect("a media type");
        let content = manifest.to_string();
        let stored = self.send("PUT", &format!("/v2/{repository}/manifests/{tag}"), media_type, content.as_bytes());
        assert_eq!(stored.status(), 201, "{}", String::from_utf8_lossy(stored.body()));
        digest(content.as_bytes())
    }

    /// Puts an image with one layer into a repository by a tag, and gives its digest.
    #[track_caller]
    pub fn image(&self, reference: &str, config: &str, layer: (&str, &[u8])) -> String {
        let (repository, tag) = reference.split_once(':').expect("a tag");
        let config = self.put(repository, config, b"{}");
        let layer = self.put(repository, layer.0, layer.1);
        let manifest = json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": [layer] });
        self.tag(repository, tag, &manifest)
    }

    /// The manifest that a tag or a digest stands for; nothing, where there is none.
    #[track_caller]
    pub fn manifest(&self, repository: &str, tag: &str) -> Option<Value> {
        let found = self.send("GET", &format!("/v2/{repository}/manifests/{tag}"), "", &[]);
        (found.status() == 200).then(|| serde_json::from_slice(found.body()).expect("a manifest is JSON"))
    }

    /// Content of a repository.
    #[track_caller]
    pub fn get(&self, repository: &str, digest: &str) -> Vec<u8> {
        let found = self.send("GET", &format!("/v2/{repository}/blobs/{digest}"), "", &[]);
        assert_eq!(found.status(), 200);
        found.into_body()
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> Response<Vec<u8>> {
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for accepted in [IMAGE, INDEX] {
            request = request.header("accept", accepted);
        }
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        let response = match method {
            "GET" => agent.run(request.body(()).expect("a request")),
            _ => agent.run(request.body(body).expect("a request")),
        };
        let (head, body) = response.expect("it answers").into_parts();
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).expect("the body is whole");
        Response::from_parts(head, bytes)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Content's name in registries.
pub fn digest(content: &[u8]) -> String {
    use sha2::Digest as _;
    format!("sha256:{}", hex::encode(sha2::Sha256::digest(content)))
}

/// Debian's skopeo, to be given arguments: it takes whatever it is given, and knows no other user's files.
pub fn skopeo() -> Command {
    let mut command = debian::program("skopeo", &["skopeo", "libgpgme11", "libassuan0", "libgpg-error0"]);
    command.args(["--insecure-policy"]);
    command
}
