// MBPO beside SAC, its model-free half, with the same number of real steps.
'use strict';

// The light on MBPO's steps: on 2 and 3 as long as a model is fitted; on 4 and 5 while it imagines; else on 1 and 6 in turn.
function lightMbpo(scene, player) {
  if (player.fitting) scene.light([2]);
  else if (player.due) scene.light([4]);
  else if (player.frame.learned) scene.lightInTurn([1, 6], player);
  else scene.light([1]);
}
// How often a model is fitted, and what of that is being waited for.
function wordsOfRefits(player) {
  const { 'refit-every': every, 'rollouts-per-step': rollouts, 'rollout-length': k } = player.about.settings;
  const soFar = player.waited > 0 ? `, ${player.waited} s so far. ` : '. ';
  if (!player.due) return `A model is fitted every ${every} real steps, the next in ${player.stepsToRefit(player.frame.step)}. `;
  return player.fitting ? `A new model is being fitted, as every ${every} real steps${soFar}` :
    `The new model imagines ${whole(every * rollouts * k)} steps${soFar}`;
}

class Mbpo extends Scene {
  constructor() {
    super({
      id: 'mbpo', slide: 'Model-Based Policy Optimization (MBPO)', title: 'With and without a model',
      lit: 'Lit is the step of MBPO, on the left, that runs. ' + inTurn,
      idea: 'The same learner twice, at the same real step. On the left it is fed with short imagined rollouts from visited states and makes many ' +
        'updates a step; on the right there are real transitions only. Both begin with the same 200 random steps.',
      room: ['Both at real step ', ['1,000'], '. Last return: MBPO ', ['\u22121,000'], ', SAC ', ['\u22121,000'], '. A new model is being fitted, as every 100 real steps, 2 s so far. 20 real steps a second.'],
    });
    const worlds = { pendulum: 'pendulum', cartpole_swingup: 'cart-pole swing-up' };
    this.choice({ name: 'env', label: 'World', value: 'pendulum', options: worlds, change: (name) => this.begin(`Begun again, with the ${worlds[name]}.`) });
    this.length = this.slider({ name: 'rollout-length', label: 'k, steps of an imagined rollout', low: 1, high: 10, value: 5, note: 'Begins again.',
      change: (k) => this.begin(`Begun again, with rollouts of ${k} step${k > 1 ? 's' : ''}.`) });
    this.updates = this.slider({ name: 'updates', label: 'Updates of MBPO per real step', values: [1, 2, 5, 10, 20], value: 10,
      change: (n) => this.update(this.runs[0], n) });
    this.sac = this.slider({ name: 'sac-updates', label: 'Updates of SAC per real step', values: [1, 2, 5, 10, 20], value: 1,
      change: (n) => this.update(this.runs[1], n), note: 'With as many as MBPO, SAC is fast on the pendulum, too.' });
    this.stages.classList.add('pair');
    this.runs = [['mbpo', 'MBPO', colors.model], ['sac', 'SAC alone', colors.orange]].map(([algorithm, name, color]) =>
      ({ algorithm, name, color, stage: new Stage(this.stages, { label: 'The world of ' + name }) }));
    this.plane = new Plane(this.stages, { label: 'Angle and angular speed: real states and imagined rollouts', caption: [
      key('short rollouts of the model', colors.model), key('visited states, from which they start', colors.candidate), 'angle to the right [rad], its speed upwards [rad/s]'] });
    this.curve = new Plot(this.stages, { label: 'Return over real steps', ratio: 1.5,
      caption: [key('MBPO', colors.model), key('SAC alone', colors.orange), 'return of each episode as it acted, over real steps'] });
    this.reset();
  }
  get env() { return this.$('input[name=mbpo-env]:checked').value; }
  words(algorithm) {
    return `${algorithm} --env ${this.env} --seed ${this.seed} ` + (algorithm === 'mbpo' ?
      `--rollout-length ${this.length.value} --updates-per-step ${this.updates.value}` : `--updates-per-step ${this.sac.value}`);
  }
  reset() {
    this.failed = false;
    for (const player of [...this.players]) player.end();
    for (const run of this.runs) {
      Object.assign(run, { steps: [], returns: [] });
      run.player = new Player(this, ['Run', this.words(run.algorithm)], run === this.runs[0] ? { follow: this.rollouts, after: 350 } : {});
    }
    Object.assign(this, { visited: [], imagined: [] });
    this.code('src/algorithms/09_mbpo.hpp');
    this.command();
    this.light([1]);
  }
  command() { this.commands([same, ...this.runs.map(({ algorithm }) => 'build/mbrl run ' + this.words(algorithm))]); }
  update({ player }, n) {
    player.set('updates-per-step', n);
    this.command();
  }
  // After a refit: some of the rollouts that have been imagined with the new model.
  rollouts({ scene, remote }, frames) {
    return frames.some((frame) => frame.refit) ? remote.call('rollouts', 100, ...scene.coordinates) : null;
  }
  get coordinates() { return { pendulum: [0, 1], cartpole_swingup: [1, 3] }[this.env]; }
  tick(milliseconds) {
    const [mbpo, sac] = this.runs, perSecond = 40, step = ({ player }) => (player.frame ? player.frame.step : 0);
    for (const run of this.runs) {
      // Real steps are the clock: nobody is ahead by more than one.
      const other = run === mbpo ? sac : mbpo, ahead = step(run) - step(other);
      for (const frame of run.player.tick(ahead > 0 ? 0 : milliseconds, perSecond, 1 - ahead)) {
        if (frame.over) run.steps.push(frame.step), run.returns.push(frame.return);
        if (run === mbpo) this.visited.push(this.coordinates.map((i) => frame.s[i]));
        if (frame.extra) this.imagined = frame.extra;
      }
    }
    this.both = Math.min(step(mbpo), step(sac));  // what both have done
    for (const run of this.runs) if (run.player.frame) this.draw(run);
    const about = mbpo.player.about;
    if (!about || !mbpo.player.frame || !sac.player.frame) {
      this.wait('200 random steps to begin with ...', mbpo.player);
      return;
    }
    Object.assign(this.curve, { low: about.random, high: about.oracle,
      marks: [{ at: about.random, name: 'mean of random actions' }, { at: about.oracle, name: 'planning with the true dynamics' }] });
    this.curve.draw(this.runs.map(({ steps, returns, color }, i) => ({ x: steps, y: returns, color, dots: 4.5 - 2 * i })), 2000);  // so that equals are seen
    this.drawPlane();
    lightMbpo(this, mbpo.player);
    const frame = mbpo.player.frame;
    const last = ({ returns }) => (returns.length ? [whole(returns[returns.length - 1])] : ['none yet']);
    this.say('Both at real step ', [whole(this.both)], '. Last return: MBPO ', last(mbpo), ', SAC ', last(sac), '. ',
      wordsOfRefits(mbpo.player), frame.learned ? `${(1000 / mbpo.player.smoothed).toFixed(0)} real steps a second.` : 'Random actions.');
    Object.assign(this.article.dataset, { both: this.both, step: frame.step, sacStep: sac.player.frame.step, mbpo: mbpo.returns.slice(-1)[0], sac: sac.returns.slice(-1)[0] });
  }
  drawPlane() {
    const all = [...this.visited, ...this.imagined.flatMap((way) => [[way[0], way[1]], [way[way.length - 2], way[way.length - 1]]])];
    const range = (i) => all.reduce(([low, high], p) => [Math.min(low, p[i]), Math.max(high, p[i])], [-1, 1]);
    const [x, y] = [range(0), range(1)];
    this.plane.draw(this.visited.slice(-2000), this.imagined, [x[0] - 0.3, y[0] - 0.5], [x[1] + 0.3, y[1] + 0.5]);
  }
  draw({ stage, player, name, returns }) {
    const drawing = player.drawing;
    stage.clearRound(drawing.low, drawing.high);
    stage.paint(drawing.shapes);
    stage.caption.replaceChildren(make('b', { textContent: name }), `: episode ${returns.length + 1}`);
  }
}
