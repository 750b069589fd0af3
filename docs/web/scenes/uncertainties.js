// A curve through points that the reader sets: what the members of an ensemble agree on, and where they part.
'use strict';

class Uncertainties extends Scene {
  constructor() {
    super({
      id: 'uncertainties', slide: 'How can we have uncertainty-aware models? / Bootstrap ensembles',
      title: 'Two types of uncertainty',
      lit: 'Both functions run in turn as long as the members learn. Then the second is lit, which gave the picture.',
      idea: 'Click into the picture to add data points, in the gap above all. Where there are points the members agree, and what is left ' +
        'is the noise of the data (aleatoric, and all that the entropy of one model\u2019s output knows of); where there are none they part ' +
        '(epistemic).',
      room: ['120 points, 1,200 passes. Aleatoric sd: ', ['0.05'], ' on the left, ', ['0.25'], ' on the right, ', ['0.25'], ' in the gap; epistemic sd: ',
        ['0.05'], ' on the left, ', ['0.85'], ' in the gap. Done; Play lets the members learn on.'],
    });
    this.members = this.slider({ name: 'members', label: 'Members', low: 1, high: 9, value: 5, note: 'Begins again, with the same points.',
      change: (n) => { this.keeps = true; this.begin(`Begun again, with ${n} member${n > 1 ? 's' : ''}.`); } });
    this.noise = this.slider({ name: 'noise', label: 'Noise of a click', low: 0, high: 0.6, step: 0.05, value: 0.1, show: (x) => x.toFixed(2),
      change: () => {}, note: 'A click adds ten points around it, of this sd.' });
    this.stage = new Stage(this.stages, { label: 'Data points, and the curve of each member. Click to add points.', ratio: 1.9, wide: true,
      caption: [key('one line for each member', colors.model), key('mean and two sd of all together', '#c9d8ea'),
        ' Each has points of its own, drawn with replacement, and learns the upper bound of its noise too, as in PETS: in the gap nothing else holds it down.'] });
    this.kinds = new Stage(this.stages, { label: 'The two uncertainties along x', ratio: 3.2, wide: true, caption: [
      key('aleatoric sd', colors.truth), key('epistemic sd', colors.model), key('output entropy of a member (not to scale)', colors.green)] });
    this.letClick();
    const row = this.$('.player');
    row.append(make('button', { type: 'button', textContent: 'Fill the gap', onclick: () => { for (let x = -3; x < 3.1; x += 1.5) this.click(x, Math.sin(x)); } }),
      make('button', { type: 'button', textContent: 'Clear', title: 'Remove all points', onclick: () => { this.points = []; this.remote.call('clear'); this.wanted = 0; } }));
    this.reset();
  }
  // A click adds points, and a drag more of them along its way.
  letClick() {
    const { canvas } = this.stage;
    let last = null;
    const add = (event) => this.click(...(last = this.stage.back(event)));
    canvas.classList.add('pointed');
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); add(event); };
    canvas.onpointermove = (event) => { if (last && Math.hypot(...this.stage.back(event).map((x, i) => x - last[i])) > 0.7) add(event); };
    canvas.onpointerup = canvas.onpointercancel = () => { last = null; };
  }
  reset() {
    if (this.remote) this.remote.end();
    if (this.done) this.play(true);
    Object.assign(this, { failed: false, look: null, asking: false, passes: 0 });
    this.remote = new Remote('Curve', this.members.value, this.seed);
    const old = this.keeps ? this.points : this.twoClusters();
    this.points = [], this.keeps = false;
    this.add(old);
    this.code('src/dynamics/ensemble.cpp', [
      { file: 'src/dynamics/ensemble.cpp', start: 'void Ensemble::fit_member', number: 1, words: 'Train multiple models: each has its own first weights, and its own points, drawn with replacement.' },
      { file: 'src/dynamics/posterior.cpp', start: 'Moments moments(', number: 2, words: 'See if they agree: Var[y] = E[sigma\u00b2] (aleatoric) + Var[mu] (epistemic).' }]);
    this.commands([fixed, "make notebooks N='06* 07* 08* 09*'"]);
  }
  // sin x, quiet on the left and noisy on the right, nothing in between. The sine turns back where the gap begins, on both sides:
  // were it to go straight on, all members would think of the same line through the gap.
  twoClusters() {
    let state = this.seed;
    const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Array.from({ length: 120 }, (_, i) => {
      const x = i % 2 ? -9 + 4.3 * uniform() : 4.7 + 4.3 * uniform();
      return [x, Math.sin(x) + (i % 2 ? 0.05 : 0.25) * normal()];
    });
  }
  add(points) {
    this.points.push(...points);
    for (const point of points) this.remote.call('add', ...point).catch((error) => this.fail(error));
    if (this.done) this.play(true);
    this.wanted = this.passes + 1200;  // then the members have come to rest
  }
  get done() { return this.passes >= this.wanted; }
  play(on) {
    if (on && this.done && this.points.length > 0) this.wanted = this.passes + 1200;
    super.play(on);
  }
  step() {
    this.play(false);
    this.single = true;
  }
  get stepping() { return this.single; }
  click(x, y) {
    this.add(Array.from({ length: 10 }, (_, i) => [x + 0.06 * (i - 4.5), y + this.noise.value * Math.sin(7 * i + this.points.length)]));
  }

  async learn() {
    const remote = this.remote;
    this.asking = true;
    try {
      await remote.call('fit');
      const look = await remote.call('look', -11, 11, 161);
      if (remote === this.remote) this.look = look, this.passes += 20;
    } catch (error) {
      if (remote === this.remote) this.fail(error);
    }
    if (remote === this.remote) this.asking = false;
  }
  tick() {
    if (!this.paused && this.done) this.play(false);
    const goesOn = !this.paused || this.single || !this.look;
    if (goesOn && !this.asking && !this.failed) this.single = false, this.learn();
    if (goesOn) this.lightInTurn([1, 2], { share: 0, pace: 0 });
    else this.light([2]);
    if (this.look) this.draw();
  }
  draw() {
    const { members, mean, aleatoric, epistemic, entropy } = this.look, last = mean.length - 1, stage = this.stage;
    const x = (i) => -11 + (22 * i) / last, line = (y) => Array.from(y).flatMap((v, i) => [x(i), v]);
    const edge = (sign) => Array.from(mean, (m, i) => [x(i), m + sign * 2 * Math.hypot(aleatoric[i], epistemic[i])]);
    const above = edge(1), below = edge(-1);
    this.span = mix(this.span || 3.8, Math.max(3.8, ...[...above, ...below].map(([, y]) => 1.05 * Math.abs(y))), 0.1);
    stage.clear([-11, -this.span], [11, this.span]);
    stage.heights(5);
    stage.fill([...above, ...below.reverse()].flat(), '#c9d8ea', 0.7);
    for (const member of members) stage.line(line(member), colors.model, 1.5, { alpha: 0.8 });
    for (const [px, py] of this.points) stage.dot(px, py, 2, colors.ink);
    const lower = this.kinds;
    this.top = mix(this.top || 1, Math.max(1, ...epistemic, ...aleatoric), 0.1);
    lower.clear([-11, -0.06 * this.top], [11, 1.06 * this.top]);
    lower.heights();
    lower.line(line(entropy.map((h) => 0.2 * (h + 3))), colors.green, 1.5, { dashes: [4, 4] });
    lower.line(line(aleatoric), colors.truth, 2.5);
    lower.line(line(epistemic), colors.model, 2.5);

    const mid = (kind, from, to) => {
      const part = Array.from(kind).filter((_, i) => x(i) >= from && x(i) <= to);
      return part.reduce((a, b) => a + b, 0) / part.length;
    };
    const gap = mid(epistemic, -2, 2), known = mid(epistemic, -8.5, -5), noisy = mid(aleatoric, 5, 8.5), quiet = mid(aleatoric, -8.5, -5);
    const noiseInGap = mid(aleatoric, -2, 2);
    this.say(`${this.points.length} points, ${whole(this.passes)} passes. Aleatoric sd: `, [quiet.toFixed(2)], ' on the left, ', [noisy.toFixed(2)],
      ' on the right, ', [noiseInGap.toFixed(2)], ' in the gap; epistemic sd: ', [known.toFixed(2)], ' on the left, ', [gap.toFixed(2)], ' in the gap.',
      !this.done ? '' : this.points.length > 0 ? ' Done; Play lets the members learn on.' : ' There is nothing to learn.');
    Object.assign(this.article.dataset, { passes: this.passes, gap, known, noisy, quiet, noiseInGap, points: this.points.length });
  }
}
