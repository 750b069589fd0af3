#!/bin/sh
# The rows of one run folder for a table's CSV file: every episode, every evaluation.
#   docs/results/rows.sh FOLDER SETTING
folder=$1
# Lists within a setting (horizon 5,10: the folder's name says which) are part of its name.
awk -F, -v OFS=, -v setting="$2" -v name="$(basename "$folder")" '
  FILENAME ~ /config/ {split($0, c, " = "); is[c[1]] = c[2]; next}
  FNR == 1 {
    if (named++) next
    n = split(name, parts, "_")
    for (i = 1; i <= n; i++) if (parts[i] ~ /-/ && parts[i] !~ /^seed-/) {sub(/-/, " ", parts[i]); setting = setting " " parts[i]}
    key = is["algorithm"] OFS is["env"] OFS setting OFS is["seed"]; next
  }
  FILENAME ~ /progress/ && $6 == "learned" {print key, "episode", $1, $3, $4}
  FILENAME ~ /eval/ {print key, "evaluation", $1, $3, $5}
' $(ls "$folder"/config.txt "$folder"/progress.csv "$folder"/eval.csv 2>/dev/null)
