//! A set-up is a script: one thing after the other, on a thread of its own, while windows and network go on.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

thread_local! {
    /// Closes when nobody waits for the script on this thread any more.
    static CALLER: RefCell<Option<watch::Receiver<()>>> = const { RefCell::new(None) };
}

/// Runs a script. Its thread is not one of the runtime's: the end of the program would wait for those, and a script may wait
/// for the person.
pub(super) async fn run<T: Send + 'static>(script: impl FnOnce() -> T + Send + 'static) -> T {
    let runtime = Handle::current();
    let (_caller, caller) = watch::channel(());
    let (end, ended) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let _end = end;
        let _runtime = runtime.enter();
        CALLER.set(Some(caller));
        script()
    });
    let _ = ended.await;
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Waits for what the network or another process does.
pub(super) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    let result = Handle::current().block_on(async {
        tokio::select! {
            biased;
            () = caller_leaves() => None,
            result = work => Some(result),
        }
    });
    result.unwrap_or_else(|| stay())
}

/// Waits before the next look.
pub(super) fn pause(duration: Duration) {
    if CALLER.with_borrow(|caller| caller.as_ref().is_some_and(|caller| caller.has_changed().is_err())) {
        stay();
    }
    thread::sleep(duration);
}

async fn caller_leaves() {
    let Some(mut caller) = CALLER.with_borrow(Clone::clone) else { return std::future::pending().await };
    while caller.changed().await.is_ok() {}
}

/// The program is ending. Nothing more is done, not even going back: the next start does that from the record.
fn stay() -> ! {
    loop {
        thread::park();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Lets the thread of a test be that of a script.
    pub fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Runtime::new().expect("a runtime")
    }

    #[tokio::test]
    async fn a_script_that_nobody_waits_for_any_more_gives_up_what_it_waits_for_and_does_nothing_more() {
        let (mut never, waited_for) = oneshot::channel::<()>();
        let (began, begins) = oneshot::channel();
        let went_on = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&went_on);
        let script = run(move || {
            began.send(()).expect("the test listens");
            let _ = wait_for(waited_for);
            mark.store(true, Ordering::SeqCst);
        });
        tokio::select! {
            () = script => panic!("it waits"),
            begun = begins => begun.expect("it begins"),
        }
        tokio::time::timeout(Duration::from_secs(30), never.closed()).await.expect("given up");
        assert!(!went_on.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_script_returns_its_result_and_its_panic_is_the_callers() {
        assert_eq!(run(|| wait_for(std::future::ready(7))).await, 7);
        let panic = tokio::spawn(run(|| panic!("of the script"))).await;
        assert!(panic.expect_err("it panics").is_panic());
    }
}
