//! What a component answers, as its OpenAPI document says.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::{ITEMS_MOST, plain};
use crate::stages;

/// The methods that an OpenAPI document knows, in its own order.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// What a document says, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Routes {
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) routes: Vec<Route>,
}

/// A method and a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: Option<String>,
}

impl Routes {
    /// Those of a component's document, where it has one that can be read.
    pub(super) fn of(bytes: &[u8], path: &Path) -> Option<Self> {
        let document: Value = serde_json::from_str(&stages::document(bytes, path).ok()?).ok()?;
        let text = |value: &Value| value.as_str().map(plain);
        let mut routes = Vec::new();
        for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let summary = operation.get("summary").or_else(|| operation.get("operationId")).and_then(text);
                if routes.len() < ITEMS_MOST {
                    routes.push(Route { method: method.to_uppercase(), path: plain(path), summary });
                }
            }
        }
        let of_info = |key: &str| document.get("info").and_then(|info| info.get(key)).and_then(text);
        Some(Self { title: of_info("title"), version: of_info("version"), routes })
    }
}
