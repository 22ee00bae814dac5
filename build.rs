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
        .set_manifest_file(MANIFEST)
        .set("ProductName", "Mailshift")
        .set("FileDescription", "Mailshift")
        .set("OriginalFilename", "mailshift.exe")
        .set("InternalName", "mailshift")
        .set("LegalCopyright", "MIT OR Apache-2.0");
    resource
        .compile_for("mailshift")
        .expect("the resource compiler: windres of binutils-mingw-w64, or rc.exe of the Windows SDK");
}
