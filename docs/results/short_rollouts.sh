#!/bin/sh
# Model-free learners alone, and with short imagined rollouts: SAC, DDPG, NAF, versions 3.0, MBA, MVE, MBPO on the
# same environments, 5 seeds; and the ablation of MBPO, 3 seeds. Writes docs/results/short_rollouts.csv, and
# docs/results/performance_gap.csv with PETS and version 1.5 from their own tables; prints the tables of
# docs/results.md. About an hour and a half.
#
#   make results R=short_rollouts        RUNS=folder keeps the run folders, and goes on with those that are there
set -eu
mbrl=${MBRL:-build/mbrl}
runs=${RUNS:-$(mktemp -d)}

run() {  # algorithm environment seed setting flags...
  out=$runs/short-$1-$2-$4-$3
  [ -e "$out" ] && return
  echo "$1 --quiet --threads 1 --env $2 --seed $3 --out $out --evaluate-every 1000 $(shift 4; echo "$*")"
}
{
  for seed in 1 2 3 4 5; do  # first those whose time is drawn
    for env in pendulum cartpole_swingup; do
      steps=5000; [ $env = pendulum ] && steps=3000
      run mbpo $env $seed default --steps $steps
      run sac $env $seed default --steps 20000
    done
  done
  for seed in 1 2 3 4 5; do
    for env in pendulum inverted_pendulum cartpole_swingup; do
      steps=5000; [ $env = pendulum ] && steps=3000
      run v3.0 $env $seed default --steps $steps
    done
    run mbpo inverted_pendulum $seed default --steps 5000
    run sac inverted_pendulum $seed default --steps 20000
    for env in pendulum cartpole_swingup; do
      run ddpg $env $seed default --steps 20000
      run naf $env $seed default --steps 20000
      run mve $env $seed default --steps 5000
      run mba $env $seed default --steps 5000
    done
  done
  for seed in 1 2 3; do
    run mbpo pendulum $seed k1 --steps 3000 --rollout-length 1
    run mbpo pendulum $seed k15 --steps 3000 --rollout-length 15
    run mbpo pendulum $seed real0 --steps 3000 --real-ratio 0
    run mbpo pendulum $seed real50 --steps 3000 --real-ratio 0.5
    run mbpo pendulum $seed real100 --steps 3000 --real-ratio 1
    run mbpo inverted_pendulum $seed greedy --steps 5000 --rollout-length 1 --target-entropy -1
    run mba pendulum $seed network --steps 5000 --imagine-with network --rollout-length 3 --imagined-updates 1
    run mba pendulum $seed off10 --steps 5000 --imagination-episodes 10
    run mve pendulum $seed H1 --steps 5000 --horizon 1
    run mve pendulum $seed H10 --steps 5000 --horizon 10
    run mve pendulum $seed noTDk --steps 5000 --td-k false
  done
} | GNUPLOT=none xargs -P 2 -L 1 "$mbrl" run >/dev/null || true  # a run may stop: its numbers have exploded

csv=docs/results/short_rollouts.csv
echo "algorithm,env,setting,seed,kind,env_steps,return,seconds" >$csv
for run in "$runs"/short-*; do
  IFS=- read -r _ algorithm env setting seed <<END
$(basename "$run")
END
  awk -F, -v OFS=, -v a="$algorithm" -v e="$env" -v n="$setting" -v s="$seed" '
    FNR == 1 {next}
    FILENAME ~ /progress/ && $6 == "learned" {print a, e, n, s, "episode", $1, $3, $4}
    FILENAME ~ /eval/ {print a, e, n, s, "evaluation", $1, $3, $5}
    FILENAME ~ /learner/ && a == "mbpo" && e == "inverted_pendulum" {print a, e, n, s, "Q", $1, $4, 0}
  ' "$run/progress.csv" "$run/eval.csv" "$run/learner.csv" >>$csv
done

gap=docs/results/performance_gap.csv
head -1 $csv >$gap
awk -F, -v OFS=, '$1 == "v1.5" && ($2 == "pendulum" || $2 == "cartpole_swingup") {print $1, $2, "default", $3, "episode", $5, $6, $7}' \
  docs/results/version_1_5.csv >>$gap
awk -F, -v OFS=, '$1 == "pendulum" || $1 == "cartpole_swingup" {print "pets", $1, "default", $2, "episode", $4, $5, $6}' \
  docs/results/pets.csv >>$gap
awk -F, '($1 == "sac" || $1 == "mbpo") && ($2 == "pendulum" || $2 == "cartpole_swingup") && $3 == "default" \
  && $5 == "episode"' $csv >>$gap

# Of every run: the last evaluation (of 10 episodes, without exploration), the mean of the last five episodes as it
# acted, the first real step at which five episodes in a row were good on average, the area under the curve (the mean
# over the real steps up to 5,000 of the return of the episode under way), and the time. Over seeds: mean ± sd.
awk -F, '
  function wanted(env) {return env == "pendulum" ? -200 : env == "inverted_pendulum" ? 950 : 150}
  function done(   k, sum, n) {
    if (!runs[key, seed]) return
    n = 0; for (k = count; k > count - 5 && k > 0; k--) {sum += value[k]; n++}
    last[key, seed] = n ? sum / n : "nan"
    area[key, seed] = weight ? total / weight : "nan"
  }
  NR == 1 {next}
  {this = $1 " " $2 " " $3; if (this != key || $4 != seed) {
    done(); key = this; seed = $4; runs[key, seed] = 1; count = total = weight = before = 0
    if (!(key in known)) {known[key] = 1; order[++keys] = key}}}
  $5 == "Q" {next}
  $5 == "evaluation" {evaluated[key, seed] = $7; next}
  {
    value[++count] = $7; time[key, seed] = $8
    end = $6 < 5000 ? $6 : 5000; if (end > before) {total += $7 * (end - before); weight += end - before; before = end}
    sum5 = 0; for (k = count; k > count - 5 && k > 0; k--) sum5 += value[k]
    if (count >= 5 && sum5 / 5 >= wanted($2) && !((key, seed) in reached)) reached[key, seed] = $6
  }
  END {
    done()
    print "| algorithm, environment, setting | last evaluation | last 5 episodes | good from step | area to 5,000 | s |"
    print "|---|---|---|---|---|---|"
    for (i = 1; i <= keys; i++) {
      key = order[i]; line = "| " key " |"
      line = line spread(evaluated, key) " |" spread(last, key) " |" list(reached, key) " |" spread(area, key) " |"
      print line " " sprintf("%.0f", mean(time, key)) " |"
    }
  }
  function mean(x, key,   s, n, sum) {
    for (s = 1; s <= 5; s++) if ((key, s) in x) {n++; sum += x[key, s]}
    return n ? sum / n : 0
  }
  function spread(x, key,   s, n, sum, squares) {
    for (s = 1; s <= 5; s++) if ((key, s) in x) {n++; sum += x[key, s]; squares += x[key, s]^2}
    return n < 2 ? " -" : sprintf(" %.1f ± %.1f", sum / n, sqrt((squares - sum^2 / n) / (n - 1)))
  }
  function list(x, key,   s, text) {
    for (s = 1; s <= 5; s++) if ((key, s) in runs) text = text (text == "" ? " " : ", ") ((key, s) in x ? x[key, s] : "never")
    return text
  }' $csv
