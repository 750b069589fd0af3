// What the scenes of the live page are made of. The learning happens in web workers (worker.js, page.cpp); here it is
// asked for, drawn, and steered.
'use strict';

// ---- the workers ----

const workerScript = URL.createObjectURL(
  new Blob([document.getElementById('worker').textContent], { type: 'text/javascript' }));

// A thing of page.cpp in a worker of its own: each call is a promise.
class Remote {
  constructor(make, ...args) {
    this.tickets = new Map();
    this.next = 0;
    this.worker = new Worker(workerScript);
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.tickets.get(data.ticket);
      this.tickets.delete(data.ticket);
      if (data.error) reject(new Error(data.error));
      else resolve(data.result);
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.tickets.values()) reject(new Error(event.message || 'the worker could not start'));
    };
    this.made = this.send({ make, args });
    this.made.catch(() => {});
  }
  send(message) {
    return new Promise((resolve, reject) => {
      this.tickets.set(++this.next, { resolve, reject });
      this.worker.postMessage({ ticket: this.next, ...message });
    });
  }
  async call(name, ...args) {
    await this.made;
    return this.send({ call: name, args });
  }
  end() { this.worker.terminate(); }
}

// ---- small things ----

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const mix = (a, b, t) => a + (b - a) * t;
const whole = (x) => Math.round(x).toLocaleString('en').replace('-', '\u2212');
const brief = (x) => (x >= 10 ? whole(x) : x.toPrecision(2));
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
// A word of a caption, in the colour that it has in the picture.
function key(text, color) {
  const word = make('span', { className: 'key', textContent: text });
  word.style.setProperty('--color', color);
  return word;
}

const colors = { truth: '#c0504d', model: '#2f6db0', candidate: '#8a8f98', green: '#5f8f2f', orange: '#c77f1a', ink: '#22252a' };

// ---- what is drawn ----

// A canvas in the units of what is shown on it, y upwards.
class Stage {
  constructor(parent, { label, ratio = 1, caption = [], wide = false }) {
    this.canvas = make('canvas');
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', label);
    this.caption = make('figcaption', {}, ...caption);
    parent.append(make('figure', { className: wide ? 'wide' : '' }, this.canvas, this.caption));
    this.context = this.canvas.getContext('2d');
    this.ratio = ratio;
  }
  // An empty stage that shows what lies between two corners.
  clear(low, high) {
    const width = this.canvas.clientWidth, height = Math.round(width / this.ratio), dots = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * dots) || this.canvas.height !== Math.round(height * dots)) {
      this.canvas.width = Math.round(width * dots), this.canvas.height = Math.round(height * dots);
      this.canvas.style.height = height + 'px';
    }
    this.context.setTransform(dots, 0, 0, dots, 0, 0);
    this.context.clearRect(0, 0, width, height);
    Object.assign(this, { width, height, low, high });
  }
  // The same with one scale for both axes, so that a circle is round.
  clearRound(low, high) {
    this.ratio = (high[0] - low[0]) / (high[1] - low[1]);
    this.canvas.style.maxWidth = Math.round(25 * this.ratio) + 'rem';  // no higher than a window
    this.clear(low, high);
  }
  x(x) { return ((x - this.low[0]) / (this.high[0] - this.low[0])) * this.width; }
  y(y) { return ((this.high[1] - y) / (this.high[1] - this.low[1])) * this.height; }
  back(event) {
    const box = this.canvas.getBoundingClientRect();
    const right = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
    return [mix(this.low[0], this.high[0], right), mix(this.high[1], this.low[1], down)];
  }
  path(points) {
    this.context.beginPath();
    for (let i = 0; i < points.length; i += 2) this.context.lineTo(this.x(points[i]), this.y(points[i + 1]));
  }
  line(points, color, width = 2, { alpha = 1, dashes = [] } = {}) {
    const c = this.context;
    this.path(points);
    Object.assign(c, { strokeStyle: color, lineWidth: width, lineJoin: 'round', lineCap: 'round', globalAlpha: alpha });
    c.setLineDash(dashes);
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }
  fill(points, color, alpha = 1) {
    this.path(points);
    this.context.globalAlpha = alpha;
    this.context.fillStyle = color;
    this.context.fill();
    this.context.globalAlpha = 1;
  }
  dot(x, y, radius, color) {
    this.context.beginPath();
    this.context.arc(this.x(x), this.y(y), radius, 0, 2 * Math.PI);
    this.context.fillStyle = color;
    this.context.fill();
  }
  text(words, x, y, { align = 'left', color = '#666b73', size = 12 } = {}) {
    Object.assign(this.context, { fillStyle: color, textAlign: align, textBaseline: 'middle', font: `${size}px Georgia, serif` });
    this.context.fillText(words, x, y);
  }
  // What an environment says of its state. Widths of lines are for pictures 400 pixels wide.
  paint(shapes) {
    for (const shape of shapes)
      if (shape.filled) this.fill(shape.points, shape.color);
      else this.line(shape.points, shape.color, Math.max(1, (shape.width * this.width) / 500));
  }
}

// Between two drawings of the same world, `share` of the way from the first to the second.
function between(a, b, share) {
  if (!b || a.shapes.length !== b.shapes.length) return a;
  const lerp = (p, q) => (p.length === q.length ? p.map((x, i) => mix(x, q[i], share)) : p);
  return { low: lerp(a.low, b.low), high: lerp(a.high, b.high), trace: a.trace && lerp(a.trace, b.trace),
    shapes: a.shapes.map((shape, i) => ({ ...shape, points: lerp(shape.points, b.shapes[i].points) })) };
}

// Lines over a common x axis, on a stage of its own.
class Plot {
  constructor(parent, { label, ratio = 2.6, low, high, log = false, marks = [], caption, wide }) {
    this.stage = new Stage(parent, { label, ratio, caption, wide });
    Object.assign(this, { low, high, log, marks });
  }
  // lines: {x, y, color, width, dots, alpha}; right: where x ends at least
  draw(lines, right) {
    const scale = (y) => (this.log ? Math.log10(Math.max(y, 1e-9)) : y);
    const low = scale(this.low), high = scale(this.high), room = 0.06 * (high - low);
    for (const line of lines) right = Math.max(right, ...line.x.slice(-1));
    this.stage.clear([-0.09 * right, low - 2.4 * room], [1.02 * right, high + room]);
    const stage = this.stage;
    for (const { at, name, dashes = [3, 4] } of this.marks) {
      stage.line([0, scale(at), right, scale(at)], '#b9b4a8', 1, { dashes });
      if (name.length < 5) stage.text(name, stage.x(0) - 4, stage.y(scale(at)), { align: 'right', size: 11 });
      else stage.text(name, stage.x(right), stage.y(scale(at)) + (scale(at) > (low + high) / 2 ? 9 : -8), { align: 'right', size: 11 });
    }
    stage.line([0, low - room, right, low - room], '#b9b4a8', 1);
    stage.text('0', stage.x(0), stage.height - 8, { align: 'center', size: 11 });
    stage.text(whole(right), stage.x(right), stage.height - 8, { align: 'right', size: 11 });
    for (const { x, y, color, width = 2, dots = false, alpha = 1 } of lines) {
      const points = x.flatMap((at, i) => [at, clamp(scale(y[i]), low - room, high + room)]);
      stage.line(points, color, width, { alpha });
      if (dots) for (let i = 0; i < points.length; i += 2) stage.dot(points[i], points[i + 1], 2.5, color);
    }
  }
}

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

// ---- a scene ----

class Scene {
  constructor(about) {
    Object.assign(this, about);
    this.article = document.getElementById('scene').content.cloneNode(true).firstElementChild;
    this.article.id = 'scene-' + this.id;
    const put = (where, text) => (this.$(where).textContent = text);
    put('.slide', 'Slide: ' + this.slide), put('h2', this.title), put('.idea', this.idea);
    this.stages = this.$('.stages'), this.controls = this.$('.controls');
    this.paused = calm;
    this.$('.play').onclick = () => this.play(this.paused);
    this.players = [];
    this.$('.step').onclick = () => { this.play(false); for (const one of [this, ...this.players]) one.single = true; };
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
  again() {
    if (this.failed) this.play(true);
    this.reset();
  }
  say(...words) {
    const status = this.$('.status');
    status.classList.remove('failed');
    status.replaceChildren(...words.map((word) => (Array.isArray(word) ? make('b', { textContent: word[0] }) : word)));
  }
  fail(error) {
    this.play(false);
    this.failed = true;
    this.$('.status').classList.add('failed');
    this.$('.status').textContent = 'This scene has stopped: ' + error.message + '. Reset begins again.';
  }
  // The file that runs, how the same is run without a browser, and further functions: {file, start, words, number}.
  code(file, commands, functions = []) {
    if (this.file !== file) {
      this.file = file;
      this.$('.file').textContent = file;
      const more = functions.map(({ file, start, words, number }) => ({ file, numbers: [number], words, code: functionOf(file, start) }));
      this.$('.steps').replaceChildren(...[...stepsOf(file), ...more].map(({ file, numbers, words, code }) => {
        const item = make('li', {}, make('p', { textContent: words }));
        if (file && file !== this.file) item.append(make('p', { className: 'file', textContent: file }));
        if (code) item.append(make('pre', { textContent: code, tabIndex: 0 }));
        item.numbers = numbers;
        return item;
      }));
    }
    const lines = [].concat(commands).map((command) => make('code', { textContent: command }));
    this.$('.command').replaceChildren('The same without a browser:', ...lines);
  }
  // These steps of the slide are running.
  light(numbers) {
    for (const item of this.$('.steps').children)
      item.classList.toggle('lit', item.numbers.some((number) => numbers.includes(number)));
  }

  // The same in turn, where there is time to see it: `share` of the way through a real step.
  lightInTurn(numbers, { share, pace }) {
    this.light(pace > 250 ? [numbers[Math.min(Math.floor(share * numbers.length), numbers.length - 1)]] : numbers);
  }

  // A slider; `values` gives the stops where they are not evenly spaced.
  slider({ name, label, low, high, step = 1, value, values, show = (x) => x, note, change }) {
    const input = make('input', { type: 'range', name });
    if (values) [low, high, step, value] = [0, values.length - 1, 1, Math.max(0, values.indexOf(value))];
    Object.assign(input, { min: low, max: high, step, value });
    const now = () => (values ? values[input.value] : Number(input.value));
    const output = make('output', { textContent: show(now()) });
    input.oninput = () => { output.textContent = show(now()); change(now()); };
    const label_ = make('label', {}, label, ' ', output, input);
    if (note) label_.append(make('small', { textContent: note }));
    this.controls.append(label_);
    return { get value() { return now(); }, set(x) { input.value = values ? values.indexOf(x) : x; output.textContent = show(now()); } };
  }
  // One of a few words.
  choice({ name, label, options, value, note, change }) {
    const group = make('span');
    let chosen = value;
    for (const [option, text] of Object.entries(options)) {
      const input = make('input', { type: 'radio', name: this.id + '-' + name, value: option, checked: option === value });
      input.onchange = () => { chosen = option; change(option); };
      group.append(make('label', {}, input, ' ' + text));
    }
    const field = make('fieldset', {}, make('legend', { textContent: label }), group);
    if (note) field.append(make('small', { textContent: note }));
    this.controls.append(field);
    return { get value() { return chosen; } };
  }
}

// A run in its worker, and the frames that are still to be shown. It asks for the next steps while the last ones are
// drawn, and never for more than are soon wanted.
class Player {
  constructor(scene, words, { show = [0, 0], prepare = async () => {}, follow = async () => {} } = {}) {
    Object.assign(this, { scene, words, follow, prepare });
    scene.players.push(this);
    this.remote = new Remote('Run', words);
    this.remote.call('show', ...show).catch((error) => scene.fail(error));
    this.frames = [];
    this.asking = false, this.share = 0, this.cost = 30, this.pace = 30;
    this.remote.call('about').then((about) => { this.about = about; }, (error) => scene.fail(error));
  }
  set(name, value) { this.remote.call('set', name, String(value)).catch((error) => this.scene.fail(error)); }
  end() {
    this.ended = true;
    this.remote.end();
    this.scene.players = this.scene.players.filter((one) => one !== this);
  }
  async ask(count) {
    this.asking = true;
    try {
      await this.prepare(this);
      const begun = performance.now(), frames = await this.remote.call('advance', count);
      const cost = (performance.now() - begun) / count;
      if (frames.some((frame) => frame.learned)) this.cost = mix(this.cost, cost, this.cost < cost ? 0.1 : 0.3);
      const extra = await this.follow(this, frames);
      if (this.ended) return;
      if (extra) frames[frames.length - 1].extra = extra;
      this.frames.push(...frames);
    } catch (error) {
      if (!this.ended) this.scene.fail(error);
    }
    this.asking = false;
  }
  // `milliseconds` later, at so many real steps a second. Returns the frames that have been passed.
  tick(milliseconds, perSecond) {
    const scene = this.scene, passed = [];
    if (scene.failed) return passed;
    if (!scene.paused || this.single) {
      const base = this.frames.length > 1 && !this.frames[1].learned;  // nobody wants to wait for the random steps
      this.pace = base ? 7 : Math.max(1000 / perSecond, Math.min(this.cost, 1000));
      this.share += milliseconds / this.pace;
      while (this.share >= 1 && this.frames.length > 1) {
        passed.push(this.frames.shift());
        this.share -= 1;
        if (this.single && passed[passed.length - 1].learned) { this.single = false; this.share = 0; break; }
      }
      this.share = Math.min(this.share, 1);
    }
    const count = clamp(Math.round(Math.min(perSecond / 25, 50 / this.cost)), 1, 1000);
    if (!this.asking && this.frames.length <= count + 1 && (!scene.paused || this.frames.length < 2)) this.ask(count);
    return passed;
  }
  get frame() { return this.frames[0]; }
  // Whether the next step is not yet done, and begins with a refit of the model.
  get refitting() {
    if (this.frames.length > 1 || !this.about) return false;
    const { 'initial-steps': initial, 'refit-every': every } = this.about.settings;
    return (this.frame.step - Number(initial)) % Number(every) === 0;
  }
  // For how fast the world is shown: 1 is real time.
  get slowness() { return (this.about.secondsPerStep * 1000) / this.pace; }
  // What is to be seen now, between two real steps.
  get drawing() {
    const [now, next] = this.frames;
    if (calm || !next || now.over) return now.drawing;
    return between(now.drawing, next.drawing, clamp(this.share, 0, 1));
  }
}
