# Menü im Infobereich, seine Statuszeile, Benachrichtigungen.

tray-unactivated = Geben Sie den Code aus Ihrer E-Mail ein
tray-identify = Sagen Sie, wer Sie sind, damit Ihre E-Mail umziehen kann
tray-looking = Wir suchen Ihr Postfach
tray-waiting = Bereit. Bis zum Umzug ändert sich nichts
tray-waiting-until = Bereit. Ihre E-Mail zieht { $when } um
tray-offline = Bereit, aber gerade ohne Verbindung
tray-not-known = Bereit, aber der Server kennt diesen Computer gerade nicht
tray-starting = Ihre E-Mail kann jetzt umziehen
tray-postponed = Die Einrichtung meldet sich { $when } wieder
tray-working = { $client } wird eingerichtet…
tray-failed = Wir brauchen Ihre Hilfe, um fertig zu werden ({ $code })
tray-completed = Ihre E-Mail ist umgezogen
tray-undone = Sie sind zurück im alten Postfach

menu-open = Öffnen
menu-enter-code = Code eingeben…
menu-identify = Sagen, wer ich bin…
menu-sign-out = Das bin ich nicht…
menu-set-up = E-Mail einrichten…
menu-later = Später erinnern
menu-undo = Zurück zum alten Profil…
menu-report = Bericht senden…
menu-diagnostics = Diagnose kopieren
menu-about = Mailshift { $version }
menu-quit = Beenden (startet bei der nächsten Anmeldung wieder)

notification-code-title = Ihre E-Mail zieht bald um
notification-code-body = Geben Sie den Code aus unserer E-Mail ein.
notification-identify-title = Wer sind Sie?
notification-identify-body = Sagen Sie, welches Postfach Ihnen gehört, damit es umziehen kann.
notification-ready-title = Ihre E-Mail kann jetzt umziehen
notification-ready-body = Es dauert ein paar Minuten. Sie bestimmen, wann es losgeht.
notification-sign-in-title = Bitte anmelden
notification-sign-in-body = Ihr Mailprogramm zeigt ein eigenes Anmeldefenster. Melden Sie sich dort mit Ihrer neuen Adresse an.
notification-completed-title = Ihre E-Mail ist umgezogen
notification-completed-body = Ihr neues Postfach ist bereit. Ihr altes Profil ist noch da.
notification-undo-title = Zurück zum alten Postfach?
notification-undo-body = Der Helpdesk bittet Sie zurückzugehen. Sie haben zehn Minuten, um Nein zu sagen.
