invitation-subject = { $project }: Ihr Code für das neue Postfach
invitation-title = Ihr Postfach zieht um
invitation-greeting = Guten Tag { $name },
invitation-intro = { $project } zieht mit Ihrer E-Mail in ein neues Postfach um. Mailshift richtet Ihr Mailprogramm für Sie ein. Dafür braucht es einmal diesen Code:
invitation-valid = Der Code gilt nur für Sie, und zwar bis { $day }. { $month ->
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
} { $year }. Er ersetzt jeden früheren Code.
invitation-steps-title = Was Sie tun
invitation-step-download = Mailshift holen: { $url }
invitation-step-page = Ihre eigene Seite öffnen und Mailshift dort holen: { $url }
invitation-step-page-or-download = Ihre eigene Seite öffnen und Mailshift dort holen: { $url } Geht die Seite nicht auf, gibt es Mailshift hier: { $download }
invitation-step-server = Wenn Mailshift nach seinem Server fragt, geben Sie { $server } ein.
invitation-step-open = Mailshift öffnen: Klicken Sie auf das Briefsymbol neben der Uhr, oder starten Sie „Mailshift“ aus der Liste Ihrer Programme.
invitation-step-code = Den Code eintippen oder einfügen und prüfen, ob er für Sie ist.
invitation-step-wait = Das ist vorerst alles. Mailshift meldet sich, wenn Ihr Postfach umzieht. Bis dahin ändert sich auf Ihrem Computer nichts.
invitation-step-wait-until = Das ist vorerst alles. Ihr Postfach zieht am { $when } um. Bis dahin ändert sich auf Ihrem Computer nichts.
invitation-page = Meine Seite öffnen
invitation-addresses = Ihr Postfach: { $old } → { $new }
invitation-help-title = Brauchen Sie Hilfe?
invitation-help = Fragen Sie { $contact }.
invitation-genuine-title = Ist diese Nachricht echt?
invitation-genuine = Diese Nachricht fragt nie nach Ihrem Passwort, und niemand von { $project } wird Sie per E-Mail oder am Telefon danach fragen. Der Code öffnet kein Postfach: Er sagt Mailshift nur, wer Sie sind. Im Zweifel benutzen Sie keine Telefonnummer und keinen Link aus dieser Nachricht: Fragen Sie den Helpdesk auf dem Weg, den Sie kennen.
invitation-footer = Sie erhalten diese Nachricht, weil { $project } die Adresse { $old } für den Umzug eingetragen hat.
# Ein Zeitpunkt mit seiner Zone, in Briefen und auf der persönlichen Seite.
invitation-moment = { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}, { $day }. { $month ->
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
} { $year } um { $time } Uhr ({ $zone })
reminder-subject = { $project }: Mailshift ist noch nicht auf Ihrem Computer
reminder-title = Ihr Postfach zieht bald um
reminder-intro = { $project } zieht mit Ihrer E-Mail in ein neues Postfach um, und Mailshift soll Ihr Mailprogramm für Sie einrichten. Von Mailshift auf Ihrem Computer haben wir noch nichts gehört. Hier ist ein neuer Code dafür:
