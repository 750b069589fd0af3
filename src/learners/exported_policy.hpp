// A policy that is a network, in a small text of its own: for whoever only wants to see it act, as
// the page in the browser does (docs/web/). Nothing can be learned on from it.
//
//   mbrl policy 1
//   env half_cheetah
//   algorithm mbpo
//   steps 15000              the real steps that it was learned in
//   activation relu          of its hidden layers: tanh, relu or silu
//   layers 17 128 128 6      features of the state, hidden units, actions
//   units 3.1e-05 ...        of W_1, b_1, W_2, b_2, ...: what 1 stands for below
//   weights
//   ...                      W_1 b_1 W_2 b_2 ..., column by column, as whole numbers of two bytes,
//                            the lower one first, in base64, in lines of any length
//
// So the largest weight of a matrix is 32767 of its units, and each is right to half a unit.
#pragma once

#include "envs/env.hpp"
#include "nn/mlp.hpp"

namespace mbrl {

struct ExportedPolicy {
  std::string env, algorithm;
  int env_steps = 0;
  Mlp net;  // features(s) to u, of which the action is middle + half tanh(u)

  // s: (state_dim, B)  returns (action_dim, B)
  Matrix act(const Env& world, const Matrix& s) const;
};

std::string text_of(const ExportedPolicy& policy);
// Throws UserError, which says what is wrong, unless the text is one of text_of().
ExportedPolicy exported_policy(const std::string& text);

}  // namespace mbrl
