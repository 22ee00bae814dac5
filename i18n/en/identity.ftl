# The mail and the page by which a person confirms that a computer is theirs.
confirm-subject = { $project }: is this your computer?
confirm-greeting = Hello { $name },
confirm-intro = somebody has entered your address in Mailshift on this computer:
confirm-computer = Computer: { $device }, login: { $login }
confirm-follow = If that was you, open this link within 48 hours and confirm it:
confirm-ignore = If it was not you, do nothing. Without your confirmation nothing happens.
confirm-title = Is this your computer?
confirm-question = { $project } is moving your mail. Mailshift sets up the mail program of whoever a computer belongs to, so we ask before it does anything.
confirm-address = Your address
confirm-device = Computer
confirm-login = Login
confirm-button = Yes, this is my computer
confirm-not-me = If you do not know this computer, close this page. Without your confirmation nothing happens.
confirm-done = Thank you. Mailshift on { $device } knows you now. You can close this page.
confirm-over = This link is no longer in use. Register again in Mailshift to get a new one.
confirm-help = Questions? Ask { $name }:
