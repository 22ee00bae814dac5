# The operator's pages.
dashboard-product = Mailshift
dashboard-skip = Zum Inhalt springen
dashboard-site = Ganz Mailshift
dashboard-codes = Codes
dashboard-operators = Zugänge
dashboard-audit = Protokoll
dashboard-sign-out = Abmelden
dashboard-misses = Bevor Sie sich angemeldet haben, kannte jemand Ihr Passwort und hat { $count } falsche Codes Ihres zweiten Schritts versucht. Wenn Sie das nicht waren, wählen Sie jetzt ein anderes Passwort.
dashboard-overview = Übersicht
dashboard-users = Personen
dashboard-devices = Computer
dashboard-waves = Umstellung
dashboard-settings = Einstellungen
dashboard-mails = Mails
dashboard-zone = Zeiten gelten in der Zone
dashboard-not-set = nicht festgelegt
dashboard-live-changed = Diese Seite hat sich geändert.
dashboard-live-lost = Die Verbindung zum Server ist unterbrochen. Was Sie sehen, kann veraltet sein.

projects-title = Projekte
projects-none = Es gibt noch kein Projekt. Ein Projekt ist der Umzug einer Organisation: ihre Leute, die neuen Postfächer und der Tag.
projects-name = Name
projects-cutover = Umstellung
projects-broken = Eine neuere Version von Mailshift hat Einstellungen gespeichert, die diese nicht lesen kann. Die Computer des Projekts warten.
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
overview-redirected = Wohin Passwörter gehen, wurde geändert
overview-redirected-lead = Die Leute haben ihre Briefe schon. Wenn das niemand von Ihnen wollte, halten Sie die Umstellung an, setzen Sie die Werte zurück, und fragen Sie, wer es war. Der Hinweis bleibt eine Woche.
overview-cutover = Umstellung
overview-no-cutover = Es ist keine Zeit festgelegt. Die Computer warten, bis Sie eine festlegen.
overview-disk-full = Die Platte des Servers ist voll. Bis wieder Platz ist, kann nichts geschrieben werden; die Agenten warten und verlieren nichts.
overview-no-writing = In die Datenbank des Servers kann nicht geschrieben werden. Die Agenten warten und verlieren nichts.
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
alert-finding = etwas auf dem Computer würde das Einrichten stören
alert-locked = der Code ist nach Fehlversuchen gesperrt
alert-silent = seit 3 Tagen kein Kontakt zum Computer
alert-absent = noch nicht installiert
alert-undelivered = haben ihre Mail nicht bekommen

chart-title = Verlauf
chart-description = Computer seit { $from }: { $installed } installiert, { $ready } bereit, { $configured } eingerichtet, { $failed } fehlgeschlagen.
chart-installed = installiert
chart-ready = bereit
chart-configured = eingerichtet
chart-failed = fehlgeschlagen
chart-cutover = Umstellung
chart-table = Dasselbe als Tabelle
chart-time = Zeit

filter-search = Nach Name, Adresse, Computer oder Nummer eines Berichts suchen
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
sort-device = Computer
sort-contact = Letzter Kontakt, neueste zuerst
sort-silent = Letzter Kontakt, älteste zuerst

people-caption-users = Personen
people-caption-devices = Computer
people-choose = Auswahl
people-user = Person
people-stage = Stand
people-device = Computer
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
action-assign-device = Einer Person zuweisen, gleich welche Anmeldung zuerst kommt
action-suspend = Aussetzen
action-allow = Wieder zulassen
action-lock = Für eine Person sperren
action-unlock = Sperre aufheben
action-remove = Entfernen
action-delete = Endgültig löschen
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
    [one] Ein Computer geht
   *[other] { $count } Computer gehen
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
    [one] eine Anmeldung an einem Computer
   *[other] { $count } Anmeldungen an Computern
} vorgemerkt. Nur eine solche Anmeldung bekommt die Person, einmal: richtig auch, wo mehrere Leute einen Computer nutzen.
confirm-assign-device = Die Person unten wird für { $count ->
    [one] einen Computer
   *[other] { $count } Computer
} vorgemerkt. Die erste Anmeldung, die dort fragt, bekommt die Person, gleich welche. Richtig, wo nur eine Person den Computer nutzt.
confirm-suspend = { $count ->
    [one] Eine Person zieht
   *[other] { $count } Personen ziehen
} nicht um, bis Sie es wieder zulassen. Die Computer dazu tun nichts.
confirm-allow = { $count ->
    [one] Eine Person macht
   *[other] { $count } Personen machen
} wieder mit.
confirm-lock = Jede Anmeldung an { $count ->
    [one] einem Computer
   *[other] { $count } Computern
} gehört der Person unten, bis Sie die Sperre aufheben.
confirm-unlock = { $count ->
    [one] Ein Computer ist
   *[other] { $count } Computer sind
} nicht mehr für eine Person gesperrt.
confirm-remove = Mailshift vergisst { $count ->
    [one] eine Anmeldung
   *[other] { $count } Anmeldungen
} an Computern. Mailprogramme bleiben, wie sie sind. Wer wiederkommt, braucht einen neuen Code.
confirm-delete = { $count ->
    [one] Eine Person wird endgültig gelöscht.
   *[other] { $count } Personen werden endgültig gelöscht.
} Niemand kann zurückholen, was mitgeht. Das Protokoll behält, wer von wem und wann gelöscht wurde. Mailprogramme bleiben, wie sie sind.
deletion-title = Dieses Projekt löschen
deletion-hint = Die nächste Seite sagt, was mitginge. Bevor Sie bestätigen, geschieht nichts.
deletion-look = Ansehen, was mitginge …
deletion-lead = Ein gelöschtes Projekt ist endgültig fort, mit allem, was darin ist. Niemand kann es zurückholen.
deletion-with-it = Was mitgeht
deletion-nothing = Noch ist nichts darin.
deletion-users = { $count ->
    [one] Eine Person
   *[other] { $count } Personen
}
deletion-devices = { $count ->
    [one] Ein Computer, der das Projekt beim nächsten Kontakt vergisst
   *[other] { $count } Computer, die das Projekt beim nächsten Kontakt vergessen
}
deletion-codes = { $count ->
    [one] Ein Code
   *[other] { $count } Codes
}
deletion-mails = { $count ->
    [one] Eine E-Mail, gesendet oder wartend
   *[other] { $count } E-Mails, gesendet oder wartend
}
deletion-events = { $count ->
    [one] Eine Meldung von einem Computer
   *[other] { $count } Meldungen von Computern
}
deletion-waiting = { $count ->
    [one] Einer dieser Computer ist noch nicht umgezogen. Mailshift zieht ihn dann nicht mehr um.
   *[other] { $count } dieser Computer sind noch nicht umgezogen. Mailshift zieht sie dann nicht mehr um.
}
deletion-stays = Mailprogramme bleiben, wie sie sind. Das Protokoll behält, was hier getan wurde.
deletion-export = Vorher die Personen als CSV sichern
deletion-name = Um fortzufahren, schreiben Sie den Namen des Projekts
deletion-wrong = Das ist nicht der Name des Projekts. Nichts wurde gelöscht.
deletion-do = Endgültig löschen
action-nobody = Nichts ist ausgewählt. Gehen Sie zurück und wählen Sie mindestens eine Zeile aus.
action-changed = Inzwischen passen andere zum Filter. Sehen Sie noch einmal nach, bevor Sie bestätigen.
action-time-wrong = Wählen Sie eine Zeit in der Zukunft.
action-user-unknown = Niemand in diesem Projekt hat diese Adresse.
action-more = und { $count } weitere
action-whom = Mit wem
action-until = Nicht vor
action-user = Adresse der Person
action-cancel = Abbrechen
action-done = Erledigt. Computer handeln beim nächsten Kontakt.
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
device-inventory = Auf dem Computer
device-rehearsal = Geprobt
device-rehearsal-fine = es ginge weiter
device-no-clients = Der Computer hat noch nicht gemeldet, welche Mailprogramme er hat.
device-running = läuft
device-installation = Installation
device-profiles = Profile
device-default = Standard
device-accounts = Konten
device-files = Datendateien
device-findings = Würde stören
device-reports = Berichte an den Helpdesk
device-no-reports = Von hier hat niemand einen Bericht gesendet.
device-reports-hint = Die neuesten fünf bleiben 30 Tage lang.
device-history = Verlauf
report-title = Bericht { $number }
report-sent = Jemand an { $device } hat diesen Text gelesen und gesendet:
report-show = Ansehen
report-download = Herunterladen
report-back = Zurück zum Computer
report-text = Text des Berichts
report-record = Dass Sie das gelesen haben, ist im Protokoll.
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
history-diagnostics = Die Person hat den Bericht { $number } an den Helpdesk gesendet.
history-bound = Der Agent wurde hier aktiviert.
history-mail = An { $address }: { $told }
history-signed-in = Die Person wurde hier angemeldet.
history-removed = Der Computer wurde entfernt.
history-assigned = { $address } wurde für diesen Computer vorgemerkt.
history-collected = { $address } wurde dieser Anmeldung zugewiesen.
history-waiting = Die Person hat den Code bestätigt. Der Computer wartet auf die Umstellung.
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

waves-everyone = Alle
waves-start = Computer starten { $lead } min nach der Umstellung, verteilt über { $spread } min.
waves-users = { $count ->
    [one] { $count } Person
   *[other] { $count } Personen
}
waves-at-once = alle sofort
waves-as-everyone = Zieht mit allen um.
waves-at = Umstellung
waves-set = Umstellung festlegen
waves-take-away = Mit allen umziehen
waves-take-away-everyone = Umstellung zurücknehmen
waves-stale = Dieser Zeitpunkt kam, bevor die neuen Mailserver bekannt waren; danach startet niemand. Legen Sie die Umstellung neu fest.
waves-confirm-title = Ist das richtig?
waves-confirm-who = { $users ->
    [one] { $users } Person
   *[other] { $users } Personen
}, { $ready } mit einem Computer, der bereit ist.
waves-confirm-start = Die ersten Computer starten { $time }.
waves-confirm-none = Die Umstellung wird zurückgenommen. Computer, die noch nicht begonnen haben, warten, bis Sie eine neue festlegen.
waves-confirm-as-everyone = Die Welle zieht mit allen um.
waves-confirm-passed = Dieser Zeitpunkt ist vorbei. Alle würden sofort starten, ohne Wartezeit und Verteilung.
waves-confirm-at-once = Ja, alle sofort starten
waves-confirm-yes = Ja, so machen
waves-confirm-no = Zurück
waves-now-title = Sofort starten
waves-now-hint = Jeder Computer startet, sobald er davon hört, ohne Wartezeit und Verteilung. Wo der Assistent schon offen ist, lässt sich das nicht zurückrufen.
waves-now = Jetzt starten
waves-new = Neue Welle
waves-name-taken = Es gibt schon eine Welle mit diesem Namen. Wählen Sie einen anderen Namen.
waves-new-hint = Eine Welle ist eine Gruppe von Personen mit eigener Umstellung. Legen Sie Personen auf der Seite Personen hinein, oder mit einer Spalte „wave“ in Ihrer Liste.
waves-create = Welle anlegen
waves-unready = Noch kann niemand umziehen, denn die neuen Mailserver fehlen.
waves-time-wrong = Wählen Sie Datum und Uhrzeit.

import-title = Personen einlesen
import-lead = Eine CSV-Datei mit den Spalten name, old address, new address, login und, wenn gewünscht, language, state und wave. Bevor Sie gesehen haben, was sich änderte, wird nichts geschrieben.
import-file = CSV-Datei
import-text = Oder fügen Sie die Zeilen hier ein
import-look = Ansehen
import-nothing = Wählen Sie eine Datei, oder fügen Sie Zeilen ein.
import-faults = { $count ->
    [one] Eine Stelle ist falsch. Nichts wurde eingelesen.
   *[other] { $count } Stellen sind falsch. Nichts wurde eingelesen.
}
import-faults-hint = Berichtigen Sie sie in Ihrer Datei, dann wählen Sie sie noch einmal.
import-line = Zeile
import-column = Spalte
import-problem = Was falsch ist und was zu tun ist
import-more = { $count } weitere Stellen sind falsch.
import-preview = { $added ->
    [0] Niemand ist neu.
    [one] Eine Person ist neu.
   *[other] { $added } Personen sind neu.
} { $updated ->
    [0] Niemand wird aktualisiert.
    [one] Eine Person wird aktualisiert.
   *[other] { $updated } Personen werden aktualisiert.
}
import-new = neu
import-update = wird aktualisiert
import-write = Einlesen
import-other = Andere Datei wählen
import-rows = { $count ->
    [one] Die erste Zeile
   *[other] Die ersten { $count } Zeilen
}
import-change = Änderung
import-old = Alte Adresse
import-new-address = Neue Adresse
fault-encoding = Die Datei ist nicht UTF-8. Speichern Sie sie als „CSV UTF-8“.
fault-unreadable = Die Zeile ist kein lesbares CSV. Suchen Sie ein Anführungszeichen zu viel.
fault-no-column = Die erste Zeile nennt diese Spalte nicht. Ergänzen Sie sie, oder benennen Sie Ihre um.
fault-column-twice = Die Spalte ist zweimal da. Entfernen Sie eine.
fault-empty = Leer. Füllen Sie das Feld aus.
fault-address = „{ $text }“ ist keine E-Mail-Adresse.
fault-too-long = Länger als 320 Zeichen.
fault-unsafe = Ein Steuerzeichen, oder ein Bindestrich am Anfang. Entfernen Sie es.
fault-name = Kein Name. Schreiben Sie 1 bis 100 Zeichen ohne Zeilenumbruch.
fault-language = „{ $text }“ ist keine Sprache der Einladungen. Nehmen Sie en oder de.
fault-state = „{ $text }“ ist kein Zustand. Nehmen Sie active oder inactive.
fault-twice = { $address } steht auch in Zeile { $line }. Behalten Sie eine.
fault-taken = { $address } gehört schon zu { $owner }.

settings-refused = { $count ->
    [one] Ein Feld kann so nicht gehen. Nichts wurde gespeichert.
   *[other] { $count } Felder können so nicht gehen. Nichts wurde gespeichert.
}
settings-administrators = Mailserver, ihre Zertifizierungsstelle, die Adresse dieses Servers, Downloads, Anleitungen und der sendende Server entscheiden, wohin Passwörter gehen und was installiert wird: Das kann nur die Administration ändern.
settings-save = Einstellungen speichern
settings-account = Neue Mailserver
settings-account-hint = Womit das Mailprogramm jeder Person eingerichtet wird. %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN% und %REALNAME% stehen für das, was der Person gehört.
settings-incoming-protocol = Posteingang: Protokoll
settings-incoming-host = Posteingang: Server
settings-incoming-port = Posteingang: Port
settings-incoming-security = Posteingang: Verschlüsselung
settings-incoming-sign-in = Posteingang: Anmeldung
settings-incoming-username = Posteingang: Benutzername
settings-outgoing-host = Postausgang: Server
settings-outgoing-port = Postausgang: Port
settings-outgoing-security = Postausgang: Verschlüsselung
settings-outgoing-sign-in = Postausgang: Anmeldung
settings-outgoing-username = Postausgang: Benutzername
settings-authority = Ihre eigene Zertifizierungsstelle (PEM), wenn die Zertifikate der Server von ihr stammen
settings-exchange = Exchange: Adresse des Postfachs (leer: kein Exchange)
settings-directory-has-moved = Exchange: Das Verzeichnis hat die neuen Adressen schon
settings-leaves-own-exchange = Exchange: Der alte Server ist ein eigener Exchange-Server
settings-people = Was die Leute sehen
settings-people-hint = Die Farbe wird dunkler oder heller, bis Wörter darauf lesbar sind, wie die Vorschau zeigt.
settings-colour = Farbe, als #RRGGBB
settings-helpdesk-name = Helpdesk: Name
settings-helpdesk-email = Helpdesk: Adresse
settings-helpdesk-phone = Helpdesk: Telefon
settings-articles = Anleitungen Schritt für Schritt
settings-lines-hint = Je Zeile eine: { $parts }
settings-invitation = Einladung
settings-invitation-hint = Woher die Leute Mailshift bekommen, wie lange ihr Code gilt und wann sie erinnert werden. Ohne beide Zahlen wird niemand erinnert.
settings-public-url = Adresse dieses Servers für die Leute
settings-download-windows = Download für Windows
settings-sha-windows = SHA-256 dieser Datei
settings-download-linux = Download für Linux
settings-sha-linux = SHA-256 der Datei für Linux
settings-download-macos = Download für macOS
settings-sha-macos = SHA-256 der Datei für macOS
settings-download-other = Downloadseite für alle
settings-code-days = Tage, die ein Code gilt
settings-reminders-every = Tage zwischen Erinnerungen
settings-reminders-at-most = Erinnerungen höchstens
settings-time-zone = Zeitzone der Organisation, zum Beispiel Europe/Berlin
settings-smtp = Mailserver für Einladungen
settings-smtp-hint = Nur die Administration ändert dies.
settings-smtp-host = Server
settings-smtp-port = Port (leer: der übliche)
settings-smtp-security = Verschlüsselung
settings-smtp-username = Benutzername (leer: ohne Anmeldung)
settings-smtp-from = Absender
settings-smtp-pace = Briefe pro Minute höchstens
settings-smtp-password-set = Das Passwort kommt aus einer Datei oder Variablen des Servers. Ändern Sie es dort mit „project set“.
settings-smtp-password-none = Es ist kein Passwort gesetzt. Setzen Sie es auf dem Server mit „project set“, als Datei oder Variable.
settings-schedule = Zeitplan
settings-schedule-hint = Die Umstellung selbst steht auf der Seite Umstellung.
settings-lead = Minuten von der Umstellung bis zum ersten Start
settings-spread = Minuten, über die sich die Starts verteilen
settings-starts = Computer, die in einer Minute höchstens beginnen (leer: keine Grenze)
settings-retry = Stunden nach der Umstellung, in denen Fehlschläge wiederholt werden
settings-undo = Stunden nach einem Erfolg, in denen man zurückgehen kann
settings-password = Passwörter
settings-password-hint = Was der Assistent anbietet.
settings-may-create = Man darf ein neues Passwort anlegen
settings-prefer-create = Das Anlegen ist vorausgewählt
settings-hand-over = Das Passwort wird dem Mailprogramm übergeben
settings-min-length = Kürzestes Passwort, in Zeichen
settings-upper-and-lower = Große und kleine Buchstaben
settings-digit = Eine Ziffer
settings-symbol = Ein Sonderzeichen
settings-directory-set = Ein Verzeichnis nimmt neue Passwörter an. Ändern Sie es auf dem Server mit „project set“.
settings-directory-none = Kein Verzeichnis nimmt neue Passwörter an. Setzen Sie eines auf dem Server mit „project set“.
settings-computers = Computer
settings-computers-hint = Wem eine Anmeldung gehört, und welche Mailprogramme zu alt sind.
settings-computers-per-hour = Neue Computer mit dem Aktivierungscode in einer Stunde, höchstens
settings-directory-match = Eine Anmeldung, die heißt wie die einer Person, gehört dieser ohne Code
settings-classic = Wo beide installiert sind, wechseln die Leute vom neuen Outlook zum klassischen
settings-versions = Älteste Versionen, die gehen
settings-wizard-light = Der Assistent in hellen Farben
settings-wizard-dark = Der Assistent in dunklen Farben
settings-letters = Die Briefe
settings-letters-hint = So bekäme sie Anna Example, mit dem, was oben steht. Der Code öffnet nichts.
settings-invitation-letter = Einladung
settings-reminder-letter = Erinnerung
wizard-instructions = Anleitung
wizard-password = Passwort
wizard-status = Stand
wizard-confirmation = Bestätigung
wizard-title = Wir richten Ihr neues Postfach ein
wizard-lead = Das dauert etwa 5 Minuten.
wizard-first = Wir legen ein neues Profil an
wizard-second = Ihr altes bleibt, wie es ist
wizard-third = Ihr Mailprogramm startet einmal neu
wizard-help = Wer kann mir helfen?
wizard-continue = Weiter
wrong-host = Schreiben Sie nur einen Servernamen, ohne http:// und ohne Leerzeichen.
wrong-username = Meist %EMAILADDRESS%.
wrong-certificate = Fügen Sie einen PEM-Text ein, der ein Zertifikat enthält.
wrong-from = Schreiben Sie: Helpdesk <help@example.org>
wrong-security = Nehmen Sie SSL/TLS oder STARTTLS; ohne Verschlüsselung nur zu diesem Computer selbst.
wrong-directory = Dafür muss ein Verzeichnis neue Passwörter annehmen. Setzen Sie eines auf dem Server, oder nehmen Sie dies weg.
wrong-match = Nicht zusammen mit neuen Passwörtern: Wer den Aktivierungscode hat, kann sich für jede Person ausgeben. Nehmen Sie eines von beiden weg.
wrong-sha = Schreiben Sie die 64 hexadezimalen Ziffern von sha256sum.
wrong-zone = Schreiben Sie den Namen einer Zone, zum Beispiel Europe/Berlin.
wrong-number = Schreiben Sie eine ganze Zahl in den üblichen Grenzen.
wrong-colour = Schreiben Sie #RRGGBB, zum Beispiel #1F6FEB.
wrong-email = Schreiben Sie eine E-Mail-Adresse.
wrong-address = Beginnen Sie mit https:// und schreiben Sie den Server.
wrong-lines = Jede Zeile braucht alle Teile, mit | dazwischen, und Adressen, die mit https:// beginnen.
wrong-other = Das kann so nicht gehen.
overview-expected = Ginge so, wie es steht, schief

discover-title = Server finden
discover-hint = Mailshift fragt öffentliche Stellen nach den Mailservern einer Domain. Mit einer Adresse findet sich mehr als mit einer Domain; sie geht nur an die Server der Domain selbst und an Microsoft. Was gefunden wird, steht dann unten in den Feldern; gespeichert wird erst, wenn Sie speichern.
discover-domain = Maildomain oder eine Adresse
discover-find = Server finden
discover-wrong = Schreiben Sie eine Domain oder eine Adresse, zum Beispiel example.org.
discover-found = Das sind die Server von { $domain }, unten eingetragen. Sehen Sie sie an, dann speichern Sie die Einstellungen.
discover-exchange = Die Postfächer von { $domain } liegen auf einem Exchange-Server; andere Server fanden sich nicht. Nichts ist eingetragen.
discover-none = Posteingang und Postausgang von { $domain } fanden sich nicht beide. Nichts ist eingetragen.
discover-table = Wo Mailshift überall nachgesehen hat, die beste Quelle zuerst
discover-source = Quelle
discover-answer = Antwort
discover-gives = Daraus eingetragen
discover-incoming = Posteingang: { $value }
discover-outgoing = Postausgang: { $value }
discover-by-address = Exchange, gefunden über die Adresse
discover-autoconfig = Die eigene Datei der Domain
discover-collection = Mozillas Sammlung
discover-exchangers = Wer die Mail der Domain annimmt
discover-provider = Datei dessen, der die Mail annimmt
discover-provider-collection = Derselbe Anbieter in Mozillas Sammlung
discover-service = Maildienst im DNS
discover-autodiscover = Autodiscover von Exchange
discover-gave = gab Einstellungen
discover-led = führte zu { $hosts }
discover-nothing = nichts da, wie meistens
trouble-status = antwortete mit Status { $status }
trouble-not-public = { $host } ist bei { $address }, also nicht im öffentlichen Internet: nicht gefragt
trouble-not-https = führte unverschlüsselt zu { $host }: nicht gefolgt
trouble-address = führte zu { $host }, keiner einfachen HTTPS-Adresse: nicht gefolgt
trouble-redirects = führte zu oft von einer Adresse zur nächsten
trouble-too-large = die Antwort ist zu groß
trouble-time-limit = keine Antwort in der Zeit
trouble-unreachable = nicht zu erreichen
trouble-media-type = antwortete mit etwas anderem als Einstellungen
trouble-content = die Antwort ist nicht zu lesen
trouble-needs-address = braucht eine Adresse, nicht nur eine Domain: nicht gefragt

mails-state = Was daraus wurde
mails-undelivered = kam nicht an, und keine neuere ging hinaus
mails-to = An
mails-made = Entstanden
mails-tries = Versuche
mails-when = Nächster Versuch, oder gesendet
mails-words = Worte des Mailservers
mail-invitation = Einladung
mail-reminder = Erinnerung
mail-registration = Nachweis, wer jemand ist
mail-password = Hinweis auf ein neues Passwort
mail-queued = wartet auf den Versand
mail-sent = gesendet
mail-failed = nicht gesendet
mail-bounced = kam zurück
mail-told = { $kind }: { $state }
mail-trouble = { $told }. Der Mailserver sagte: { $words }
# Installing on many computers.
installing-title = Auf vielen Computern installieren
installing-lead = Eine Softwareverteilung kann Mailshift überall installieren. Der Aktivierungscode sagt einer neuen Installation, zu welchem Projekt sie gehört; wer am Computer sitzt, klärt sich danach.
installing-code = Aktivierungscode
installing-code-hint = Zehn Buchstaben, für alle Computer dieses Projekts dieselben. Der Code öffnet kein Postfach, aber wer ihn hat, kann hier Computer hinzufügen.
renewal-title = Aktivierungscode erneuern
renewal-lead = Wenn Fremde den Code haben könnten, ersetzen Sie ihn. Sie können dann keine Computer mehr hinzufügen.
renewal-ends = Von da an aktiviert der alte Code nichts mehr.
renewal-files = Installationsdateien, Links und Skripte mit dem alten Code installieren einen Agenten, der nach einem persönlichen Code fragt. Verteilen Sie die neuen.
renewal-stays = Aktivierte Computer bleiben, wie sie sind. Persönliche Codes gelten weiter.
renewal-do = Code erneuern
installing-copy = Kopieren
installing-copied = Kopiert
installing-no-folder = Dieser Server gibt keine Installationsdateien aus. Starten Sie ihn mit --installers und dem Ordner, in dem sie liegen; dann gibt es sie hier, auf den eigenen Seiten der Personen und in den Briefen.
installing-no-files = Der Ordner mit den Installationsdateien ist leer. Legen Sie mailshift.msi, mailshift.deb oder eine andere hinein: Ein Neustart ist nicht nötig.
installing-no-address = Die Dateinamen nennen keinen Server, denn das Projekt hat keine Adresse dieses Servers für Personen. Tragen Sie sie in den Einstellungen ein.
installing-files = Installationsdateien
installing-files-hint = Sie tragen den Code im Namen: Benennen Sie sie nicht um. Heruntergeladen wird, was in diesem Augenblick im Ordner des Servers liegt.
installing-system = System
installing-size = Größe
installing-address = Adresse
installing-command = Mit einem Befehl unter Windows
installing-command-hint = Ohne Fragen, mit dem Code als Eigenschaft. Die Datei darf dann auch anders heißen.
