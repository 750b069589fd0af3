// %% [markdown]
// # A step of a robot, taken apart
//
// The half-cheetah comes down from 15 cm, running at 2 m/s, and lands. What acts on it during one
// step of a hundredth of a second? `docs/physics.md` has the equations and `envs/planar_bodies.hpp`
// the program; here every force of one step is drawn, and what must be true of them is checked:
// Newton's laws, the cone of friction, the minimum that the solver promises, and MuJoCo's own
// steps. (`robot_step.hpp`, beside this, calls the functions of a step one by one and keeps what
// they say: mass matrix, forces, rows of constraints, accelerations.)

// %%
#include <fstream>
#include <sstream>

#include "robot_step.hpp"

using namespace mbrl;

const Bodies bodies(HalfCheetah::table());
const std::vector<RobotStep> steps = landing(bodies, 0.5);
const RobotStep& one = steps[19];  // both feet are down, and a thigh is at the end of its range
const int kHindFoot = 4, kForeFoot = 7;  // the capsules

// %% [markdown]
// ## All forces of one step
//
// Above, what acts by itself: the weight of each link at its centre, and the torque in each hinge,
// which is its motor, a spring to the middle of its range, and a damper. Below, what answers: the
// ground pushes the feet up and rubs them backwards, since they slide forward, and a thigh that has
// come to the end of its range is turned back.

// %%
RUN {
  Diagram picture(1.9, 1.92, 420);
  const Stage above{picture, bodies, one, {0.95, 1.1}}, below{picture, bodies, one, {0.95, 0.1}};
  above.robot(), below.robot();
  picture.text({0.95, 1.86},
               "what acts by itself: weight, and motor, spring and damper of each hinge", 13);
  picture.text({0.95, 0.86}, "what answers: ground, friction, and a hinge at the end of its range",
               13);
  double weight = 0;
  for (int i = 0; i < Bodies::links; ++i) {
    const Arm d = one.pose.in_world(i, bodies.centre[i].x(), bodies.centre[i].y());
    above.force(one.pose.hinge[i] + d, 0, -bodies.mass[i] * bodies.table.g, kBlue);
    weight += bodies.mass[i] * bodies.table.g;
    if (i > 0) above.torque(i, one.torque(2 + i));
  }
  picture.text(above.at(one.pose.hinge[0], 0, -0.22), "weights: " + number(weight, "N in all"), 11,
               kBlue);
  bool pushed = true, rubbed = true;
  for (const Contact& contact : one.contacts) {
    below.force(contact.at, 0, contact.normal, kGreen);
    below.force(contact.at, contact.friction, 0, kOrange);
    picture.text(below.at(contact.at, 0.09, kMetresPerNewton * contact.normal - 0.02),
                 number(contact.normal, "N"), 11, kGreen);
    picture.text(below.at(contact.at, kMetresPerNewton * contact.friction - 0.08, 0.03),
                 number(-contact.friction, "N"), 11, kOrange);
    const int link = bodies.table.capsules[contact.capsule].link;
    const double slides = bodies.jacobian<double>(one.pose, link, contact.at).row(0).dot(one.v);
    std::printf("a foot %.1f mm in the ground, sliding at %.2f m/s: %.0f N up, %.0f N along\n",
                1000 * contact.depth, slides, contact.normal, contact.friction);
    pushed = pushed && contact.normal > 0, rubbed = rubbed && contact.friction * slides < 0;
  }
  int limits = 0;
  for (int r = 0; r < one.rows.count && one.rows.row[r].capsule < 0; ++r)
    for (int i = 1; i < Bodies::links; ++i)
      if (one.rows.row[r].J(2 + i) != 0)
        below.torque(i, one.rows.row[r].J(2 + i) * one.force(r)), ++limits;
  show(picture, "robot_forces");
  expect(one.contacts.size() == 2 && limits == 1, "two feet are down, one hinge is at its limit");
  expect(pushed && rubbed, "the ground pushes upwards, and friction opposes sliding");
}

// %% [markdown]
// ## A soft constraint
//
// A row of the table of constraints says: this much acceleration, `wanted`, like a spring and a
// damper. It is granted in part. If $a_0$ is the acceleration without the constraint, and the
// constraint stands alone, then the force is such that the result is
//
// $$\ddot q = (1 - d)\, a_0 + d \cdot \text{wanted},$$
//
// so the impedance $d$ is the share that is granted. It grows with the depth: in a carpet for the
// cheetah's feet, from nothing to 0.8 over a centimetre; at the end of a cart's rail from 0.9 to
// 0.95 over a millimetre. The second picture is a ball that is held still in the ground: too deep
// and it is sent up, not deep enough and it sinks. It comes to rest where the line crosses zero.

// %%
// q'' of a ball of 2 kg that moves upwards at v [m/s] and is `depth` in the ground.
double ball(const Softness& soft, double depth, double v, bool by_the_formula) {
  using One = Eigen::Matrix<double, 1, 1>;
  const double mass = 2, g = 9.81, d = soft.impedance(-depth);
  if (by_the_formula) return (1 - d) * -g + d * (-soft.b() * v + soft.k() * d * depth);
  SoftRows<double, 1> rows;
  rows.add(One(1), One(v), -depth, soft, 1 / mass, 0);
  return constrained_acceleration<double, 1>(One(mass), One(-mass * g), rows)(0);
}

RUN {
  Figure impedance{
      .title = "How much of what is wanted is granted", .y_label = "impedance d", .height = 330};
  Figure ball_at_rest{.title = "A ball held still in the ground, and let go",
                      .x_label = "depth [mm]",
                      .y_label = "acceleration upwards [m/s²]",
                      .references = {{0, ""}},
                      .height = 330};
  const std::vector<std::pair<std::string, Softness>> kinds{
      {"the cheetah's feet", bodies.table.contacts}, {"the end of a cart's rail", {.time = 0.04}}};
  double worst = 0;
  bool rises = true;
  for (const auto& [name, soft] : kinds) {
    Series d{.label = name}, up{.label = name};
    for (double depth = 0; depth <= 0.02; depth += 0.0001) {
      d.x.push_back(1000 * depth), d.y.push_back(soft.impedance(-depth));
      up.x.push_back(1000 * depth), up.y.push_back(ball(soft, depth, 0, false));
      for (const double v : {-1.0, 0.0, 0.02})
        if (const double solved = ball(soft, depth, v, false); solved > -9.81)
          worst = std::max(worst, std::abs(solved - ball(soft, depth, v, true)));
      rises = rises && (d.y.size() < 2 || d.y.back() >= d.y[d.y.size() - 2]);
    }
    impedance.series.push_back(d), ball_at_rest.series.push_back(up);
  }
  show({impedance, ball_at_rest}, "robot_softness");
  expect(rises, "the impedance never falls with the depth");
  expect(worst < 1e-9, "a constraint that stands alone grants the share d, to 1e-9");
}

// %% [markdown]
// ## Newton's second law
//
// Motors, springs and limits turn one link against another. They cannot change the momentum of the
// whole robot, $p = \sum_i m_i J_i v$; only its weight and the ground can. So over the landing the
// sum of their impulses is the change of momentum. (With steps of finite length up to an error that
// shrinks with them, as the robot turns within a step.)

// %%
Arm momentum(const Bodies& of, const RobotStep& step) {
  Arm sum = Arm::Zero();
  for (int i = 0; i < Bodies::links; ++i) {
    const Arm d = step.pose.in_world(i, of.centre[i].x(), of.centre[i].y());
    sum += of.mass[i] * of.jacobian<double>(step.pose, i, step.pose.hinge[i] + d) * step.v;
  }
  return sum;
}

// The landing in steps of dt: its momentum p before each step, and that of the first step with the
// impulses of all forces since.
struct Ledger {
  std::vector<RobotStep> steps;
  std::vector<Arm> p, given;

  explicit Ledger(double dt) {
    PlanarTable table = HalfCheetah::table();
    table.dt = dt;
    const Bodies finer(table);
    steps = landing(finer, 0.5);
    Arm sum = momentum(finer, steps[0]);
    for (const RobotStep& step : steps) {
      p.push_back(momentum(finer, step)), given.push_back(sum);
      for (const double mass : finer.mass) sum.y() -= dt * mass * table.g;
      for (const Contact& contact : step.contacts)
        sum += dt * Arm(contact.friction, contact.normal);
    }
  }
  double error() const { return (p.back() - given.back()).norm(); }
};

RUN {
  const Ledger coarse(0.01), fine(0.001);
  Figure forces{.title = "The ground's push on the feet", .y_label = "force [N]", .height = 330};
  Figure sums{.title = "Momentum of the robot, and what the forces have given it",
              .x_label = "time [s]",
              .y_label = "momentum [N s]",
              .height = 380};
  for (const int foot : {kHindFoot, kForeFoot}) {
    Series push{.label = foot == kHindFoot ? "hind foot" : "fore foot"};
    for (std::size_t t = 0; t < fine.steps.size(); ++t) {
      push.x.push_back(0.001 * double(t)), push.y.push_back(0);
      for (const Contact& contact : fine.steps[t].contacts)
        if (contact.capsule == foot) push.y.back() += contact.normal;
    }
    forces.series.push_back(push);
  }
  for (const int along : {0, 1}) {
    Series p{.label = along == 0 ? "forward" : "upward",
             .color = palette(along),
             .width = 5,
             .opacity = 0.35};
    Series given{
        .label = along == 0 ? "impulses so far" : "", .style = Style::dashes, .color = "#333333"};
    for (std::size_t t = 0; t < fine.steps.size(); ++t) {
      for (Series* line : {&p, &given}) line->x.push_back(0.001 * double(t));
      p.y.push_back(fine.p[t](along)), given.y.push_back(fine.given[t](along));
    }
    sums.series.push_back(p), sums.series.push_back(given);
  }
  show({forces, sums}, "robot_landing");
  const Arm change = coarse.p.back() - coarse.p.front();
  std::printf("change of momentum: forward %.2f, upward %.2f N s\n", change.x(), change.y());
  std::printf("the impulses miss it by %.4f N s; in steps of a tenth of the length, by %.4f\n",
              coarse.error(), fine.error());
  expect(coarse.error() < 0.005 * change.norm(), "impulses account for the change to 0.5 %");
  expect(fine.error() < coarse.error() / 5, "and shorter steps do better");
}

// %% [markdown]
// ## The cone of friction
//
// A force of the ground is a sum of three, each a push along `up` or `up ± mu along`. So it lies in
// a cone, whatever the three are. Friction is soft, too: it slows a foot down and does not hold it,
// so that a foot may slide with a force inside the cone, as both in the picture above do.

// %%
RUN {
  const double mu = bodies.table.capsules[kHindFoot].friction;
  Figure figure{.title = "Forces on the feet in each step of the landing",
                .x_label = "friction [N]",
                .y_label = "push [N]"};
  figure.series = {
      {.label = "hind foot", .style = Style::points},
      {.label = "fore foot", .style = Style::points},
      {.label = "the cone", .x = {-200, 0, 200}, .y = {200 / mu, 0, 200 / mu}, .color = "#777777"}};
  bool pushes = true, inside = true;
  int edge = 0, count = 0;
  for (const RobotStep& step : steps)
    for (const Contact& contact : step.contacts) {
      const double most = mu * contact.normal, along = std::abs(contact.friction);
      pushes = pushes && contact.normal >= 0, inside = inside && along <= most + 1e-9;
      edge += contact.normal > 0 && along > 0.999 * most, ++count;
      Series& foot = figure.series[contact.capsule == kHindFoot ? 0 : 1];
      if (contact.normal < 550)
        foot.x.push_back(contact.friction), foot.y.push_back(contact.normal);
    }
  show({figure}, "robot_cone");
  std::printf("%d forces, %d of them on the edge of the cone\n", count, edge);
  expect(pushes && inside, "no foot is pulled, and every force is inside the cone");
  expect(edge > 0 && edge < count, "some lie on its edge, where friction is all that it can be");
}

// %% [markdown]
// ## The minimum
//
// The accelerations minimise a convex function: the distance from what Newton would have without
// constraints, and what every row falls short of its wish, squared, over 2 R. Here is that function
// on the way from falling freely (0) through the minimum (1). And here are the rounds of the
// solver: assume which rows fall short, solve, look which do.

// %%
Vec unconstrained(const RobotStep& step) {
  return solve<double, 9>(step.M, step.by_itself + step.torque);
}

// Both parts of the cost of an acceleration.
double inertia_cost(const RobotStep& step, const Vec& acceleration) {
  const Vec off = acceleration - unconstrained(step);
  return 0.5 * off.dot(step.M * off);
}
double row_cost(const RobotStep& step, const Vec& acceleration) {
  double sum = 0;
  for (int r = 0; r < step.rows.count; ++r) {
    const double force = std::max(0.0, step.rows.row[r].force(acceleration));
    sum += force * force / (2 * step.rows.row[r].inverse_R);
  }
  return sum;
}
double cost(const RobotStep& step, const Vec& acceleration) {
  return inertia_cost(step, acceleration) + row_cost(step, acceleration);
}
// M q'' minus all forces: the gradient of the cost.
Vec gradient(const RobotStep& step, const Vec& acceleration) {
  Vec sum = step.M * acceleration - step.by_itself - step.torque;
  for (int r = 0; r < step.rows.count; ++r)
    sum -= std::max(0.0, step.rows.row[r].force(acceleration)) * step.rows.row[r].J;
  return sum;
}

// The accelerations after each round.
std::vector<Vec> rounds(const RobotStep& step) {
  std::vector<Vec> all;
  std::vector<bool> active(std::size_t(step.rows.count), true), before;
  do {
    Bodies::Square<double> A = step.M;
    Vec b = step.by_itself + step.torque;
    for (int r = 0; r < step.rows.count; ++r) {
      if (!active[r]) continue;
      const SoftRow<double, 9>& row = step.rows.row[r];
      A += row.inverse_R * row.J * row.J.transpose(), b += row.inverse_R * row.wanted * row.J;
    }
    all.push_back(solve<double, 9>(A, b));
    before = active;
    for (int r = 0; r < step.rows.count; ++r) active[r] = step.rows.row[r].force(all.back()) > 0;
  } while (active != before);
  return all;
}

RUN {
  Figure figure{.title = "The cost of an acceleration",
                .x_label = "from falling freely (0) to the minimum (1)",
                .y_label = "cost [N m/s²]"};
  figure.series = {{.label = "of leaving the free fall", .style = Style::dashes},
                   {.label = "of what rows fall short of", .style = Style::dashes},
                   {.label = "together", .width = 3}};
  const Vec start = unconstrained(one);
  for (double way = 0; way <= 1.6; way += 0.01) {
    const Vec there = start + way * (one.acceleration - start);
    const double parts[] = {inertia_cost(one, there), row_cost(one, there), cost(one, there)};
    for (std::size_t i = 0; i < 3; ++i)
      figure.series[i].x.push_back(way), figure.series[i].y.push_back(parts[i]);
  }
  show({figure}, "robot_cost");
  int round = 0;
  for (const Vec& acceleration : rounds(one))
    std::printf("round %d: cost %.6f, gradient %.1e\n", ++round, cost(one, acceleration),
                gradient(one, acceleration).norm());
  bool falls = true;
  double steepest = 0, farthest = 0;
  std::size_t most = 0;
  for (const RobotStep& step : steps) {
    const std::vector<Vec> all = rounds(step);
    for (std::size_t i = 1; i < all.size(); ++i)
      falls = falls && cost(step, all[i]) <= cost(step, all[i - 1]) * (1 + 1e-12);
    const double scale = (step.by_itself + step.torque).norm();
    steepest = std::max(steepest, gradient(step, step.acceleration).norm() / scale);
    farthest = std::max(farthest, (all.back() - step.acceleration).norm());
    most = std::max(most, all.size());
  }
  std::printf("over the landing: at most %zu rounds; gradient at the end at most %.0e of f\n", most,
              steepest);
  expect(falls, "the cost never rises from round to round");
  expect(steepest < 1e-11, "at the end its gradient is zero: M q'' is the sum of all forces");
  expect(farthest < 1e-8, "these rounds are those of constrained_acceleration");
}

// %% [markdown]
// ## Is it MuJoCo?
//
// Twenty steps of the task (five of the integrator each) that MuJoCo 3.3.8 took: in the air, with
// hinges at their limits, and on the ground. The bounds are those of the tests.

// %%
RUN {
  std::ifstream file("tests/envs/mujoco/half_cheetah.csv");
  std::string line;
  std::getline(file, line);
  double worst_q = 0, worst_v = 0;
  int count = 0;
  for (; std::getline(file, line); ++count) {
    std::istringstream words(line);
    std::string word;
    std::getline(words, word, ',');
    Vec q, v, a = Vec::Zero(), q_true, v_true;
    const auto read = [&](auto&& numbers) {
      for (double& x : numbers) std::getline(words, word, ','), x = std::stod(word);
    };
    read(q), read(v), read(a.tail<6>()), read(q_true), read(v_true);
    bodies.step(q, v, a);
    worst_q = std::max(worst_q, (q - q_true).cwiseAbs().maxCoeff());
    worst_v = std::max(worst_v, (v - v_true).cwiseAbs().maxCoeff());
  }
  std::printf("%d steps: q differs by at most %.0e, v by %.0e\n", count, worst_q, worst_v);
  expect(count == 20 && worst_q < 1e-11 && worst_v < 1e-9, "each is MuJoCo's step");
}
