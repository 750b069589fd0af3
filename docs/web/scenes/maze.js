// Tabular Dyna in a maze: what K imagined updates after every real step do to Q.
'use strict';

class Maze extends Scene {
  constructor() {
    super({
      id: 'maze', slide: 'Dyna', title: "Dyna's maze",
      idea: 'One real step, and K imagined ones from what is remembered. The colour of a triangle is Q of going that way: ' +
        'without imagination it creeps back from the goal one cell an episode, with it it floods the maze.',
      room: ['Real step ', ['1,000'], ', episode 1. The first episode is a random walk, whatever K: nothing is known before the first reward.'],
    });
    this.choice({ name: 'env', label: 'World', value: 'maze', change: (env) => this.reset(env),
      options: { maze: 'the maze', maze_blocking: 'the wall moves', maze_shortcut: 'a shortcut opens', maze_slippery: 'slippery' } });
    this.K = this.slider({ name: 'planning-updates', label: 'K, imagined updates per real step', values: [0, 1, 2, 5, 10, 20, 50], value: 5,
      change: (K) => this.tell('planning-updates', K) });
    this.kappa = this.slider({ name: 'kappa', label: 'Curiosity \u03ba (Dyna-Q+)', values: [0, 1e-4, 1e-3, 1e-2], value: 0,
      change: (kappa) => this.tell('kappa', kappa), note: 'A bonus for what has not been tried for long: so a moved wall is found out.' });
    this.speed = this.slider({ name: 'speed', label: 'Speed', values: [0.5, 2, 5, 10, 30, 100, 300, 1000], value: 100, show: (n) => n + ' steps a second', change: () => {} });
    this.stage = new Stage(this.stages, { label: 'The maze with its Q-values', ratio: 1.48, wide: true, caption: ['Start grey, goal green; darker blue is a higher Q.'] });
    this.curve = new Plot(this.stages, { label: 'Steps of each episode', ratio: 3, low: 10, high: 3000, log: true, wide: true,
      numbers: [10, 100, 1000].map((at) => ({ at, name: whole(at) })),
      caption: [key('steps to the goal, episode by episode', colors.model), key('in the run before', colors.candidate)] });
    this.reset();
  }
  get env() { return this.$('input[name=maze-env]:checked').value; }
  words() { return `dyna --env ${this.env} --seed ${this.seed} --planning-updates ${this.K.value} --kappa ${this.kappa.value}`; }
  command() {
    this.code('src/algorithms/06_dyna.hpp');
    this.commands([same, `build/mbrl run ${this.words()} --steps 6000`]);
  }
  tell(name, value) {
    this.player.set(name, value);
    this.command();
  }
  // In another world: with what that world is meant to be lived in with.
  reset(env) {
    if (this.player) this.player.end();
    if (env) {
      this.K.set({ maze_blocking: 10, maze_shortcut: 50 }[env] || 5);
      this.kappa.set({ maze_blocking: 1e-4, maze_shortcut: 1e-3 }[env] || 0);
    }
    Object.assign(this, { failed: false, before: env ? [] : this.lengths || [], lengths: [], Q: null });
    this.command();
    this.player = new Player(this, ['Run', this.words()], { follow: ({ remote }) => remote.call('table', 'agent/Q') });
  }
  tick(milliseconds) {
    for (const frame of this.player.tick(milliseconds, this.speed.value)) {
      if (frame.extra) this.Q = frame.extra;
      if (frame.over) this.lengths.push(frame.length);
    }
    if (this.player.frame) this.draw(this.player.frame);
  }
  draw(frame) {
    const { low, high, shapes } = frame.drawing, stage = this.stage;
    stage.clearRound(low, high);
    const columns = Math.round(high[0] - low[0]), rows = Math.round(high[1] - low[1]);
    const most = this.Q ? Math.max(...this.Q, 1e-9) : 1;
    for (let cell = 0; this.Q && cell < rows * columns; ++cell) {
      const x = cell % columns, y = rows - 1 - Math.floor(cell / columns);
      const sides = [[x, y + 1, x + 1, y + 1], [x, y, x + 1, y], [x, y, x, y + 1], [x + 1, y, x + 1, y + 1]];  // up, down, left, right
      sides.forEach((side, a) => stage.fill([...side, x + 0.5, y + 0.5], colors.model, Math.max(0, this.Q[4 * cell + a] / most) ** 1.5));
    }
    stage.paint(shapes);
    this.curve.marks = this.env === 'maze' ? [{ at: 14, name: 'the shortest way, 14' }] : [];
    const line = (lengths, color) => ({ x: lengths.map((_, i) => i + 1), y: lengths, color });
    this.curve.draw([line(this.before, colors.candidate), line(this.lengths, colors.model)], 30);
    this.lightInTurn(this.K.value > 0 ? [1, 2, 3, 4, 5, 6, 7] : [1, 2, 3, 4], this.player);
    const last = this.lengths[this.lengths.length - 1], best = Math.min(...this.lengths);
    const words = ['Real step ', [whole(frame.step)], `, episode ${this.lengths.length + 1}. `];
    if (last) words.push('The last took ', [whole(last)], ' steps, the shortest ', [whole(best)], this.env === 'maze' ? ' (the shortest way is 14).' : '.');
    else if (this.kappa.value > 0 && this.K.value > 0) words.push('No reward yet: the blue is the bonus of curiosity, for what has not been tried for long.');
    else words.push('The first episode is a random walk, whatever K: nothing is known before the first reward.');
    this.say(...words);
    Object.assign(this.article.dataset, { best, step: frame.step, episodes: this.lengths.length, first: this.lengths[0],
      short: this.lengths.findIndex((steps) => steps <= 20) + 1 });
  }
}
