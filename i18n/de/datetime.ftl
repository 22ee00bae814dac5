# Zeiten. Jeder Text kann $weekday (1 ist Montag), $day, $month, $year und $time benutzen.
datetime-weekday = { $weekday ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
datetime-month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
datetime-today = heute um { $time }
datetime-tomorrow = morgen um { $time }
datetime-yesterday = gestern um { $time }
datetime-date = { $day }. { datetime-month } { $year } um { $time }
# Im Satz; das Jahr steht nicht dabei.
datetime-on-date = am { datetime-weekday }, { $day }. { datetime-month }, um { $time }
datetime-full = { datetime-weekday }, { $day }. { datetime-month } { $year } um { $time } Uhr ({ $zone })
datetime-short = { $day }.{ $month }. { $time }
datetime-minutes = { $count ->
    [0] weniger als einer Minute
    [one] einer Minute
   *[other] { $count } Minuten
}
datetime-hours = { $count ->
    [one] einer Stunde
   *[other] { $count } Stunden
}
datetime-days = { $count ->
    [one] einem Tag
   *[other] { $count } Tagen
}
datetime-ago = vor { $distance }
datetime-ahead = in { $distance }
