invitation-subject = { $project }: your code for the new mailbox
invitation-title = Your mail is moving
invitation-greeting = Hello { $name },
invitation-intro = { $project } is moving your mail to a new mailbox. Mailshift will set up your mail program for you. It needs this code once:
invitation-valid = The code is yours alone and is valid until { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }. It replaces any earlier code.
invitation-steps-title = What to do
invitation-step-download = Get Mailshift: { $url }
invitation-step-page = Open your own page and get Mailshift there: { $url }
invitation-step-page-or-download = Open your own page and get Mailshift there: { $url } If the page does not open, get Mailshift here: { $download }
invitation-step-server = If Mailshift asks for its server, enter { $server }
invitation-step-open = Open Mailshift: click its envelope icon next to the clock, or start “Mailshift” from your list of programs.
invitation-step-code = Type or paste the code, and check that it is for you.
invitation-step-wait = That is all for now. Mailshift tells you when your mail moves. Until then nothing on your computer changes.
invitation-step-wait-until = That is all for now. Your mail moves on { $when }. Until then nothing on your computer changes.
invitation-page = Open my page
invitation-addresses = Your mailbox: { $old } → { $new }
invitation-help-title = Do you need help?
invitation-help = Ask { $contact }.
invitation-genuine-title = Is this message genuine?
invitation-genuine = This message never asks for your password, and nobody from { $project } will ask you for it by mail or by phone. The code opens no mailbox: it only tells Mailshift who you are. If you are in doubt, do not use a telephone number or link from this message: ask the help desk the way you usually do.
invitation-footer = You get this message because { $project } has entered { $old } for the move.
# A time with its zone, in mails and on the personal page.
invitation-moment = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}, { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year } at { $time } ({ $zone })
reminder-subject = { $project }: Mailshift is not on your computer yet
reminder-title = Your mail is moving soon
reminder-intro = { $project } is moving your mail to a new mailbox, and Mailshift is to set up your mail program for you. We have not heard from Mailshift on your computer yet. Here is a new code for it:
