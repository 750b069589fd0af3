// How errors grow: a learned model rolled out open loop beside the truth, and in short pieces from visited states.
'use strict';

class Errors extends Scene {
  constructor() {
    super({
      id: 'errors', slide: 'The curse of long model-based rollouts / How to get away with accumulated errors?',
      title: 'Errors that grow', still: true,
      lit: 'Lit is what ran last: the first function while the model learns, then the second, for each T and k.',
      idea: 'A model is wrong by a little at every step, and the next step starts from there. Rolled out for long, imagination parts from ' +
        'the truth; short rollouts from states that were really visited stay close to it, and still see all times.',
    });
    const worlds = { pendulum: 'pendulum', cartpole_swingup: 'cart-pole swing-up' };
    this.choice({ name: 'env', label: 'World', value: 'pendulum', options: worlds, change: (name) => this.begin(`Begun again, with the ${worlds[name]}.`) });
    this.rows = this.slider({ name: 'rows', label: 'Transitions learned from', values: [20, 50, 100, 200, 500, 1000, 2000], value: 50,
      change: (n) => this.begin(`Learned again, from ${whole(n)} transitions.`), note: 'More of them: a smaller \u03b5.' });
    this.T = this.slider({ name: 'T', label: 'T, steps of a rollout', low: 10, high: 150, step: 5, value: 100, change: () => this.ask() });
    this.k = this.slider({ name: 'k', label: 'k, steps of a short rollout', low: 1, high: 25, value: 10, change: () => this.ask() });
    this.stage = new Stage(this.stages, { label: 'Height of the tip in truth and in imagination', ratio: 2.4, wide: true, caption: [
      key('the truth', colors.truth), key('open loop from the first state', colors.model), key('short rollouts from visited states', colors.green),
      ' Height of the tip over time, under the same random actions.'] });
    this.sum = new Plot(this.stages, { label: 'Errors summed over the steps', ratio: 2.4, low: 0, wide: true, caption: [
      key('open loop', colors.model), key('short rollouts', colors.green), key('\u03b5 T', colors.candidate), key('\u03b5 T\u00b2, as the slide has it', colors.orange),
      ' Sum of the errors of T steps, mean of 50 rollouts, in units of the spread of the data.'] });
    this.reset();
  }
  get env() { return this.$('input[name=errors-env]:checked').value; }
  reset() {
    if (this.remote) this.remote.end();
    this.failed = false, this.look = null;
    this.saidAt = -Infinity, this.begun = performance.now();
    this.remote = new Remote('Rollouts', this.env, this.rows.value, this.seed);
    this.remote.made.catch((error) => this.fail(error));
    this.code('src/dynamics/deterministic.cpp', [
      { file: 'src/dynamics/deterministic.cpp', start: 'FitReport DeterministicModel::fit', number: 1, words: 'Learn f(s, a) to minimise the sum of |f(s_i, a_i) - s\u2019_i|\u00b2.' },
      { file: 'src/dynamics/short_rollouts.cpp', start: 'short_rollouts(', number: 2, words: 'Pick states s_i from D, and make short rollouts from them with f.' }]);
    this.commands([fixed, "make notebooks N='14* 15*'"]);
    this.ask();
  }
  async ask() {
    const remote = this.remote, asked = (this.asked = [this.T.value, this.k.value]);
    try {
      const look = await remote.call('look', ...asked);
      if (remote === this.remote && asked === this.asked) this.look = look;
    } catch (error) {
      if (remote === this.remote) this.fail(error);
    }
  }
  tick() {
    this.light(this.look ? [2] : [1]);
    if (this.look) this.draw(this.look);
    else if (!this.failed) this.wait(`Learning a model of ${whole(this.rows.value)} random transitions ...`, { waited: Math.floor((performance.now() - this.begun) / 1000) });
  }
  draw({ truth, openLoop, parts, longErrors, shortErrors }) {
    const T = longErrors.length - 1, stage = this.stage, heights = truth.filter((_, i) => i % 2);
    const low = Math.min(...heights), high = Math.max(...heights), room = 0.25 * (high - low) + 0.05;
    stage.clear([-0.07 * T, low - room], [1.02 * T, high + room]);
    stage.heights();
    for (const part of parts) {
      stage.line(part, colors.green, 2);
      stage.dot(part[0], part[1], 2.5, colors.green);
    }
    stage.line(openLoop, colors.model, 2);
    stage.line(truth, colors.truth, 2);
    const epsilon = longErrors[1], steps = Array.from(longErrors, (_, t) => t);
    const square = steps.filter((t) => epsilon * t * t <= longErrors[T]);  // as far as it is in the picture
    this.sum.high = longErrors[T];
    this.sum.draw([{ x: steps, y: steps.map((t) => epsilon * t), color: colors.candidate },
      { x: square, y: square.map((t) => epsilon * t * t), color: colors.orange, dashes: [5, 4] },
      { x: steps, y: Array.from(shortErrors), color: colors.green }, { x: steps, y: Array.from(longErrors), color: colors.model, width: 2.5 }], T);
    this.say('\u03b5 = ', [epsilon.toPrecision(2)], ' in one step. After ', [whole(T)], ' steps the errors sum to ', [brief(longErrors[T])],
      ', which is ', [whole(longErrors[T] / epsilon)], ' \u03b5; those of short rollouts, of ', [whole(this.asked[1])], ' steps each, to ', [whole(shortErrors[T] / epsilon)], ' \u03b5.');
    Object.assign(this.article.dataset, { epsilon, long: longErrors[T], short: shortErrors[T], steps: T });
  }
}
