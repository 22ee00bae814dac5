# Tray menu, its status line, notifications.

tray-unactivated = Enter the code from your email
tray-identify = Say who you are, so that your mail can move
tray-looking = Finding out whose mailbox this is
tray-waiting = Ready. Nothing changes until your mail moves
tray-waiting-until = Ready. Your mail moves { $when }
tray-offline = Ready, but not connected just now
tray-not-known = Ready, but the server does not know this computer just now
tray-starting = Your mail is ready to move
tray-postponed = Set-up comes back { $when }
tray-working = Setting up { $client }…
tray-failed = We need your help to finish ({ $code })
tray-completed = Your mail has moved
tray-undone = You are back on your old mailbox

menu-open = Open
menu-enter-code = Enter code…
menu-identify = Say who you are…
menu-sign-out = This is not me…
menu-set-up = Set up my mail…
menu-later = Remind me later
menu-undo = Go back to my old profile…
menu-report = Send a report…
menu-diagnostics = Copy diagnostics
menu-about = Mailshift { $version }
menu-quit = Quit (starts again when you sign in)

notification-code-title = Your mail is moving soon
notification-code-body = Enter the code from the email we sent you.
notification-identify-title = Who are you?
notification-identify-body = Say which mailbox is yours, so that it can move.
notification-ready-title = Your mail is ready to move
notification-ready-body = It takes a few minutes. We start when you do.
notification-sign-in-title = Please sign in
notification-sign-in-body = Your mail program shows its own sign-in window. Sign in there with your new address.
notification-completed-title = Your mail has moved
notification-completed-body = Your new mailbox is ready. Your old profile is still there.
notification-undo-title = Back to your old mailbox?
notification-undo-body = Your help desk asks you to go back. You have ten minutes to say no.
