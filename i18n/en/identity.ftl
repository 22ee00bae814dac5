# The mail and the page by which a person confirms that a computer is theirs.
confirmation-subject = { $project }: is this your computer?
confirmation-greeting = Hello { $name },
confirmation-greeting-stranger = Hello,
confirmation-intro = somebody has entered your address in Mailshift on this computer:
confirmation-computer = Computer: { $device }
confirmation-unnamed = without a name
confirmation-follow = If that was you, open this link within 48 hours. It asks for the three digits that Mailshift shows on that computer:
confirmation-ignore = If it was not you, do nothing, and enter no digits that somebody tells you. Without your confirmation nothing happens.
confirmation-code-subject = { $project }: your code for Mailshift
confirmation-code-follow = If that was you, enter this code in Mailshift on that computer within 48 hours:
confirmation-code-ignore = If it was not you, do nothing, and tell nobody the code. Without it nothing happens.
confirmation-title = Is this your computer?
confirmation-title-done = Your computer is confirmed
confirmation-title-over = This link has ended
confirmation-question = { $project } is moving your mail. Mailshift sets up the mail program of whoever a computer belongs to, so we ask before it does anything.
confirmation-address = Your address
confirmation-device = Computer
confirmation-digits = The three digits
confirmation-digits-hint = Mailshift shows them on this computer’s screen. If somebody has told you digits, do not enter them: somebody else wants to get at your mail.
confirmation-digits-empty = Enter the three digits that Mailshift shows on the computer.
confirmation-digits-wrong = { $tries ->
    [one] These are not the digits. You have one more try.
   *[other] These are not the digits. You have { $tries } more tries.
}
confirmation-button = Yes, this is my computer
confirmation-not-me = If you do not know this computer, close this page. Without your confirmation nothing happens.
confirmation-done = Thank you. Mailshift on { $device } knows you now. You can close this page.
confirmation-spent = The digits were wrong three times, so this link is no longer in use. Nothing has happened. Ask for a new link in Mailshift on your computer.
confirmation-over = This link is no longer in use. Register again in Mailshift to get a new one.
confirmation-help = Questions? Ask { $name }:

# The mail that tells of a new password.
password-told-subject = A new password was set for your mailbox
password-told-set = on { $when }, a new password was set for your mailbox { $address } with Mailshift. Computer: { $device }
password-told-you = If that was you, there is nothing to do.
password-told-contact = If it was not you, call your help desk now: { $contact }. Somebody else may be reading your mail.
password-told-call = If it was not you, call your help desk now. Somebody else may be reading your mail.
