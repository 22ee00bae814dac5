//! A file on its way to a peer: for as long as it takes on a slow line, but not for one that has stopped reading.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::{StreamExt, TryStream, TryStreamExt, future, stream};
use tokio::sync::mpsc;

/// Hands the pieces on as the peer takes them. A peer that takes none for `stall` gets no more, and gives its place
/// back: whether it has closed its connection, or its window in HTTP/2, makes no difference.
pub fn paced<S, P>(pieces: S, place: P, stall: Duration) -> Body
where
    P: Send + 'static,
    S: TryStream<Ok = Bytes> + Send + 'static,
    S::Error: Into<axum::BoxError> + Send,
{
    let (hand_over, mut handed_over) = mpsc::channel(1);
    let sending = tokio::spawn(async move {
        let _place = place;
        let mut pieces = std::pin::pin!(pieces.into_stream());
        while let Some(piece) = pieces.next().await {
            match tokio::time::timeout(stall, hand_over.send(piece)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ok(()), // nobody wants the rest
                Err(_) => return Err(io::Error::from(io::ErrorKind::TimedOut)),
            }
        }
        Ok(())
    });
    // A body that ends early must not look complete.
    let end = stream::once(sending).filter_map(|ended| {
        future::ready(match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Err(error.into())),
            Err(stopped) => Some(Err(axum::BoxError::from(stopped))),
        })
    });
    let pieces = stream::poll_fn(move |context| handed_over.poll_recv(context));
    Body::from_stream(pieces.map_err(Into::into).chain(end))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    const STALL: Duration = Duration::from_millis(100);
    /// How long what has to happen is waited for.
    const LIMIT: Duration = Duration::from_secs(20);

    fn body(pieces: usize) -> (Body, Arc<Semaphore>) {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().expect("a place");
        let pieces = stream::iter((0..pieces).map(|_| Ok::<_, io::Error>(Bytes::from_static(b"abc"))));
        (paced(pieces, place, STALL), places)
    }

    async fn free(places: &Semaphore) {
        let place = tokio::time::timeout(LIMIT, places.acquire()).await.expect("a free place in time");
        drop(place.expect("open"));
    }

    #[tokio::test]
    async fn everything_arrives_and_the_place_is_free_again() {
        let (body, places) = body(5);
        assert_eq!(axum::body::to_bytes(body, usize::MAX).await.expect("all of it"), "abc".repeat(5));
        free(&places).await;
    }

    #[tokio::test]
    async fn whoever_takes_nothing_gets_no_more_and_no_complete_file() {
        let (body, places) = body(5);
        free(&places).await;
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_the_place() {
        let (body, places) = body(5);
        drop(body);
        free(&places).await;
    }

    #[tokio::test]
    async fn a_trouble_of_the_disk_is_no_complete_file() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().expect("a place");
        let pieces = stream::iter([Ok(Bytes::from_static(b"abc")), Err(io::Error::other("of this test"))]);
        assert!(axum::body::to_bytes(paced(pieces, place, STALL), usize::MAX).await.is_err());
        free(&places).await;
    }
}
