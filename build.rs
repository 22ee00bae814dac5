//! Gives the Windows program its icon, its manifest and its version. Other systems need nothing here.

const ICON: &str = "assets/windows/mailshift.ico";
const MANIFEST: &str = "assets/windows/mailshift.manifest";

fn main() {
    for path in ["build.rs", ICON, MANIFEST] {
        println!("cargo::rerun-if-changed={path}");
    }
    // The system that is built for; `cfg!` would tell the one that builds.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        return;
    }
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon(ICON)
        .set_manifest_file(&manifest())
        .set("CompanyName", "Mailshift")
        .set("ProductName", "Mailshift")
        .set("FileDescription", "Mailshift")
        .set("OriginalFilename", "mailshift.exe")
        .set("InternalName", "mailshift")
        .set("LegalCopyright", "MIT OR Apache-2.0");
    resource
        .compile_for("mailshift")
        .expect("the resource compiler: windres of binutils-mingw-w64, or rc.exe of the Windows SDK");
}

/// A manifest with the package's version in four numbers, as the version resource has it.
fn manifest() -> String {
    let variable = |name: &str| std::env::var(name).expect("cargo says it");
    let version = variable("CARGO_PKG_VERSION");
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let text = std::fs::read_to_string(MANIFEST).expect("the manifest");
    let made = format!("{}/mailshift.manifest", variable("OUT_DIR"));
    std::fs::write(&made, text.replace("{version}", &format!("{numbers}.0"))).expect("a folder to write to");
    made
}
