#!/bin/sh
# The ablation of PETS on cartpole_swingup: model x propagation, 3 seeds a cell, 6 trials each, with 200
# candidates and 4 iterations of CEM. Writes docs/results/ablation.csv and prints the table. About half an hour.
#
#   make results R=ablation        RUNS=folder keeps the run folders, and goes on with those that are there
#
# With a single deterministic model all propagations are one (D-E), and with a single probabilistic one TS1,
# TSinf and DS are one (P-DS).
set -eu
mbrl=${MBRL:-build/mbrl}
runs=${RUNS:-$(mktemp -d)}
cells="D-E P-E P-DS P-MM DE-E DE-DS DE-MM DE-TS1 DE-TSinf PE-E PE-DS PE-MM PE-TS1 PE-TSinf"

for seed in 1 2 3; do
  for cell in $cells; do
    out=$runs/ablation-$cell-$seed
    [ -e "$out" ] || echo "--model ${cell%-*} --propagation ${cell#*-} --seed $seed --out $out"
  done
done | GNUPLOT=none xargs -P 2 -L 1 "$mbrl" run pets --quiet --threads 1 --env cartpole_swingup --episodes 6 \
  --candidates 200 --elites 20 --iterations 4 >/dev/null

csv=docs/results/ablation.csv
echo "model,propagation,seed,trial,env_steps,return,seconds" >$csv
for cell in $cells; do
  for seed in 1 2 3; do
    awk -F, -v OFS=, -v m="${cell%-*}" -v p="${cell#*-}" -v s="$seed" \
      'NR > 1 && $6 == "learned" {print m, p, s, $2, $1, $3, $4}' "$runs/ablation-$cell-$seed/progress.csv" >>$csv
  done
done

awk -F, '
  function add(key, x) {n[key]++; sum[key] += x; squares[key] += x * x}
  function show(key) {
    if (!n[key]) return "same as " same[key]
    return sprintf("%.0f ± %.0f", sum[key] / n[key], sqrt((squares[key] - sum[key]^2 / n[key]) / (n[key] - 1)))
  }
  NR > 1 {value[$1 " " $2, $3, $4] = $6; cells[$1 " " $2] = 1}
  END {
    for (c in cells) for (s = 1; s <= 3; s++) {
      add("first " c, value[c, s, 1])
      add("last " c, (value[c, s, 4] + value[c, s, 5] + value[c, s, 6]) / 3)
    }
    same["last D DS"] = same["last D MM"] = same["last D TS1"] = same["last D TSinf"] = "E"
    same["last P TS1"] = same["last P TSinf"] = "DS"
    split("D P DE PE", model, " "); split("E DS MM TS1 TSinf", how, " ")
    print "| trials 4 to 6 | E | DS | MM | TS1 | TSinf |\n|---|---|---|---|---|---|"
    for (i = 1; i <= 4; i++) {
      printf "| %s |", model[i]
      for (j = 1; j <= 5; j++) printf " %s |", show("last " model[i] " " how[j])
      print ""
    }
    print "\n| first trial | E | DS | MM | TS1 | TSinf |\n|---|---|---|---|---|---|"
    for (i = 1; i <= 4; i++) {
      printf "| %s |", model[i]
      for (j = 1; j <= 5; j++) {
        key = "first " model[i] " " how[j]; same[key] = same["last " model[i] " " how[j]]
        printf " %s |", show(key)
      }
      print ""
    }
  }' $csv
