// Small things, and what is drawn: stages in the units of what they show, and plots.
'use strict';

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
