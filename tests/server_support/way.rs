//! The way to a database, which can go dead: nothing comes through any more, and nobody is told.

use std::path::{Path, PathBuf};

use tokio::io::copy_bidirectional;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

pub struct Way {
    /// How often the connections of that time went dead.
    deaths: watch::Sender<u32>,
}

impl Way {
    /// A way to this socket by one of the same name in `folder`.
    pub fn to(socket: PathBuf, folder: &Path) -> Self {
        let listener = UnixListener::bind(folder.join(socket.file_name().expect("a name"))).expect("a socket");
        let deaths = watch::Sender::new(0);
        let begun = deaths.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (socket, mut death) = (socket.clone(), begun.subscribe());
                tokio::spawn(async move {
                    let mut far = UnixStream::connect(&socket).await.expect("the database");
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        // Both ends stay open.
                        _ = death.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { deaths }
    }

    /// From now on nothing comes through the connections that are open; how many these are. New ones work.
    pub fn goes_dead(&self) -> usize {
        let open = self.deaths.receiver_count();
        self.deaths.send_modify(|deaths| *deaths += 1);
        open
    }
}
