#!/bin/sh
# A table of docs/results.md: makes the runs of docs/results/runs.txt that belong to it, writes docs/results/TABLE.csv (every
# episode, every evaluation), and prints the table. `make results R=pets`
#
# The run folders stay in RUNS (runs/results); what is there already is gone on with, and not run again.
set -eu
table=$1 mbrl=${MBRL:-build/mbrl} runs=${RUNS:-runs/results}/$1
export GNUPLOT=none

grep "^$table " docs/results/runs.txt | {
  k=0
  while read -r _ setting words; do
    k=$((k + 1)); folder=$runs/$k-$setting
    # A run may stop because its numbers have exploded: that is a result, too.
    if [ -e "$folder" ]; then $mbrl resume "$folder"; else $mbrl run $words --quiet --out "$folder"; fi >&2 || true
  done
}

echo "algorithm,env,setting,seed,kind,env_steps,return,seconds" >docs/results/$table.csv
for run in "$runs"/*/*/config.txt; do
  folder=${run%/config.txt} setting=${run#"$runs"/*-}
  sh docs/results/rows.sh "$folder" "${setting%%/*}" >>docs/results/$table.csv
done
awk -f docs/results/table.awk docs/results/$table.csv
