//! Reads small XML documents of strangers: no document types, no entities of their own, limits on depth and number.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};

/// Deepest nesting of elements.
const DEPTH: usize = 16;
/// Elements at most.
const ELEMENTS: usize = 2_000;

/// An element with its text, without the texts of its children.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub text: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    #[error("{0}")]
    Syntax(#[from] quick_xml::Error),
    #[error("it declares a document type")]
    DocumentType,
    #[error("it refers to an unknown entity")]
    Entity,
    #[error("it is nested too deeply")]
    TooDeep,
    #[error("it has too many elements")]
    TooMany,
    #[error("it ends too early")]
    Incomplete,
}

impl Element {
    /// The children of a name, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The trimmed text of the first child of a name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name).map(|child| child.text.trim())
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The root element of a document. Prefixes of namespaces are dropped.
pub fn parse(text: &str) -> Result<Element, XmlError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut elements = 0;
    loop {
        let event = reader.read_event()?;
        let closed = match event {
            Event::Start(_) if open.len() == DEPTH => return Err(XmlError::TooDeep),
            Event::Start(ref start) | Event::Empty(ref start) => {
                elements += 1;
                if elements > ELEMENTS {
                    return Err(XmlError::TooMany);
                }
                let element = started(start)?;
                if matches!(event, Event::Empty(_)) {
                    Some(element)
                } else {
                    open.push(element);
                    None
                }
            }
            Event::End(_) => open.pop(),
            Event::Text(text) => add(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => add(&mut open, &text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref()?;
                let entity = escape::resolve_xml_entity(&reference.into_inner());
                match (character, entity) {
                    (Some(character), _) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                    (None, Some(entity)) => add(&mut open, entity),
                    (None, None) => return Err(XmlError::Entity),
                }
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Eof => return Err(XmlError::Incomplete),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
        };
        match (closed, open.last_mut()) {
            (Some(element), Some(parent)) => parent.children.push(element),
            (Some(root), None) => return Ok(root),
            (None, _) => {}
        }
    }
}

fn started(start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(quick_xml::Error::from)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| XmlError::Entity)?;
        element.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

/// Text outside of the root element is dropped.
fn add(open: &mut [Element], text: &str) -> Option<Element> {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_texts_are_read() {
        let root =
            parse("<?xml version='1.0'?><!-- c --><a x='1 &amp; 2'><b> t&#101;xt &lt;<![CDATA[<&]]> </b><n:c/></a>")
                .expect("a document");
        assert_eq!((root.name.as_str(), root.attribute("x")), ("a", Some("1 & 2")));
        assert_eq!(root.text_of("b"), Some("text <<&"));
        assert_eq!(root.all("c").count(), 1);
    }

    #[test]
    fn bombs_do_not_explode() {
        let laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><l>&b;</l>";
        assert!(matches!(parse(laughs), Err(XmlError::DocumentType)));
        let file = "<!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><l>&x;</l>";
        assert!(matches!(parse(file), Err(XmlError::DocumentType)));
        assert!(matches!(parse("<l>&b;</l>"), Err(XmlError::Entity)));
        assert!(matches!(parse("<l a='&b;'/>"), Err(XmlError::Entity)));
        assert!(matches!(parse(&"<a>".repeat(100_000)), Err(XmlError::TooDeep)));
        assert!(matches!(parse(&format!("<a>{}</a>", "<b/>".repeat(5_000))), Err(XmlError::TooMany)));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["", "text", "<a>", "<a></b>", "<a", "{\"a\": 1}", "<a b></a>", "&a;"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
