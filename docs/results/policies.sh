#!/bin/sh
# Versions 1.5, PETS, 2.0 and 2.5 on the same environments with the same real steps, 5 seeds; and version 2.0 on
# the pendulum for several horizons, 3 seeds. Writes docs/results/policies.csv and prints both tables. Takes the runs of
# version 1.5 and PETS that docs/results/version_1_5.csv and pets.csv hold already. About 15 minutes.
#
#   make results R=policies        RUNS=folder keeps the run folders, and goes on with those that are there
set -eu
mbrl=${MBRL:-build/mbrl}
runs=${RUNS:-$(mktemp -d)}
envs="point_mass pendulum cartpole_balance cartpole_swingup"

run() {  # algorithm environment seed name settings...
  out=$runs/policies-$1-$2-$4-$3
  [ -e "$out" ] && return
  echo "$1 --quiet --threads 1 --episodes 0 --env $2 --seed $3 --out $out $(shift 4; echo "$*")"
}
{
  for seed in 1 2 3 4 5; do
    for env in $envs; do
      steps=2200; [ $env = point_mass ] && steps=700
      for algorithm in v2.0 v2.5; do run $algorithm $env $seed default --steps $steps; done
    done
    run pets point_mass $seed default --steps 700
  done
  for H in 5 10 25 50 100 200; do
    for seed in 1 2 3; do run v2.0 pendulum $seed H$H --steps 2200 --horizon $H --updates 150; done
  done
} | GNUPLOT=none xargs -P 2 -L 1 "$mbrl" run >/dev/null || true  # a run may stop: its numbers have exploded

csv=docs/results/policies.csv
echo "algorithm,env,setting,seed,episode,env_steps,return,seconds" >$csv
awk -F, -v OFS=, '$1 == "v1.5" && $5 <= 2200 {print $1, $2, "default", $3, $4, $5, $6, $7}' \
  docs/results/version_1_5.csv | grep -E ",($(echo $envs | tr ' ' '|'))," >>$csv
awk -F, -v OFS=, 'NR > 1 && $4 <= 2200 {print "pets", $1, "default", $2, $3, $4, $5, $6}' docs/results/pets.csv >>$csv
for run in "$runs"/policies-*; do
  IFS=- read -r _ algorithm env setting seed <<END
$(basename "$run")
END
  awk -F, -v OFS=, -v a="$algorithm" -v e="$env" -v n="$setting" -v s="$seed" \
    'NR > 1 && $6 == "learned" {print a, e, n, s, $2, $1, $3, $4}' "$run/progress.csv" >>$csv
done

# The mean of the last three episodes of each seed: its mean and standard deviation over seeds.
awk -F, '
  NR > 1 {
    key = $1 " " $2 " " $3
    value[key, $4, $5] = $7
    if ($5 > last[key, $4]) {last[key, $4] = $5; time[key, $4] = $8}
  }
  function table(key, all,   s, k, sum, squares, n, x, t) {
    sum = squares = n = t = 0
    for (s = 1; s <= 5; s++) {
      if (!((key, s) in last)) continue
      x = 0
      for (k = last[key, s]; k > last[key, s] - 3; k--) x += value[key, s, k] / 3
      n++; sum += x; squares += x^2; t += time[key, s]
    }
    if (n < 2) return "-"
    return sprintf("%.1f ± %.1f, %.0f s%s", sum / n, sqrt((squares - sum^2 / n) / (n - 1)), t / n, \
      n < all ? " (" n " of " all " seeds)" : "")
  }
  END {
    print "| environment | version 1.5 | PETS | version 2.0 | version 2.5 |\n|---|---|---|---|---|"
    split("point_mass pendulum cartpole_balance cartpole_swingup", env, " ")
    for (i = 1; i <= 4; i++)
      printf "| %s | %s | %s | %s | %s |\n", env[i], table("v1.5 " env[i] " default", 5), \
        table("pets " env[i] " default", 5), table("v2.0 " env[i] " default", 5), table("v2.5 " env[i] " default", 5)
    print "\n| horizon of version 2.0 | return on the pendulum, time |\n|---|---|"
    split("5 10 25 50 100 200", H, " ")
    for (i = 1; i <= 6; i++) printf "| %s | %s |\n", H[i], table("v2.0 pendulum H" H[i], 3)
  }' $csv
