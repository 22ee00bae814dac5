# Die E-Mail und die Seite, mit denen jemand bestätigt, dass ein Computer der eigene ist.
confirmation-subject = { $project }: Ist das Ihr Computer?
confirmation-greeting = Guten Tag { $name },
confirmation-intro = auf diesem Computer wurde Ihre Adresse in Mailshift eingegeben:
confirmation-computer = Computer: { $device }, Anmeldename: { $login }
confirmation-follow = Waren Sie das, öffnen Sie diesen Link innerhalb von 48 Stunden und bestätigen Sie es:
confirmation-ignore = Waren Sie es nicht, tun Sie nichts. Ohne Ihre Bestätigung geschieht nichts.
confirmation-title = Ist das Ihr Computer?
confirmation-question = { $project } zieht mit Ihrer E-Mail um. Mailshift richtet das Mailprogramm der Person ein, der ein Computer gehört; darum fragen wir vorher.
confirmation-address = Ihre Adresse
confirmation-device = Computer
confirmation-login = Anmeldename
confirmation-button = Ja, das ist mein Computer
confirmation-not-me = Kennen Sie diesen Computer nicht, schließen Sie diese Seite. Ohne Ihre Bestätigung geschieht nichts.
confirmation-done = Danke. Mailshift auf { $device } kennt Sie jetzt. Sie können diese Seite schließen.
confirmation-over = Dieser Link ist nicht mehr in Gebrauch. Tragen Sie sich in Mailshift noch einmal ein, um einen neuen zu bekommen.
confirmation-help = Fragen? Wenden Sie sich an { $name }:
