# Die E-Mail und die Seite, mit denen jemand bestätigt, dass ein Computer der eigene ist.
confirmation-subject = { $project }: Ist das Ihr Computer?
confirmation-greeting = Guten Tag { $name },
confirmation-greeting-stranger = Guten Tag,
confirmation-intro = auf diesem Computer wurde Ihre Adresse in Mailshift eingegeben:
confirmation-computer = Computer: { $device }
confirmation-unnamed = ohne Namen
confirmation-follow = Waren Sie das, öffnen Sie diesen Link innerhalb von 48 Stunden. Er fragt nach den drei Ziffern, die Mailshift auf dem Computer zeigt:
confirmation-ignore = Waren Sie es nicht, tun Sie nichts, und geben Sie keine Ziffern ein, die Ihnen jemand nennt. Ohne Ihre Bestätigung geschieht nichts.
confirmation-code-subject = { $project }: Ihr Code für Mailshift
confirmation-code-follow = Waren Sie das, geben Sie diesen Code innerhalb von 48 Stunden in Mailshift auf dem Computer ein:
confirmation-code-ignore = Waren Sie es nicht, tun Sie nichts, und nennen Sie niemandem den Code. Ohne ihn geschieht nichts.
confirmation-title = Ist das Ihr Computer?
confirmation-title-done = Ihr Computer ist bestätigt
confirmation-title-over = Dieser Link gilt nicht mehr
confirmation-question = { $project } zieht mit Ihrer E-Mail um. Mailshift richtet das Mailprogramm der Person ein, der ein Computer gehört; darum fragen wir vorher.
confirmation-address = Ihre Adresse
confirmation-device = Computer
confirmation-digits = Die drei Ziffern
confirmation-digits-hint = Mailshift zeigt sie auf dem Bildschirm dieses Computers. Hat Ihnen jemand Ziffern genannt, geben Sie sie nicht ein: Da will jemand anders an Ihre E-Mail.
confirmation-digits-empty = Geben Sie die drei Ziffern ein, die Mailshift auf dem Computer zeigt.
confirmation-digits-wrong = { $tries ->
    [one] Das sind nicht die Ziffern. Sie haben noch einen Versuch.
   *[other] Das sind nicht die Ziffern. Sie haben noch { $tries } Versuche.
}
confirmation-button = Ja, das ist mein Computer
confirmation-not-me = Kennen Sie diesen Computer nicht, schließen Sie diese Seite. Ohne Ihre Bestätigung geschieht nichts.
confirmation-done = Danke. Mailshift auf { $device } kennt Sie jetzt. Sie können diese Seite schließen.
confirmation-spent = Die Ziffern waren dreimal falsch; darum ist dieser Link nicht mehr in Gebrauch. Nichts ist geschehen. Lassen Sie sich in Mailshift auf Ihrem Computer einen neuen schicken.
confirmation-over = Dieser Link ist nicht mehr in Gebrauch. Tragen Sie sich in Mailshift noch einmal ein, um einen neuen zu bekommen.
confirmation-help = Fragen? Wenden Sie sich an { $name }:

# Die E-Mail, die von einem neuen Passwort erzählt.
password-told-subject = Für Ihr Postfach wurde ein neues Passwort gesetzt
password-told-set = am { $when } wurde mit Mailshift ein neues Passwort für Ihr Postfach { $address } gesetzt. Computer: { $device }
password-told-you = Waren Sie das, ist nichts zu tun.
password-told-contact = Waren Sie es nicht, rufen Sie jetzt Ihren Helpdesk an: { $contact }. Vielleicht liest jemand anders Ihre E-Mail.
password-told-call = Waren Sie es nicht, rufen Sie jetzt Ihren Helpdesk an. Vielleicht liest jemand anders Ihre E-Mail.
