//! Where the other pages are, for the header field `Link` (RFC 8288).

use crate::Page;

impl<T> Page<T> {
    /// The value of a header field `Link` with the pages before and after this one; none where there are none. `target` is
    /// what was asked for, path and query: all parameters but the position stay.
    ///
    /// ```
    /// use mik_sql::Page;
    ///
    /// let page = Page { items: vec![1, 2], next: Some("Ab-_".into()), previous: None };
    /// assert_eq!(
    ///     page.links("/posts?sort=-createdAt&after=x&limit=2").as_deref(),
    ///     Some(r#"</posts?sort=-createdAt&limit=2&after=Ab-_>; rel="next""#)
    /// );
    /// ```
    pub fn links(&self, target: &str) -> Option<String> {
        let mut links = String::new();
        for (name, cursor, relation) in [("after", &self.next, "next"), ("before", &self.previous, "prev")] {
            let Some(cursor) = cursor else { continue };
            links.push_str(if links.is_empty() { "<" } else { ", <" });
            write(&mut links, target, name, cursor);
            links.push_str(">; rel=\"");
            links.push_str(relation);
            links.push('"');
        }
        (!links.is_empty()).then_some(links)
    }
}

/// The target with another position.
fn write(link: &mut String, target: &str, name: &str, cursor: &str) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    escape(link, path);
    link.push('?');
    for parameter in query.split('&') {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !matches!(name, "" | "after" | "before") {
            escape(link, parameter);
            link.push('&');
        }
    }
    link.push_str(name);
    link.push('=');
    escape(link, cursor);
}

/// What could end the link, or the header field, is escaped; what is escaped stays so.
fn escape(link: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'<' | b'>' | b'"' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 0x7f.. => {
                link.push('%');
                for digit in [byte >> 4, byte & 15] {
                    link.push(HEX.get(usize::from(digit)).copied().map_or('0', char::from));
                }
            }
            byte => link.push(char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Page;

    #[test]
    fn what_a_client_has_sent_cannot_end_the_link() {
        let page = Page { items: vec![()], next: Some("n".into()), previous: Some("p".into()) };
        let links = page.links("/a>; rel=\"x\"\r\nb?q=<é>&before=1&after&limit=%3C").unwrap();
        assert_eq!(
            links,
            "</a%3E;%20rel=%22x%22%0D%0Ab?q=%3C%C3%A9%3E&limit=%3C&after=n>; rel=\"next\", \
             </a%3E;%20rel=%22x%22%0D%0Ab?q=%3C%C3%A9%3E&limit=%3C&before=p>; rel=\"prev\""
        );
        assert_eq!(Page { items: vec![()], next: None, previous: None }.links("/"), None);
    }
}
