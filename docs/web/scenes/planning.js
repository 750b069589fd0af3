// Version 1.5 and PETS at work: the world, the fan of imagined futures, and the candidate plans.
'use strict';

class Planning extends Scene {
  constructor() {
    super({
      id: 'planning', slide: 'Why the performance gap? / How to plan with uncertainty',
      title: 'Planning through a learned model',
      idea: 'After 200 random steps a model is fitted; from then on every action is the first of a plan made in imagination. ' +
        'The fan shows where the chosen plan may lead: wide where the members of the ensemble disagree, one line for ' +
        'version 1.5, which has a single model. Take hold of the tip of the pole and drag it.',
      room: ['Real step ', ['1,000'], ', episode 10, return so far ', ['\u22121,000'], '. Best episode ', ['\u22121,000'], '. The model is fitted to 1,000 transitions. ' +
        'Slow motion, 0.3 of real time: planning takes longer than a step. You touched the world.'],
    });
    const algorithms = { 'v1.5': 'version 1.5', pets: 'PETS' }, worlds = { cartpole_swingup: 'cart-pole swing-up', pendulum: 'pendulum' };
    this.choice({ name: 'algorithm', label: 'Algorithm', value: 'pets', options: algorithms,
      change: (name) => this.begin(`Begun again, with ${algorithms[name]}.`) });
    this.choice({ name: 'env', label: 'World', value: 'cartpole_swingup', options: worlds,
      change: (name) => this.begin(`Begun again, with the ${worlds[name]}.`) });
    this.choice({ name: 'propagation', label: 'PETS plans with', value: 'TSinf', change: (how) => this.tell('propagation', how),
      options: { TSinf: 'its uncertainty', E: 'the mean only' }, note: 'The same ensemble, asked for samples or for its mean.' });
    this.choice({ name: 'score', label: 'PETS maximises', value: 'expected', change: (score) => this.tell('score', score),
      options: { expected: 'expected', pessimistic: 'pessimistic', optimistic: 'optimistic' } });
    this.horizon = this.slider({ name: 'horizon', label: 'Horizon H', low: 3, high: 40, value: 25,
      show: (H) => H + ' steps', change: (H) => this.tell('horizon', H) });
    this.candidates = this.slider({ name: 'candidates', label: 'Candidate plans K', values: [40, 60, 100, 200, 400], value: 60,
      change: (K) => this.tell('candidates', K), note: 'The program takes 400; fewer are faster.' });
    this.members = this.slider({ name: 'members', label: 'Members of the ensemble', low: 1, high: 7, value: 5,
      change: (n) => this.begin(`Begun again, with ${n} member${n > 1 ? 's' : ''}.`), note: 'Begins the run again.' });

    this.later = make('span');
    this.stage = new Stage(this.stages, { label: 'The world, and what the model imagines', ratio: 3.6, wide: true, caption: [
      key('the world', colors.truth), key('imagined under the chosen plan', colors.model), key('under candidate plans', colors.candidate), this.later] });
    this.strip = new Stage(this.stages, { label: 'Height of the tip, past and imagined', ratio: 2.4, broad: true,
      caption: ['Height of the tip: what was, and what the model expects.'] });
    this.returns = new Plot(this.stages, { label: 'Return of each episode', ratio: 2.4, caption: ['Return of each episode.'] });
    this.stages.classList.add('pair');
    this.letTakeHold();
    this.reset();
  }
  picked(name) { return this.$(`input[name=planning-${name}]:checked`).value; }
  get pets() { return this.picked('algorithm') === 'pets'; }

  words() {
    const K = this.candidates.value;
    return `${this.picked('algorithm')} --env ${this.picked('env')} --seed ${this.seed}` + (this.pets ? ` --members ${this.members.value}` +
      ` --propagation ${this.picked('propagation')} --score ${this.picked('score')}` : '') +
      ` --horizon ${this.horizon.value} --candidates ${K} --elites ${K / 10}`;
  }
  command() {
    this.code(this.pets ? 'src/algorithms/02_pets.hpp' : 'src/algorithms/01_version_1_5.hpp');
    this.commands([same, 'build/mbrl run ' + this.words()]);
  }
  tell(name, value) {
    if (name === 'candidates') this.player.set('elites', 4), this.player.set('candidates', value), this.player.set('elites', value / 10);
    else this.player.set(name, value);
    this.command();
  }
  reset() {
    if (this.player) this.player.end();
    Object.assign(this, { failed: false, hold: null, history: [], done: [], best: -Infinity, refit: null, touched: false });
    for (const input of this.controls.querySelectorAll('[name=planning-propagation], [name=planning-score], [name=members]'))
      input.disabled = !this.pets;
    this.command();
    this.light([1]);
    this.later.textContent = this.picked('env') === 'pendulum' ? ' All of it happens on the circle: what is later is drawn further inside.' : '';
    this.player = new Player(this, ['Run', this.words()], { show: [12, 15, 1],
      prepare: async ({ remote }) => { if (this.hold) await remote.call('hold', ...this.hold); } });
  }
  // The pointer on the stage carries the tip of the pole.
  letTakeHold() {
    const canvas = this.stage.canvas;
    canvas.classList.add('held');
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.hold = this.stage.back(event), this.touched = true;
    };
    canvas.onpointermove = (event) => { if (this.hold) this.hold = this.stage.back(event); };
    canvas.onpointerup = canvas.onpointercancel = () => { this.hold = null; };
  }

  tick(milliseconds) {
    const player = this.player;
    for (const frame of player.tick(milliseconds, player.about ? 1 / player.about.secondsPerStep : 20)) this.see(frame);
    if (player.frame && player.about) this.draw(player.frame, player.drawing);
    else this.wait('200 random steps to begin with ...', player);
  }
  // On the circle of the pendulum's tip all futures would lie on each other.
  unrolled(way) {
    if (this.picked('env') !== 'pendulum') return way;
    return way.map((x, i) => x * (1 - (0.7 * (i - (i % 2))) / (way.length - 2)));
  }
  see(frame) {
    this.history.push(frame.drawing.trace[1]);
    if (this.history.length > 60) this.history.shift();
    if (frame.refit) this.refit = frame.refit;
    if (!frame.over) return;
    this.history = [];
    if (frame.learned) this.done.push(frame.return), this.best = Math.max(this.best, frame.return);
  }
  draw(frame, drawing) {
    const stage = this.stage, { random, oracle } = this.player.about, alone = frame.futures && frame.futures.length === 1;
    stage.clearRound(drawing.low, drawing.high);
    for (const way of frame.candidates || []) stage.line(this.unrolled(way), colors.candidate, 1, { alpha: 0.35 });
    stage.paint(drawing.shapes);
    for (const way of frame.futures || []) stage.line(this.unrolled(way), colors.model, 1.5, { alpha: alone ? 0.9 : 0.5 });

    const strip = this.strip, past = this.history.length;
    strip.clear([-60, drawing.low[1]], [40, drawing.high[1]]);
    strip.heights(3);
    strip.line([0, strip.low[1], 0, strip.high[1]], '#d5d0c5', 1);
    strip.text('now', strip.x(0) + 4, strip.height - 9, { size: 11 });
    for (const way of frame.futures || [])
      strip.line(way.map((x, i) => (i % 2 ? x : i / 2)), colors.model, 1.5, { alpha: alone ? 0.9 : 0.45 });
    strip.line([...this.history.flatMap((y, i) => [i - past, y]), 0, drawing.trace[1]], colors.truth, 2);

    Object.assign(this.returns, { low: random, high: oracle,
      marks: [{ at: random, name: 'mean of random actions' }, { at: oracle, name: 'planning with the true dynamics' }] });
    this.returns.draw([{ x: this.done.map((_, i) => i + 1), y: this.done, color: colors.model, dots: 2.5 }], 8);

    if (this.player.fitting) this.light([2]);
    else if (!frame.learned && !this.player.due) this.light([1]);
    else this.lightInTurn([3, 4, 5], this.player);
    this.report(frame);
  }
  report(frame) {
    const words = ['Real step ', [whole(frame.step)], frame.learned ? `, episode ${this.done.length + 1}` : ', random actions',
      ', return so far ', [whole(frame.return)], '. '];
    if (this.done.length) words.push('Best episode ', [whole(this.best)], '. ');
    if (this.player.fitting) words.push(`A model is being fitted${this.player.waited > 0 ? `, for ${this.player.waited} s` : ''}. `);
    else if (this.refit) words.push(`The model is fitted to ${whole(this.refit.rows)} transitions. `);
    if (frame.learned && this.player.slow) words.push(this.player.slowMotion + ': planning takes longer than a step. ');
    if (this.touched) words.push('You touched the world.');
    this.say(...words);
    Object.assign(this.article.dataset, { best: this.best, step: frame.step, episodes: this.done.length,
      pace: this.player.pace, height: frame.drawing.trace[1], futures: (frame.futures || []).length,
      length: frame.futures ? frame.futures[0].length / 2 - 1 : 0 });
  }
}
