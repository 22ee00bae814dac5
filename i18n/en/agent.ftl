# Words of the windows. What happened and what to do is in problem.ftl.

## Everywhere

back = Back
cancel = Cancel
close = Close
copied = { $name } copied
help-question = Questions? { $name }
notice-reference = Code{ "\u00A0" }{ $code }
notice-reference-incident = Code{ "\u00A0" }{ $code } · incident { $incident }
request-again = Check the network connection, then try again.
request-again-soon = Try again in a few minutes.
request-later-minutes =
    { $count ->
        [one] You can try again in one minute.
       *[other] You can try again in { $count } minutes.
    }
request-later-seconds =
    { $count ->
        [one] You can try again in one second.
       *[other] You can try again in { $count } seconds.
    }
try-again = Try again

## Facts that are not known

fact-client = your mail program
fact-address = your new address
fact-helper = a helper program
fact-minutes = some
fact-setting = a policy
fact-version = on this computer
fact-wanted = the version that your organisation needs
fact-host = the mail server
fact-path = the mail program’s folder
fact-port = its usual port
fact-room = more room
fact-server = the Mailshift server

## The code

code-title = Welcome to Mailshift
code-title-project = Welcome to { $project }
code-lead = Enter the code from the email we sent you. It tells us which mailbox is yours.
code-field = Your code
code-paste = Paste
code-paste-label = Paste the code from the clipboard
code-none = No email? Ask your help desk for a code.
code-filled = The code is filled in for you. Is this your organisation’s server? Then continue.
code-server = Server: { $host }
code-server-other = This is another server than the one this computer knows: { $known }. Go on only if your help desk told you so.
code-server-domain = This server has another domain than your mail address: { $domain }. Go on only if you know it.
code-busy = Looking for your mailbox…
code-continue = Continue
code-slip-empty = Enter the code first. It is in the email that invited you.
code-slip-character = Codes do not contain “{ $character }”. Compare it with the email.
code-slip-short =
    { $count ->
        [one] One character is missing. A code has 13 letters and digits.
       *[other] { $count } characters are missing. A code has 13 letters and digits.
    }
code-slip-long =
    { $count ->
        [one] There is one character too many. A code has 13 letters and digits.
       *[other] There are { $count } characters too many. A code has 13 letters and digits.
    }
code-slip-length = A code of your own has 13 letters and digits, your organisation’s has 10 letters. Compare it with the email.
code-slip-check = One character differs from the code we sent, or two are swapped. Compare it with the email.
code-tries-left =
    { $tries ->
        [0] There are no tries left.
        [one] You have one try left.
       *[other] You have { $tries } tries left.
    }
card-lead = Is this you?
card-hint = If it is someone else, we forget the code here and it stays valid for them.
card-busy = Connecting this computer with your mailbox…
card-continue = Yes, continue
card-not-me = Not you?

## Questions before something changes that was agreed on

question-server-title = One computer, two servers
question-server-lead = Your computer belongs to { $known }. It was told to use { $other }.
question-server-note = Nothing was sent there. If you don’t know why this happens, stay and tell your help desk. Starting over asks for a new code.
question-server-stay = Stay
question-server-go-on = Start over

question-mail-title = Your mail server has changed
question-mail-lead = The mail server is now { $now }, it was { $was }.
question-mail-lead-authority = Another certificate authority than before vouches for { $now }.
question-mail-note = Your password would go there. Go on only if your organisation has told you of the change; your help desk knows.
question-mail-stay = Not now
question-mail-go-on = Continue

question-session-title = Mailshift runs in another session
question-session-lead = You are signed in elsewhere as well: at { $host }, display { $display }. Mailshift runs there.
question-session-note = It can run in one session only. If you use it here, it ends there. Nothing is lost.
question-session-note-busy = Your mail is being set up there just now. Use it here when that has ended.
question-session-note-silent = It does not answer from here. Quit Mailshift there, then start it here.
question-session-stay = Leave it there
question-session-go-on = Use it here

## Waiting for the move

waiting-title = You’re all set for now
waiting-lead = Your mail moves { $when }. Nothing changes on this computer until then.
waiting-lead-soon = Your mail is being moved. We open the next step by ourselves.
waiting-lead-unknown = The day of the move is not set yet. Nothing changes on this computer until then.
waiting-lead-moved = { $address } is ready on this computer.
waiting-after = You need not do anything here.
waiting-list = What happens when
waiting-entered = Code entered for { $address }
waiting-signed-in = Signed in: { $name }, { $address }
waiting-checked = Computer checked: we will set up { $client }
waiting-no-client = No mail program found yet
waiting-looking = Looking at what this computer has…
waiting-move = Your mail moves
waiting-done = New mailbox ready
waiting-install = Install a mail program, such as Thunderbird, until then. Or we show you the settings for your own.
waiting-before = You can go on working. Leave this computer on and signed in when the time comes.

## The wizard

step-label = Step { $place } of 4: { $name }
step-instructions = Instructions
step-password = Password
step-status = Status
step-confirmation = Confirmation

instructions-title = Let’s set up your new mailbox
instructions-lead =
    { $minutes ->
        [one] It takes about a minute. Please finish all the steps, or you won’t receive new mail on this computer.
       *[other] It takes about { $minutes } minutes. Please finish all the steps, or you won’t receive new mail on this computer.
    }
instructions-list = What happens
instructions-new = We make a new profile in { $client }. A profile holds an account and its settings.
instructions-old = Your old profile stays as it is, with all its mail.
instructions-restart = { $client } restarts once. Save what you are writing.
instructions-password = Have the password of your new mailbox at hand.
instructions-authority = In the new profile, { $client } trusts the certificates of { $project }.
instructions-continue = Continue
instructions-later = Later

password-title = Your new password
password-lead = For { $address }
password-sent = Sent to { $host }, encrypted.
password-sent-new = Sent to { $server } and { $host }, encrypted.
password-choice = Which password
password-existing = I already have one
password-create = Create one
password-field = Password
password-existing-hint = The password of the new mailbox. We try it before we change anything.
password-there = You need not type anything here. { $client } opens and shows its own sign-in window: sign in there with { $address } and the password you already have. Keep your phone at hand if you usually need it to sign in.
password-new = New password
password-repeat = The same password again
password-show = Show
password-show-label = Show the password
password-hide = Hide
password-hide-label = Hide the password
password-rules = What the password needs
password-set-up = Set up my mail
password-slip-empty = Enter the password of your new mailbox.
password-slip-new = Enter a password for your new mailbox.
password-slip-rules = The password does not meet every rule yet.
password-slip-repeat = Enter the same password again.
password-slip-differs = The two passwords differ. Show them to compare.
rule-length = At least { $count } characters
rule-upper-and-lower = Upper and lower case letters
rule-digit = A digit
rule-symbol = A symbol, such as ! or %
rule-met = { $rule }: met
rule-open = { $rule }: not met yet
strength-0 = Very weak: guessed at once
strength-1 = Weak: guessed within minutes
strength-2 = Fair: a few more words make it strong
strength-3 = Good
strength-4 = Strong

status-title = Setting up your mail
status-bar = How far the set-up is
status-steps = Steps of the set-up
status-starting = Starting…
status-cancelling = Stopping where nothing is half done…
status-waiting-for-close = Waiting for you to close { $client }…
status-close-hint = { $client } is still open. Finish what you are writing, then close it.
status-waiting-for-sign-in = Waiting for you to sign in in { $client }…
status-sign-in-hint = { $client } shows its own sign-in window. Sign in there with { $address }; we notice when it is done.
status-keep-closed = You can keep working. Please don’t open { $client }.
status-no-way-back = We finish this now; stopping here could leave it half done.
status-elapsed = So far: { $minutes } min { $seconds } s.
state-done = { $step }: done
state-running = { $step }: in progress
state-open = { $step }: not started
step-check-password = Check the password
    .now = Checking the password…
step-close-client = Close { $client }
    .now = Closing { $client }…
step-create-profile = Make the new profile
    .now = Making the new profile…
step-carry-over = Carry over your settings
    .now = Carrying over your settings…
step-switch-default = Make the new profile the default
    .now = Making the new profile the default…
step-start-client = Start { $client }
    .now = Starting { $client }…
step-check-arrival = Check that mail arrives
    .now = Checking that mail arrives…

confirmation-title = Your mail has moved
confirmation-lead = { $address } is ready. We signed in and checked that mail arrives.
confirmation-lead-signed-in = { $address } is ready. We signed in; mail arrives as soon as there is some.
confirmation-lead-opened = { $address } is ready: { $client } has opened the new mailbox. A large one takes a while until all of it is here.
confirmation-what = What happened
confirmation-new = { $client } now uses the new profile “{ $profile }”.
confirmation-old = Your old profile is kept: { $profile }
confirmation-back = To go back, choose “Go back to my old profile” from the Mailshift icon.
confirmation-left = Left for you
confirmation-open = Open { $client }

manual-title = Let’s finish this by hand
manual-lead = We couldn’t set up { $client } by ourselves. { $reason }
manual-lead-stuck = Not everything is as it was yet. { $reason }
manual-busy = Going back to how everything was…
manual-no-settings = The settings are not here yet. Your help desk has them.
manual-settings = Settings of your new account
manual-incoming = Incoming mail ({ $protocol })
manual-outgoing = Outgoing mail ({ $protocol })
manual-host = Server
    .copy-incoming = Copy incoming server
    .copy-outgoing = Copy outgoing server
manual-port = Port
    .copy-incoming = Copy incoming port
    .copy-outgoing = Copy outgoing port
manual-security = Security
    .copy-incoming = Copy incoming security
    .copy-outgoing = Copy outgoing security
manual-sign-in = Sign-in
    .copy-incoming = Copy incoming sign-in
    .copy-outgoing = Copy outgoing sign-in
manual-sign-in-password = Password
manual-sign-in-browser = In the browser (OAuth2)
manual-username = User name
    .copy-incoming = Copy incoming user name
    .copy-outgoing = Copy outgoing user name
manual-exchange-add = 1. In Outlook, choose File, then Add Account.
manual-exchange-address = 2. Enter your new address. Outlook finds everything else by itself.
manual-exchange-sign-in = 3. Sign in when Outlook asks, then restart Outlook.
manual-phone-code = QR code with the settings of both servers
manual-phone-hint = Point your phone’s camera at the code to take the settings with you. It holds no password.
manual-phone-show = Show for my phone
manual-phone-hide = Back to the settings
manual-report = Send a report to the help desk
manual-done = I’m done

## A report to the help desk

report-title = Send a report to { $name }
report-title-sent = Your report has arrived
report-helpdesk = your help desk
report-lead = It says how Mailshift is doing on this computer. Below is all of it: no passwords, no codes, no whole addresses.
report-lead-copy = It says how Mailshift is doing on this computer. It can be sent once you have entered your code; until then you can copy it.
report-lead-sent = Tell your help desk this number. It finds the report.
report-text = What will be sent
report-sending = Sending the report…
report-send = Send report
report-copy = Copy
report-copied = Copied
report-number = Number { $number }

## Going back

undo-title = Back to your old mailbox
undo-title-done = You’re back on your old mailbox
undo-lead = { $client } will close and start again with { $profile }.
undo-lead-done = { $client } opens { $profile } again. The new one stays beside it: nothing was deleted.
undo-lead-ordered = Your help desk asks you to go back to { $profile }. { $client } will close and start again with it { $when }, unless you keep the new one.
undo-old-profile = your old profile
undo-named-profile = your old profile “{ $profile }”
undo-stays = The new profile stays on this computer, so you can return to it at any time.
undo-busy = Going back to { $profile }…
undo-go-back = Go back
undo-again = Try going back again
undo-keep = Keep the new one
