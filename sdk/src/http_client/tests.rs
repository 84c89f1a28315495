//! Requests and their responses, against the stub.
