# Signing in to the dashboard, operators, their tokens, and the record of what they did.

sign-in-title = Sign in
sign-in-name = Name
sign-in-password = Password
sign-in-code = One-time code
sign-in-code-hint = Only if you have set up a second step: the code of your app, or one of your recovery codes.
sign-in-do = Sign in
welcome-title = Choose a password
welcome-first = Welcome. You are the first one here, so you become the administrator. Choose the name that you sign in with, and a password.
welcome-lead = Welcome, { $name }. Choose a password. This link works once.
welcome-password = New password
welcome-password-hint = 12 characters or more. A few words in a row are easy to remember.
welcome-again = The same password again
welcome-different = The two passwords are different. Type the same one twice.
welcome-do = Set password and sign in
refused-title = That did not work
refused-nowhere = There is no such page
refused-nowhere-lead = The address is mistyped, or what was there has been removed.
refused-role = The role that is needed: { $role }.
refused-incident = Incident
refused-home = Go to the projects
role-viewer = Viewer
role-operator = Operator
role-administrator = Administrator
