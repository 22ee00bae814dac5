//! Lists in parts: `?after=` the id of the last item one has, `&limit=` how many more.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Items of a part when nothing is said, and at most.
pub const USUAL: u16 = 100;
pub const MOST: u16 = 500;

/// Which part of a list.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The `next` of the part before.
    pub after: Option<Uuid>,
    /// Items at most; 100 when left out.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default, deserialize_with = "limit")]
    pub limit: Option<u16>,
}

/// A part of a list, in the order in which its items were made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next part begins: `?after=` this. Null at the end.
    pub next: Option<Uuid>,
}

impl Paging {
    pub fn limit(self) -> u16 {
        self.limit.unwrap_or(USUAL)
    }
}

impl<T> Page<T> {
    /// The asked part of everything there is.
    pub fn of(mut all: Vec<T>, paging: Paging, id: impl Fn(&T) -> Uuid) -> Self {
        all.sort_by_key(&id);
        let rest = all.into_iter().filter(|item| paging.after.is_none_or(|after| id(item) > after));
        Self::begun(rest.take(usize::from(paging.limit()) + 1).collect(), paging.limit(), id)
    }

    /// A part of which one more item was read than is shown, if there was one.
    pub fn begun(mut items: Vec<T>, limit: u16, id: impl Fn(&T) -> Uuid) -> Self {
        let is_more = items.len() > usize::from(limit);
        items.truncate(usize::from(limit));
        let next = items.last().filter(|_| is_more).map(id);
        Self { items, next }
    }
}

/// A number of items within its limits.
pub fn limit<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    let limit = Option::<u16>::deserialize(from)?;
    match limit {
        Some(limit) if !(1..=MOST).contains(&limit) => {
            Err(serde::de::Error::custom(format_args!("limit: write a number from 1 to {MOST}")))
        }
        limit => Ok(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_until_the_end() {
        let ids: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let part = |after| {
            let page = Page::of(ids.clone(), Paging { after, limit: Some(2) }, |id| *id);
            (page.items, page.next)
        };
        assert_eq!(part(None), (ids[0..2].to_vec(), Some(ids[1])));
        assert_eq!(part(Some(ids[1])), (ids[2..4].to_vec(), Some(ids[3])));
        assert_eq!(part(Some(ids[3])), (ids[4..5].to_vec(), None));
        assert_eq!(part(Some(ids[4])), (Vec::new(), None));
    }
}
