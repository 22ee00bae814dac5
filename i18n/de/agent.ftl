# Worte der Fenster. Was geschehen ist und was zu tun ist, steht in problem.ftl.

## Überall

back = Zurück
cancel = Abbrechen
close = Schließen
copied = { $name } kopiert
help-question = Fragen? { $name }
notice-reference = Code{ "\u00A0" }{ $code }
notice-reference-incident = Code{ "\u00A0" }{ $code } · Vorfall { $incident }
request-again = Prüfen Sie die Netzwerkverbindung, dann versuchen Sie es noch einmal.
request-again-soon = Versuchen Sie es in ein paar Minuten noch einmal.
request-later-minutes =
    { $count ->
        [one] In einer Minute können Sie es noch einmal versuchen.
       *[other] In { $count } Minuten können Sie es noch einmal versuchen.
    }
request-later-seconds =
    { $count ->
        [one] In einer Sekunde können Sie es noch einmal versuchen.
       *[other] In { $count } Sekunden können Sie es noch einmal versuchen.
    }
try-again = Erneut versuchen

## Was nicht bekannt ist

fact-client = Ihr Mailprogramm
fact-address = Ihre neue Adresse
fact-helper = ein Hilfsprogramm
fact-minutes = einige
fact-setting = eine Richtlinie
fact-version = auf diesem Computer
fact-wanted = die Version, die Ihre Organisation braucht,
fact-host = der Mailserver
fact-path = der Ordner des Mailprogramms
fact-port = üblich
fact-room = mehr Platz
fact-server = der Mailshift-Server

## Der Code

code-title = Willkommen bei Mailshift
code-title-project = Willkommen bei { $project }
code-lead = Geben Sie den Code aus unserer E-Mail ein. Er sagt uns, welches Postfach Ihnen gehört.
code-field = Ihr Code
code-paste = Einfügen
code-paste-label = Code aus der Zwischenablage einfügen
code-none = Keine E-Mail bekommen? Ihr Helpdesk schickt Ihnen einen Code.
code-filled = Der Code ist schon eingetragen. Ist das der Server Ihrer Organisation? Dann geht es weiter.
code-server = Server: { $host }
code-server-other = Das ist ein anderer Server als der, den dieser Computer kennt: { $known }. Gehen Sie nur weiter, wenn der Helpdesk es Ihnen gesagt hat.
code-server-domain = Dieser Server hat eine andere Domain als Ihre E-Mail-Adresse: { $domain }. Gehen Sie nur weiter, wenn Sie ihn kennen.
code-busy = Wir suchen Ihr Postfach…
code-continue = Weiter
code-slip-empty = Geben Sie zuerst den Code ein. Er steht in Ihrer Einladung.
code-slip-character = „{ $character }“ kommt in keinem Code vor. Vergleichen Sie mit der E-Mail.
code-slip-short =
    { $count ->
        [one] Ein Zeichen fehlt. Ein Code hat 13 Buchstaben und Ziffern.
       *[other] { $count } Zeichen fehlen. Ein Code hat 13 Buchstaben und Ziffern.
    }
code-slip-long =
    { $count ->
        [one] Ein Zeichen ist zu viel. Ein Code hat 13 Buchstaben und Ziffern.
       *[other] { $count } Zeichen sind zu viel. Ein Code hat 13 Buchstaben und Ziffern.
    }
code-slip-length = Ein persönlicher Code hat 13 Buchstaben und Ziffern, der Ihrer Organisation 10 Buchstaben. Vergleichen Sie mit der E-Mail.
code-slip-check = Ein Zeichen weicht von unserem Code ab, oder zwei sind vertauscht. Vergleichen Sie mit der E-Mail.
code-tries-left =
    { $tries ->
        [0] Es ist kein Versuch mehr übrig.
        [one] Sie haben noch einen Versuch.
       *[other] Sie haben noch { $tries } Versuche.
    }
card-lead = Sind Sie das?
card-hint = Gehört der Code jemand anderem, vergessen wir ihn hier. Dort bleibt er gültig.
card-busy = Wir verbinden diesen Computer mit Ihrem Postfach…
card-continue = Ja, weiter
card-not-me = Nicht Sie?

## Fragen, bevor sich Vereinbartes ändert

question-server-title = Ein Computer, zwei Server
question-server-lead = Ihr Computer gehört zu { $known }. Er soll { $other } verwenden.
question-server-note = Dorthin wurde nichts gesendet. Wissen Sie nicht, warum, bleiben Sie und sagen Sie es dem Helpdesk. Ein Neubeginn braucht einen neuen Code.
question-server-stay = Bleiben
question-server-go-on = Neu beginnen

question-mail-title = Ihr Mailserver hat sich geändert
question-mail-lead = Der Mailserver ist jetzt { $now }, er war { $was }.
question-mail-lead-authority = Für { $now } bürgt jetzt eine andere Zertifizierungsstelle.
question-mail-note = Ihr Passwort ginge dorthin. Gehen Sie nur weiter, wenn Ihre Organisation das angekündigt hat; der Helpdesk weiß Bescheid.
question-mail-stay = Jetzt nicht
question-mail-go-on = Weiter

question-session-title = Mailshift läuft in einer anderen Sitzung
question-session-lead = Sie sind noch woanders angemeldet: an { $host }, Anzeige { $display }. Dort läuft Mailshift.
question-session-note = Es läuft nur in einer Sitzung. Verwenden Sie es hier, endet es dort. Nichts geht verloren.
question-session-note-busy = Dort wird gerade Ihre E-Mail eingerichtet. Verwenden Sie es hier, wenn das zu Ende ist.
question-session-note-silent = Es antwortet von hier aus nicht. Beenden Sie Mailshift dort und starten Sie es dann hier.
question-session-stay = Dort lassen
question-session-go-on = Hier verwenden

## Warten auf den Umzug

waiting-title = Alles vorbereitet
waiting-lead = Ihre E-Mail zieht { $when } um. Bis dahin bleibt hier alles, wie es ist.
waiting-lead-soon = Ihre E-Mail zieht gerade um. Der nächste Schritt öffnet sich von selbst.
waiting-lead-unknown = Der Tag des Umzugs steht noch nicht fest. Bis dahin bleibt hier alles, wie es ist.
waiting-lead-moved = { $address } ist auf diesem Computer bereit.
waiting-after = Sie müssen hier nichts tun.
waiting-list = Was wann geschieht
waiting-entered = Code eingegeben für { $address }
waiting-signed-in = Angemeldet: { $name }, { $address }
waiting-checked = Computer geprüft: Wir richten { $client } ein
waiting-no-client = Noch kein Mailprogramm gefunden
waiting-looking = Wir sehen nach, was dieser Computer hat…
waiting-move = Ihre E-Mail zieht um
waiting-done = Neues Postfach bereit
waiting-install = Installieren Sie bis dahin ein Mailprogramm wie Thunderbird. Oder wir zeigen Ihnen die Einstellungen für Ihr eigenes.
waiting-before = Sie können weiterarbeiten. Lassen Sie diesen Computer zum Umzug eingeschaltet und angemeldet.

## Der Assistent

step-label = Schritt { $place } von 4: { $name }
step-instructions = Überblick
step-password = Passwort
step-status = Einrichtung
step-confirmation = Bestätigung

instructions-title = Richten wir Ihr neues Postfach ein
instructions-lead =
    { $minutes ->
        [one] Es dauert etwa eine Minute. Bitte gehen Sie alle Schritte durch, sonst kommt an diesem Computer keine neue E-Mail an.
       *[other] Es dauert etwa { $minutes } Minuten. Bitte gehen Sie alle Schritte durch, sonst kommt an diesem Computer keine neue E-Mail an.
    }
instructions-list = Was geschieht
instructions-new = Wir legen in { $client } ein neues Profil an. Ein Profil enthält ein Konto und seine Einstellungen.
instructions-old = Ihr altes Profil bleibt, wie es ist, mit allen E-Mails.
instructions-restart = { $client } startet einmal neu. Speichern Sie, was Sie gerade schreiben.
instructions-password = Halten Sie das Passwort Ihres neuen Postfachs bereit.
instructions-authority = Im neuen Profil vertraut { $client } den Zertifikaten von { $project }.
instructions-continue = Weiter
instructions-later = Später

password-title = Ihr neues Passwort
password-lead = Für { $address }
password-sent = Geht verschlüsselt an { $host }.
password-sent-new = Geht verschlüsselt an { $server } und { $host }.
password-choice = Welches Passwort
password-existing = Ich habe schon eines
password-create = Neues festlegen
password-field = Passwort
password-existing-hint = Das Passwort des neuen Postfachs. Wir prüfen es, bevor wir etwas ändern.
password-there = Hier brauchen Sie nichts einzugeben. { $client } öffnet sich und zeigt ein eigenes Anmeldefenster: Melden Sie sich dort mit { $address } und Ihrem vorhandenen Passwort an. Halten Sie Ihr Telefon bereit, falls Sie es sonst zum Anmelden brauchen.
password-new = Neues Passwort
password-repeat = Dasselbe Passwort noch einmal
password-show = Zeigen
password-show-label = Passwort zeigen
password-hide = Verbergen
password-hide-label = Passwort verbergen
password-rules = Was das Passwort braucht
password-set-up = E-Mail einrichten
password-slip-empty = Geben Sie das Passwort Ihres neuen Postfachs ein.
password-slip-new = Geben Sie ein Passwort für Ihr neues Postfach ein.
password-slip-rules = Das Passwort erfüllt noch nicht jede Regel.
password-slip-repeat = Geben Sie dasselbe Passwort noch einmal ein.
password-slip-differs = Die Passwörter sind verschieden. „Zeigen“ hilft beim Vergleich.
rule-length = Mindestens { $count } Zeichen
rule-upper-and-lower = Groß- und Kleinbuchstaben
rule-digit = Eine Ziffer
rule-symbol = Ein Sonderzeichen wie ! oder %
rule-met = { $rule }: erfüllt
rule-open = { $rule }: noch nicht erfüllt
strength-0 = Sehr schwach: sofort erraten
strength-1 = Schwach: in Minuten erraten
strength-2 = Mittel: ein paar Wörter mehr machen es stark
strength-3 = Gut
strength-4 = Stark

status-title = Ihre E-Mail wird eingerichtet
status-bar = Wie weit die Einrichtung ist
status-steps = Schritte der Einrichtung
status-starting = Es geht los…
status-cancelling = Wir halten an, wo nichts halb fertig ist…
status-waiting-for-close = Bitte schließen Sie { $client }…
status-close-hint = { $client } ist noch offen. Schreiben Sie in Ruhe fertig und schließen Sie es dann.
status-waiting-for-sign-in = Wir warten auf Ihre Anmeldung in { $client } …
status-sign-in-hint = { $client } zeigt ein eigenes Anmeldefenster. Melden Sie sich dort mit { $address } an; wir merken, wenn es so weit ist.
status-keep-closed = Sie können weiterarbeiten. Bitte öffnen Sie { $client } nicht.
status-no-way-back = Wir bringen das jetzt zu Ende; ein Halt könnte etwas halb fertig lassen.
status-elapsed = Bisher: { $minutes } min { $seconds } s.
state-done = { $step }: fertig
state-running = { $step }: läuft
state-open = { $step }: noch nicht begonnen
step-check-password = Passwort prüfen
    .now = Wir prüfen das Passwort…
step-close-client = { $client } schließen
    .now = Wir schließen { $client }…
step-create-profile = Neues Profil anlegen
    .now = Wir legen das neue Profil an…
step-carry-over = Einstellungen übernehmen
    .now = Wir übernehmen Ihre Einstellungen…
step-switch-default = Neues Profil zum Standard machen
    .now = Wir machen das neue Profil zum Standard…
step-start-client = { $client } starten
    .now = Wir starten { $client }…
step-check-arrival = Prüfen, ob E-Mail ankommt
    .now = Wir prüfen, ob E-Mail ankommt…

confirmation-title = Ihre E-Mail ist umgezogen
confirmation-lead = { $address } ist bereit. Wir haben uns angemeldet und gesehen, dass E-Mail ankommt.
confirmation-lead-signed-in = { $address } ist bereit. Wir haben uns angemeldet; E-Mail kommt an, sobald welche da ist.
confirmation-lead-opened = { $address } ist bereit: { $client } hat das neue Postfach geöffnet. Ist es groß, dauert es eine Weile, bis alles da ist.
confirmation-what = Was geschehen ist
confirmation-new = { $client } verwendet jetzt das neue Profil „{ $profile }“.
confirmation-old = Ihr altes Profil bleibt erhalten: { $profile }
confirmation-back = Zurück geht es über das Mailshift-Symbol: „Zurück zu meinem alten Profil“.
confirmation-left = Noch zu tun
confirmation-open = { $client } öffnen

manual-title = Stellen wir es von Hand fertig
manual-lead = Wir konnten { $client } nicht von selbst einrichten. { $reason }
manual-lead-stuck = Noch ist nicht alles wie zuvor. { $reason }
manual-busy = Alles wird wieder, wie es war…
manual-no-settings = Die Einstellungen sind noch nicht hier. Ihr Helpdesk hat sie.
manual-settings = Einstellungen Ihres neuen Kontos
manual-incoming = Eingang ({ $protocol })
manual-outgoing = Ausgang ({ $protocol })
manual-host = Server
    .copy-incoming = Server des Eingangs kopieren
    .copy-outgoing = Server des Ausgangs kopieren
manual-port = Port
    .copy-incoming = Port des Eingangs kopieren
    .copy-outgoing = Port des Ausgangs kopieren
manual-security = Sicherheit
    .copy-incoming = Sicherheit des Eingangs kopieren
    .copy-outgoing = Sicherheit des Ausgangs kopieren
manual-sign-in = Anmeldung
    .copy-incoming = Anmeldung des Eingangs kopieren
    .copy-outgoing = Anmeldung des Ausgangs kopieren
manual-sign-in-password = Passwort
manual-sign-in-browser = Im Browser (OAuth2)
manual-username = Benutzername
    .copy-incoming = Benutzernamen des Eingangs kopieren
    .copy-outgoing = Benutzernamen des Ausgangs kopieren
manual-exchange-add = 1. Wählen Sie in Outlook „Datei“ und dann „Konto hinzufügen“.
manual-exchange-address = 2. Geben Sie Ihre neue Adresse ein. Alles andere findet Outlook selbst.
manual-exchange-sign-in = 3. Melden Sie sich an, wenn Outlook fragt, und starten Sie Outlook danach neu.
manual-phone-code = QR-Code mit den Einstellungen beider Server
manual-phone-hint = Richten Sie die Kamera Ihres Telefons auf den Code, um die Einstellungen mitzunehmen. Ein Passwort enthält er nicht.
manual-phone-show = Für mein Telefon zeigen
manual-phone-hide = Zurück zu den Einstellungen
manual-report = Bericht an den Helpdesk senden
manual-done = Fertig

## Ein Bericht an den Helpdesk

report-title = Bericht senden an { $name }
report-title-sent = Ihr Bericht ist angekommen
report-helpdesk = den Helpdesk
report-lead = Er sagt, wie es Mailshift auf diesem Computer geht. Hier steht alles: keine Passwörter, keine Codes, keine ganzen Adressen.
report-lead-copy = Er sagt, wie es Mailshift auf diesem Computer geht. Senden geht, sobald Sie Ihren Code eingegeben haben; bis dahin können Sie ihn kopieren.
report-lead-sent = Nennen Sie dem Helpdesk diese Nummer. Damit wird der Bericht gefunden.
report-text = Was gesendet wird
report-sending = Der Bericht wird gesendet…
report-send = Bericht senden
report-copy = Kopieren
report-copied = Kopiert
report-number = Nummer { $number }

## Zurück zum alten Profil

undo-title = Zurück zum alten Postfach
undo-title-done = Sie sind zurück im alten Postfach
undo-lead = { $client } wird geschlossen und startet wieder mit { $profile }.
undo-lead-done = { $client } startet wieder mit { $profile }. Das neue bleibt daneben: Nichts wurde gelöscht.
undo-lead-ordered = Der Helpdesk bittet Sie, zu { $profile } zurückzugehen. { $client } wird dafür { $when } geschlossen und neu gestartet, wenn Sie nicht das neue behalten.
undo-old-profile = Ihrem alten Profil
undo-named-profile = Ihrem alten Profil „{ $profile }“
undo-stays = Das neue Profil bleibt auf diesem Computer. Sie können jederzeit dorthin zurück.
undo-busy = Es geht zurück zu { $profile }…
undo-go-back = Zurückgehen
undo-again = Noch einmal zurückgehen
undo-keep = Neues behalten
