# The personal page behind the link of an invitation, reminders and confirmations.
