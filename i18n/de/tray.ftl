# Menü im Infobereich, seine Statuszeile, Benachrichtigungen.

status-unactivated = Geben Sie den Code aus Ihrer E-Mail ein
status-waiting = Bereit. Bis zum Umzug ändert sich nichts
status-waiting-until = Bereit. Ihre E-Mail zieht { $when } um
status-offline = Bereit, aber gerade ohne Verbindung
status-starting = Ihre E-Mail kann jetzt umziehen
status-postponed = Die Einrichtung meldet sich { $when } wieder
status-working = { $client } wird eingerichtet…
status-failed = Wir brauchen Ihre Hilfe, um fertig zu werden ({ $code })
status-completed = Ihre E-Mail ist umgezogen
status-undone = Sie sind zurück im alten Postfach

menu-open = Öffnen
menu-enter-code = Code eingeben…
menu-set-up = E-Mail einrichten…
menu-later = Später erinnern
menu-undo = Zurück zum alten Profil…
menu-diagnostics = Diagnose kopieren
menu-about = Mailshift { $version }
menu-quit = Beenden (startet bei der nächsten Anmeldung wieder)

notification-code-title = Ihre E-Mail zieht bald um
notification-code-body = Geben Sie den Code aus unserer E-Mail ein.
notification-ready-title = Ihre E-Mail kann jetzt umziehen
notification-ready-body = Es dauert ein paar Minuten. Sie bestimmen, wann es losgeht.
notification-completed-title = Ihre E-Mail ist umgezogen
notification-completed-body = Ihr neues Postfach ist bereit. Ihr altes Profil ist noch da.
