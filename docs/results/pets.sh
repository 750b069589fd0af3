#!/bin/sh
# PETS with its defaults, 5 seeds: docs/results/pets.csv and the table of docs/results.md. About 25 minutes.
#
#   make results R=pets            RUNS=folder keeps the run folders, and goes on with those that are there
set -eu
mbrl=${MBRL:-build/mbrl}
runs=${RUNS:-$(mktemp -d)}

for seed in 1 2 3 4 5; do
  echo "cartpole_balance $seed 10"; echo "pendulum $seed 10"; echo "cartpole_swingup $seed 15"
done | sort | while read -r env seed episodes; do
  [ -e "$runs/pets-$env-$seed" ] || echo "--env $env --seed $seed --episodes $episodes --out $runs/pets-$env-$seed"
done | GNUPLOT=none xargs -P 2 -L 1 "$mbrl" run pets --quiet --threads 1 >/dev/null

csv=docs/results/pets.csv
echo "env,seed,trial,env_steps,return,seconds" >$csv
for run in "$runs"/pets-*; do
  name=$(basename "$run"); seed=${name##*-}; rest=${name%-*}
  awk -F, -v OFS=, -v e="${rest#pets-}" -v s="$seed" \
    'NR > 1 && $6 == "learned" {print e, s, $2, $1, $3, $4}' "$run/progress.csv" >>$csv
done

# Per seed: the trials in full; and the mean and standard deviation over seeds of the last five.
awk -F, '
  NR > 1 {
    if (!($1 in trials)) order[++envs] = $1
    value[$1, $2, $3] = $5
    if ($3 > trials[$1]) trials[$1] = $3
  }
  END {
    print "| environment | seed | return of each trial | mean of the last five |"
    print "|---|---|---|---|"
    for (i = 1; i <= envs; i++) {
      e = order[i]; sum = squares = 0
      for (s = 1; s <= 5; s++) {
        each = ""; last = 0
        for (k = 1; k <= trials[e]; k++) {
          each = each sprintf(" %.0f", value[e, s, k])
          if (k > trials[e] - 5) last += value[e, s, k] / 5
        }
        sum += last; squares += last^2
        printf "| %s | %d |%s | %.1f |\n", e, s, each, last
      }
      printf "| %s | all | | %.1f ± %.1f |\n", e, sum / 5, sqrt((squares - sum^2 / 5) / 4)
    }
  }' $csv
