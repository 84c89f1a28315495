//! Groups without nesting: every route with its whole pattern, every group with the one around it.

use proc_macro2::Span;
use syn::ExprPath;
use syn::spanned::Spanned as _;

use crate::group::{Group, Member};
use crate::pattern::Pattern;
use crate::route::Route;

/// Everything that `routes!` says.
pub(crate) struct Flat<'a> {
    pub(crate) routes: Vec<FlatRoute<'a>>,
    /// The first is the outermost.
    pub(crate) groups: Vec<FlatGroup<'a>>,
}

/// A route, once for each of its patterns.
pub(crate) struct FlatRoute<'a> {
    pub(crate) route: &'a Route,
    /// With the prefixes of the groups around it.
    pub(crate) pattern: Pattern,
    /// Where the pattern is written.
    pub(crate) span: Span,
    pub(crate) group: u8,
}

/// A group.
pub(crate) struct FlatGroup<'a> {
    pub(crate) group: &'a Group,
    /// The group around it; the outermost names itself.
    pub(crate) parent: u8,
    /// Its prefix, with those around it; `None` where it has none of its own.
    prefix: Option<Pattern>,
}

impl<'a> Flat<'a> {
    /// Flattens the groups, or says what is wrong with every pattern.
    pub(crate) fn from(outermost: &'a Group) -> syn::Result<Self> {
        let mut flat = Self { routes: Vec::new(), groups: Vec::new() };
        let mut errors: Option<syn::Error> = None;
        flat.add_group(outermost, "", 0, &mut |error| match &mut errors {
            Some(errors) => errors.combine(error),
            None => errors = Some(error),
        });
        errors.map_or(Ok(flat), Err)
    }

    /// Whether there is nothing but routes: then the groups need not be known when a request comes.
    pub(crate) fn is_plain(&self) -> bool {
        self.groups.iter().all(|FlatGroup { group, .. }| {
            group.before.is_empty() && group.after.is_empty() && group.cors.is_none() && group.fallback.is_none()
        })
    }

    /// Whether functions run before or after the routes of a group: they may take what no handler does.
    pub(crate) fn has_layers(&self, group: u8) -> bool {
        let mut number = group;
        while let Some(FlatGroup { group, parent, .. }) = self.groups.get(usize::from(number)) {
            if !group.before.is_empty() || !group.after.is_empty() {
                return true;
            }
            if *parent == number {
                break;
            }
            number = *parent;
        }
        false
    }

    /// What is asked before the routes of a group, the outermost group's first.
    pub(crate) fn before(&self, group: u8) -> Vec<&'a ExprPath> {
        let mut before = Vec::new();
        let mut number = group;
        while let Some(FlatGroup { group, parent, .. }) = self.groups.get(usize::from(number)) {
            before.splice(0..0, &group.before);
            if *parent == number {
                break;
            }
            number = *parent;
        }
        before
    }

    /// The prefixes of the groups, so that the first that a path begins with is the innermost.
    pub(crate) fn claims(&self) -> Vec<(&Pattern, u8)> {
        let mut claims: Vec<_> =
            (0..).zip(&self.groups).filter_map(|(number, group)| Some((group.prefix.as_ref()?, number))).collect();
        claims.sort_by_cached_key(|(prefix, _)| prefix.prefix_order());
        claims
    }

    fn add_group(&mut self, group: &'a Group, outer: &str, parent: u8, refuse: &mut dyn FnMut(syn::Error)) {
        let span = group.prefix.as_ref().map_or_else(Span::call_site, |prefix| prefix.span());
        let Ok(number) = u8::try_from(self.groups.len()) else {
            return refuse(syn::Error::new(span, "there are 256 groups at most"));
        };
        let prefix = match &group.prefix {
            Some(literal) if !literal.value().is_empty() => match Pattern::parse_prefix(outer, literal) {
                Ok(prefix) => Some(prefix),
                Err(error) => return refuse(error),
            },
            _ => None,
        };
        if let Some(prefix) = &prefix
            && self
                .groups
                .iter()
                .any(|other| other.prefix.as_ref().is_some_and(|other| other.shape() == prefix.shape()))
        {
            let message = format!(
                "there is a group {:?} already, and what no route has can belong to one only: write the routes in one group, and in it a group `\"\" => {{ … }}` around those that have more in common",
                prefix.text()
            );
            return refuse(syn::Error::new(span, message));
        }
        if prefix.is_none()
            && number > 0
            && let Some((underscore, _)) = &group.fallback
        {
            let message =
                "a group without a prefix has no paths of its own to answer: write `_` in the group around it";
            refuse(syn::Error::new(underscore.span(), message));
        }
        let outer = prefix.as_ref().map_or(outer, Pattern::text).to_owned();
        self.groups.push(FlatGroup { group, parent, prefix });
        for member in &group.members {
            match member {
                Member::Group(inner) => self.add_group(inner, &outer, number, refuse),
                Member::Route(route) => self.add_route(route, &outer, number, refuse),
            }
        }
    }

    fn add_route(&mut self, route: &'a Route, outer: &str, group: u8, refuse: &mut dyn FnMut(syn::Error)) {
        for literal in &route.patterns {
            match Pattern::parse(outer, literal) {
                Ok(pattern) => self.routes.push(FlatRoute { route, pattern, span: literal.span(), group }),
                Err(error) => refuse(error),
            }
        }
    }
}
