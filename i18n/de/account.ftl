# Signing in to the dashboard, operators, their tokens, and the record of what they did.

sign-in-title = Anmelden
sign-in-name = Name
sign-in-password = Passwort
sign-in-code = Einmalcode
sign-in-code-hint = Nur wenn Sie einen zweiten Schritt eingerichtet haben: der Code aus Ihrer App oder einer Ihrer Wiederherstellungscodes.
sign-in-do = Anmelden
welcome-title = Passwort wählen
welcome-first = Willkommen. Vor Ihnen war noch niemand hier, darum übernehmen Sie die Administration. Wählen Sie den Namen, mit dem Sie sich anmelden, und ein Passwort.
welcome-lead = Willkommen, { $name }. Wählen Sie ein Passwort. Dieser Link gilt einmal.
welcome-password = Neues Passwort
welcome-password-hint = 12 Zeichen oder mehr. Einige Wörter hintereinander lassen sich gut merken.
welcome-again = Noch einmal dasselbe Passwort
welcome-different = Die beiden Passwörter sind verschieden. Geben Sie zweimal dasselbe ein.
welcome-do = Passwort setzen und anmelden
refused-title = Das ging nicht
refused-nowhere = Diese Seite gibt es nicht
refused-nowhere-lead = Die Adresse ist vertippt, oder was dort war, wurde entfernt.
refused-role = Nötig ist die Rolle { $role }.
refused-incident = Vorfall
refused-home = Zu den Projekten
role-viewer = Ansehen
role-operator = Bedienen
role-administrator = Administration
