//! The way back is exact, whatever the old profiles look like, and keeps the new profile that Outlook has opened.

use std::fs;
use std::path::Path;

use mailshift::demo::Error;
use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;

use super::exchange::{EXCHANGE, default_profile, is_complete, profile};
use super::journey::End;
use super::kept::assert_as_before;
use super::outlook::sources;
use super::stage::{Stage, Told, play};

/// Magic number, client and version of a Unicode data file ([MS-PST] 2.2.2.6).
const DATA_FILE: &[u8; 12] = b"!BDN\0\0\0\0SM\x17\0";

#[test]
#[ignore = "needs wine: make test-windows"]
fn undo_is_exact() {
    play(EXCHANGE, |stage| {
        let before = stage.mail_registry()?;
        stage.until_committed()?;
        is_complete(stage)?;
        let complete = stage.mail_registry()?;
        stage.undo()?;
        stage.picture("undone")?;
        let after = stage.mail_registry()?;
        assert_as_before(&after, &before, "undone");
        let new = default_profile(&complete);
        assert_eq!(profile(&after, &new), profile(&complete, &new), "what Outlook has made of it stays");
        Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn undo_is_exact_for_every_sample() {
    play(EXCHANGE, |stage| {
        stage.until_waiting()?;
        let mut samples: Vec<_> = fs::read_dir(sources().join("hives"))?.flatten().map(|entry| entry.path()).collect();
        samples.retain(|path| path.extension().is_some_and(|extension| extension == "reg"));
        samples.sort();
        let mut complete = 0;
        for sample in &samples {
            stage.person_has(&sample.display().to_string())?;
            make_data_files(stage, &sample.with_extension("json"))?;
            let before = stage.mail_registry()?;
            let end = set_up(stage)?;
            if matches!(end, End::Complete(_)) {
                assert_ne!(stage.mail_registry()?, before, "{}", sample.display());
                complete += 1;
                stage.undo()?;
                stage.screen.close_window(&stage.word("undo-title-done"))?;
            } else {
                stage.screen.close_window(&stage.word("manual-title"))?;
            }
            assert_as_before(&stage.mail_registry()?, &before, &sample.display().to_string());
            println!("{}: {}", sample.file_stem().unwrap_or_default().to_string_lossy(), end.code());
        }
        println!("{} samples are as before; {complete} were set up and undone", samples.len());
        assert!(complete > samples.len() / 2, "most samples can be set up");
        Ok(())
    });
}

/// A data file of an old profile goes on to the new one.
#[test]
#[ignore = "needs wine: make test-windows"]
fn the_data_files_of_the_old_profile_are_in_the_new_one() {
    play(EXCHANGE, |stage| {
        let sample = sources().join("hives/microsoft-365.reg");
        stage.person_has(&sample.display().to_string())?;
        make_data_files(stage, &sample.with_extension("json"))?;
        stage.until_committed()?;
        is_complete(stage)?;
        let registry = stage.mail_registry()?;
        let new = profile(&registry, &default_profile(&registry));
        assert!(new.contains("\"001f6700\"=hex:"), "{new}");
        Ok(())
    });
}

/// One set-up by the operator's order.
fn set_up(stage: &Stage) -> Result<End, Error> {
    stage.office.run(&["configure", PROJECT, OLD_ADDRESS])?;
    stage.turn_to_page("instructions-title")?;
    stage.commit(None)?;
    stage.ended()
}

/// The data files that a sample says are there.
fn make_data_files(stage: &Stage, sample: &Path) -> Told {
    let sample: serde_json::Value = serde_json::from_str(&fs::read_to_string(sample)?).expect("a sample");
    let clients = sample["inventory"].as_array().into_iter().flatten();
    for file in clients.flat_map(|client| client["data_files"].as_array().into_iter().flatten()) {
        let path = file["path"].as_str().unwrap_or_default();
        if file["kind"] != "pst" || file["size"].is_null() || !path.starts_with(r"C:\") {
            continue;
        }
        let path = stage.wine.path(path);
        fs::create_dir_all(path.parent().expect("a folder of C:"))?;
        fs::write(path, DATA_FILE)?;
    }
    Ok(())
}
