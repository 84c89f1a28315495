//! `pattern = "…"`: a regular expression, made into a table while the handler is compiled.
//!
//! The dialect is what JSON Schema recommends (2020-12 §6.4) and every reader of an OpenAPI document understands:
//! characters are Unicode's, `\d`, `\w`, `\s` and `\b` are those of ECMA-262, and nothing looks around or back.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::{primitives::StateID, start, syntax};
use regex_syntax::ast;
use syn::LitStr;
use syn::meta::ParseNestedMeta;

/// What a table may cost a component, in bytes. A pattern that needs more says a length, most of the time.
const LARGEST_TABLE: usize = 32 * 1024;

/// The pattern, if it is one and its table is not too large.
pub(super) fn parse(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let pattern: LitStr = meta.value()?.parse()?;
    match Table::new(&pattern.value()) {
        Ok(_) => Ok(pattern),
        Err(message) => Err(syn::Error::new(pattern.span(), message)),
    }
}

/// The table as an expression of type `&'static Table`.
pub(super) fn compiled(pattern: &LitStr) -> TokenStream {
    let Ok(Table { classes, transitions, ends, width }) = Table::new(&pattern.value()) else {
        return syn::Error::new(pattern.span(), "not a regular expression").into_compile_error();
    };
    let classes = Literal::byte_string(&classes);
    quote! {{
        static TABLE: ::mik_sdk::typed::rules::Table = ::mik_sdk::typed::rules::Table {
            classes: #classes,
            transitions: &[#(#transitions),*],
            ends: &[#(#ends),*],
            width: #width,
        };
        &TABLE
    }}
}

/// A deterministic automaton over bytes. State 0 fits, whatever follows; state 1 never will; the text begins in state 2.
struct Table {
    /// The column of each byte.
    classes: Vec<u8>,
    /// From state 2 on, a row a state: the next state by column.
    transitions: Vec<u16>,
    /// Whether a text that ends there fits.
    ends: Vec<bool>,
    width: usize,
}

const FITS: u16 = 0;
const NEVER: u16 = 1;

impl Table {
    fn new(pattern: &str) -> Result<Self, String> {
        let too_large = || {
            format!(
                "this regular expression needs a table of more than {LARGEST_TABLE} bytes in the component: say how long the text is by `min` and `max`, and in the pattern what it consists of"
            )
        };
        let pattern = in_our_dialect(pattern)?;
        let config = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .minimize(false)
            .determinize_size_limit(Some(64 * LARGEST_TABLE))
            .dfa_size_limit(Some(64 * LARGEST_TABLE));
        let dfa = dense::Builder::new()
            .configure(config)
            .syntax(syntax::Config::new().utf8(false).unicode(true))
            .build(&pattern)
            .map_err(|error| if error.is_size_limit_exceeded() { too_large() } else { described(&error) })?;
        Self::from_automaton(&dfa).filter(|table| table.size() <= LARGEST_TABLE).ok_or_else(too_large)
    }

    fn from_automaton(dfa: &dense::DFA<Vec<u32>>) -> Option<Self> {
        let start = dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok()?;
        let mut numbers: HashMap<StateID, u16> = HashMap::new();
        let mut states: Vec<StateID> = Vec::new();
        let mut number = |state: StateID, states: &mut Vec<StateID>| -> Option<u16> {
            // A match is seen one byte late, and is one all the same.
            if dfa.is_match_state(state) {
                return Some(FITS);
            }
            if dfa.is_dead_state(state) || dfa.is_quit_state(state) {
                return Some(NEVER);
            }
            if let Some(number) = numbers.get(&state) {
                return Some(*number);
            }
            let number = u16::try_from(states.len()).ok()?.checked_add(2)?;
            numbers.insert(state, number);
            states.push(state);
            Some(number)
        };
        number(start, &mut states)?;
        let mut rows: Vec<Vec<u16>> = Vec::new();
        while let Some(state) = states.get(rows.len()).copied() {
            let mut row = Vec::with_capacity(256);
            for byte in 0..=u8::MAX {
                row.push(number(dfa.next_state(state, byte), &mut states)?);
            }
            rows.push(row);
        }
        let ends = states.iter().map(|state| dfa.is_match_state(dfa.next_eoi_state(*state))).collect();
        Some(Self::compressed(&rows, ends))
    }

    /// Bytes that lead from every state to the same one share a column.
    fn compressed(rows: &[Vec<u16>], ends: Vec<bool>) -> Self {
        let mut columns: Vec<Vec<u16>> = Vec::new();
        let classes = (0..=usize::from(u8::MAX)).map(|byte| {
            let column: Vec<u16> = rows.iter().map(|row| row[byte]).collect();
            let class = columns.iter().position(|known| *known == column).unwrap_or_else(|| {
                columns.push(column);
                columns.len() - 1
            });
            class as u8
        });
        let classes = classes.collect();
        let width = columns.len();
        let transitions = (0..rows.len()).flat_map(|state| columns.iter().map(move |column| column[state])).collect();
        Self { classes, transitions, ends, width }
    }

    fn size(&self) -> usize {
        self.classes.len() + self.ends.len() + 2 * self.transitions.len()
    }
}

/// What the crate says, without the lines that it draws around the pattern: the compiler shows that better.
fn described(error: &dense::BuildError) -> String {
    format!("this regular expression cannot be kept to: {error}")
}

/// The pattern with what ECMA-262 means by `\d` and its kin written out, in which no table of Unicode's is needed.
fn in_our_dialect(pattern: &str) -> Result<String, String> {
    let parsed = ast::parse::Parser::new().parse(pattern).map_err(|error| {
        let (line, column) = (error.span().start.line, error.span().start.column);
        format!(
            "this is not a regular expression: {}, at character {column}{}",
            error.kind(),
            if line > 1 { format!(" of line {line}") } else { String::new() }
        )
    })?;
    let mut replaced = Replaced::default();
    ast::visit(&parsed, &mut replaced)?;
    let mut text = pattern.to_owned();
    replaced.0.sort_by_key(|(start, ..)| std::cmp::Reverse(*start));
    for (start, end, by) in replaced.0 {
        text.replace_range(start..end, by);
    }
    Ok(text)
}

/// Places of the pattern, and what is to stand there.
#[derive(Default)]
struct Replaced(Vec<(usize, usize, &'static str)>);

impl Replaced {
    fn class(&mut self, class: &ast::ClassPerl) {
        let by = match (&class.kind, class.negated) {
            (ast::ClassPerlKind::Digit, false) => "[0-9]",
            (ast::ClassPerlKind::Digit, true) => "[^0-9]",
            (ast::ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
            (ast::ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
            (ast::ClassPerlKind::Space, false) => {
                r"[\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]"
            }
            (ast::ClassPerlKind::Space, true) => {
                r"[^\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}]"
            }
        };
        self.0.push((class.span.start.offset, class.span.end.offset, by));
    }
}

impl ast::Visitor for &mut Replaced {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &ast::Ast) -> Result<(), String> {
        match ast {
            ast::Ast::ClassPerl(class) => self.class(class),
            ast::Ast::ClassUnicode(_) => {
                return Err("`\\p{…}` needs more bytes in a component than any other rule: say which characters, as in `[a-zäöü]`".to_owned());
            }
            ast::Ast::Assertion(assertion) => {
                let by = match assertion.kind {
                    ast::AssertionKind::WordBoundary => r"(?-u:\b)",
                    ast::AssertionKind::NotWordBoundary => r"(?-u:\B)",
                    _ => return Ok(()),
                };
                self.0.push((assertion.span.start.offset, assertion.span.end.offset, by));
            }
            ast::Ast::Flags(_) => return Err("flags are not a part of ECMA-262's regular expressions".to_owned()),
            ast::Ast::Group(group) if group.flags().is_some_and(|flags| !flags.items.is_empty()) => {
                return Err("flags are not a part of ECMA-262's regular expressions".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), String> {
        match item {
            ast::ClassSetItem::Perl(class) => self.class(class),
            ast::ClassSetItem::Unicode(_) => {
                return Err(
                    "`\\p{…}` needs more bytes in a component than any other rule: say which characters".to_owned()
                );
            }
            _ => {}
        }
        Ok(())
    }
}
