# The pages on which a person says who they are, where the code was their organisation's.

identify-title = Who are you?
identify-lead = Tell us your mail address, so that we know which mailbox is yours.
identify-address = Your mail address
identify-name = Your name, if you like
identify-have-code = I have a code from an email
identify-send-link = Send me an email
identify-send-code = Send me a code instead
identify-sending = Sending the email…
identify-slip-empty = Enter your mail address first.
identify-slip-address = This is not a whole mail address. One looks like anna@example.org.

identify-looking-title = Finding your mailbox
identify-looking-lead = Your organisation may already know who uses this computer.
identify-looking = Asking the Mailshift server…

identify-sent-title = Open the link in our email
identify-sent-lead = We sent it to { $address }. The page behind it asks for these digits:
identify-sent-lead-alone = We sent it to { $address }. Confirm there that this computer is yours.
identify-digits = The digits are { $digits }
identify-digits-hint = They show that you sit at this computer. Tell them to nobody.
identify-sent-waiting = Waiting for you to confirm. This window goes on by itself.
identify-sent-hint = Nothing there after a few minutes? Look in the folder for spam.
identify-sent-again = Sent once more. Only the newest link counts.
identify-again = Send it again
identify-other = Use another address

identify-code-title = Enter your code
identify-code-lead = It is in the email that we sent to { $address }.
identify-code-sent-again = Sent once more. Only the newest code counts.
identify-get-code = No code? Send me one

identify-known-title = Thank you
identify-known-lead = Now we know whose mailbox moves on this computer.

identify-leave-title = Is this not you?
identify-leave-lead = On this computer we would set up the mailbox of:
identify-leave-hint = After you sign out, we ask again who you are. Your mail stays as it is.
identify-leave = Sign out
identify-leaving = Signing out…
identify-stay = It is me

identify-same-title = You are signed in again
identify-same-lead = Your help desk has set this computer to one person. That cannot be changed here.
identify-same-hint = If it is the wrong person, tell your help desk. Your mail stays as it is.
