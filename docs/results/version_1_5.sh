#!/bin/sh
# The table of docs/results.md: version 1.5 with its defaults on every environment, 5 seeds, between random
# actions and the oracle. Writes docs/results/version_1_5.csv and prints the table. About 15 minutes.
#
#   make results R=version_1_5     or, for some environments only:  ENVS="pendulum reacher" docs/results/version_1_5.sh
set -eu
mbrl=${MBRL:-build/mbrl}
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
: "${ENVS:=pendulum cartpole_swingup cartpole_balance cliff inverted_pendulum mountain_car obstacles reacher point_mass}"

{
  for env in $ENVS; do
    # A budget of 2500 real steps, as episodes can be 1000 steps long; the planner of mountain_car looks 120
    # steps ahead, so it gets one episode.
    steps=2500; oracle=10
    case $env in mountain_car) steps=1300; oracle=1;; inverted_pendulum) oracle=2;; esac
    echo "random --quiet --env $env --seed 1 --episodes 200 --out $runs/random-$env-1"
    echo "oracle --quiet --env $env --seed 1 --episodes $oracle --threads 1 --out $runs/oracle-$env-1"
    for seed in 1 2 3 4 5; do
      echo "v1.5 --quiet --env $env --seed $seed --episodes 10 --steps $steps --threads 1 --out $runs/v1.5-$env-$seed"
    done
  done
} | GNUPLOT=none xargs -P 2 -L 1 "$mbrl" run >/dev/null

# One line per episode that was acted by the policy itself.
csv=docs/results/version_1_5.csv
echo "algorithm,env,seed,episode,env_steps,return,seconds" >$csv
for run in "$runs"/*; do
  name=$(basename "$run"); seed=${name##*-}; rest=${name%-*}; env=${rest#*-}; algorithm=${rest%%-*}
  awk -F, -v OFS=, -v a="$algorithm" -v e="$env" -v s="$seed" \
    'NR > 1 && $6 == "learned" {print a, e, s, $2, $1, $3, $4}' "$run/progress.csv" >>$csv
done

awk -F, '
  function add(key, x) {n[key]++; sum[key] += x; squares[key] += x * x}
  function mean(key) {return n[key] ? sum[key] / n[key] : 0}
  function sd(key) {return n[key] > 1 ? sqrt((squares[key] - sum[key]^2 / n[key]) / (n[key] - 1)) : 0}
  NR > 1 {
    if (!($2 in seen)) {seen[$2] = 1; order[++envs] = $2}
    if ($1 != "v1.5") {add($1 " " $2, $6); next}
    if ($4 == 1) add("first " $2, $6)
    last[$2, $3] = $4; value[$2, $3, $4] = $6; time[$2, $3] = $7; steps[$2, $3] = $5; seeds[$2, $3] = 1
  }
  END {
    print "| environment | random | first episode | last 3 episodes | seed by seed | oracle | episodes | s per run |"
    print "|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= envs; i++) {
      e = order[i]; each = ""; episodes = 0
      for (s = 1; s <= 5; s++) {
        if (!((e, s) in seeds)) continue
        total = 0; count = 0
        for (k = last[e, s]; k > last[e, s] - 3 && k > 0; k--) {total += value[e, s, k]; count++}
        add("last " e, total / count); add("time " e, time[e, s]); add("episodes " e, last[e, s])
        each = each sprintf("%s%.0f", each == "" ? "" : ", ", total / count)
      }
      printf "| %s | %.0f ± %.0f | %.0f ± %.0f | %.1f ± %.1f | %s | %.1f ± %.1f | %.0f | %.0f |\n", e,
        mean("random " e), sd("random " e), mean("first " e), sd("first " e), mean("last " e), sd("last " e),
        each, mean("oracle " e), sd("oracle " e), mean("episodes " e), mean("time " e)
    }
  }' $csv
