//! An agent and the servers that want something of it.
