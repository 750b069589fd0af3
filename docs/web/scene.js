// What every scene has: its words, the code beside the picture, the buttons, and sliders.
'use strict';

// ---- the code beside the picture ----

// The numbered steps of an algorithm file: each with its comment, and the code up to the next blank line.
function stepsOf(file) {
  const lines = document.getElementById(file).textContent.split('\n');
  const found = [];
  for (let i = 0; i < lines.length; ++i) {
    if (!/^\s*\/\/ \d+\. /.test(lines[i])) continue;
    const indent = lines[i].search(/\S/), comment = [], code = [];
    for (; /^\s*\/\//.test(lines[i]); ++i) comment.push(lines[i].trim().slice(3));
    for (; i < lines.length && lines[i].trim() && lines[i].search(/\S/) >= indent && !/^\s*\/\/ \d+\. /.test(lines[i]); ++i)
      code.push(lines[i].slice(indent));
    --i;
    const words = comment.join(' ');
    found.push({ numbers: [...words.matchAll(/(?:^|\s)(\d)\. /g)].map((match) => Number(match[1])), words, code: code.join('\n') });
  }
  return found.sort((a, b) => a.numbers[0] - b.numbers[0]);
}

// A function of a file: from the line that holds `start` to the brace that ends it.
function functionOf(file, start) {
  const lines = document.getElementById(file).textContent.split('\n');
  const first = lines.findIndex((line) => line.includes(start));
  const last = lines.findIndex((line, i) => i > first && line.startsWith('}'));
  return lines.slice(first, last + 1).filter((line) => !/(BEGIN|END) SOLUTION/.test(line)).join('\n');
}

// The lines of a piece of code. One that is too long goes on below, further in.
function codeOf(code) {
  return make('pre', {}, ...code.split('\n').map((text) => {
    const line = make('span', { textContent: text.trim() || ' ' });
    line.style.setProperty('--indent', text.search(/\S|$/) + 'ch');
    return line;
  }));
}

// ---- a scene ----

const inTurn = 'Where steps follow each other faster than an eye, the light goes round more slowly.';
const same = 'The same without a browser';
const fixed = 'Without a browser: notebooks that draw the same, with fixed data';

class Scene {
  // about: its words, the longest that it says of itself (room), and whether it stands still, with nothing to play
  constructor(about) {
    Object.assign(this, { still: false, room: [], lit: 'Lit is the step that runs. ' + inTurn }, about);
    this.article = document.getElementById('scene').content.cloneNode(true).firstElementChild;
    this.article.id = 'scene-' + this.id;
    const put = (where, text) => (this.$(where).textContent = text);
    put('.slide', 'Slide: ' + this.slide), put('h2', this.title), put('.idea', this.idea), put('.light', this.lit);
    this.saying(this.$('.room'), this.room);
    this.stages = this.$('.stages'), this.controls = this.$('.controls');
    this.paused = calm;
    for (const button of ['.play', '.step']) this.$(button).hidden = this.still;
    this.$('.play').onclick = () => this.play(this.paused);
    this.players = [], this.saidAt = -Infinity, this.turn = 0, this.litAt = 0;
    this.$('.step').onclick = () => this.step();
    this.$('.reset').onclick = () => this.again();
    this.$('.seed input').onchange = () => this.reset();
    this.play(!this.paused);
  }
  $(selector) { return this.article.querySelector(selector); }
  get seed() { return Number(this.$('.seed input').value) || 1; }
  play(on) {
    this.paused = !on;
    this.$('.play').textContent = on ? 'Pause' : 'Play';
  }
  // One real step of each run, and then rest.
  step() {
    this.play(false);
    this.turn = 0;
    for (const player of this.players) player.step();
  }
  get stepping() { return this.players.some((player) => player.single > 0); }
  again() {
    if (this.failed) this.play(true);
    this.saidAt = -Infinity;
    this.reset();
  }
  // What a slider has done that lets the scene begin again: said first, for some seconds.
  begin(words) {
    this.noticed = { words: words + ' ', until: performance.now() + 6000 };
    this.saidAt = -Infinity;
    this.reset();
  }
  // What a player is waited for, and for how long already.
  wait(words, { waited }) { this.say(...[].concat(words), waited > 1 ? ` ${waited} s so far.` : ''); }
  // In bold what comes in brackets; a few times a second are enough to be read.
  say(...words) {
    const status = this.$('.status'), now = performance.now();
    if (now < this.saidAt + 200) return;
    this.saidAt = now;
    if (this.noticed && now < this.noticed.until) words.unshift([this.noticed.words]);
    status.classList.remove('failed');
    status.removeAttribute('role');
    this.saying(status, words);
    const room = this.$('.room');
    if (status.textContent.length > room.textContent.length) this.saying(room, words);  // nothing moves when it says less again
  }
  saying(where, words) { where.replaceChildren(...words.map((word) => (Array.isArray(word) ? make('b', { textContent: word[0] }) : word))); }
  fail(error) {
    this.play(false);
    this.failed = true;
    this.$('.status').classList.add('failed');
    this.$('.status').setAttribute('role', 'alert');
    this.$('.status').textContent = 'This scene has stopped: ' + error.message + '. Reset begins again.';
  }
  // The file that runs, and further functions: {file, start, words, number}.
  code(file, functions = []) {
    if (this.file === file) return;
    this.file = file, this.isLit = '';
    this.$('.file').textContent = file;
    const more = functions.map(({ file, start, words, number }) => ({ file, numbers: [number], words, code: functionOf(file, start) }));
    this.$('.steps').replaceChildren(...[...stepsOf(file), ...more].map(({ file, numbers, words, code }) => {
      const item = make('li', {}, make('p', { textContent: words }));
      if (file && file !== this.file) item.append(make('p', { className: 'file', textContent: file }));
      if (code) item.append(codeOf(code));
      item.numbers = numbers;
      return item;
    }));
  }
  // What is typed in a terminal for what is shown, with the settings that it has now: words that say so, and lines.
  commands(...groups) {
    this.$('.command').replaceChildren(...groups.flatMap(([words, ...lines]) =>
      [make('p', { textContent: words + ':' }), ...lines.map((line) => make('code', { textContent: line }))]));
  }
  // These steps of the slide are running, of those of a round.
  light(numbers, round = numbers) {
    const lit = numbers + ' of ' + round, holds = (item, some) => item.numbers.some((number) => some.includes(number));
    if (lit === this.isLit) return;
    this.isLit = lit;
    const items = [...this.$('.steps').children];
    for (const item of items) item.classList.toggle('lit', holds(item, numbers));
    this.bring(items.filter((item) => holds(item, numbers)), items.filter((item) => holds(item, round)));
  }
  // Brings what is lit into view in the column of the code: with all of its round, or all but the end of its last step, if there is
  // room. The page stays where it is, and so does the column while a reader is in it.
  bring(lit, round) {
    const column = this.$('.code'), room = column.clientHeight;
    if (lit.length === 0 || column.scrollHeight <= room || column.matches(':hover, :focus-within')) return;
    const begin = (items) => items[0].offsetTop - 8, last = (items) => items[items.length - 1];
    const end = (item) => item.offsetTop + item.offsetHeight + 8, fits = end(last(round).firstChild) - begin(round) <= room;
    const shown = fits ? round : lit, top = begin(shown);
    const to = Math.min(Math.max(column.scrollTop, end(last(shown)) - room), top);
    if (Math.abs(to - column.scrollTop) > 1) column.scrollTo({ top: to, behavior: calm ? 'auto' : 'smooth' });
  }
  // Where the code is a column of its own, it ends where the window ends.
  fitCode() {
    const column = this.$('.code'), top = Math.max(0, column.getBoundingClientRect().top);
    column.style.setProperty('--height', Math.max(200, innerHeight - top - 16) + 'px');
  }

  // These one after the other, `share` of the way through a real step; where steps follow each other faster than an eye, round
  // and round more slowly than they do. In a pause the round is ended, soon.
  lightInTurn(numbers, { share, pace }) {
    const now = performance.now(), last = numbers.length - 1;
    this.turn += Math.min(now - this.litAt, 100) / (this.paused ? 500 : 350 * numbers.length);
    this.litAt = now;
    if (this.paused) this.turn = Math.min(this.turn, 1);
    else this.turn = pace < 150 * numbers.length ? this.turn % 1 : share;
    this.light([numbers[Math.min(Math.floor(this.turn * numbers.length), last)]], numbers);
  }

  // A slider; `values` gives the stops where they are not evenly spaced.
  slider({ name, label, low, high, step = 1, value, values, show = (x) => x, note, change }) {
    const input = make('input', { type: 'range', name });
    if (values) [low, high, step, value] = [0, values.length - 1, 1, Math.max(0, values.indexOf(value))];
    Object.assign(input, { min: low, max: high, step, value });
    const now = () => (values ? values[input.value] : Number(input.value));
    const output = make('output', { textContent: show(now()) });
    input.oninput = () => { output.textContent = show(now()); change(now()); };
    const label_ = make('label', { className: 'slider' }, make('span', { textContent: label }), ' ', output, ' ', input);
    if (note) label_.append(make('small', { textContent: note }));
    this.controls.append(label_);
    return { get value() { return now(); }, set(x) { input.value = values ? values.indexOf(x) : x; output.textContent = show(now()); } };
  }
  // One of a few words.
  choice({ name, label, options, value, note, change }) {
    const group = make('span');
    for (const [option, text] of Object.entries(options)) {
      const input = make('input', { type: 'radio', name: this.id + '-' + name, value: option, checked: option === value });
      input.onchange = () => change(option);
      group.append(make('label', {}, input, ' ' + text));
    }
    const field = make('fieldset', {}, make('legend', { textContent: label }), group);
    if (note) field.append(' ', make('small', { textContent: note }));
    this.controls.append(field);
  }
}
