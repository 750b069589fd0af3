// MBPO beside SAC, its model-free half, with the same number of real steps.
'use strict';

class Mbpo extends Scene {
  constructor() {
    super({
      id: 'mbpo', slide: 'Model-Based Policy Optimization (MBPO)', title: 'With and without a model',
      idea: 'The same learner twice, at the same real step. On the left it is fed with short imagined rollouts from visited states and makes many ' +
        'updates a step; on the right there are real transitions only.',
    });
    this.choice({ name: 'env', label: 'World', value: 'pendulum', change: () => this.reset(),
      options: { pendulum: 'pendulum', cartpole_swingup: 'cart-pole swing-up', half_cheetah: 'half-cheetah' },
      note: 'The half-cheetah takes thousands of steps: an hour here.' });
    this.length = this.slider({ name: 'rollout-length', label: 'k, steps of an imagined rollout', low: 1, high: 10, value: 5,
      change: () => this.reset(), note: 'Begins again.' });
    this.updates = this.slider({ name: 'updates', label: 'Updates of MBPO per real step', values: [1, 2, 5, 10, 20], value: 10,
      change: (n) => this.runs[0].player.set('updates-per-step', n) });
    this.sac = this.slider({ name: 'sac-updates', label: 'Updates of SAC per real step', values: [1, 2, 5, 10, 20], value: 1,
      change: (n) => this.runs[1].player.set('updates-per-step', n), note: 'With as many as MBPO, SAC is fast on the pendulum, too.' });
    this.stages.classList.add('pair');
    this.runs = [['mbpo', 'MBPO', colors.model], ['sac', 'SAC alone', colors.orange]].map(([algorithm, name, color]) =>
      ({ algorithm, name, color, stage: new Stage(this.stages, { label: 'The world of ' + name }) }));
    this.curve = new Plot(this.stages, { label: 'Return over real steps', ratio: 3, wide: true,
      caption: [key('MBPO', colors.model), key('SAC alone', colors.orange), ' return of each episode as it acted, over real steps'] });
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
      run.player = new Player(this, this.words(run.algorithm));
    }
    this.code('src/algorithms/09_mbpo.hpp', this.runs.map(({ algorithm }) => 'build/mbrl run ' + this.words(algorithm)));
    this.say('200 random steps, and the first model ...');
  }
  tick(milliseconds) {
    const [mbpo, sac] = this.runs, perSecond = 40, step = ({ player }) => (player.frame ? player.frame.step : 0);
    for (const run of this.runs) {
      // Real steps are the clock: nobody runs ahead.
      const other = run === mbpo ? sac : mbpo, ahead = step(run) > step(other);
      for (const frame of run.player.tick(ahead ? 0 : milliseconds, perSecond))
        if (frame.over) run.steps.push(frame.step), run.returns.push(frame.return);
      if (run.player.frame) this.draw(run);
    }
    const about = mbpo.player.about;
    if (!about || !mbpo.player.frame || !sac.player.frame) return;
    const low = Number.isFinite(about.random) ? about.random : Math.min(0, ...mbpo.returns, ...sac.returns);
    const high = Number.isFinite(about.oracle) ? about.oracle : Math.max(1, ...mbpo.returns, ...sac.returns);
    Object.assign(this.curve, { low, high, marks: [{ at: low, name: 'random actions' }, { at: high, name: 'planning with the true dynamics' }] });
    this.curve.draw(this.runs.map(({ steps, returns, color }) => ({ x: steps, y: returns, color, dots: true })), 2000);
    const frame = mbpo.player.frame;
    if (!frame.learned) this.light([1]);
    else if (frame.refit) this.light([2, 3, 4, 5]);
    else this.lightInTurn([1, 6], mbpo.player);
    const last = ({ returns }) => (returns.length ? [whole(returns[returns.length - 1])] : ['none yet']);
    this.say('Real step ', [whole(frame.step)], '. Last return: MBPO ', last(mbpo), ', SAC ', last(sac), '. ',
      frame.learned ? `${(1000 / mbpo.player.pace).toFixed(0)} real steps a second.` : 'Random actions.');
    Object.assign(this.article.dataset, { step: frame.step, mbpo: mbpo.returns.slice(-1)[0], sac: sac.returns.slice(-1)[0] });
  }
  draw({ stage, player, name, returns }) {
    const drawing = player.drawing;
    stage.clearRound(drawing.low, drawing.high);
    stage.paint(drawing.shapes);
    stage.caption.replaceChildren(make('b', { textContent: name }), `: real step ${whole(player.frame.step)}, episode ${returns.length + 1}`);
  }
}
