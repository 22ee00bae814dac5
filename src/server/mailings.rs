//! What was mailed to whom, and what became of it: invitations, reminders, confirmations.
