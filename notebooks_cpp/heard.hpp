// What a planner hears of a model's uncertainty, one kind at a time: the networks, the search and
// the data stay the same, and only what is said of each plan changes.
#pragma once

#include "algorithms/02_pets.hpp"

namespace mbrl {

// nothing: particles follow the mean of the members. noise: the same, with the noise that the
// members agree on. disagreement: each particle follows the mean of one member for the whole plan.
// both: and with that member's noise, which is PETS (TSinf).
enum class Heard { nothing, noise, disagreement, both };

inline std::string words_of(Heard heard) {
  switch (heard) {
    case Heard::nothing:
      return "mean";
    case Heard::noise:
      return "noise";
    case Heard::disagreement:
      return "disagreement";
    case Heard::both:
      return "both";
  }
  return "";
}

// s' = mean over the members + noise, whose variance is the mean of the members' variances: the law
// of total variance without its second part.
inline Dynamics<Matrix> world_with_noise_only(Index i, const UncertainModel& model,
                                              const Luck& luck) {
  return [i, &model, &luck, t = std::size_t(0)](const Matrix& s, const Matrix& a) mutable {
    const auto share = 1 / Scalar(luck.thetas.size());
    NextState<Matrix> pooled{
        Matrix::Zero(s.rows(), s.cols()), Matrix::Zero(s.rows(), s.cols()), {}};
    for (const Theta& theta : luck.thetas) {
      const NextState<Matrix> p = model.predict(theta, s, a);
      pooled.mean += share * p.mean;
      pooled.sd += share * p.sd.cwiseAbs2();
    }
    pooled.mean += luck.noise[t++].col(i).asDiagonal() * pooled.sd.cwiseSqrt();
    return model.arrive(std::move(pooled), s, a);
  };
}

// PETS, which hears what it is told to.
struct Listener {
  Heard heard;
  pets::Agent agent;

  Listener(const Env& env, pets::Config config, Heard what, std::uint64_t seed)
      : heard(what), agent(env, told(std::move(config), what), seed) {}

  // The score of each plan, (1, K).  plans: (H * action_dim, K)
  Row judge(const Vector& s, const Matrix& plans, Rng& rng, Workers& workers) const {
    if (heard != Heard::noise) return agent.judge(s, plans, rng, workers);
    const Env& env = agent.model.io().env();
    PropagationConfig pooled = agent.propagation;  // draws all members, as E does
    pooled.propagation = "DS";
    const Luck luck = draw_luck(agent.model, pooled, plans.rows() / env.spec.action_dim(), rng);
    Matrix returns(pooled.particles, plans.cols());
    workers.for_each(pooled.particles, [&](Index i) {
      returns.row(i) =
          return_of_plans(env, world_with_noise_only(i, agent.model, luck), s, plans).matrix();
    });
    return score(returns, pooled.score, pooled.risk);
  }

  const Vector& act(const Vector& s, Workers& workers) {
    return agent.planner.first_action(
        objective([&](const Matrix& plans) { return judge(s, plans, agent.particles, workers); }));
  }

 private:
  static pets::Config told(pets::Config config, Heard what) {
    config.propagation.propagation = what == Heard::nothing ? "E" : "TSinf";
    config.propagation.sample_noise = what != Heard::disagreement;
    return config;
  }
};

}  // namespace mbrl
