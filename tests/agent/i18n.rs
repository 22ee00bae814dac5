//! Every language says the same things, everything that is said exists, and nothing is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{self, Entry};
use fluent_syntax::parser;
use mailshift::problem::ResponseCode;

type Resource = ast::Resource<String>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn languages() -> Vec<String> {
    let folders = fs::read_dir(root().join("i18n")).expect("there are words");
    let mut languages: Vec<String> =
        folders.map(|folder| folder.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    languages.sort();
    assert!(languages.contains(&"en".to_owned()) && languages.len() >= 2, "{languages:?}");
    languages
}

fn parse(path: &Path) -> Resource {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()))
}

fn files(language: &str) -> BTreeSet<String> {
    let folder = fs::read_dir(root().join("i18n").join(language)).expect("readable");
    folder.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

/// Each text of a file (`id` or `id.attribute`) with the arguments that it names.
fn texts(resource: &Resource) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let mut add = |name: String, pattern: &ast::Pattern<String>| {
            let mut arguments = BTreeSet::new();
            collect(pattern, &mut arguments);
            assert!(found.insert(name.clone(), arguments).is_none(), "{name} is there twice");
        };
        if let Some(pattern) = &message.value {
            add(message.id.name.clone(), pattern);
        }
        for attribute in &message.attributes {
            add(format!("{}.{}", message.id.name, attribute.id.name), &attribute.value);
        }
    }
    found
}

fn collect(pattern: &ast::Pattern<String>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else { continue };
        let (inline, variants) = match expression {
            ast::Expression::Inline(inline) => (inline, None),
            ast::Expression::Select { selector, variants } => (selector, Some(variants)),
        };
        if let ast::InlineExpression::VariableReference { id } = inline {
            arguments.insert(id.name.clone());
        }
        for variant in variants.into_iter().flatten() {
            collect(&variant.value, arguments);
        }
    }
}

fn all_texts(language: &str, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    texts(&parse(&root().join("i18n").join(language).join(file)))
}

#[test]
fn every_language_has_the_same_texts_with_the_same_arguments() {
    let english = files("en");
    for language in languages() {
        assert_eq!(files(&language), english, "files of {language}");
        for file in &english {
            let (ours, theirs) = (all_texts("en", file), all_texts(&language, file));
            let names = |texts: &BTreeMap<String, _>| texts.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(&theirs), names(&ours), "{language}/{file}");
            for (name, arguments) in &ours {
                assert_eq!(&theirs[name], arguments, "arguments of {name} in {language}/{file}");
            }
        }
    }
}

#[test]
fn every_code_has_its_text_and_its_remedy() {
    for language in languages() {
        let texts = all_texts(&language, "problem.ftl");
        let wanted: BTreeSet<String> = ResponseCode::ALL
            .iter()
            .chain([&ResponseCode::Unknown])
            .flat_map(|code| [format!("problem-{}", code.id()), format!("problem-{}.remedy", code.id())])
            .collect();
        assert_eq!(texts.into_keys().collect::<BTreeSet<_>>(), wanted, "{language}");
    }
}

#[test]
fn every_code_says_what_an_operator_does() {
    let wanted: BTreeSet<String> = ResponseCode::ALL
        .iter()
        .chain([&ResponseCode::Unknown])
        .map(|code| format!("operator-{}", code.id()))
        .collect();
    for language in languages() {
        let said = all_texts(&language, "operator.ftl").into_keys().collect::<BTreeSet<_>>();
        assert_eq!(said, wanted, "{language}");
    }
}

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "html") {
            let text = fs::read_to_string(&path).expect("readable");
            // Tests name ids that must not exist.
            found.push_str(text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default());
        }
    }
}

/// What the source says, without line breaks inside its calls, and the ids in it.
fn said() -> (String, BTreeSet<String>) {
    let mut source = String::new();
    sources(&root().join("src"), &mut source);
    let source: String = source.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
    // Codes have their own tests.
    let files = files("en").into_iter().filter(|file| file != "problem.ftl" && file != "operator.ftl");
    (source, files.flat_map(|file| all_texts("en", &file).into_keys()).collect())
}

/// Beginnings of ids that the program completes with a number, a name or an attribute, and their endings.
const MADE: [&str; 6] = ["strength-", "step-", "manual-host.", "manual-port.", "manual-security.", "manual-sign-in."];

#[test]
fn every_text_is_used() {
    let (source, ids) = said();
    // Texts also name each other: `{ datetime-month }`.
    let words: String = files("en")
        .iter()
        .map(|file| fs::read_to_string(root().join("i18n/en").join(file)).expect("readable"))
        .collect();
    let said = |id: &str| source.contains(&format!("\"{id}\"")) || words.contains(&format!("{{ {id} }}"));
    let unused: Vec<&String> = ids
        .iter()
        .filter(|id| !said(id) && !id.strip_suffix("-label").is_some_and(said))
        .filter(|id| !MADE.iter().chain(&["manual-username."]).any(|beginning| id.starts_with(beginning)))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_text_that_the_program_says_exists() {
    let (source, mut ids) = said();
    ids.extend(["problem.ftl", "operator.ftl"].into_iter().flat_map(|file| all_texts("en", file).into_keys()));
    let mut checked = 0;
    for call in ["words.text(\"", "words.with(\""] {
        for rest in source.split(call).skip(1) {
            let id = rest.split('"').next().unwrap_or_default();
            checked += 1;
            assert!(ids.contains(id), "{id:?} is said, but has no words");
        }
    }
    assert!(checked > 50, "the search has lost its way: {checked}");
}
