use std::fmt::Write;

use super::orders::{exchange_order, latin1, order};
use super::*;
use crate::account::Authentication;
use crate::mail::outlook::install::{Architecture, Installation};
use crate::mail::outlook::registry::Kind;
use crate::mail::outlook::{policy, profile, samples};
use crate::problem::ResponseCode;

const OUTLOOK: &str = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook";
const POLICY: &str = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Office\16.0\Outlook";
const CLOUD_POLICY: &str = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Cloud\Office\16.0\Outlook";

/// Microsoft 365, with what else the registry holds.
fn found(keys: &[(&str, &str)]) -> Found {
    let mut text = String::from("Windows Registry Editor Version 5.00\n");
    for (key, values) in keys {
        _ = write!(text, "\n[{key}]\n{values}\n");
    }
    let hive = Hive::parsed(&text);
    let install = Install {
        program: r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE".into(),
        version: "16.0.17932.20130".into(),
        release: "16.0".into(),
        architecture: Architecture::X64,
        installation: Installation::ClickToRun,
        channel: String::new(),
    };
    found_by(install, hive)
}

fn found_by(install: Install, hive: Hive) -> Found {
    Found {
        profiles: profile::profiles(&hive, &install.root()),
        default: profile::default_profile(&hive, &install.root()),
        blockers: policy::blockers(&hive, &install),
        has_helper: install.architecture != Architecture::X86,
        install,
        hive,
        new_outlook_in_use: false,
        switch_to_classic: false,
        prf: Some(r"C:\ProgramData\Mailshift\outlook.prf".into()),
        ansi: latin1,
    }
}

/// One profile, "Büro", the default one, with a data file; Outlook has been started before.
fn used() -> Vec<(String, String)> {
    let path: Vec<String> =
        "C:\\Büro.pst\0".encode_utf16().flat_map(u16::to_le_bytes).map(|byte| format!("{byte:02x}")).collect();
    vec![
        (OUTLOOK.into(), "\"DefaultProfile\"=\"Büro\"".into()),
        (
            format!(r"{OUTLOOK}\Profiles\Büro\0123456789abcdef0123456789abcdef"),
            format!("\"001f6700\"=hex:{}", path.join(",")),
        ),
        (format!(r"{OUTLOOK}\Setup"), "\"First-Run\"=hex:01,02\n\"FirstRun\"=\"yes\"".into()),
    ]
}

fn found_used(more: &[(&str, &str)]) -> Found {
    let used = used();
    let mut keys: Vec<(&str, &str)> = used.iter().map(|(key, values)| (key.as_str(), values.as_str())).collect();
    keys.extend(more);
    found(&keys)
}

fn moved() -> Order {
    let mut order = exchange_order();
    let exchange = order.account.exchange.as_mut().expect("an Exchange mailbox");
    (exchange.directory_has_moved, exchange.leaves_own_exchange) = (true, true);
    order
}

/// A plan as people read it.
fn shown(plan: &Result<Plan, Error>) -> String {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return format!("{}: {error}\n", error.code().id()),
    };
    let mut text = format!("{} instead of {}\n", plan.profile, plan.old.as_deref().unwrap_or("nothing"));
    changes(&mut text, "prepare", &plan.prepare);
    match &plan.recipe {
        Recipe::Mapi(mapi) => {
            _ = writeln!(text, "MAPI: {}", serde_json::to_string(&mapi.job(&plan.profile, None)).expect("plain"));
            match &mapi.fallback {
                Ok(empty) => empty_profile(&mut text, "else an empty profile", empty),
                Err(setting) => _ = writeln!(text, "else nothing, because of {setting}"),
            }
        }
        Recipe::EmptyProfile(empty) => empty_profile(&mut text, "an empty profile", empty),
        Recipe::Prf { file, content } => _ = writeln!(text, "PRF: {} bytes in {}", content.len(), file.display()),
    }
    changes(&mut text, "switch", &plan.switch);
    for path in &plan.left_behind {
        _ = writeln!(text, "left behind: {}", path.display());
    }
    text
}

fn empty_profile(text: &mut String, title: &str, empty: &EmptyProfile) {
    let asks = if empty.asks_for_address { ", which asks for the address" } else { "" };
    changes(text, &format!("{title}{asks}"), std::slice::from_ref(&empty.create));
    changes(text, "for one start", &empty.once);
}

fn changes(text: &mut String, title: &str, changes: &[Change]) {
    if !changes.is_empty() {
        _ = writeln!(text, "{title}:");
    }
    for change in changes {
        let line = match change {
            Change::Create(key) => format!("create {key}"),
            Change::Set(key, name, value) if value.kind == Kind::DWORD => {
                format!("set {key} {name} = {}", value.number().expect("a number"))
            }
            Change::Set(key, name, value) => format!("set {key} {name} = {:?}", value.text().expect("a text")),
            Change::Remove(key, name) => format!("remove {key} {name}"),
            Change::RemoveTree(_) | Change::RemoveIfEmpty(_) => panic!("a plan removes no keys"),
        };
        _ = writeln!(text, "  {line}");
    }
}

/// Situations with the plans for them.
fn situations() -> Vec<(&'static str, Order, Found)> {
    let autodiscover = format!(r"{OUTLOOK}\AutoDiscover");
    let options = r"HKEY_CURRENT_USER\Software\Microsoft\Exchange\Client\Options";
    let mut no_helper = found_used(&[]);
    no_helper.install.architecture = Architecture::X86;
    no_helper.has_helper = false;
    let mut toggled = found_used(&[(&format!(r"{OUTLOOK}\Preferences"), "\"UseNewOutlook\"=dword:00000001")]);
    (toggled.new_outlook_in_use, toggled.switch_to_classic) = (true, true);
    let old_msi = {
        let mut found = found_used(&[]);
        (found.install.version, found.install.installation) = ("16.0.4600.1002".into(), Installation::Msi);
        found
    };
    vec![
        ("Exchange, in an Outlook that was used", exchange_order(), found_used(&[])),
        ("Exchange, in an Outlook that was never started", exchange_order(), found(&[])),
        (
            "away from an Exchange server of one's own, with a directory that has moved",
            moved(),
            found_used(&[(&autodiscover, "\"ExcludeExplicitO365Endpoint\"=dword:00000001")]),
        ),
        (
            "Outlook sets itself up already, but the directory has not moved",
            exchange_order(),
            found_used(&[(&autodiscover, "\"ZeroConfigExchange\"=dword:00000001")]),
        ),
        ("an Outlook of 2016 that is too old to be told once", moved(), old_msi),
        ("the helper is missing", exchange_order(), no_helper),
        ("the person chooses a profile at each start, and has switched to the new Outlook", exchange_order(), {
            let mut found = toggled;
            found.hive.insert(&Key::user(&options["HKEY_CURRENT_USER\\".len()..]), "PickLogonProfile", Value::sz("1"));
            found
        }),
        ("IMAP, in an Outlook that was used", order(), found_used(&[])),
        ("IMAP, in an Outlook that was never started", order(), found(&[])),
    ]
}

#[test]
fn plans_are_as_they_were_looked_at() {
    let mut text = String::new();
    for (title, order, found) in situations() {
        _ = writeln!(text, "# {title}\n{}", shown(&plan(&order, &found)));
    }
    assert!(text == include_str!("golden.txt"), "{text}");
}

#[test]
fn every_sample_computer_has_the_plans_that_were_looked_at() {
    let mut text = String::new();
    for name in samples::NAMES {
        let hive = samples::hive(name);
        for install in samples::installs(name, &hive) {
            let found = found_by(install, hive.clone());
            for (kind, order) in [("Exchange", moved()), ("IMAP", order())] {
                let plan = plan(&order, &found);
                _ = writeln!(text, "# {name}, {}: {kind}\n{}", found.install.version, shown(&plan));
                if let Ok(plan) = plan {
                    assert_restored(&plan, &found.hive);
                }
            }
        }
    }
    assert!(text == include_str!("samples.txt"), "{text}");
}

/// Everything that a plan may do to the registry, in order.
fn steps(plan: &Plan) -> Vec<Change> {
    let empty = match &plan.recipe {
        Recipe::Mapi(mapi) => mapi.fallback.as_ref().ok(),
        Recipe::EmptyProfile(empty) => Some(empty),
        Recipe::Prf { .. } => None,
    };
    let empty = empty.into_iter().flat_map(|empty| empty.once.iter().chain([&empty.create]));
    plan.prepare.iter().chain(empty).chain(&plan.switch).cloned().collect()
}

#[test]
fn going_back_restores_whatever_was_there() {
    let [autodiscover, setup, preferences, profiles] =
        ["AutoDiscover", "Setup", "Preferences", r"Profiles\Alt"].map(|below| format!(r"{OUTLOOK}\{below}"));
    let parts = [
        (OUTLOOK, "\"DefaultProfile\"=\"Alt\""),
        (&setup, "\"First-Run\"=hex:01,02"),
        (&setup, "\"FirstRun\"=\"1\""),
        (&setup, "\"ImportPRF\"=\"C:\\\\else.prf\""),
        (&autodiscover, "\"ZeroConfigExchange\"=dword:00000001"),
        (&autodiscover, "\"ZeroConfigExchangeOnce\"=hex:01,00,00,00"),
        (&autodiscover, "\"ExcludeScpLookup\"=\"no number\""),
        (&autodiscover, "\"ExcludeExplicitO365Endpoint\"=dword:00000000"),
        (r"HKEY_CURRENT_USER\Software\Microsoft\Exchange\Client\Options", "\"PickLogonProfile\"=\"1\""),
        (&preferences, "\"UseNewOutlook\"=dword:00000001"),
        (&profiles, ""),
    ];
    for chosen in 0..1_u32 << parts.len() {
        let keys: Vec<(&str, &str)> =
            (0..parts.len()).filter(|part| chosen >> part & 1 == 1).map(|part| parts[part]).collect();
        let found = Found { switch_to_classic: true, new_outlook_in_use: true, ..found(&keys) };
        for order in [order(), exchange_order(), moved()] {
            let plan = plan(&order, &found).unwrap_or_else(|error| panic!("{keys:?}: {error}"));
            assert_restored(&plan, &found.hive);
        }
    }
}

/// Does what the plan says, then goes back.
fn assert_restored(plan: &Plan, before: &Hive) {
    let mut hive = before.clone();
    let mut back = Vec::new();
    for step in steps(plan) {
        back.push(step.undone(&hive));
        hive.apply(&step);
    }
    assert_ne!(hive, *before, "{plan:?}");
    // What MAPI and Outlook write into the new profile goes with it.
    hive.insert(&plan.key.below("0123"), "001f3001", Value::sz("Anna"));
    hive.apply(&Change::RemoveTree(plan.key.clone()));
    for change in back.iter().rev().flatten() {
        hive.apply(change);
    }
    assert_eq!(hive, *before, "{plan:?}");
}

#[test]
fn what_only_outlook_changes_is_put_back_too() {
    let found = found_used(&[]);
    let plan = plan(&order(), &found).expect("a plan");
    let back: Vec<Change> = plan.switch.iter().flat_map(|change| change.undone(&found.hive)).collect();
    let root = found.install.root();
    assert_eq!(back, [Change::Set(root, "DefaultProfile".into(), Value::sz("Büro"))]);
}

#[test]
fn a_name_is_free_plain_and_short() {
    let taken = [
        (format!(r"{OUTLOOK}\Profiles\Anna@New.example"), ""),
        (format!(r"{OUTLOOK}\Profiles\anna@new.example 2"), ""),
    ];
    let taken: Vec<(&str, &str)> = taken.iter().map(|(key, values)| (key.as_str(), *values)).collect();
    let name = |wanted: &str| {
        let order = Order { profile: wanted.into(), ..exchange_order() };
        plan(&order, &found(&taken)).expect("a plan").profile
    };
    assert_eq!(name("anna@new.example"), "anna@new.example 3");
    assert_eq!(name(" jürgen\t@  new.example. "), "jrgen @ new.example");
    assert_eq!(name("..\\a/b:c*\"%"), "..-a-b-c---");
    assert_eq!(name("жж"), "Mail");
    assert_eq!(name(""), "Mail");
    assert_eq!(name(&"a".repeat(300)), "a".repeat(60));
}

#[test]
fn what_stands_in_the_way_is_named() {
    let autodiscover = format!(r"{POLICY}\AutoDiscover");
    let cloud = format!(r"{CLOUD_POLICY}\AutoDiscover");
    let options = format!(r"{POLICY}\Options");
    let zero = "\"ZeroConfigExchange\"=dword:00000001";
    let once = "\"ZeroConfigExchangeOnce\"=dword:00000001";
    let code = |order: &Order, found: &Found| plan(order, found).expect_err("no plan").code();
    assert_eq!(
        code(&exchange_order(), &found(&[(&options, "\"DisableExchange\"=dword:00000001")])),
        ResponseCode::PolicyForbids
    );
    assert_eq!(code(&order(), &found(&[(&options, "\"DisableIMAP\"=dword:00000001")])), ResponseCode::PolicyForbids);
    // Outlook would open the old mailbox in an empty profile: MAPI alone is left.
    for (key, value) in [(&autodiscover, zero), (&autodiscover, once), (&cloud, zero)] {
        let mut found = found(&[(key, value)]);
        let Recipe::Mapi(mapi) = plan(&exchange_order(), &found).expect("a plan").recipe else { panic!("not by MAPI") };
        let failed = Error::MapiUnavailable { reason: "none".into() };
        let error = mapi.fallback(failed).expect_err("no other way");
        assert_eq!(error.code(), ResponseCode::MapiMissing, "what closes the other way is not what went wrong");
        found.has_helper = false;
        assert_eq!(code(&exchange_order(), &found), ResponseCode::HelperMissing);
        // With a directory that has moved it is welcome.
        let Recipe::EmptyProfile(empty) = plan(&moved(), &found).expect("a plan").recipe else { panic!("not empty") };
        assert_eq!((empty.once, empty.asks_for_address), (vec![], false));
    }
}

#[test]
fn every_way_to_an_exchange_server_may_be_closed() {
    let autodiscover = format!(r"{POLICY}\AutoDiscover");
    let ways = ["ScpLookup", "HttpsRootDomain", "HttpsAutoDiscoverDomain", "HttpRedirect", "SrvRecord"];
    let mut closed: String = ways.iter().map(|way| format!("\"Exclude{way}\"=dword:00000001\n")).collect();
    assert!(plan(&exchange_order(), &found(&[(&autodiscover, &closed)])).is_ok());
    closed += "\"ExcludeExplicitO365Endpoint\"=dword:00000001";
    let error = plan(&exchange_order(), &found(&[(&autodiscover, &closed)])).expect_err("no way");
    assert_eq!(error.code(), ResponseCode::PolicyForbids);
}

#[test]
fn an_import_that_waits_for_the_next_start_does_not_come_between() {
    let setup = format!(r"{OUTLOOK}\Setup");
    let waiting = "\"ImportPRF\"=\"C:\\\\else.prf\"";
    let key = Key::user(r"Software\Microsoft\Office\16.0\Outlook\Setup");
    let removed = Change::Remove(key, "ImportPRF".into());
    let prepare = |values: &str| plan(&exchange_order(), &found(&[(&setup, values)])).expect("a plan").prepare;
    assert_eq!(prepare(waiting)[1..], [removed]);
    // Outlook has been started since: it does not import it any more.
    assert_eq!(prepare(&format!("{waiting}\n\"First-Run\"=hex:01"))[1..], []);
}

#[test]
fn the_organisations_word_on_scp_stands() {
    let autodiscover = format!(r"{POLICY}\AutoDiscover");
    let plan = plan(&moved(), &found(&[(&autodiscover, "\"ExcludeScpLookup\"=dword:00000000")])).expect("a plan");
    assert_eq!(plan.prepare, [Change::Create(profile::list(&found(&[]).install.root()))]);
}

#[test]
fn data_files_that_a_policy_forbids_are_left_behind() {
    let found = found_used(&[(POLICY, "\"DisablePST\"=dword:00000001")]);
    let plan = plan(&exchange_order(), &found).expect("a plan");
    let Recipe::Mapi(mapi) = &plan.recipe else { panic!("not by MAPI") };
    assert_eq!((mapi.data_files.as_slice(), plan.left_behind), ([].as_slice(), vec!["C:\\Büro.pst".into()]));
}

#[test]
fn a_failure_of_another_kind_has_no_other_way() {
    let Recipe::Mapi(mapi) = plan(&exchange_order(), &found(&[])).expect("a plan").recipe else {
        panic!("not by MAPI")
    };
    assert!(mapi.fallback(Error::MapiFailed { call: "SetProps".into(), reason: "hung".into() }).is_ok());
    assert_eq!(mapi.fallback(Error::Interrupted).expect_err("ends").code(), ResponseCode::Interrupted);
}

#[test]
fn what_cannot_be_planned_is_said() {
    let mut oauth = order();
    oauth.account.incoming.authentication = Authentication::OAuth2;
    assert_eq!(plan(&oauth, &found(&[])).expect_err("no plan").code(), ResponseCode::AccountNotSupported);
    let toggled = Found { new_outlook_in_use: true, ..found(&[]) };
    assert_eq!(plan(&exchange_order(), &toggled).expect_err("no plan").code(), ResponseCode::OnlyNewOutlook);
    let mut outlook_2010 = found(&[]);
    outlook_2010.install.release = "14.0".into();
    assert_eq!(plan(&exchange_order(), &outlook_2010).expect_err("no plan").code(), ResponseCode::ClientTooOld);
    let nowhere = Found { prf: None, ..found(&[]) };
    assert_eq!(plan(&order(), &nowhere).expect_err("no plan").code(), ResponseCode::AccountNotSupported);
    let waiting = found(&[(&format!(r"{OUTLOOK}\Setup"), "\"ImportPRF\"=\"C:\\\\else.prf\"")]);
    assert!(plan(&order(), &waiting).is_ok(), "ours takes its place, and going back restores it");
}
