//! The OpenAPI documents of modules, read from their files without compiling anything, and all of them as one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::component::COMPONENT_MOST;
use super::failure::Failure;
use super::module::{Served, Table};
use crate::stages;
use crate::tools::files;

/// How much of documents goes into the one of all modules, in bytes; what is beyond is named there.
const MERGED_MOST: usize = 16 << 20;

/// The document of a module, as its file had it when it was last looked at.
#[derive(Default)]
pub(super) struct Documented(Mutex<Option<Seen>>);

#[derive(Clone)]
struct Seen {
    /// What a file that has changed has another of.
    stamp: (Option<SystemTime>, u64),
    document: Result<Arc<str>, Arc<str>>,
}

impl Served {
    /// The document, or why there is none. It reads a file.
    fn document(&self) -> Result<Arc<str>, Arc<str>> {
        let path = self.file().path.clone();
        let gone = |error: std::io::Error| Arc::from(error.to_string());
        let metadata = files::metadata(&path).map_err(gone)?;
        let stamp = (metadata.modified().ok(), metadata.len());
        let mut documented = self.documented.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = &*documented
            && seen.stamp == stamp
        {
            return seen.document.clone();
        }
        let read = files::read_at_most(&path, COMPONENT_MOST).map_err(gone)?;
        let document = match stages::document(&read.unwrap_or_default(), &path) {
            Ok(document) => Ok(Arc::from(document)),
            Err(stages::DocumentError::None { .. }) => {
                Err(Arc::from("it is built without mik-sdk's feature `openapi`"))
            }
            // Where the file is, is nobody's business; what is wrong with it is in the log, if it is served at all.
            Err(_) => Err(Arc::from("what its file has is not a document")),
        };
        *documented = Some(Seen { stamp, document: document.clone() });
        document
    }
}

/// The document of one module, or that of all. It reads files.
pub(super) fn text(table: &Table, name: Option<&str>) -> Result<String, Failure> {
    let Some(name) = name else {
        let documents = table.modules.iter().filter_map(|(name, served)| Some((&**name, served.document().ok()?)));
        return Ok(merged(documents).to_string());
    };
    let served = table.modules.get(name).ok_or_else(|| table.lacks(name))?;
    match served.document() {
        Ok(document) => Ok(document.to_string()),
        Err(why) => Err(Failure::NoDocument { module: name.to_owned(), why: why.to_string() }),
    }
}

/// One document of those of all modules: paths as this server has them, everything that has a name under the module's.
fn merged<'a>(documents: impl Iterator<Item = (&'a str, Arc<str>)>) -> Value {
    let mut paths = Map::new();
    let mut components: Map<String, Value> = Map::new();
    let mut left_out = Vec::new();
    let mut bytes = 0;
    for (name, text) in documents {
        bytes += text.len();
        let document = serde_json::from_str(&text).ok().filter(|_| bytes <= MERGED_MOST);
        let Some(Value::Object(mut document)) = document else {
            left_out.push(name);
            continue;
        };
        let module = Module { name, prefix: component_name(name) };
        let security = document.remove("security");
        if let Some(Value::Object(of_module)) = document.remove("paths") {
            for (path, mut item) in of_module {
                module.rename_references(&mut item);
                module.rename_operations(&mut item, security.as_ref());
                paths.insert(format!("/run/{name}{path}"), item);
            }
        }
        if let Some(Value::Object(of_module)) = document.remove("components") {
            for (kind, named) in of_module {
                let Value::Object(named) = named else { continue };
                let all = components.entry(kind).or_insert_with(|| Value::Object(Map::new()));
                let Value::Object(all) = all else { continue };
                for (component, mut value) in named {
                    module.rename_references(&mut value);
                    all.insert(module.rename(&component), value);
                }
            }
        }
    }
    let mut merged = json!({
        "openapi": "3.1.0",
        "info": { "title": "The modules of this server", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
    });
    if !components.is_empty() {
        merged["components"] = Value::Object(components);
    }
    if !left_out.is_empty() {
        merged["x-mik-left-out"] = json!(left_out);
    }
    merged
}

/// A module's name as a part of a component's: of what a URL's segment may have, only `~` may not be in one.
fn component_name(name: &str) -> String {
    name.replace('~', "_7E")
}

struct Module<'a> {
    name: &'a str,
    prefix: String,
}

impl Module<'_> {
    fn rename(&self, component: &str) -> String {
        format!("{}.{component}", self.prefix)
    }

    /// Has every reference to a component name the module's own. A document that is nested deeper than `serde_json` reads
    /// is not here.
    fn rename_references(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    match value {
                        Value::String(reference) if key == "$ref" => self.rename_reference(reference),
                        Value::Object(mapping) if key == "mapping" => {
                            for value in mapping.values_mut() {
                                match value {
                                    Value::String(reference) => self.rename_reference(reference),
                                    value => self.rename_references(value),
                                }
                            }
                        }
                        value => self.rename_references(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.rename_references(item)),
            _ => {}
        }
    }

    fn rename_reference(&self, reference: &mut String) {
        let renamed = reference.strip_prefix("#/components/").and_then(|rest| rest.split_once('/'));
        if let Some((kind, component)) = renamed {
            *reference = format!("#/components/{kind}/{}", self.rename(component));
        }
    }

    /// Gives every operation of a path an id that no other module's has, and its proofs the module's names.
    fn rename_operations(&self, item: &mut Value, security: Option<&Value>) {
        const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        let Value::Object(item) = item else { return };
        for (_, operation) in item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str())) {
            let Value::Object(operation) = operation else { continue };
            if let Some(Value::String(id)) = operation.get_mut("operationId") {
                *id = format!("{}.{id}", self.name);
            }
            if let (None, Some(security)) = (operation.get("security"), security) {
                operation.insert("security".to_owned(), security.clone());
            }
            if let Some(Value::Array(requirements)) = operation.get_mut("security") {
                for requirement in requirements {
                    let Value::Object(schemes) = requirement else { continue };
                    *schemes = std::mem::take(schemes)
                        .into_iter()
                        .map(|(scheme, scopes)| (self.rename(&scheme), scopes))
                        .collect();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(documents: &[(&str, Value)]) -> Value {
        merged(documents.iter().map(|(name, document)| (*name, Arc::from(document.to_string()))))
    }

    #[test]
    fn what_two_modules_call_the_same_stays_apart() {
        let document = |kind: &str| {
            json!({
                "openapi": "3.1.0",
                "info": { "title": "t", "version": "1" },
                "security": [{ "bearer": [] }],
                "paths": { "/": { "get": {
                    "operationId": "home",
                    "responses": { "200": { "$ref": "#/components/responses/200" } },
                } } },
                "components": {
                    "schemas": { "User": { "type": kind, "items": { "$ref": "#/components/schemas/User" } } },
                    "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
                },
            })
        };
        let merged = of(&[("a~b", document("array")), ("c", document("object"))]);
        assert_eq!(merged["components"]["schemas"]["a_7Eb.User"]["type"], "array");
        let user = &merged["components"]["schemas"]["c.User"];
        assert_eq!((&user["type"], &user["items"]["$ref"]), (&json!("object"), &json!("#/components/schemas/c.User")));
        let operation = &merged["paths"]["/run/a~b/"]["get"];
        assert_eq!(operation["operationId"], "a~b.home");
        assert_eq!(operation["responses"]["200"]["$ref"], "#/components/responses/a_7Eb.200");
        assert_eq!(operation["security"], json!([{ "a_7Eb.bearer": [] }]));
        assert_eq!(merged["paths"]["/run/c/"]["get"]["security"], json!([{ "c.bearer": [] }]));
    }

    #[test]
    fn what_is_no_document_is_named_and_left_out() {
        let merged = of(&[("list", json!([])), ("odd", json!({ "paths": 1, "components": { "schemas": 2 } }))]);
        assert_eq!(merged["x-mik-left-out"], json!(["list"]));
        assert_eq!(merged["paths"], json!({}));
    }
}
