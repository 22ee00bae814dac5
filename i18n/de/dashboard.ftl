# The operator's pages.
dashboard-product = Mailshift
dashboard-skip = Zum Inhalt springen
dashboard-site = Ganz Mailshift
dashboard-codes = Codes
dashboard-operators = Betreuende
dashboard-audit = Protokoll
dashboard-sign-out = Abmelden
dashboard-overview = Übersicht
dashboard-users = Personen
dashboard-devices = Rechner
dashboard-waves = Umstellung
dashboard-settings = Einstellungen
dashboard-zone = Zeiten gelten in der Zone
dashboard-not-set = nicht festgelegt
dashboard-live-changed = Diese Seite hat sich geändert.
dashboard-live-lost = Die Verbindung zum Server ist unterbrochen. Was Sie sehen, kann veraltet sein.

moment-today = heute um { $time }
moment-tomorrow = morgen um { $time }
moment-yesterday = gestern um { $time }
moment-date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year } um { $time }
moment-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
moment-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
moment-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tagen
}
moment-ago = vor { $distance }
moment-ahead = in { $distance }

projects-title = Projekte
projects-none = Es gibt noch kein Projekt. Ein Projekt ist der Umzug einer Organisation: ihre Leute, die neuen Postfächer und der Tag.
projects-name = Name
projects-cutover = Umstellung
projects-users = Personen
projects-moved = Umgezogen
projects-new = Neues Projekt
projects-name-hint = Der Name der Organisation, so wie ihn die Leute in der Einladung sehen.
projects-create = Projekt anlegen
projects-name-wrong = Schreiben Sie einen Namen mit 1 bis 100 Zeichen.
projects-name-taken = Ein Projekt dieses Namens gibt es schon. Wählen Sie einen anderen Namen.

overview-lead-empty = In diesem Projekt ist noch niemand.
overview-lead-before = { $users ->
    [one] Eine Person wird umziehen.
   *[other] { $users } Personen werden umziehen.
}
overview-lead-running = { $moved } von { $users } sind umgezogen. { $failed ->
    [0] Bei niemandem ist etwas fehlgeschlagen.
    [one] Bei einer Person ist etwas fehlgeschlagen.
   *[other] Bei { $failed } Personen ist etwas fehlgeschlagen.
}
overview-lead-done = { $users ->
    [one] Die eine Person ist umgezogen.
   *[other] Alle { $users } Personen sind umgezogen.
}
overview-cutover = Umstellung
overview-no-cutover = Es ist keine Zeit festgelegt. Die Rechner warten, bis Sie eine festlegen.
overview-steps = Nächste Schritte
overview-done = erledigt
overview-step-account = Die neuen Mailserver eintragen
overview-step-people = Die Leute einlesen
overview-step-invite = Die Einladungen senden
overview-step-cutover = Die Umstellung festlegen
overview-alerts = Braucht jemanden
overview-stages = Wo alle stehen
overview-export = Als CSV ausgeben
overview-import = Personen einlesen

stage-imported = Nicht eingeladen
stage-invited = Eingeladen
stage-waiting = Bereit, wartet
stage-started = Zum Start gebeten
stage-configuring = Wird eingerichtet
stage-completed = Umgezogen
stage-failed = Fehlgeschlagen
stage-undone = Zurückgegangen
stage-removed = Entfernt

alert-rehearsal = eine Probe wurde aufgehalten
alert-finding = etwas auf dem Rechner würde das Einrichten stören
alert-locked = der Code ist nach Fehlversuchen gesperrt
alert-silent = seit 3 Tagen kein Kontakt zum Rechner
alert-absent = noch nicht installiert

chart-title = Verlauf
chart-description = Rechner seit { $from }: { $installed } installiert, { $ready } bereit, { $configured } eingerichtet, { $failed } fehlgeschlagen.
chart-installed = installiert
chart-ready = bereit
chart-configured = eingerichtet
chart-failed = fehlgeschlagen
chart-cutover = Umstellung
chart-table = Dasselbe als Tabelle
chart-time = Zeit

filter-search = Nach Name, Adresse oder Rechner suchen
filter-stage = Stand
filter-wave = Welle
filter-client = Mailprogramm
filter-alert = Braucht jemanden
filter-sort = Reihenfolge
filter-per-page = Zeilen
filter-all = alle
filter-no-wave = keine Welle
filter-apply = Anzeigen
filter-clear = Alle anzeigen
sort-address = Adresse
sort-name = Name
sort-stage = Stand
sort-device = Rechner
sort-contact = Letzter Kontakt, neueste zuerst
sort-silent = Letzter Kontakt, älteste zuerst

people-caption-users = Personen
people-caption-devices = Rechner
people-choose = Auswahl
people-user = Person
people-stage = Stand
people-device = Rechner
people-clients = Mailprogramme
people-contact = Letzter Kontakt
people-problems = Probleme
people-nobody = noch niemand
people-none = Nichts passt.
people-shown = { $first } bis { $last } von { $total }
people-select = { $whom } auswählen
people-select-all = Alle { $total }, die zum Filter passen, auch auf anderen Seiten
people-delayed = aufgeschoben: { $time }
people-locked-device = für eine Person gesperrt
people-suspended = ausgesetzt
people-inactive = inaktiv in der Liste der Organisation
people-invited = eingeladen { $time }
people-action = Was zu tun ist
people-go-on = Weiter …
people-action-hint = Die nächste Seite sagt, was mit wem geschieht. Bevor Sie bestätigen, geschieht nichts.
people-pages = Seiten der Tabelle
people-previous = Vorige Seite
people-next = Nächste Seite

action-invite = Einladung senden
action-configure = Mailprogramm jetzt einrichten
action-retry = Noch einmal versuchen
action-rehearse = Proben
action-undo = Zum alten Profil zurückgehen
action-delay = Aufschieben
action-wave = In eine Welle legen
action-new-code = Neuen Code senden
action-assign = Einer Person zuweisen
action-lock = Für eine Person sperren
action-unlock = Sperre aufheben
action-remove = Entfernen
confirm-invite = { $count ->
    [one] Eine Person bekommt
   *[other] { $count } Personen bekommen
} eine Einladung mit neuem Code. Frühere Codes gelten dann nicht mehr.
confirm-configure = Der Assistent öffnet sich jetzt bei { $count ->
    [one] einem Eintrag
   *[other] { $count } Einträgen
}, unabhängig von der Umstellung.
confirm-retry = Mailshift versucht es noch einmal bei { $count ->
    [one] einem Eintrag
   *[other] { $count } Einträgen
}, wo das Einrichten fehlschlug oder zurückgenommen wurde. Andere bleiben, wie sie sind.
confirm-rehearse = { $count ->
    [one] Ein Rechner geht
   *[other] { $count } Rechner gehen
} das Einrichten durch, ohne etwas zu ändern, und sagen, was es aufhielte.
confirm-undo = { $count ->
    [one] Eine Person wird
   *[other] { $count } Personen werden
} gebeten, zum alten Profil zurückzugehen. Das neue Profil bleibt erhalten.
confirm-delay = { $count ->
    [one] Ein Eintrag startet
   *[other] { $count } Einträge starten
} nicht vor der Zeit unten.
confirm-wave = { $count ->
    [one] Eine Person zieht
   *[other] { $count } Personen ziehen
} mit der Welle unten um. Deren Umstellung gilt ab jetzt.
confirm-new-code = { $count ->
    [one] Eine Person bekommt
   *[other] { $count } Personen bekommen
} einen neuen Code per E-Mail. Frühere Codes gelten dann nicht mehr.
confirm-assign = Die Person unten wird für { $count ->
    [one] eine Anmeldung
   *[other] { $count } Anmeldungen
} an Rechnern vorgemerkt. Wer fragt, nimmt eine Vormerkung.
confirm-lock = Jede Anmeldung an { $count ->
    [one] einem Rechner
   *[other] { $count } Rechnern
} gehört der Person unten, bis Sie die Sperre aufheben.
confirm-unlock = { $count ->
    [one] Ein Rechner ist
   *[other] { $count } Rechner sind
} nicht mehr für eine Person gesperrt.
confirm-remove = Mailshift vergisst { $count ->
    [one] eine Anmeldung
   *[other] { $count } Anmeldungen
} an Rechnern. Mailprogramme bleiben, wie sie sind. Wer wiederkommt, braucht einen neuen Code.
action-nobody = Nichts ist ausgewählt. Gehen Sie zurück und wählen Sie mindestens eine Zeile aus.
action-changed = Inzwischen passen andere zum Filter. Sehen Sie noch einmal nach, bevor Sie bestätigen.
action-time-wrong = Wählen Sie eine Zeit in der Zukunft.
action-user-unknown = Niemand in diesem Projekt hat diese Adresse.
action-more = und { $count } weitere
action-whom = Mit wem
action-until = Nicht vor
action-user = Adresse der Person
action-cancel = Abbrechen
action-done = Erledigt. Rechner handeln beim nächsten Kontakt.
action-no-device = Es gibt noch keinen Rechner.
action-summary = { $done } von { $total } erledigt.
action-target = Ziel
action-outcome = Ergebnis
action-back = Zurück zur Tabelle

device-facts = Jetzt
device-system = System
device-agent = Version von Mailshift
device-disk = Freier Plattenplatz
device-lock = Sperre
device-evidence = Was beweist, dass das neue Profil geht
device-not-seen = nicht gesehen
device-inventory = Auf dem Rechner
device-rehearsal = Geprobt
device-rehearsal-fine = es ginge weiter
device-no-clients = Der Rechner hat noch nicht gemeldet, welche Mailprogramme er hat.
device-running = läuft
device-installation = Installation
device-profiles = Profile
device-default = Standard
device-accounts = Konten
device-files = Datendateien
device-findings = Würde stören
device-history = Verlauf
evidence-imap = am Posteingangsserver angemeldet
evidence-smtp = am Postausgangsserver angemeldet
evidence-default = das neue Profil ist der Standard
evidence-messages = { $count ->
    [one] Eine Nachricht
   *[other] { $count } Nachrichten
} abgeholt
evidence-account = das Konto steht in den Einstellungen des Mailprogramms
evidence-store = das Mailprogramm hat seine Maildatei angelegt
history-unknown = Meldete etwas, das diese Version nicht kennt: { $kind }.
history-ordered = Auftrag { $number }: { $action }. { $cause ->
    [cutover] Anlass: die Umstellung.
    [timetable] Anlass: neuer Versuch nach Zeitplan.
   *[operator] Anlass: jemand von der Betreuung.
}
history-code = Ein Code wurde erstellt und { $by ->
    [operator] der Betreuung gezeigt.
   *[mail] per E-Mail gesendet.
}
history-bound = Der Agent wurde hier aktiviert.
history-signed-in = Die Person wurde hier angemeldet.
history-removed = Der Rechner wurde entfernt.
history-assigned = { $address } wurde für diesen Rechner vorgemerkt.
history-collected = { $address } wurde dieser Anmeldung zugewiesen.
history-waiting = Die Person hat den Code bestätigt. Der Rechner wartet auf die Umstellung.
history-wizard = Der Assistent hat sich geöffnet.
history-postponed = Die Person hat „Später“ gewählt.
history-started = Die Person hat das Einrichten gestartet.
history-step = Schritt { $step }.
history-completed = Umgezogen: { $client }, Profil { $profile }.
history-failed = Das Einrichten schlug fehl. Alles ist, wie es war.
history-by-hand = Die Person hat es von Hand beendet.
history-undone = Das alte Profil ist wieder der Standard.
history-undo-failed = Der Weg zurück schlug fehl. Das neue Profil geht weiterhin.

codes-title = Antwortcodes
codes-lead = Jeder Code, den Mailshift zeigt, was er bedeutet und was zu tun ist.
codes-person = Die Person
codes-operator = Sie
