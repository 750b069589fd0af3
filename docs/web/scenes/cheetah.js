// The half-cheetah twice: as a policy runs that was learned before, and as MBPO learns one from the beginning.
'use strict';

class Cheetah extends Scene {
  constructor() {
    super({
      id: 'cheetah', slide: 'Model-Based Policy Optimization (MBPO)', title: 'The half-cheetah',
      lit: 'Lit is the step that runs for the one below. ' + inTurn,
      idea: 'Two cheetahs. Above runs a policy that MBPO has learned before, in 15,000 real steps, 13 minutes of its own time. Below, MBPO learns ' +
        'one while you watch, beginning with random torques. Push the one above, or pull it by its back.',
      room: ['Above: ', ['8.0 m/s'], ', last return ', ['6,355'], '. Below: ', ['1.0'], ' minutes old, last return ', ['\u22121,000'], '. A new model is being fitted, as every 250 real steps, ' +
        '10 s so far. At 0.6 of real time it will be 5 minutes old in 12 minutes.'],
    });
    this.speed = this.slider({ name: 'speed', label: 'Speed of the one above', values: [0.1, 0.25, 0.5, 1, 2, 4], value: 1,
      show: (speed) => (speed === 1 ? 'real time' : speed + ' of real time'), change: () => this.look() });
    this.noise = this.slider({ name: 'noise', label: 'Gusts around the one above', values: [0, 0.1, 0.2, 0.5, 1], value: 0,
      change: (noise) => this.blow(noise), note: 'As --process-noise: what it never met when it learned.' });
    this.updates = this.slider({ name: 'updates', label: 'Updates of MBPO per real step', values: [2, 5, 10, 20], value: 10,
      change: (n) => { this.learner.set('updates-per-step', n); this.command(); }, note: 'Fewer are faster, and learn less of each step. The program takes 20.' });

    this.stages.classList.add('pair');
    this.above = new Stage(this.stages, { label: 'The cheetah with a policy that was learned before', ratio: 1.88, wide: true });
    this.below = new Stage(this.stages, { label: 'The cheetah that learns', ratio: 1.88, broad: true });
    this.plane = new Plane(this.stages, { label: 'Pitch and forward speed: real states and imagined steps', caption: [
      key('steps of the model', colors.model), key('visited states', colors.candidate), 'pitch to the right, \u03c0 is upside down; forward speed upwards [m/s]'] });
    this.curve = new Plot(this.stages, { label: 'Return over real time', ratio: 3.2, low: -500, high: 5000, wide: true,
      caption: [key('return of each episode of the one that learns', colors.model), key('of the one above', colors.truth),
        'over the minutes of its life. At five minutes two runs of the program, with ten updates a step, returned 1,184 and 4,361.'] });
    this.letPull();
    this.$('.player').append(make('button', { type: 'button', className: 'push', textContent: 'Push the one above',
      onclick: () => this.runner.remote.call('push', -3, 1.5).catch((error) => this.fail(error)) }));
    this.reset();
  }
  words() { return `mbpo --env half_cheetah --seed ${this.seed} --updates-per-step ${this.updates.value}`; }
  // The one above is not of this page: its policy has learned with the preset of the program.
  command() {
    const gusts = this.noise.value > 0 ? ' --process-noise ' + this.noise.value : '';
    this.commands(['The one below, without a browser', 'build/mbrl run ' + this.words()],
      ['The one above has learned with seed 1, 20 updates a step and 15,000 steps, and is then played', 'build/mbrl run mbpo --env half_cheetah --seed 1 --out runs/above',
        `build/mbrl play runs/above --seed ${this.seed}${gusts}`]);
  }
  blow(noise) {
    this.runner.set('process-noise', noise);
    this.command();
  }
  reset() {
    this.failed = false;
    for (const player of [...this.players]) player.end();
    const policy = document.getElementById('docs/web/half_cheetah.policy').textContent.trim();
    this.runner = new Player(this, ['Played', policy, this.seed], { prepare: ({ remote }) => this.pull(remote) });
    this.runner.set('process-noise', this.noise.value);
    this.look();
    this.learner = new Player(this, ['Run', this.words()], { show: [0, 0, 6], batch: 300, after: 350, follow: this.rollouts });
    Object.assign(this, { hold: null, places: [], runs: [], steps: [], returns: [], visited: [], imagined: [], played: 0 });
    this.code('src/algorithms/09_mbpo.hpp');
    this.command();
    this.light([1]);
  }
  // So many pictures between two real steps as a screen can show.
  look() {
    this.runner.remote.call('show', 0, 0, calm ? 1 : clamp(Math.ceil(3 / this.speed.value), 1, 30)).catch((error) => this.fail(error));
  }
  rollouts({ remote }, frames) { return frames.some((frame) => frame.refit) ? remote.call('rollouts', 100, 2, 9) : null; }

  // A ribbon from its back to the pointer, that pulls the harder the longer it is.
  letPull() {
    const canvas = this.above.canvas;
    canvas.classList.add('held');
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); this.hold = [event.offsetX / canvas.clientWidth, event.offsetY / canvas.clientHeight]; };
    canvas.onpointermove = (event) => { if (this.hold) this.hold = [event.offsetX / canvas.clientWidth, event.offsetY / canvas.clientHeight]; };
    canvas.onpointerup = canvas.onpointercancel = () => { this.hold = null; };
  }
  // In what is seen now, which moves along.
  get pointer() { return [mix(this.above.low[0], this.above.high[0], this.hold[0]), mix(this.above.high[1], this.above.low[1], this.hold[1])]; }
  async pull(remote) {
    if (!this.hold || !this.back) return;
    const pull = this.pointer.map((at, i) => clamp(0.8 * (at - this.back[i]), -0.8, 0.8));
    await remote.call('push', ...pull);
  }

  tick(milliseconds) {
    const { runner, learner } = this, second = 20;
    for (const frame of runner.tick(milliseconds, second * this.speed.value)) {
      this.places.push(frame.s[0]);
      if (this.places.length > second) this.places.shift();
      if (frame.over) this.runs.push(frame.return), this.places = [];
    }
    if (!this.paused && learner.frame && learner.frame.learned) this.played += milliseconds;
    for (const frame of learner.tick(milliseconds, second)) {
      if (frame.over) this.steps.push(frame.step), this.returns.push(frame.return);
      if (frame.step % 4 === 0) this.visited.push([frame.s[2], frame.s[9]]);
      if (frame.extra) this.imagined = frame.extra;
    }
    if (runner.frame) this.draw(this.above, runner);
    if (learner.frame) this.draw(this.below, learner), this.drawPlane();
    this.drawCurve();
    if (learner.frame) lightMbpo(this, learner);
    this.report();
  }
  draw(stage, player) {
    const { low, high, shapes, trace } = player.drawing, lift = Math.max(0, trace[1] - 0.2);
    stage.clearRound([low[0], -0.3 + lift], [high[0], 1.3 + lift]);
    stage.paint(shapes);
    for (let x = Math.ceil(low[0]); x < high[0] - 0.3; ++x) stage.text(whole(x) + ' m', stage.x(x) + 4, stage.y(-0.2), { size: 11 });
    const { frame } = player;
    if (stage === this.above) {
      this.back = [trace[0], 0.7 + trace[1]];
      if (this.hold) stage.line([...this.back, ...this.pointer], colors.orange, 3);
      stage.caption.replaceChildren(make('b', { textContent: 'learned before' }), `: step ${whole(frame.length)}, return so far ${whole(frame.return)}. Red: what touches the ground.`);
    } else stage.caption.replaceChildren(make('b', { textContent: 'learning' }), `: real step ${whole(frame.step)}, return so far ${whole(frame.return)}`);
  }
  drawPlane() {
    const speeds = this.visited.map(([, speed]) => speed), low = Math.min(-3, ...speeds), high = Math.max(4, ...speeds);
    const turned = (pitch) => pitch - 2 * Math.PI * Math.round(pitch / (2 * Math.PI));
    const points = this.visited.slice(-2000).map(([pitch, speed]) => [turned(pitch), speed]);
    const ways = this.imagined.map((way) => way.map((x, i) => (i % 2 ? x : x + turned(way[0]) - way[0])));
    const across = [-1, 0, 1].map((k) => ({ at: k * Math.PI, name: ['\u2212\u03c0', '0', '\u03c0'][k + 1] }));
    this.plane.draw(points, ways, [-3.3, low - 0.5], [3.3, high + 0.5], across);
  }
  drawCurve() {
    const { about } = this.learner, minutes = this.steps.map((step) => step / 1200);
    const best = Math.max(1000, ...this.runs, ...this.returns), right = Math.max(5, ...minutes);
    Object.assign(this.curve, { low: Math.min(-500, ...this.returns), high: best, marks: about ? [{ at: about.random, name: 'mean of random actions' }] : [] });
    const lines = this.runs.slice(-1).map((last) => ({ x: [0, right], y: [last, last], color: colors.truth, width: 1.5 }));
    this.curve.draw([...lines, { x: minutes, y: this.returns, color: colors.model, dots: 2.5 }], right);
  }
  report() {
    const { runner, learner, runs, returns } = this, words = [], about = runner.about, frame = learner.frame;
    if (runner.frame && about) {
      const places = this.places, speed = places.length > 1 ? (places[places.length - 1] - places[0]) / ((places.length - 1) * about.secondsPerStep) : 0;
      words.push('Above: ', [speed.toFixed(1) + ' m/s'], runs.length ? ', last return ' : '', runs.length ? [whole(runs[runs.length - 1])] : '', '. Below: ');
      Object.assign(this.article.dataset, { speed, forward: runner.frame.s[9], return: runner.frame.return, last: runs[runs.length - 1], length: runner.frame.length });
    }
    if (!frame) return this.wait(words.concat('1,000 random steps to begin with ...'), learner);
    words.push([(frame.step / 1200).toFixed(1)], ' minutes old, ', ...(returns.length ? ['last return ', [whole(returns[returns.length - 1])]] : [frame.learned ? 'learning' : 'random actions']));
    words.push('. ', wordsOfRefits(learner));
    const learned = frame.step - Number(learner.about.settings['initial-steps']);
    if (learned > 50 && this.played > 10000) {
      const perMinute = (60000 * learned) / this.played, left = (6000 - frame.step) / perMinute;
      if (left > 1) words.push(`At ${(perMinute / 1200).toFixed(1)} of real time it will be 5 minutes old in ${whole(left)} minutes.`);
    }
    this.say(...words);
    Object.assign(this.article.dataset, { step: frame.step, mbpo: returns[returns.length - 1], imagined: this.imagined.length });
  }
}
