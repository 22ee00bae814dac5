# Times. Every text may use $weekday (1 is Monday), $day, $month, $year and $time.
datetime-weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
datetime-month = { $month ->
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
}
datetime-today = today at { $time }
datetime-tomorrow = tomorrow at { $time }
datetime-yesterday = yesterday at { $time }
datetime-date = { $day } { datetime-month } { $year } at { $time }
# Within a sentence; the year is not said.
datetime-on-date = on { datetime-weekday } { $day } { datetime-month } at { $time }
datetime-full = { datetime-weekday }, { $day } { datetime-month } { $year } at { $time } ({ $zone })
datetime-short = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $time }
datetime-minutes = { $count ->
    [0] less than a minute
    [one] { $count } minute
   *[other] { $count } minutes
}
datetime-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
datetime-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
datetime-ago = { $distance } ago
datetime-ahead = in { $distance }
