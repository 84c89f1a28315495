//! What an operation answers: its own answer, the problems of what it takes, and those of its own.

use super::writer::Writer;
use super::{Api, Operation, Status};

/// The statuses of problems: 400 to 599.
struct Problems {
    known: [bool; 200],
    /// Problems of any status.
    any: bool,
}

impl Problems {
    const fn none() -> Self {
        Self { known: [false; 200], any: false }
    }

    const fn add(&mut self, status: u16) {
        if status >= 400 && status < 600 {
            self.known[status as usize - 400] = true;
        }
    }

    const fn add_operation(&mut self, operation: &Operation) {
        let mut position = 0;
        while position < operation.description.inputs.len() {
            let problems = operation.description.inputs[position].problems;
            let mut problem = 0;
            while problem < problems.len() {
                self.add(problems[problem]);
                problem += 1;
            }
            position += 1;
        }
        // Escapes in the path that are not UTF-8 are refused whatever the handler takes.
        if !operation.names.is_empty() {
            self.add(400);
        }
        if operation.description.output.not_found {
            self.add(404);
        }
        self.any = self.any || operation.description.output.problem && !matches!(status(operation), Status::Any);
    }
}

/// The status of the answer, with what the route says of it.
const fn status(operation: &Operation) -> Status {
    match (operation.description.output.status, operation.status) {
        (Status::Exactly(200) | Status::Any, Some(status)) => Status::Exactly(status),
        (status, _) => status,
    }
}

impl Writer<'_> {
    pub(super) const fn answers(&mut self, operation: &Operation) {
        self.raw(",\"responses\":{");
        let mut is_first = true;
        match status(operation) {
            Status::Never | Status::Any => {}
            Status::Exactly(code) => {
                self.separate(&mut is_first);
                self.raw("\"");
                self.number(code as usize);
                self.raw("\":");
                self.answer(operation, reason(code), false);
            }
            Status::Class(class) => {
                self.separate(&mut is_first);
                self.raw("\"");
                self.number(class as usize);
                self.raw("XX\":");
                self.answer(operation, class_reason(class), false);
            }
        }
        let mut problems = Problems::none();
        problems.add_operation(operation);
        let mut position = 0;
        while position < problems.known.len() {
            let code = position as u16 + 400;
            let is_the_answer = matches!(status(operation), Status::Exactly(status) if status == code);
            if problems.known[position] && !is_the_answer {
                self.separate(&mut is_first);
                self.raw("\"");
                self.number(code as usize);
                self.raw("\":{\"$ref\":\"#/components/responses/");
                self.number(code as usize);
                self.raw("\"}");
            }
            position += 1;
        }
        if matches!(status(operation), Status::Any) {
            self.separate(&mut is_first);
            self.raw("\"default\":");
            self.answer(operation, "The answer", operation.description.output.problem);
        } else if operation.description.has_other_answers {
            self.separate(&mut is_first);
            self.raw(ANOTHER);
        } else if problems.any {
            self.separate(&mut is_first);
            self.raw("\"default\":{\"$ref\":\"#/components/responses/Problem\"}");
        } else if matches!(operation.description.output.status, Status::Any) {
            // The route says its status, and a handler that makes its own response may have others.
            self.separate(&mut is_first);
            self.raw(ANOTHER);
        }
        self.raw("}");
    }

    const fn answer(&mut self, operation: &Operation, description: &str, or_problem: bool) {
        let output = &operation.description.output;
        self.raw("{\"description\":");
        self.string(description);
        if !output.headers.is_empty() {
            self.raw(",\"headers\":{");
            let mut is_first = true;
            let mut position = 0;
            while position < output.headers.len() {
                let header = &output.headers[position];
                self.key(&mut is_first, header.name);
                self.raw("{");
                if let Some(description) = header.description {
                    self.raw("\"description\":");
                    self.string(description);
                    self.raw(",");
                }
                if header.required {
                    self.raw("\"required\":true,");
                }
                self.raw("\"schema\":");
                self.schema(header.shape.schema);
                self.raw("}");
                position += 1;
            }
            self.raw("}");
        }
        if let Some(content) = &output.content {
            self.raw(",\"content\":{");
            let mut is_first = true;
            self.content(content, &mut is_first);
            if or_problem {
                self.separate(&mut is_first);
                self.raw(PROBLEM);
            }
            if matches!(status(operation), Status::Any) && operation.description.has_other_answers {
                self.raw(",\"*/*\":{}");
            }
            self.raw("}");
        }
        self.raw("}");
    }

    /// The answers that operations refer to: one for each status that is in use.
    pub(super) const fn responses(&mut self, api: &Api) {
        let mut problems = Problems::none();
        let mut path = 0;
        while path < api.paths.len() {
            let operations = api.paths[path].operations;
            let mut operation = 0;
            while operation < operations.len() {
                problems.add_operation(&operations[operation]);
                operation += 1;
            }
            path += 1;
        }
        self.raw(",\"responses\":{");
        let mut is_first = true;
        let mut position = 0;
        while position < problems.known.len() {
            if problems.known[position] {
                let code = position as u16 + 400;
                self.separate(&mut is_first);
                self.raw("\"");
                self.number(code as usize);
                self.raw("\":");
                self.problem(reason(code));
            }
            position += 1;
        }
        if problems.any {
            self.separate(&mut is_first);
            self.raw("\"Problem\":");
            self.problem("What went wrong");
        }
        self.raw("}");
    }

    const fn problem(&mut self, description: &str) {
        self.raw("{\"description\":");
        self.string(description);
        self.raw(",\"content\":{");
        self.raw(PROBLEM);
        self.raw("}}");
    }
}

/// An answer of which nothing is known.
const ANOTHER: &str = r#""default":{"description":"Another answer"}"#;

const PROBLEM: &str = r##""application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}"##;

/// What a status is called (RFC 9110).
const fn reason(code: u16) -> &'static str {
    match code {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Entity",
        425 => "Too Early",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        code => class_reason(code / 100),
    }
}

const fn class_reason(class: u16) -> &'static str {
    match class {
        2 => "Done",
        3 => "Elsewhere",
        4 => "The request is wrong",
        _ => "The server is at fault",
    }
}
