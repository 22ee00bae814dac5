use std::path::PathBuf;

use super::super::install::{Architecture, Installation};
use super::super::look;
use super::super::registry::folded;
use super::*;

fn outlook(release: &str) -> Install {
    Install {
        program: PathBuf::from(r"C:\OUTLOOK.EXE"),
        version: release.into(),
        release: release.into(),
        architecture: Architecture::X64,
        installation: Installation::Msi,
        channel: String::new(),
    }
}

fn own(place: &str) -> Key {
    Key::user(format!(r"Software\Microsoft\Office\16.0\{place}"))
}

fn policy(place: &str) -> Key {
    Key::user(format!(r"Software\Policies\Microsoft\Office\16.0\{place}"))
}

fn found(values: &[(Key, &str, Value)]) -> Vec<(Blocks, String)> {
    let mut hive = Hive::default();
    for (key, name, value) in values {
        hive.insert(key, name, value.clone());
    }
    blockers(&hive, &outlook("16.0")).into_iter().map(|it| (it.blocks, it.setting)).collect()
}

#[test]
fn a_policy_prevails_over_the_persons_own_setting() {
    let one = |key: Key| (key, "ZeroConfigExchange", Value::dword(1));
    let zero = |key: Key| (key, "ZeroConfigExchange", Value::dword(0));
    let (own, policy) = (own(AUTODISCOVER), policy(AUTODISCOVER));
    let hinders = |key: &Key| vec![(Blocks::EmptyProfile, format!(r"{key}\ZeroConfigExchange=1"))];
    assert_eq!(found(&[one(own.clone())]), hinders(&own));
    assert_eq!(found(&[one(own.clone()), zero(policy.clone())]), []);
    assert_eq!(found(&[zero(own.clone()), one(policy.clone())]), hinders(&policy));
    let cloud = Key::user(format!(r"Software\Policies\Microsoft\Cloud\Office\16.0\{AUTODISCOVER}"));
    assert_eq!(found(&[one(own), one(policy), zero(cloud)]), []);
}

#[test]
fn an_exchange_server_is_out_of_reach_only_when_every_way_is_closed() {
    let close = |names: &[&'static str]| -> Vec<_> {
        names.iter().map(|name| (policy(AUTODISCOVER), *name, Value::dword(1))).collect()
    };
    let blocks = |values: &[(Key, &str, Value)]| found(values).into_iter().map(|(it, _)| it).collect::<Vec<_>>();
    assert_eq!(blocks(&close(&WAYS[1..])), [Blocks::Nothing; 4]);
    let mut all = close(&WAYS);
    assert_eq!(blocks(&all), [Blocks::OtherExchange; 5]);
    all.push((own(AUTODISCOVER), "example.org", Value::sz(r"C:\autodiscover.xml")));
    assert_eq!(blocks(&all), [Blocks::Nothing; 5]);
}

#[test]
fn a_prf_file_hinders_while_it_waits_for_the_first_start() {
    let setup = || own(r"Outlook\Setup");
    let import = || (setup(), "ImportPRF", Value::sz(r"C:\x.prf"));
    let blocks = |values: &[(Key, &str, Value)]| found(values).into_iter().map(|(it, _)| it).collect::<Vec<_>>();
    assert_eq!(blocks(&[import()]), [Blocks::Prf]);
    assert_eq!(blocks(&[import(), (setup(), "First-Run", Value::dword(0))]), [Blocks::Nothing]);
    assert_eq!(blocks(&[(setup(), "ImportPRF", Value::sz(""))]), []);
}

#[test]
fn outlook_2013_has_to_be_told_of_the_modern_sign_in() {
    let identity = Key::user(r"Software\Microsoft\Office\15.0\Common\Identity");
    let settings = |hive: &Hive| blockers(hive, &outlook("15.0")).into_iter().map(|it| it.setting).collect::<Vec<_>>();
    let mut hive = Hive::default();
    assert_eq!(settings(&hive), [format!(r"{identity}\EnableADAL=(not set)")]);
    hive.insert(&identity, "EnableADAL", Value::dword(1));
    assert_eq!(settings(&hive), [""; 0]);
    hive.insert(&identity, "EnableADAL", Value::dword(0));
    assert_eq!(settings(&hive), [format!(r"{identity}\EnableADAL=0")]);
}

#[test]
fn everything_that_is_looked_at_is_read() {
    let install = outlook("16.0");
    let read = look::keys(&install);
    let covered = |key: &Key| {
        let path = folded(&format!("{}\\", key.path));
        read.iter().any(|above| path.starts_with(&folded(&format!("{}\\", above.path))))
    };
    for rule in &RULES {
        assert!(places(&install, rule.place).iter().all(|(key, _)| covered(key)), "{}", rule.place);
    }
    assert!(covered(&install.root().below("Setup")));
    assert!(covered(&install.root().below(r"Profiles\Outlook")));
    assert!(covered(&Key::user(EXCHANGE).below(r"Client\Options")));
}
