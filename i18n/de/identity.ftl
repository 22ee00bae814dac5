# Die E-Mail und die Seite, mit denen jemand bestätigt, dass ein Computer der eigene ist.
confirm-subject = { $project }: Ist das Ihr Computer?
confirm-greeting = Guten Tag { $name },
confirm-intro = auf diesem Computer wurde Ihre Adresse in Mailshift eingegeben:
confirm-computer = Computer: { $device }, Anmeldename: { $login }
confirm-follow = Waren Sie das, öffnen Sie diesen Link innerhalb von 48 Stunden und bestätigen Sie es:
confirm-ignore = Waren Sie es nicht, tun Sie nichts. Ohne Ihre Bestätigung geschieht nichts.
confirm-title = Ist das Ihr Computer?
confirm-question = { $project } zieht mit Ihrer E-Mail um. Mailshift richtet das Mailprogramm der Person ein, der ein Computer gehört; darum fragen wir vorher.
confirm-address = Ihre Adresse
confirm-device = Computer
confirm-login = Anmeldename
confirm-button = Ja, das ist mein Computer
confirm-not-me = Kennen Sie diesen Computer nicht, schließen Sie diese Seite. Ohne Ihre Bestätigung geschieht nichts.
confirm-done = Danke. Mailshift auf { $device } kennt Sie jetzt. Sie können diese Seite schließen.
confirm-over = Dieser Link ist nicht mehr in Gebrauch. Tragen Sie sich in Mailshift noch einmal ein, um einen neuen zu bekommen.
confirm-help = Fragen? Wenden Sie sich an { $name }:
