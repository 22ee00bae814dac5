# Module definition of a DLL that forwards every export of Wine's own one to its copy <library>_wine.dll, except for those
# that it has itself. In: `objdump -p` of Wine's DLL. Variables: library, own (names, separated by blanks).
BEGIN {
  count = split(own, list, " ")
  for (i = 1; i <= count; i++) mine[list[i]] = 1
  print "LIBRARY " library ".dll\nEXPORTS"
}
/^Export Address Table -- Ordinal Base/ { base = $NF; part = "addresses"; next }
/^\[Ordinal\/Name Pointer\] Table/ { part = "names"; next }
# The tables end here; the rest is still read, so that objdump does not write into a closed pipe.
/^$/ { if (part == "names") part = "" }
part != "" {
  split($0, piece, /[][]/)
  index_ = piece[2] + 0
  if (part == "addresses") { there[index_] = 1; next }
  name = $NF
  named[index_] = 1
  printf "%s%s @%d\n", name, (name in mine) ? "" : "=" library "_wine." name, base + index_
}
END {
  for (i in there)
    if (!(i in named)) printf "ordinal%d=%s_wine.\"#%d\" @%d NONAME\n", base + i, library, base + i, base + i
}
