# The operator's pages.
dashboard-product = Mailshift
dashboard-skip = Skip to the content
dashboard-site = All of Mailshift
dashboard-codes = Codes
dashboard-operators = Operators
dashboard-audit = Audit log
dashboard-sign-out = Sign out
dashboard-misses = Before you signed in, somebody knew your password and tried { $count } wrong codes of your second step. If that was not you, choose another password now.
dashboard-overview = Overview
dashboard-users = Users
dashboard-devices = Devices
dashboard-waves = Cutover
dashboard-settings = Settings
dashboard-mails = Mails
dashboard-zone = Times are in the zone
dashboard-not-set = not set
dashboard-live-changed = This page has changed.
dashboard-live-lost = The connection to the server is lost. What you see may be out of date.

projects-title = Projects
projects-none = There is no project yet. A project is one organisation’s move: its people, its new mailboxes and the day.
projects-name = Name
projects-cutover = Cutover
projects-broken = A newer version of Mailshift has stored settings that this one cannot read. Its computers wait.
projects-users = Users
projects-moved = Moved
projects-new = New project
projects-name-hint = The organisation’s name, as people see it in their invitation.
projects-create = Create project
projects-name-wrong = Write a name of 1 to 100 characters.
projects-name-taken = There is a project of this name already. Choose another name.

overview-lead-empty = Nobody is in this project yet.
overview-lead-before = { $users ->
    [one] One person is going to move.
   *[other] { $users } people are going to move.
}
overview-lead-running = { $moved } of { $users } have moved. { $failed ->
    [0] Nobody has a failure.
    [one] One person has a failure.
   *[other] { $failed } people have a failure.
}
overview-lead-done = { $users ->
    [one] The one person has moved.
   *[other] All { $users } people have moved.
}
overview-redirected = Where passwords go was changed
overview-redirected-lead = People have their letters already. If nobody of you meant this, stop the cutover, set the values back, and ask whoever did it. The notice stays for a week.
overview-cutover = Cutover
overview-no-cutover = No time is set. Computers wait until you set one.
overview-disk-full = The disk of the server is full. Nothing can be written until there is room again; agents wait and lose nothing.
overview-no-writing = The database of the server cannot be written. Agents wait and lose nothing.
overview-steps = Next steps
overview-done = done
overview-step-account = Enter the new mail servers
overview-step-people = Bring in the people
overview-step-invite = Send the invitations
overview-step-cutover = Set the cutover
overview-alerts = Needs somebody
overview-stages = Where everyone is
overview-export = Export as CSV
overview-import = Import users

stage-imported = Not invited
stage-invited = Invited
stage-waiting = Ready, waiting
stage-started = Asked to start
stage-configuring = Being set up
stage-completed = Moved
stage-failed = Failed
stage-undone = Went back
stage-removed = Removed

alert-rehearsal = a rehearsal was stopped
alert-finding = something on the computer would disturb the set-up
alert-locked = the code is locked after wrong tries
alert-silent = no contact with the computer for 3 days
alert-absent = not installed yet
alert-undelivered = did not get their mail

chart-title = Progress
chart-description = Computers since { $from }: { $installed } installed, { $ready } ready, { $configured } configured, { $failed } failed.
chart-installed = installed
chart-ready = ready
chart-configured = configured
chart-failed = failed
chart-cutover = Cutover
chart-table = The same as a table
chart-time = Time

filter-search = Search for a name, address, computer or report number
filter-stage = Stage
filter-wave = Wave
filter-client = Mail program
filter-alert = Needs somebody
filter-sort = Order
filter-per-page = Rows
filter-all = all
filter-no-wave = no wave
filter-apply = Show
filter-clear = Show all
sort-address = Address
sort-name = Name
sort-stage = Stage
sort-device = Computer
sort-contact = Last contact, newest first
sort-silent = Last contact, oldest first

people-caption-users = Users
people-caption-devices = Devices
people-choose = Choose
people-user = User
people-stage = Stage
people-device = Computer
people-clients = Mail programs
people-contact = Last contact
people-problems = Problems
people-nobody = nobody yet
people-none = Nothing fits.
people-shown = { $first } to { $last } of { $total }
people-select = Select { $whom }
people-select-all = All { $total } that fit the filter, also on other pages
people-delayed = put off until { $time }
people-locked-device = locked to one user
people-suspended = suspended
people-inactive = inactive in the organisation’s list
people-invited = invited { $time }
people-action = What to do
people-go-on = Go on…
people-action-hint = The next page says what will happen and to whom. Nothing is done before you confirm.
people-pages = Pages of the table
people-previous = Previous page
people-next = Next page

action-invite = Send invitation
action-configure = Set up the mail program now
action-retry = Try again
action-rehearse = Rehearse
action-undo = Go back to the old profile
action-delay = Put off
action-wave = Put into a wave
action-new-code = Send a new code
action-assign = Assign to a user
action-assign-device = Assign to a user, whichever login comes first
action-suspend = Suspend
action-allow = Allow again
action-lock = Lock to a user
action-unlock = Unlock
action-remove = Remove
action-delete = Delete for good
confirm-invite = { $count ->
    [one] One person gets
   *[other] { $count } people get
} an invitation with a new code. Earlier codes stop working.
confirm-configure = The wizard opens now for { $count ->
    [one] one person
   *[other] { $count } people
}, whatever the cutover says.
confirm-retry = Mailshift tries again for { $count ->
    [one] one entry
   *[other] { $count } entries
} whose set-up failed or was undone. Others are left alone.
confirm-rehearse = { $count ->
    [one] One computer goes
   *[other] { $count } computers go
} through the set-up without changing anything and tells what would stop it.
confirm-undo = { $count ->
    [one] One person is
   *[other] { $count } people are
} asked to go back to the old profile. The new profile is kept.
confirm-delay = { $count ->
    [one] One entry does
   *[other] { $count } entries do
} not start before the time below.
confirm-wave = { $count ->
    [one] One user moves
   *[other] { $count } users move
} with the wave below. Its cutover holds from now on.
confirm-new-code = { $count ->
    [one] One person gets
   *[other] { $count } people get
} a new code by mail. Earlier codes stop working.
confirm-assign = The user below is put in line for { $count ->
    [one] one login on a computer
   *[other] { $count } logins on computers
}. Only such a login takes the user, once: also right where several people use a computer.
confirm-assign-device = The user below is put in line for { $count ->
    [one] one computer
   *[other] { $count } computers
}. The first login that asks there takes the user, whoever it is. Right where only one person uses a computer.
confirm-suspend = { $count ->
    [one] One person does
   *[other] { $count } people do
} not move until you allow it again. Their computers do nothing.
confirm-allow = { $count ->
    [one] One person takes
   *[other] { $count } people take
} part again.
confirm-lock = Every login of { $count ->
    [one] one computer
   *[other] { $count } computers
} becomes the user below, until you unlock.
confirm-unlock = { $count ->
    [one] One computer is
   *[other] { $count } computers are
} no longer locked to a user.
confirm-remove = Mailshift forgets { $count ->
    [one] one computer login
   *[other] { $count } computer logins
}. Mail programs stay as they are. To come back, people need a new code.
confirm-delete = { $count ->
    [one] One person is deleted for good.
   *[other] { $count } people are deleted for good.
} Nobody can bring back what goes. The record keeps who was deleted, by whom and when. Mail programs stay as they are.
deletion-title = Delete this project
deletion-hint = The next page says what would go. Nothing happens before you confirm it.
deletion-look = See what would go …
deletion-lead = A project that is deleted is gone for good, with everything in it. Nobody can bring it back.
deletion-with-it = What goes with it
deletion-nothing = There is nothing in it yet.
deletion-users = { $count ->
    [one] One person
   *[other] { $count } people
}
deletion-devices = { $count ->
    [one] One computer that forgets the project when it next asks
   *[other] { $count } computers that forget the project when they next ask
}
deletion-codes = { $count ->
    [one] One code
   *[other] { $count } codes
}
deletion-mails = { $count ->
    [one] One mail, sent or waiting
   *[other] { $count } mails, sent or waiting
}
deletion-events = { $count ->
    [one] One report from a computer
   *[other] { $count } reports from computers
}
deletion-waiting = { $count ->
    [one] One of these computers has not moved yet. Mailshift will not move it any more.
   *[other] { $count } of these computers have not moved yet. Mailshift will not move them any more.
}
deletion-stays = Mail programs stay as they are. The record keeps what operators did here.
deletion-export = Export the people as CSV first
deletion-name = To go on, write the name of the project
deletion-wrong = This is not the name of the project. Nothing was deleted.
deletion-do = Delete for good
action-nobody = Nobody is selected. Go back and select at least one row.
action-changed = Meanwhile the number of those that fit the filter has changed. Look at it again before you confirm.
action-time-wrong = Choose a time in the future.
action-user-unknown = No user of this project has this address.
action-more = and { $count } more
action-whom = To whom
action-until = Not before
action-user = User’s address
action-cancel = Cancel
action-done = Done. Computers act at their next contact.
action-summary = { $done } of { $total } done.
action-target = Target
action-outcome = Outcome
action-back = Back to the table

device-facts = Now
device-system = System
device-agent = Mailshift’s version
device-disk = Free disk
device-lock = Lock
device-evidence = Proof that the new profile works
device-not-seen = not seen
device-inventory = On the computer
device-rehearsal = Rehearsed
device-rehearsal-fine = it would go on
device-no-clients = The computer has not told yet which mail programs it has.
device-running = running
device-installation = Installation
device-profiles = Profiles
device-default = default
device-accounts = Accounts
device-files = Data files
device-findings = Would disturb
device-reports = Reports to the help desk
device-no-reports = Nobody has sent a report from here.
device-reports-hint = The newest five are kept, for 30 days.
device-history = History
report-title = Report { $number }
report-sent = Somebody at { $device } looked at this text and sent it:
report-show = Show
report-download = Download
report-back = Back to the computer
report-text = Text of the report
report-record = That you have read this is on record.
evidence-imap = signed in to the incoming server
evidence-smtp = signed in to the outgoing server
evidence-default = the new profile is the default
evidence-messages = { $count ->
    [one] One message
   *[other] { $count } messages
} fetched
evidence-account = the account is in the mail program’s settings
evidence-store = the mail program has made its mail file
history-unknown = Reported something this version does not know: { $kind }.
history-ordered = Order { $number }: { $action }. { $cause ->
    [cutover] Cause: the cutover.
    [timetable] Cause: retry by timetable.
   *[operator] Cause: an operator.
}
history-code = A code was made and { $by ->
    [operator] shown to an operator.
   *[mail] sent by mail.
}
history-diagnostics = The person sent the report { $number } to the help desk.
history-bound = The agent was activated here.
history-mail = To { $address }: { $told }
history-signed-in = The user was signed in here.
history-removed = The computer was removed.
history-assigned = { $address } was put in line for this computer.
history-collected = { $address } was assigned to this login.
history-waiting = The person confirmed the code. The computer waits for the cutover.
history-wizard = The wizard came up.
history-postponed = The person chose “Later”.
history-started = The person started the set-up.
history-step = Step { $step }.
history-completed = Moved: { $client }, profile { $profile }.
history-failed = The set-up failed. Everything is as it was.
history-by-hand = The person finished by hand.
history-undone = The old profile is the default again.
history-undo-failed = Going back failed. The new profile still works.

codes-title = Response codes
codes-lead = Every code that Mailshift shows, what it means, and what to do.
codes-person = The person
codes-operator = You

waves-everyone = Everyone
waves-start = Computers start { $lead } min after the cutover, spread over { $spread } min.
waves-users = { $count ->
    [one] { $count } user
   *[other] { $count } users
}
waves-at-once = all at once
waves-as-everyone = Moves with everyone.
waves-at = Cutover
waves-set = Set cutover
waves-take-away = Move with everyone
waves-take-away-everyone = Take the cutover away
waves-stale = This time came before the new mail servers were known, so nobody starts by it. Set the cutover again.
waves-confirm-title = Is this right?
waves-confirm-who = { $users ->
    [one] { $users } person
   *[other] { $users } people
}, { $ready } with a computer that is ready.
waves-confirm-start = The first computers start { $time }.
waves-confirm-none = The cutover is taken away. Computers that have not begun wait until you set a new one.
waves-confirm-as-everyone = The wave moves with everyone.
waves-confirm-passed = This time has passed. Everybody would start at once, without the wait and the spread.
waves-confirm-at-once = Yes, start everybody at once
waves-confirm-yes = Yes, do it
waves-confirm-no = Back
waves-now-title = Start at once
waves-now-hint = Every computer starts as soon as it hears of it, without the wait and the spread. This cannot be called back where the wizard is open already.
waves-now = Start now
waves-new = New wave
waves-name-taken = There is a wave of this name already. Choose another name.
waves-new-hint = A wave is a group of users with a cutover of their own. Put users into it on the page Users, or by a column “wave” of your list.
waves-create = Create wave
waves-unready = Nobody can be moved yet, because the new mail servers are missing.
waves-time-wrong = Choose a date and a time.

import-title = Import users
import-lead = A CSV file with the columns name, old address, new address, login and, if wanted, language, state and wave. Nothing is written before you have seen what would change.
import-file = CSV file
import-text = Or paste the rows here
import-look = Look at it
import-nothing = Choose a file or paste rows.
import-faults = { $count ->
    [one] One place is wrong. Nothing was imported.
   *[other] { $count } places are wrong. Nothing was imported.
}
import-faults-hint = Correct them in your file, then choose it again.
import-line = Line
import-column = Column
import-problem = What is wrong, and what to do
import-more = { $count } more places are wrong.
import-preview = { $added ->
    [0] Nobody is new.
    [one] One user is new.
   *[other] { $added } users are new.
} { $updated ->
    [0] Nobody is brought up to date.
    [one] One user is brought up to date.
   *[other] { $updated } users are brought up to date.
}
import-new = new
import-update = brought up to date
import-write = Import
import-other = Choose another file
import-rows = { $count ->
    [one] The first row
   *[other] The first { $count } rows
}
import-change = Change
import-old = Old address
import-new-address = New address
fault-encoding = The file is not UTF-8. Save it as “CSV UTF-8”.
fault-unreadable = The row cannot be read as CSV. Look for a quotation mark too many.
fault-no-column = The first line does not name this column. Add it, or rename yours.
fault-column-twice = The column is there twice. Remove one.
fault-empty = Empty. Fill it in.
fault-address = “{ $text }” is not a mail address.
fault-too-long = Longer than 320 characters.
fault-unsafe = A control character, or a hyphen at the beginning. Remove it.
fault-name = No name. Write 1 to 100 characters without line breaks.
fault-language = “{ $text }” is not a language of the invitations. Use en or de.
fault-state = “{ $text }” is not a state. Use active or inactive.
fault-twice = { $address } is also in line { $line }. Keep one.
fault-taken = { $address } belongs to { $owner } already.

settings-refused = { $count ->
    [one] One field cannot work. Nothing was saved.
   *[other] { $count } fields cannot work. Nothing was saved.
}
settings-administrators = Mail servers, their authority, this server’s address, downloads, articles and the sending server decide where passwords go and what people install: only an administrator can change them.
settings-save = Save settings
settings-account = New mail servers
settings-account-hint = What each person’s mail program is set up with. %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN% and %REALNAME% stand for the person’s own.
settings-incoming-protocol = Incoming: protocol
settings-incoming-host = Incoming: server
settings-incoming-port = Incoming: port
settings-incoming-security = Incoming: security
settings-incoming-sign-in = Incoming: sign-in
settings-incoming-username = Incoming: user name
settings-outgoing-host = Outgoing: server
settings-outgoing-port = Outgoing: port
settings-outgoing-security = Outgoing: security
settings-outgoing-sign-in = Outgoing: sign-in
settings-outgoing-username = Outgoing: user name
settings-authority = Your own certificate authority (PEM), if the servers’ certificates come from it
settings-exchange = Exchange: mailbox address (empty: no Exchange)
settings-directory-has-moved = Exchange: the directory already has the new addresses
settings-leaves-own-exchange = Exchange: the old server is an Exchange server of your own
settings-people = What people see
settings-people-hint = The colour is darkened or lightened until words on it can be read, as the previews show.
settings-colour = Colour, as #RRGGBB
settings-helpdesk-name = Help desk: name
settings-helpdesk-email = Help desk: address
settings-helpdesk-phone = Help desk: phone
settings-articles = Step-by-step articles
settings-lines-hint = One in each line: { $parts }
settings-invitation = Invitation
settings-invitation-hint = Where people get Mailshift, how long their code is valid, and when they are reminded. Without both numbers nobody is reminded.
settings-public-url = Address of this server for people
settings-download-windows = Download for Windows
settings-sha-windows = SHA-256 of that file
settings-download-linux = Download for Linux
settings-sha-linux = SHA-256 of that file for Linux
settings-download-macos = Download for macOS
settings-sha-macos = SHA-256 of that file for macOS
settings-download-other = Download page for everyone
settings-code-days = Days a code is valid
settings-reminders-every = Days between reminders
settings-reminders-at-most = Reminders at most
settings-time-zone = Time zone of the organisation, for instance Europe/Berlin
settings-smtp = Mail server for invitations
settings-smtp-hint = Only administrators change this.
settings-smtp-host = Server
settings-smtp-port = Port (empty: the usual one)
settings-smtp-security = Security
settings-smtp-username = User name (empty: no sign-in)
settings-smtp-from = Sender
settings-smtp-pace = Letters per minute at most
settings-smtp-password-set = The password comes from the server’s own file or variable. Change it with “project set” on the server.
settings-smtp-password-none = No password is set. Set one with “project set” on the server, as a file or a variable.
settings-schedule = Schedule
settings-schedule-hint = The cutover itself is on the page Cutover.
settings-lead = Minutes from the cutover to the first start
settings-spread = Minutes over which starts are spread
settings-starts = Computers that start in one minute at most (empty: no limit)
settings-retry = Hours after the cutover in which failures are tried again
settings-undo = Hours after a success in which people can go back
settings-password = Passwords
settings-password-hint = What the wizard offers.
settings-may-create = People may create a new password
settings-prefer-create = Creating one is chosen at first
settings-hand-over = The password is handed to the mail program
settings-min-length = Shortest password, in characters
settings-upper-and-lower = Upper and lower case letters
settings-digit = A digit
settings-symbol = A symbol
settings-directory-set = A directory takes new passwords. Change it with “project set” on the server.
settings-directory-none = No directory takes new passwords. Set one with “project set” on the server.
settings-computers = Computers
settings-computers-hint = Who a login is, and which mail programs are too old.
settings-computers-per-hour = New computers with the activation code in one hour, at most
settings-directory-match = A login of the same name as a user’s becomes that user without a code
settings-classic = Where both are installed, people change from the new Outlook to the classic one
settings-versions = Oldest versions that work
settings-wizard-light = The wizard in light colours
settings-wizard-dark = The wizard in dark colours
settings-letters = The letters
settings-letters-hint = As Anna Example would get them, with what is typed above. The code opens nothing.
settings-invitation-letter = Invitation
settings-reminder-letter = Reminder
wizard-instructions = Instructions
wizard-password = Password
wizard-status = Status
wizard-confirmation = Confirmation
wizard-title = Let’s set up your new mailbox
wizard-lead = It takes about 5 minutes.
wizard-first = We make a new profile
wizard-second = Your old one stays as it is
wizard-third = Your mail program restarts once
wizard-help = Who can help me?
wizard-continue = Continue
wrong-host = Write a host name only, without http:// and without spaces.
wrong-username = Usually %EMAILADDRESS%.
wrong-certificate = Paste a PEM text that holds a certificate.
wrong-from = Write it as: Help desk <help@example.org>
wrong-security = Use SSL/TLS or STARTTLS; without security only to this computer itself.
wrong-directory = A directory that takes new passwords is needed. Set one on the server, or take this away.
wrong-match = Not together with new passwords: whoever has the activation code can say to be anybody. Take one of the two away.
wrong-sha = Write the 64 hexadecimal digits of sha256sum.
wrong-zone = Write the name of a zone, for instance Europe/Berlin.
wrong-number = Write a whole number within the usual limits.
wrong-colour = Write it as #RRGGBB, for instance #1F6FEB.
wrong-email = Write one mail address.
wrong-address = Start it with https:// and write the host.
wrong-lines = Each line needs all its parts, with | between them, and addresses that start with https://.
wrong-other = This cannot work.
overview-expected = Would go wrong as things are

discover-title = Find the servers
discover-hint = Mailshift asks public places for the mail servers of a domain. An address finds more than a domain: it goes only to the domain’s own servers and to Microsoft’s. What is found is filled in below; nothing is saved before you save it.
discover-domain = Mail domain or an address
discover-find = Find the servers
discover-wrong = Write a domain or an address, for instance example.org.
discover-found = These are the servers of { $domain }, filled in below. Look at them, then save the settings.
discover-exchange = The mailboxes of { $domain } are on an Exchange server; no other servers were found. Nothing is filled in.
discover-none = Incoming and outgoing servers of { $domain } were not both found. Nothing is filled in.
discover-table = Everywhere Mailshift has looked, the best source first
discover-source = Source
discover-answer = Answer
discover-gives = Filled in from it
discover-incoming = Incoming: { $value }
discover-outgoing = Outgoing: { $value }
discover-by-address = Exchange, found by the address
discover-autoconfig = The domain’s own file
discover-collection = Mozilla’s collection
discover-exchangers = Who takes the domain’s mail
discover-provider = File of whoever takes the mail
discover-provider-collection = The same provider in Mozilla’s collection
discover-service = Mail service in DNS
discover-autodiscover = Exchange’s Autodiscover
discover-gave = gave settings
discover-led = led to { $hosts }
discover-nothing = nothing there, which is usual
trouble-status = answered with status { $status }
trouble-not-public = { $host } is at { $address }, which is not in the public internet: not asked
trouble-not-https = led to { $host } without encryption: not followed
trouble-address = led to { $host }, which is no plain HTTPS address: not followed
trouble-redirects = led from one address to the next too often
trouble-too-large = the answer is too large
trouble-time-limit = no answer in time
trouble-unreachable = cannot be reached
trouble-media-type = answered with something other than settings
trouble-content = the answer cannot be read
trouble-needs-address = needs an address, not only a domain: not asked

mails-state = What became of it
mails-undelivered = did not arrive, and no newer one was sent
mails-to = To
mails-made = Made
mails-tries = Tries
mails-when = Next try, or sent
mails-words = The mail server’s words
mail-invitation = Invitation
mail-reminder = Reminder
mail-registration = Proof of who somebody is
mail-password = Notice of a new password
mail-queued = waits to be sent
mail-sent = sent
mail-failed = not sent
mail-bounced = came back
mail-told = { $kind }: { $state }
mail-trouble = { $told }. The mail server said: { $words }
# Installing on many computers.
installing-title = Install on many computers
installing-lead = Software distribution can install Mailshift everywhere. The activation code tells a new installation which project it belongs to; who sits at the computer is found out afterwards.
installing-code = Activation code
installing-code-hint = Ten letters, the same for every computer of this project. The code opens no mailbox, but whoever has it can add computers here.
renewal-title = Renew the activation code
renewal-lead = If strangers may have the code, replace it. They cannot add computers any more.
renewal-ends = From now on the old code activates nothing.
renewal-files = Installers, links and scripts that carry the old code install an agent that asks for a personal code. Hand out the new ones.
renewal-stays = Computers that are activated stay as they are. Personal codes of people still work.
renewal-do = Renew the code
installing-copy = Copy
installing-copied = Copied
installing-no-folder = This server hands out no installers. Start it with --installers and the folder that holds them, and they are offered here, on people’s own pages and in the letters.
installing-no-files = The folder with the installers is empty. Put mailshift.msi, mailshift.deb or another installer into it: no restart is needed.
installing-no-address = The file names do not say which server to ask, because the project has no address of this server for people. Enter it in the settings.
installing-files = Installers
installing-files-hint = They carry the code in their name: do not rename them. What is downloaded is what lies in the server’s folder at that moment.
installing-system = System
installing-size = Size
installing-address = Address
installing-command = By command on Windows
installing-command-hint = Without questions, with the code as a property. The name of the file may then be another.
