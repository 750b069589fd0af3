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
    run mbpo cartpole_swingup $seed k1 --steps 5000 --rollout-length 1
    run mbpo pendulum $seed k15 --steps 3000 --rollout-length 15
    run mbpo pendulum $seed real0 --steps 3000 --real-ratio 0
    run mbpo pendulum $seed real50 --steps 3000 --real-ratio 0.5
    run mbpo pendulum $seed real100 --steps 3000 --real-ratio 1
    for env in pendulum inverted_pendulum cartpole_swingup; do
      steps=5000; [ $env = pendulum ] && steps=3000
      run sac $env $seed updates10 --steps $steps --updates-per-step 10
    done
    run mbpo inverted_pendulum $seed narrow --steps 5000 --target-entropy -0.5
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
# acted, the real step at which the first good five episodes in a row began (good: their mean; one episode where it has
# 1000 steps), the area under the curve (the mean over the real steps up to 5,000 of the return of the episode under
# way), and the time. Over seeds: mean ± sd, of the area the 95 % interval of the mean.
awk -F, '
  function good(env) {return env == "pendulum" ? -200 : env == "inverted_pendulum" ? 950 : 100}
  function done(   k, i, n, sum, total, before, end, window) {
    if (!count) return
    n = 0; for (k = count; k > count - 5 && k > 0; k--) {sum += value[k]; n++}
    last[key, seed] = sum / n
    window = env == "inverted_pendulum" ? 1 : 5
    for (k = 0; k + window <= count && !((key, seed) in began); k++) {
      sum = 0; for (i = 1; i <= window; i++) sum += value[k + i]
      if (sum / window >= good(env)) began[key, seed] = k ? at[k] : 200
    }
    for (k = 1; k <= count && before < 5000; k++) {
      end = at[k] < 5000 ? at[k] : 5000
      total += value[k] * (end - before); before = end
    }
    area[key, seed] = total / before
  }
  NR == 1 || $5 == "Q" {next}
  {
    this = $1 " " $2 " " $3
    if (this != key || $4 != seed) {
      done(); key = this; seed = $4; env = $2; count = 0; runs[key, seed] = 1
      if (!(key in known)) {known[key] = 1; order[++keys] = key}
    }
  }
  $5 == "evaluation" {evaluated[key, seed] = $7; next}
  {value[++count] = $7; at[count] = $6; time[key, seed] = $8}
  END {
    done()
    print "| algorithm, environment, setting | last evaluation | last 5 episodes | good from step | area to 5,000 | s |"
    print "|---|---|---|---|---|---|"
    for (i = 1; i <= keys; i++) {
      key = order[i]
      print "| " key " | " spread(evaluated, key) " | " spread(last, key) " | " list(key) " | " interval(area, key) " | " \
        sprintf("%.0f", mean(time, key)) " |"
    }
  }
  function moments(x, key,   s) {
    n = sum = squares = 0
    for (s = 1; s <= 5; s++) if ((key, s) in x) {n++; sum += x[key, s]; squares += x[key, s]^2}
    sd = n > 1 ? sqrt((squares - sum^2 / n) / (n - 1)) : 0
  }
  function mean(x, key) {moments(x, key); return n ? sum / n : 0}
  function spread(x, key) {moments(x, key); return n ? sprintf("%.1f ± %.1f", sum / n, sd) : "-"}
  function interval(x, key) {
    moments(x, key)  # Student, n - 1 degrees of freedom
    return n < 2 ? "-" : sprintf("%.1f ± %.1f", sum / n, (n == 5 ? 2.776 : n == 4 ? 3.182 : n == 3 ? 4.303 : 12.71) * sd / sqrt(n))
  }
  function list(key,   s, text) {
    for (s = 1; s <= 5; s++) if ((key, s) in runs) text = text (text == "" ? "" : ", ") ((key, s) in began ? began[key, s] : "never")
    return text
  }' $csv
