//! A value in a log line.

use std::fmt::Display;

use serde::Serialize;

use crate::json::Writer;

/// A value in a log line: it keeps its JSON type where it has one, and is text where it only has that.
#[doc(hidden)]
pub trait Field {
    fn write(&self, writer: &mut Writer);
}

/// What the macros take a value for: `Serialize` is tried first, then `Display`. The compiler looks for a method on the value
/// of a reference first, and on the value itself after that.
#[doc(hidden)]
#[derive(Debug)]
pub struct Wrapped<'v, T: ?Sized>(pub &'v T);

/// A value that has JSON.
#[derive(Debug)]
pub struct AsJson<'v, T: ?Sized>(&'v T);

/// A value that has text.
#[derive(Debug)]
pub struct AsText<'v, T: ?Sized>(&'v T);

#[doc(hidden)]
pub trait ViaSerialize<'v> {
    type Field;
    fn field(&self) -> Self::Field;
}

impl<'v, T: Serialize + ?Sized> ViaSerialize<'v> for &Wrapped<'v, T> {
    type Field = AsJson<'v, T>;

    fn field(&self) -> AsJson<'v, T> {
        AsJson(self.0)
    }
}

#[doc(hidden)]
pub trait ViaDisplay<'v> {
    type Field;
    fn field(&self) -> Self::Field;
}

impl<'v, T: Display + ?Sized> ViaDisplay<'v> for Wrapped<'v, T> {
    type Field = AsText<'v, T>;

    fn field(&self) -> AsText<'v, T> {
        AsText(self.0)
    }
}

impl<T: Serialize + ?Sized> Field for AsJson<'_, T> {
    fn write(&self, writer: &mut Writer) {
        writer.value(self.0);
    }
}

impl<T: Display + ?Sized> Field for AsText<'_, T> {
    fn write(&self, writer: &mut Writer) {
        writer.string(&self.0.to_string());
    }
}
