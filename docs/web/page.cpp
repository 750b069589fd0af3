// The bindings of the live page: what its scenes ask of the library, and what they are told.
//
// A Run is `mbrl run`, taken forward by a few real steps at a time: after each part it is stopped,
// and resumed in memory for the next, so that a page can pause it, draw it, and change on the way
// whatever a checkpoint does not hold. That a run cut into parts has the bits of one that was never
// stopped is what tests/resume.cpp shows.
#include <emscripten/bind.h>

#include "command_line.hpp"
#include "dynamics/ensemble.hpp"
#include "envs/cliff.hpp"
#include "learners/exported_policy.hpp"

namespace mbrl {

using emscripten::val;

// ---- numbers and drawings as JavaScript objects ----

template <class Numbers>
static val array(const Numbers& x) {
  return val(emscripten::typed_memory_view(std::size_t(x.size()), x.data())).call<val>("slice");
}

static val point(const Point& p) { return array(std::vector<double>{p.x, p.y}); }

// x and y in turn, as the page draws lines.
static val way(const std::vector<Point>& points) {
  std::vector<float> both;
  for (const Point& p : points) both.push_back(float(p.x)), both.push_back(float(p.y));
  return array(both);
}

static val drawing(const Drawing& from) {
  val to = val::object(), shapes = val::array();
  for (const Shape& shape : from.shapes) {
    val one = val::object();
    one.set("points", way(shape.points)), one.set("color", shape.color);
    one.set("filled", shape.filled), one.set("width", shape.width);
    shapes.call<void>("push", one);
  }
  to.set("low", point(from.low)), to.set("high", point(from.high)), to.set("shapes", shapes);
  if (from.trace) to.set("trace", point(*from.trace));
  return to;
}

// A step in so many pictures, from s on, for whoever is to see more of it than its two ends: the
// state moves in a line between them.
static val pictures(const Env& env, const Transition& tr, int count) {
  val all = val::array();
  for (int i = 0; i < count; ++i) {
    const Vector s = tr.s + (tr.s_next - tr.s) * (Scalar(i) / Scalar(count));
    all.call<void>("push", drawing(env.draw(s)));
  }
  return all;
}

// What a page draws of a real step. total, length: of the episode until then
static val frame_of(const Env& env, const Transition& tr, int count, double total, int length) {
  val frame = val::object();
  frame.set("pictures", pictures(env, tr, count));
  frame.set("s", array(tr.s)), frame.set("a", array(tr.a)), frame.set("reward", tr.reward);
  frame.set("return", total), frame.set("length", length);
  frame.set("terminated", tr.terminated), frame.set("over", tr.terminated || tr.truncated);
  return frame;
}

// Whatever goes wrong is said in words: a scene shows them.
template <class Work>
static val guarded(const Work& work) {
  std::string why;
  try {
    return work();
  } catch (const std::exception& error) {
    why = error.what();
  }
  val result = val::object();
  result.set("error", why);
  return result;
}

// ---- a run, part by part ----

class Run {
 public:
  // words: those behind `mbrl run`, the algorithm first
  explicit Run(const std::string& words) : asked_(split(words, ' ')[0]) {
    std::vector<std::string> flags = split(words + " --steps 1000000000 --episodes 0", ' ');
    flags.erase(flags.begin());
    asked_.options.threads = 1, asked_.options.quiet = true;
    asked_.read(flags);
    asked_.options.out = asked_.options.config = "";
    watcher_.step = [this](const Transition& tr, bool learned) { on_step(tr, learned); };
    watcher_.refit = [this](const FitReport& report) { on_refit(report); };
    watcher_.searched = [this](const Vector& s, const Vector& plan, const Matrix& candidates,
                               const Watcher::Imagine& imagine) {
      on_searched(s, plan, candidates, imagine);
    };
    asked_.options.watcher = &watcher_;
  }
  Run(const Run&) = delete;

  // So many real steps further: a frame for each. Those of the base policy, at first, are a part of
  // their own, so that they can be seen while the first model is fitted.
  val advance(int steps) {
    return guarded([&] {
      frames_ = val::array();
      steps_left_ = steps;
      Archive left;
      asked_.options.left = &left;
      Recorder record(
          asked_.options, asked_.env->spec, "",
          [&] { return record.learned() && steps_left_ <= 0; }, std::exchange(kept_, {}));
      asked_.algorithm.run(*asked_.env, record);
      left.begin_loading();
      kept_ = std::move(left);
      return frames_;
    });
  }

  // Another value of a setting, from the next step on.
  val set(const std::string& name, const std::string& value) {
    return guarded([&] {
      if (name == "wind") return set_wind(Scalar(std::stod(value)));
      asked_.settings.set(name, value);
      asked_.settings.check();
      if (name == "horizon") fit_plan_to_horizon();
      return val(true);
    });
  }

  // How many imagined futures, candidates and pictures a frame shows.
  void show(int futures, int candidates, int pictures) {
    futures_ = futures, candidates_ = candidates, pictures_ = pictures;
  }

  // Someone has taken hold of the world: moves it until the trace of its drawing is as near as can
  // be to (x, y), in the coordinates that the drawing depends on.
  val hold(double x, double y) {
    return guarded([&] {
      if (!kept_) return val(false);
      Vector s;
      in_the_world([&](Archive& ar) { ar("s", s); });
      for (int i = 0; i < 20; ++i) s += towards(s, {x, y});
      kept_->begin_saving();
      in_the_world([&](Archive& ar) { ar("s", s); });
      kept_->begin_loading();
      return val(true);
    });
  }

  // A table of numbers from all that the run goes on from, e.g. agent/Q, row by row.
  val table(const std::string& name) {
    return guarded([&] {
      Matrix x;
      if (kept_) (*kept_)(name, x);
      return array(Matrix(x.transpose()));
    });
  }

  // Some of the rollouts that MBPO has imagined last, as ways in two coordinates of the state. The
  // buffer holds them step by step: first all first steps, then all second ones.
  val rollouts(int count, int i, int j) {
    return guarded([&] {
      Matrix filled;
      Index next = 0;
      if (kept_)
        kept_->inside("agent/imagined",
                      [&] { (*kept_)("filled", filled), (*kept_)("next", next); });
      const auto setting = [&](const char* name) {
        return Index(std::stoi(asked_.settings.find(name).get()));
      };
      const Index k = setting("rollout-length"), n = asked_.env->spec.state_dim();
      const Index m = asked_.env->spec.action_dim(), N = filled.cols();
      const Index all = setting("rollouts-per-step") * setting("refit-every");
      val ways = val::array();
      for (Index r = 0; r < count && N >= k * all; ++r) {
        std::vector<Point> points;
        for (Index h = 0; h < k; ++h) {
          const Index column = (next + N - (k - h) * all + r * (all / count)) % N;
          const Vector s = filled.col(column).head(n),
                       s_next = filled.col(column).segment(n + m, n);
          if (h == 0) points.push_back({double(s(i)), double(s(j))});
          points.push_back({double(s_next(i)), double(s_next(j))});
        }
        ways.call<void>("push", way(points));
      }
      return ways;
    });
  }

  val about() {
    return guarded([&] {
      const EnvSpec& spec = asked_.env->spec;
      val all = val::object(), settings = val::object();
      for (const auto& field : asked_.settings.fields()) settings.set(field.name, field.get());
      all.set("settings", settings), all.set("env", spec.name), all.set("summary", spec.summary);
      all.set("secondsPerStep", spec.seconds_per_step), all.set("maxSteps", spec.max_steps);
      all.set("horizon", spec.horizon);
      all.set("random", spec.random_return), all.set("oracle", spec.oracle_return);
      return all;
    });
  }

 private:
  void on_searched(const Vector& s, const Vector& plan, const Matrix& candidates,
                   const Watcher::Imagine& imagine) {
    Rng luck(asked_.seed(), "futures that are shown");
    futures_of_next_ = traces(s, imagine(plan, futures_, luck));
    candidates_of_next_ = val::array();
    const Index K = candidates.cols(), shown = std::min<Index>(K, candidates_);
    for (Index k = 0; k < shown; ++k) {
      const Vector one = candidates.col(k * K / shown);
      candidates_of_next_.call<void>("push", traces(s, imagine(one, 1, luck))[0]);
    }
  }

  // Where the point to follow goes from s on, in each of the imagined futures.
  val traces(const Vector& s, const std::vector<Matrix>& states) const {
    val all = val::array();
    if (states.empty()) return all;
    for (Index i = 0; i < states[0].cols(); ++i) {
      std::vector<Point> points{trace(s)};
      for (const Matrix& s_t : states) points.push_back(trace(s_t.col(i)));
      all.call<void>("push", way(points));
    }
    return all;
  }
  Point trace(const Vector& s) const {
    return asked_.env->draw(s).trace.value_or(Point{std::nan(""), std::nan("")});
  }

  void on_refit(const FitReport& report) {
    val fit = val::object();
    fit.set("rows", double(report.train_rows)), fit.set("epochs", report.epochs);
    fit.set("heldOut", double(report.holdout_rows));
    fit.set("loss", report.holdout_loss), fit.set("seconds", report.seconds);
    refit_of_next_ = fit;
    val::global().call<void>("postMessage", val("fitted"));  // before the part has come to its end
  }

  void on_step(const Transition& tr, bool learned) {
    total_ += double(tr.reward), ++length_;
    val frame = frame_of(*asked_.env, tr, learned ? pictures_ : 1, total_, length_);
    frame.set("step", ++env_steps_), frame.set("learned", learned);
    for (auto [name, what] : {std::pair{"futures", &futures_of_next_},
                              {"candidates", &candidates_of_next_},
                              {"refit", &refit_of_next_}})
      frame.set(name, std::exchange(*what, val::undefined()));
    frames_.call<void>("push", frame);
    --steps_left_;
    if (tr.terminated || tr.truncated) total_ = 0, length_ = 0;
  }

  // Another world, where the air is calmer. The dynamics are all that changes.
  val set_wind(Scalar wind) {
    if (asked_.env_name != "cliff") throw UserError("there is no wind in " + asked_.env_name);
    static_cast<EnvOf<Cliff>&>(*asked_.env).task.wind = wind;
    return val(true);
  }

  template <class Work>
  void in_the_world(const Work& work) {
    kept_->inside("world", [&] { work(*kept_); });
  }

  // The plan to start from, longer or shorter than it was: what is new is the middle of the box.
  void fit_plan_to_horizon() {
    if (!kept_) return;
    const EnvSpec& spec = asked_.env->spec;
    const int wanted = std::stoi(asked_.settings.find("horizon").get());
    const Index m = spec.action_dim(), H = wanted > 0 ? wanted : spec.horizon;
    Vector plan, longer = spec.action_middle().replicate(H, 1);
    Matrix no_elites(H * m, 0);  // those that are kept from one plan to the next have no use now
    const auto in_the_planner = [&](const auto& work) { kept_->inside("agent/planner", work); };
    in_the_planner([&] { (*kept_)("plan", plan); });
    const Index both = std::min(plan.size(), H * m);
    longer.head(both) = plan.head(both);
    kept_->begin_saving();
    in_the_planner([&] { (*kept_)("plan", longer), (*kept_)("kept", no_elites); });
    kept_->begin_loading();
  }

  // Downhill in the distance of the trace from `to`, as far as takes it lowest if all is linear.
  Vector towards(const Vector& s, const Point& to) const {
    const Scalar h = Scalar(1e-3);
    const Point here = trace(s);
    Matrix J(2, s.size());
    for (Index i = 0; i < s.size(); ++i) {
      Vector moved = s;
      moved(i) += h;
      const Point there = trace(moved);
      J.col(i) << Scalar(there.x - here.x) / h, Scalar(there.y - here.y) / h;
    }
    const Vector gap{{Scalar(to.x - here.x), Scalar(to.y - here.y)}};
    const Vector downhill = J.transpose() * gap, moves = J * downhill;
    return downhill * (downhill.squaredNorm() / std::max(moves.squaredNorm(), Scalar(1e-9)));
  }

  Request asked_;
  Watcher watcher_;
  std::optional<Archive> kept_;  // all that the run goes on from
  val frames_ = val::array();
  val futures_of_next_ = val::undefined(), candidates_of_next_ = val::undefined();
  val refit_of_next_ = val::undefined();
  int steps_left_ = 0, env_steps_ = 0, length_ = 0;
  int futures_ = 10, candidates_ = 20, pictures_ = 1;
  double total_ = 0;
};

// ---- a policy that was learned before, as it acts ----

class Played {
 public:
  // text: what `mbrl play --export` has written. The seed is that of `mbrl play DIR --seed`.
  Played(const std::string& text, int seed)
      : policy_(exported_policy(text)),
        env_(make_env(policy_.env)),
        world_(*env_, Rng(std::uint64_t(seed), "play")) {}
  Played(const Played&) = delete;

  // So many real steps further: a frame for each.
  val advance(int steps) {
    return guarded([&] {
      val frames = val::array();
      while (steps-- > 0) {
        if (world_.over()) world_.reset(), total_ = 0, length_ = 0;
        const Transition tr = world_.step(policy_.act(*env_, world_.s()));
        total_ += double(tr.reward), ++length_;
        val frame = frame_of(*env_, tr, pictures_, total_, length_);
        frame.set("step", ++steps_), frame.set("learned", true);
        frames.call<void>("push", frame);
      }
      return frames;
    });
  }

  void show(int, int, int pictures) { pictures_ = pictures; }

  // Gusts in the world, as `--process-noise`.
  val set(const std::string& name, const std::string& value) {
    return guarded([&] {
      if (name != "process-noise") throw UserError("a policy that is played has no " + name);
      env_->process_noise = std::stod(value);
      return val(true);
    });
  }

  // A push makes a robot as a whole so much faster, forward and upward [m/s].
  val push(double forward, double up) {
    return guarded([&] {
      Archive left;
      world_.archive(left);
      left.begin_loading();
      Vector s;
      left("s", s);
      const Index n = s.size() / 2;  // its place and angles; then their speeds
      s(n) += Scalar(forward), s(n + 1) += Scalar(up);
      left.begin_saving(), left("s", s), left.begin_loading();
      world_.archive(left);
      return val(true);
    });
  }

  val about() {
    return guarded([&] {
      val all = val::object();
      all.set("env", policy_.env), all.set("algorithm", policy_.algorithm);
      all.set("steps", policy_.env_steps), all.set("settings", val::object());
      all.set("secondsPerStep", env_->spec.seconds_per_step);
      all.set("maxSteps", env_->spec.max_steps);
      return all;
    });
  }

 private:
  ExportedPolicy policy_;
  std::unique_ptr<Env> env_;
  World world_;
  int steps_ = 0, length_ = 0, pictures_ = 1;
  double total_ = 0;
};

// ---- two types of uncertainty: a curve through points that a reader has set ----

class Curve {
 public:
  Curve(int members, int seed)
      : ensemble_(1, 1, model(), {.members = members, .resample = true, .learned_bounds = true},
                  std::uint64_t(seed)) {
    // Where there are no points nothing holds a member's own noise down but its bound, which is
    // learned; it begins where noise as large as that of these points just has room.
    for (Theta* theta : ensemble_.warm_started()) theta->max_log_var.setConstant(Scalar(-1.5));
  }
  Curve(const Curve&) = delete;

  void add(double x, double y) { xs_.push_back(Scalar(x) / unit), ys_.push_back(Scalar(y)); }
  void clear() { xs_.clear(), ys_.clear(); }

  // A few passes over the points, from what the members know already.
  val fit() {
    return guarded([&] {
      if (xs_.empty()) return val(0.0);
      const auto N = static_cast<Index>(xs_.size());
      RegressionData data;
      data.x = Eigen::Map<Matrix>(xs_.data(), 1, N), data.y = Eigen::Map<Matrix>(ys_.data(), 1, N);
      for (Index i = 0; i < N; ++i) data.row.push_back(i);
      data.x_holdout = data.x, data.y_holdout = data.y;
      const FitReport report = ensemble_.fit(data, alone_);
      return val(report.train_loss);
    });
  }

  // What the members say at so many places from low to high, and the two uncertainties in it.
  val look(double low, double high, int places) {
    return guarded([&] {
      const Matrix x =
          Matrix(Vector::LinSpaced(places, Scalar(low), Scalar(high)).transpose()) / unit;
      std::vector<Theta> thetas;
      val means = val::array(), all = val::object();
      for (int i = 0; i < ensemble_.size(); ++i) {
        thetas.push_back(ensemble_.member(i));
        means.call<void>("push", array(predict(thetas.back(), x).mean));
      }
      const Moments both = moments(thetas, x);
      Rng rng(1, "entropy");
      const EntropySplit H = entropy_split(thetas, x, 1, rng);
      all.set("members", means), all.set("mean", array(both.mean));
      all.set("aleatoric", array(Matrix(both.aleatoric.cwiseSqrt())));
      all.set("epistemic", array(Matrix(both.epistemic.cwiseSqrt())));
      all.set("entropy", array(H.expected));
      return all;
    });
  }

 private:
  static ModelConfig model() {
    ModelConfig config;
    config.epochs = config.patience = 20, config.batch_size = 32, config.learning_rate = 4e-3;
    return config;
  }

  // Inputs are divided by it: the smaller it is, the more a network bends.
  static constexpr Scalar unit = 2.5;
  Workers alone_{1};
  Ensemble ensemble_;
  std::vector<Scalar> xs_, ys_;
};

// ---- the curse of long rollouts: a model's imagination beside the truth ----

class Rollouts {
 public:
  // f is learned from so many random transitions.
  Rollouts(const std::string& env, int transitions, int seed)
      : env_(make_env(env)), seed_(std::uint64_t(seed)), f_(*env_, {}, seed_) {
    const EnvSpec& spec = env_->spec;
    Dataset D(spec.state_dim(), spec.action_dim());
    World world(*env_, Rng(seed_, "world"));
    Rng chance(seed_, "base policy");
    while (D.size() < transitions) {
      if (world.over()) world.reset();
      D.append(world.step(random_action(spec, chance)));
    }
    f_.fit(D);
    spread_ = spread(D.all().s);
  }
  Rollouts(const Rollouts&) = delete;

  // T steps under random actions: one of them to be drawn, and the errors that many add up to.
  // Open loop from the first state, and in pieces of k steps from states that were visited.
  val look(int T, int k) const {
    return guarded([&] {
      constexpr Index B = 50;
      Rng rng(seed_, "rollouts");
      Matrix s(env_->spec.state_dim(), B), a(env_->spec.action_dim(), B);
      for (Index b = 0; b < B; ++b) s.col(b) = env_->reset(rng);
      Matrix imagined = s, piece = s;
      std::vector<double> long_errors{0}, short_errors{0};
      std::vector<Point> truth{height(0, s)}, open_loop{height(0, s)}, part{height(0, s)};
      val parts = val::array(), all = val::object();
      for (int t = 1; t <= T; ++t) {
        for (Index b = 0; b < B; ++b) a.col(b) = random_action(env_->spec, rng);
        s = env_->dynamics(s, a);
        imagined = f_.predict(imagined, a).s_next, piece = f_.predict(piece, a).s_next;
        long_errors.push_back(long_errors.back() + error(imagined, s));
        short_errors.push_back(short_errors.back() + error(piece, s));
        truth.push_back(height(t, s)), open_loop.push_back(height(t, imagined));
        part.push_back(height(t, piece));
        if (t % k != 0 && t != T) continue;
        parts.call<void>("push", way(part));
        piece = s, part = {height(t, s)};
      }
      all.set("truth", way(truth)), all.set("openLoop", way(open_loop)), all.set("parts", parts);
      all.set("longErrors", array(long_errors)), all.set("shortErrors", array(short_errors));
      return all;
    });
  }

 private:
  static Vector spread(const Matrix& s) {
    return (s.colwise() - s.rowwise().mean().eval()).cwiseAbs2().rowwise().mean().cwiseSqrt();
  }
  Point height(int t, const Matrix& s) const {
    return {double(t), env_->draw(s.col(0)).trace.value_or(Point{}).y};
  }
  // The mean distance of states from the true ones, each coordinate in units of its spread in D.
  double error(const Matrix& imagined, const Matrix& s) const {
    Matrix off = imagined - s;
    for (const Index i : env_->spec.angles) off.row(i) = wrap_angle(row(off, i)).matrix();
    return double((spread_.cwiseInverse().asDiagonal() * off).colwise().norm().mean());
  }

  std::unique_ptr<Env> env_;
  std::uint64_t seed_;
  DeterministicModel f_;
  Vector spread_;
};

}  // namespace mbrl

EMSCRIPTEN_BINDINGS(page) {
  using namespace mbrl;
  emscripten::class_<Run>("Run")
      .constructor<std::string>()
      .function("advance", &Run::advance)
      .function("set", &Run::set)
      .function("show", &Run::show)
      .function("hold", &Run::hold)
      .function("table", &Run::table)
      .function("rollouts", &Run::rollouts)
      .function("about", &Run::about);
  emscripten::class_<Played>("Played")
      .constructor<std::string, int>()
      .function("advance", &Played::advance)
      .function("show", &Played::show)
      .function("set", &Played::set)
      .function("push", &Played::push)
      .function("about", &Played::about);
  emscripten::class_<Curve>("Curve")
      .constructor<int, int>()
      .function("add", &Curve::add)
      .function("clear", &Curve::clear)
      .function("fit", &Curve::fit)
      .function("look", &Curve::look);
  emscripten::class_<Rollouts>("Rollouts")
      .constructor<std::string, int, int>()
      .function("look", &Rollouts::look);
}
