// Small things, and what is drawn: stages in the units of what they show, and plots.
'use strict';

// ---- small things ----

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const mix = (a, b, t) => a + (b - a) * t;
const whole = (x) => (Math.round(x) + 0).toLocaleString('en').replace('-', '\u2212');  // + 0: no minus before a zero
const brief = (x) => (x >= 10 ? whole(x) : x.toPrecision(2));
// At most so many round numbers from low to high, evenly spaced: {at, name}.
function roundNumbers(low, high, most) {
  if (!(high > low)) return [];
  const power = 10 ** Math.floor(Math.log10((high - low) / most)), numbers = [];
  const step = [1, 2, 5, 10, 20].map((k) => k * power).find((step) => Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) < most);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; ++n) {
    const name = Math.abs(n * step) >= 1000 ? whole(n * step) : (n * step).toFixed(places).replace('-', '\u2212');
    numbers.push({ at: n * step, name: n === 0 ? '0' : name });
  }
  return numbers;
}
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

const colors = { truth: '#c0504d', model: '#2f6db0', candidate: '#8a8f98', green: '#5f8f2f', orange: '#c77f1a', ink: '#22252a',
  zero: '#b9b4a8', grid: '#e9e5dc' };

// ---- what is drawn ----

// A canvas in the units of what is shown on it, y upwards. wide: all columns of its parent; broad: so on a phone
class Stage {
  constructor(parent, { label, ratio = 1, caption = [], wide = false, broad = false }) {
    this.canvas = make('canvas');
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', label);
    this.caption = make('figcaption', {}, ...caption.flatMap((words) => [words, ' ']));
    parent.append(make('figure', { className: wide ? 'wide' : broad ? 'broad' : '' }, this.canvas, this.caption));
    this.context = this.canvas.getContext('2d');
    this.ratio = this.canvas.style.aspectRatio = ratio;
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
  // The same with room for numbers, in pixels: so much to the left, a line below, and a little on the other sides.
  clearInside(low, high, left = 48) {
    const width = this.canvas.clientWidth, height = Math.round(width / this.ratio), [right, top, below] = [18, 6, 20];
    const x = (high[0] - low[0]) / (width - left - right), y = (high[1] - low[1]) / (height - top - below);
    this.clear([low[0] - left * x, low[1] - below * y], [high[0] + right * x, high[1] + top * y]);
    this.inside = { low, high };
  }
  // Numbers below and, with a line at each, to the left of what clearInside has left for the lines.
  axes(across, up) {
    const { low, high } = this.inside;
    for (const { at, name } of up) {
      this.line([low[0], at, high[0], at], at === 0 ? colors.zero : colors.grid, 1);
      this.text(name, this.x(low[0]) - 6, this.y(at), { align: 'right', size: 11 });
    }
    for (const { at, name } of across) this.text(name, this.x(at), this.height - 9, { align: 'center', size: 11 });
    this.line([low[0], low[1], low[0], high[1]], colors.zero, 1);
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
  // apart: with the colour of the paper around it, where lines run through it
  text(words, x, y, { align = 'left', color = '#666b73', size = 12, apart = false } = {}) {
    Object.assign(this.context, { fillStyle: color, textAlign: align, textBaseline: 'middle', font: `${size}px Georgia, serif` });
    if (apart) Object.assign(this.context, { strokeStyle: css('--stage'), lineWidth: 4 }), this.context.strokeText(words, x, y);
    this.context.fillText(words, x, y);
  }
  // Numbers on the y axis, at the left edge, with a line at each, the one at zero darker.
  heights(most = 4) {
    for (const { at, name } of roundNumbers(this.low[1], this.high[1], most)) {
      this.line([this.low[0], at, this.high[0], at], at === 0 ? colors.zero : colors.grid, 1);
      this.text(name, 3, clamp(this.y(at) - 6, 6, this.height - 6), { size: 11, apart: true });
    }
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

// Lines over a common x axis, with numbers on both axes, on a stage of its own.
class Plot {
  constructor(parent, { label, ratio = 2.6, low, high, log = false, marks = [], numbers, caption, wide }) {
    this.stage = new Stage(parent, { label, ratio, caption, wide, broad: true });
    Object.assign(this, { low, high, log, marks, numbers });
  }
  // lines: {x, y, color, width, dots, alpha}, dots by their radius; right: where x ends at least
  draw(lines, right) {
    const scale = (y) => (this.log ? Math.log10(Math.max(y, 1e-9)) : y);
    const stage = this.stage;
    for (const line of lines) right = Math.max(right, ...line.x.slice(-1));
    const room = 0.04 * (scale(this.high) - scale(this.low)), low = scale(this.low) - room, high = scale(this.high) + room;
    stage.clearInside([0, low], [right, high]);
    const up = this.numbers || roundNumbers(this.low, this.high, stage.height > 130 ? 5 : 3);
    stage.axes(roundNumbers(0, right, stage.width > 330 ? 6 : 4), up.map(({ at, name }) => ({ at: scale(at), name })));
    for (const { at, name } of this.marks) {
      stage.line([0, scale(at), right, scale(at)], '#a09a8c', 1, { dashes: [3, 4] });
      stage.text(name, stage.x(right), stage.y(scale(at)) + (2 * scale(at) > low + high ? 9 : -8), { align: 'right', size: 11, apart: true });
    }
    for (const { x, y, color, width = 2, dots = 0, alpha = 1, dashes = [] } of lines) {
      const points = x.flatMap((at, i) => [at, clamp(scale(y[i]), low, high)]);
      stage.line(points, color, width, { alpha, dashes });
      if (dots) for (let i = 0; i < points.length; i += 2) stage.dot(points[i], points[i + 1], dots, color);
    }
  }
}

// Visited states and imagined ways in two of their coordinates, with numbers on both axes.
class Plane {
  constructor(parent, { label, caption }) { this.stage = new Stage(parent, { label, ratio: 1.5, broad: true, caption }); }
  draw(points, ways, low, high, across = roundNumbers(low[0], high[0], 4)) {
    this.stage.clearInside(low, high, 30);
    this.stage.axes(across, roundNumbers(low[1], high[1], 4));
    for (const point of points) this.stage.dot(...point, 1.3, colors.candidate);
    for (const way of ways) this.stage.line(way, colors.model, 1.2, { alpha: 0.6 });
  }
}
