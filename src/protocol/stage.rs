//! How far an agent is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an agent is on its way, as it says with each question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentStage {
    Unactivated,
    Waiting,
    Starting,
    Configuring,
    Failed,
    Completed,
    Undone,
    /// Not said, or one that only a newer agent knows.
    #[default]
    #[serde(other)]
    Unknown,
}

impl AgentStage {
    pub fn id(self) -> &'static str {
        match self {
            Self::Unactivated => "unactivated",
            Self::Waiting => "waiting",
            Self::Starting => "starting",
            Self::Configuring => "configuring",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::Undone => "undone",
            Self::Unknown => "unknown",
        }
    }

    /// It has begun something, or ended it.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Starting | Self::Configuring | Self::Failed | Self::Completed | Self::Undone => true,
            Self::Unactivated | Self::Waiting | Self::Unknown => false,
        }
    }
}

impl fmt::Display for AgentStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_written_as_its_id_and_an_unknown_one_is_read() {
        for stage in [
            AgentStage::Unactivated,
            AgentStage::Waiting,
            AgentStage::Starting,
            AgentStage::Configuring,
            AgentStage::Failed,
            AgentStage::Completed,
            AgentStage::Undone,
            AgentStage::Unknown,
        ] {
            assert_eq!(serde_json::to_value(stage).expect("JSON"), stage.id());
            assert_eq!(serde_json::from_value::<AgentStage>(stage.id().into()).expect("a stage"), stage);
        }
        let newer = serde_json::from_value::<AgentStage>("dancing".into()).expect("a stage");
        assert_eq!(newer, AgentStage::Unknown);
    }
}
