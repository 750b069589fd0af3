# The table of a CSV file of docs/results, a row for each algorithm, environment and setting. Of every run: its first episode,
# the mean of the last five as it acted, the last evaluation (without exploration), the real step at which the first good
# five episodes in a row began (good: their mean; one episode where it has 1000 steps), the area under the curve (the mean over the
# real steps from the first of the learned policy, behind the 200 random ones, up to 5,000 of the return of the episode under way),
# and the time. Over seeds: mean ± sd, of the area the 95 % interval of the mean.
BEGIN {
  FS = ","
  random = 200
  split("12.71 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 2.120 2.110 2.101 2.093", student, " ")
}
function good(env) {return env == "pendulum" ? -200 : env == "inverted_pendulum" ? 950 : env == "cartpole_swingup" ? 100 : "none"}
function done(   k, i, sum, n, total, before, end, window) {
  if (!count) return
  first[key, seed] = value[1]
  for (k = count; k > count - 5 && k > 0; k--) {sum += value[k]; n++}
  last[key, seed] = sum / n
  window = env == "inverted_pendulum" ? 1 : 5
  for (k = 0; good(env) != "none" && k + window <= count && !((key, seed) in began); k++) {
    sum = 0; for (i = 1; i <= window; i++) sum += value[k + i]
    if (sum / window >= good(env)) began[key, seed] = k ? at[k] : random
  }
  before = random
  for (k = 1; k <= count && before < 5000; k++) {
    end = at[k] < 5000 ? at[k] : 5000
    total += value[k] * (end - before); before = end
  }
  area[key, seed] = total / (before - random)
  count = 0
}
NR == 1 {next}
{
  if ($1 " | " $2 " | " $3 != key || $4 != seed) {
    done(); key = $1 " | " $2 " | " $3; seed = $4; env = $2
    if (!(key in seeds)) order[++keys] = key
    seeds[key] = seeds[key] " " seed
  }
}
$5 == "evaluation" {evaluated[key, seed] = $7; next}
{value[++count] = $7; at[count] = $6; time[key, seed] = $8}
END {
  done()
  print "| algorithm | environment | setting | seeds | first episode | last 5 episodes | last evaluation | good from step | area to 5,000 | s |"
  print "|---|---|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= keys; i++) {
    key = order[i]
    moments(time, key); seconds = sum / n
    print "| " key " | " split(seeds[key], s, " ") " | " spread(first, key) " | " spread(last, key) " | " spread(evaluated, key) \
      " | " list(key) " | " interval(area, key) " | " sprintf("%.0f", seconds) " |"
  }
}
function moments(x, key,   k, count, each) {
  n = sum = squares = 0
  count = split(seeds[key], each, " ")
  for (k = 1; k <= count; k++) if ((key, each[k]) in x) {n++; sum += x[key, each[k]]; squares += x[key, each[k]]^2}
  sd = n > 1 ? sqrt((squares - sum^2 / n) / (n - 1)) : 0
}
function spread(x, key) {moments(x, key); return n ? sprintf(n > 1 ? "%.1f ± %.1f" : "%.1f", sum / n, sd) : "-"}
function interval(x, key) {
  moments(x, key)  # Student, n - 1 degrees of freedom
  return n < 2 ? "-" : sprintf("%.1f ± %.1f", sum / n, (n <= 20 ? student[n - 1] : 2.09) * sd / sqrt(n))
}
function list(key,   k, count, each, text) {
  if (good(env_of(key)) == "none") return "-"
  count = split(seeds[key], each, " ")
  for (k = 1; k <= count; k++) text = text (text == "" ? "" : ", ") ((key, each[k]) in began ? began[key, each[k]] : "never")
  return text
}
function env_of(key,   parts) {split(key, parts, " [|] "); return parts[2]}
