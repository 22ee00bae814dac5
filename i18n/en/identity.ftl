# The mail and the page by which a person confirms that a computer is theirs.
confirmation-subject = { $project }: is this your computer?
confirmation-greeting = Hello { $name },
confirmation-intro = somebody has entered your address in Mailshift on this computer:
confirmation-computer = Computer: { $device }, login: { $login }
confirmation-follow = If that was you, open this link within 48 hours and confirm it:
confirmation-ignore = If it was not you, do nothing. Without your confirmation nothing happens.
confirmation-title = Is this your computer?
confirmation-question = { $project } is moving your mail. Mailshift sets up the mail program of whoever a computer belongs to, so we ask before it does anything.
confirmation-address = Your address
confirmation-device = Computer
confirmation-login = Login
confirmation-button = Yes, this is my computer
confirmation-not-me = If you do not know this computer, close this page. Without your confirmation nothing happens.
confirmation-done = Thank you. Mailshift on { $device } knows you now. You can close this page.
confirmation-over = This link is no longer in use. Register again in Mailshift to get a new one.
confirmation-help = Questions? Ask { $name }:
