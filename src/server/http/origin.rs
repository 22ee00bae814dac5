//! Whether a form comes from a page of this server: what browsers say about it, beside the token in the form.

use axum::http::{HeaderMap, header};

use crate::problem::ResponseCode;
use crate::server::http::error::Refusal;

/// Browsers say where a request comes from (Fetch Metadata, <https://www.w3.org/TR/fetch-metadata/>); older ones name
/// the origin only (RFC 6454). A program that says neither has no cookies of somebody else to abuse.
///
/// # Errors
/// [`ResponseCode::ForeignForm`].
pub fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let ours = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST.as_str())
        }
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(ResponseCode::ForeignForm.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)));
        check(&headers.collect()).is_ok()
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("host", "a.example")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site"), ("host", "a.example")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://a.example"), ("host", "a.example")]));
        assert!(allowed(&[("origin", "https://a.example"), ("host", "a.example")]));
        assert!(!allowed(&[("origin", "https://b.example"), ("host", "a.example")]));
        assert!(!allowed(&[("origin", "null"), ("host", "a.example")]));
        assert!(!allowed(&[("origin", "https://a.example")]));
        assert!(allowed(&[("host", "a.example")]));
    }
}
