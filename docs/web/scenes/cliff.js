// A walk along the edge, three times: what is maximised decides who falls.
'use strict';

class CliffWalk extends Scene {
  constructor() {
    super({
      id: 'cliff', slide: 'How can uncertainty estimation help? / There are a few caveats',
      title: 'The cliff', lit: 'Lit is the step that runs in the first of the three. ' + inTurn,
      idea: 'The short way to the green goal runs along an edge, where a wind blows down, in narrow gusts (the blue arrows). It is always the same ' +
        'and can be learned, but the random steps at the start seldom meet it. Three times the same PETS; only the score of a plan differs: ' +
        'its expected return, or that minus or plus its spread over the imagined futures.',
      room: ['Red ways ended in the abyss. A model is being fitted: expected, pessimistic, optimistic. Slow motion, 0.3 of real time.'],
    });
    this.risk = this.slider({ name: 'risk', label: 'Weight of the spread', values: [0.25, 0.5, 1, 2, 4], value: 1,
      change: (risk) => this.weigh(risk), note: 'For pessimistic and optimistic.' });
    this.members = this.slider({ name: 'members', label: 'Members of the ensemble', low: 2, high: 7, value: 5, note: 'Begins the walks again.',
      change: (n) => this.begin(`Begun again, with ${n} members.`) });
    this.wind = this.slider({ name: 'wind', label: 'Wind, at most, in a step', values: [0, 0.03, 0.06, 0.09], value: 0.09, show: (wind) => wind.toFixed(2),
      change: (wind) => this.begin(wind > 0 ? `Begun again, with a wind of ${wind}.` : 'Begun again, without wind.'), note: 'A step is 0.1 long. Begins the walks again.' });
    this.stages.classList.add('three');
    this.walkers = [['expected', colors.model], ['pessimistic', colors.green], ['optimistic', colors.orange]].map(([score, color]) =>
      ({ score, color, stage: new Stage(this.stages, { label: 'The walk that maximises the ' + score + ' return', ratio: 1.61 }) }));
    this.falls = new Plot(this.stages, { label: 'Falls, walk by walk', ratio: 3.2, low: 0, high: 6, wide: true,
      caption: this.walkers.map(({ score, color }) => key(score, color)).concat(' falls so far, walk by walk. One seed proves no order: try others.') });
    this.reset();
  }
  words(score) {
    return `pets --env cliff --seed ${this.seed} --score ${score} --risk ${this.risk.value} --members ${this.members.value} --candidates 60 --elites 6 --iterations 3`;
  }
  reset() {
    this.failed = false;
    for (const player of [...this.players]) player.end();
    for (const walker of this.walkers) {
      Object.assign(walker, { way: [], ways: [], falls: [] });
      walker.player = new Player(this, ['Run', this.words(walker.score)], { show: [12, 0, 1] });
      walker.player.set('wind', this.wind.value);
    }
    this.code('src/algorithms/02_pets.hpp', [
      { file: 'src/planning/propagation.cpp', start: 'void score(const Matrix& returns', number: 3, words: 'The score of a plan, from its returns in the imagined futures:' }]);
    this.command();
  }
  command() {
    const calmer = this.wind.value === 0.09 ? '' : `, after wind = ${this.wind.value} in envs/cliff.hpp and make build`;
    this.commands([same + ', with 60 candidate plans in 3 rounds as here, not the 400 in 5 of the program' + calmer, 'build/mbrl run ' + this.words(this.walkers.map(({ score }) => score))]);
  }
  weigh(risk) {
    for (const { player } of this.walkers) player.set('risk', risk);
    this.command();
  }
  tick(milliseconds) {
    for (const walker of this.walkers) {
      for (const frame of walker.player.tick(milliseconds, 20)) this.see(walker, frame);
      if (walker.player.frame) this.draw(walker, walker.player.frame, walker.player.drawing);
    }
    const right = 10;
    this.falls.high = Math.max(6, ...this.walkers.map(({ falls }) => falls[falls.length - 1] || 0));
    const line = ({ falls, color }, i) => ({ x: falls.map((_, n) => n + 1), y: falls, color, width: 4 - i, dots: 5 - 1.2 * i });  // so that equals are seen
    this.falls.draw(this.walkers.map(line), right);
    const { player } = this.walkers[0];
    if (player.fitting) this.light([2]);
    else if (!player.frame || !(player.frame.learned || player.due)) this.light([1]);
    else this.lightInTurn([3, 4, 5], player);
    const late = this.walkers.find(({ player }) => !player.frame);
    if (late) this.wait('200 random steps each, to begin with ...', late.player);
    else this.report();
  }
  see(walker, frame) {
    if (!frame.learned) return;
    walker.way.push(...frame.drawing.trace);
    if (!frame.over) return;
    walker.ways.push({ way: walker.way, fell: frame.terminated });
    walker.way = [];
    walker.falls.push((walker.falls[walker.falls.length - 1] || 0) + frame.terminated);
  }
  draw({ stage, ways, way, falls, score, color }, frame, drawing) {
    stage.clearRound(drawing.low, drawing.high);
    stage.paint(drawing.shapes.slice(0, -1));
    for (const { way, fell } of ways.slice(-8)) stage.line(way, fell ? colors.truth : '#6d7a52', 1.2, { alpha: 0.6 });
    for (const future of frame.futures || []) stage.line(future, color, 1.2, { alpha: 0.6 });
    stage.line([...way, ...drawing.trace], colors.ink, 1.5);
    stage.paint(drawing.shapes.slice(-1));
    const fell = falls[falls.length - 1] || 0;
    stage.caption.replaceChildren(make('b', { textContent: score }), `, real step ${whole(frame.step)}:`, make('br'),
      `${fell} fall${fell === 1 ? '' : 's'} in ${falls.length} walk${falls.length === 1 ? '' : 's'}`);
  }
  report() {
    const data = {}, slow = this.walkers.map(({ player }) => player.slowMotion).find((words) => words);
    for (const { score, falls, player } of this.walkers)
      Object.assign(data, { [score]: falls[falls.length - 1] || 0, [score + 'Walks']: falls.length, [score + 'Step']: player.frame.step });
    const learned = this.walkers.every(({ player }) => player.frame.learned);
    const fitting = this.walkers.filter(({ player }) => player.fitting).map(({ score }) => score);
    this.say(this.walkers.some(({ score }) => data[score] > 0) ? 'Red ways ended in the abyss. ' : '', learned ? '' : 'Random actions around the start. ',
      fitting.length ? `A model is being fitted: ${fitting.join(', ')}. ` : learned ? 'All three learn from where they have been. ' : '', slow ? slow + '.' : '');
    Object.assign(this.article.dataset, data);
  }
}
