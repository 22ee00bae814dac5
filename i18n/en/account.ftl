# Signing in to the dashboard, operators, their tokens, and the record of what they did.
