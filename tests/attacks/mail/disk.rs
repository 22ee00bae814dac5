//! A disk that is too small, and one that fills up in the middle.

use std::path::Path;
use std::process::Command;

use super::*;

/// A small disk of its own; it goes with the test.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn of(size: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Self { folder };
        fs::create_dir(disk.root()).expect("a folder");
        let image = disk.folder.path().join("image");
        run("truncate", &["-s".as_ref(), size.as_ref(), image.as_os_str()]);
        run("mkfs.ext4", &["-q".as_ref(), "-m".as_ref(), "0".as_ref(), image.as_os_str()]);
        run("mount", &["-o".as_ref(), "loop".as_ref(), image.as_os_str(), disk.root().as_os_str()]);
        disk
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Not a byte is left.
    fn fill(&self) {
        for (number, size) in ["100M", "10M", "1M", "64K", "4K", "1"].iter().enumerate() {
            for more in 0.. {
                let file = self.root().join(format!("filler-{number}-{more}"));
                let done = Command::new("fallocate").args(["-l", size]).arg(&file).output().expect("fallocate");
                if !done.status.success() {
                    break;
                }
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.root()).status();
    }
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// L10: a disk that is too small filled up with the copies, and everything else failed with it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird, dovecot and an administrator: make test"]
async fn a_disk_that_is_too_small_is_told_before_anything_is_written() {
    let disk = Disk::of("300M");
    let stage = Stage::seasoned_on(&disk.root()).await;
    let before = contents(&stage.places.home);
    let (refused, _) = stage.set_up(stage.order()).await;
    let refused = refused.expect_err("too little room");
    assert_eq!(refused.code(), ResponseCode::DiskFull);
    assert!(refused.facts().contains(&("room", "0.6 GB".into())), "{:?}", refused.facts());
    assert_eq!(contents(&stage.places.home), before);
    assert!(contents(&stage.places.state).is_empty());
    drop(stage);
}

/// L1: on a disk that filled up in the middle, going back failed, too, because it needed room.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird, dovecot and an administrator: make test"]
async fn a_disk_that_fills_up_while_thunderbird_starts_keeps_nobody_from_going_back() {
    let disk = Disk::of("1G");
    let stage = Stage::seasoned_on(&disk.root()).await;
    let lists = stage.lists();
    let (sender, mut receiver) = unbounded_channel();
    let cancel = Cancel::default();
    let (order, places, host, asked) = (stage.order(), stage.places.clone(), stage.host.clone(), cancel.clone());
    let running = tokio::spawn(async move { set_up(order, &places, &host, sender, asked).await });
    let starts = async { while receiver.recv().await.expect("it starts") != Progress::Started(Step::StartClient) {} };
    tokio::time::timeout(PATIENCE, starts).await.expect("it starts");
    disk.fill();
    let file = stage.places.state.join("one more");
    assert!(fs::write(Path::new(&file), [0; 4096]).is_err(), "the disk is full");
    let _ = fs::remove_file(&file);
    cancel.request();
    let error = running.await.expect("no panic").expect_err("nothing can be written");
    assert_ne!(error.code(), ResponseCode::UndoFailed, "{error}");
    assert_eq!(stage.lists(), lists, "on the full disk");
    assert!(contents(&stage.places.state).is_empty(), "{:?}", contents(&stage.places.state).into_keys());
    assert_eq!(passwords(&new_profile(&stage)), 0);
    drop(stage);
}
