# Die Seiten, auf denen jemand sagt, wer er ist, wenn der Code der Organisation gehört.

identify-title = Wer sind Sie?
identify-lead = Nennen Sie uns Ihre E-Mail-Adresse, damit wir Ihr Postfach finden.
identify-address = Ihre E-Mail-Adresse
identify-name = Ihr Name, wenn Sie mögen
identify-have-code = Ich habe einen Code aus einer E-Mail
identify-send-link = E-Mail schicken
identify-send-code = Lieber einen Code schicken
identify-sending = Die E-Mail wird verschickt…
identify-slip-empty = Geben Sie zuerst Ihre E-Mail-Adresse ein.
identify-slip-address = Das ist keine ganze E-Mail-Adresse. Eine sieht so aus: anna@example.org.

identify-looking-title = Wir suchen Ihr Postfach
identify-looking-lead = Vielleicht weiß Ihre Organisation schon, wer diesen Computer benutzt.
identify-looking = Wir fragen den Mailshift-Server…

identify-sent-title = Öffnen Sie den Link in unserer E-Mail
identify-sent-lead = Sie ging an { $address }. Die Seite dahinter fragt nach diesen Ziffern:
identify-sent-lead-alone = Sie ging an { $address }. Bestätigen Sie dort, dass dieser Computer Ihrer ist.
identify-digits = Die Ziffern sind { $digits }
identify-digits-hint = Sie zeigen, dass Sie an diesem Computer sitzen. Nennen Sie sie niemandem.
identify-sent-waiting = Wir warten auf Sie. Hier geht es von selbst weiter.
identify-sent-hint = Bald nichts da? Sehen Sie im Spam-Ordner nach.
identify-sent-again = Noch einmal verschickt. Nur der neueste Link gilt.
identify-again = Noch einmal schicken
identify-other = Andere Adresse nehmen

identify-code-title = Geben Sie Ihren Code ein
identify-code-lead = Er steht in der E-Mail, die wir an { $address } geschickt haben.
identify-code-sent-again = Noch einmal verschickt. Nur der neueste Code gilt.
identify-get-code = Kein Code da? Einen schicken

identify-known-title = Danke
identify-known-lead = Jetzt wissen wir, wessen Postfach auf diesem Computer umzieht.

identify-leave-title = Sind Sie das nicht?
identify-leave-lead = Auf diesem Computer würden wir dieses Postfach einrichten:
identify-leave-hint = Nach dem Abmelden fragen wir noch einmal, wer Sie sind. Ihre E-Mail bleibt, wie sie ist.
identify-leave = Abmelden
identify-leaving = Wir melden Sie ab…
identify-stay = Doch, das bin ich

identify-same-title = Sie sind wieder angemeldet
identify-same-lead = Ihr Helpdesk hat diesen Computer einer Person zugewiesen. Hier lässt sich das nicht ändern.
identify-same-hint = Ist es die falsche Person, sagen Sie es Ihrem Helpdesk. Ihre E-Mail bleibt, wie sie ist.
