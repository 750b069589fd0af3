// What runs in web workers (worker.js, page.cpp), as the scenes see it: asked for, and played.
'use strict';

// ---- the workers ----

const workerScript = URL.createObjectURL(
  new Blob([document.getElementById('worker').textContent], { type: 'text/javascript' }));

// A thing of page.cpp in a worker of its own: each call is a promise. While a call goes on it can say that a model is fitted.
class Remote {
  constructor(make, ...args) {
    this.tickets = new Map();
    this.next = 0, this.fitted = false;
    this.worker = new Worker(workerScript);
    this.worker.onmessage = ({ data }) => {
      if (data === 'fitted') return void (this.fitted = true);
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

// ---- a run, and the frames that are still to be shown ----

// It asks for the next steps while the last ones are drawn, and never for more than are soon wanted.
class Player {
  // made: what page.cpp makes, and of what; show: how many futures, candidates and pictures a frame has; batch: for how many
  // milliseconds it is asked for at once, at least; after: for how many what follows a fit is shown, at least
  constructor(scene, made, { show = [0, 0, 1], prepare = async () => {}, follow = async () => {}, batch = 40, after = 0 } = {}) {
    Object.assign(this, { scene, follow, prepare, batch, after });
    scene.players.push(this);
    this.remote = new Remote(...made);
    this.remote.call('show', ...show).catch((error) => scene.fail(error));
    this.frames = [];
    this.asking = false, this.share = 0, this.cost = 30, this.pace = 30, this.smoothed = 0, this.slow = false;
    this.single = 0, this.wasFitting = false, this.fitFor = 0, this.afterFor = 0;
    this.remote.call('about').then((about) => { this.about = about; }, (error) => scene.fail(error));
  }
  set(name, value) { this.remote.call('set', name, String(value)).catch((error) => this.scene.fail(error)); }
  end() {
    this.ended = true;
    this.remote.end();
    this.scene.players = this.scene.players.filter((one) => one !== this);
  }
  async ask(count) {
    const fits = this.frame && this.untilRefit === 0;
    this.asking = true, this.remote.fitted = false;
    this.askedAt = performance.now();
    try {
      await this.prepare(this);
      const begun = performance.now(), frames = await this.remote.call('advance', count);
      const cost = (performance.now() - begun) / count;
      if (frames.some((frame) => frame.learned) && !fits) this.cost = mix(this.cost, cost, this.cost < cost ? 0.1 : 0.3);
      const extra = await this.follow(this, frames);
      if (this.ended) return;
      for (const frame of frames) frame.drawing = frame.pictures[0];
      if (extra) frames[frames.length - 1].extra = extra;
      this.frames.push(...frames);
    } catch (error) {
      if (!this.ended) this.scene.fail(error);
    }
    this.asking = false;
  }
  // One real step, and then rest. One that is still under way is ended first.
  step() {
    if (this.single) this.share = 1;
    ++this.single;
  }
  // `milliseconds` later, at so many real steps a second, and no more than `most`. Returns the frames that have been passed.
  tick(milliseconds, perSecond, most = Infinity) {
    const scene = this.scene, passed = [];
    if (scene.failed) return passed;
    if (!scene.paused || this.single) {
      const base = this.frames.length > 1 && !this.frames[1].learned;  // nobody wants to wait for the random steps
      this.pace = base ? 7 : Math.max(1000 / perSecond, Math.min(this.cost, 1000));
      if (!base) this.smooth(milliseconds);
      if (this.fitting) this.fitFor += milliseconds;
      else if (this.due) this.afterFor += milliseconds;
      this.share += milliseconds / this.pace;
      while (this.share >= 1 && this.frames.length > 1 && passed.length < most) {
        if (this.fitting || (this.due && this.afterFor < this.after)) break;
        passed.push(this.frames.shift());
        this.share -= 1, this.fitFor = this.afterFor = 0;
        if (this.single && --this.single === 0) { this.share = 0; break; }
      }
      this.share = Math.min(this.share, 1);
    }
    if (this.fitting !== this.wasFitting || (scene.paused && passed.length > 0)) scene.saidAt = -Infinity;  // to be said at once
    this.wasFitting = this.fitting;
    const count = scene.paused ? 1 : clamp(Math.round(Math.min((perSecond * this.batch) / 1000, (1.25 * this.batch) / this.cost)), 1, 1000);
    const soon = this.frames.length <= count + 1 || !this.last.learned;  // the first model is fitted while the random steps are shown
    if (!this.asking && soon && (!scene.paused || this.frames.length < 2)) this.ask(this.frame ? Math.min(count, this.untilRefit || 1) : count);
    return passed;
  }
  get frame() { return this.frames[0]; }
  get last() { return this.frames[this.frames.length - 1]; }
  // How many steps can still be done before the model is fitted again. No part that is asked for goes on beyond that.
  get untilRefit() { return this.stepsToRefit(this.last.step); }
  stepsToRefit(step) {
    const [initial, every] = ['initial-steps', 'refit-every'].map((name) => Number(this.about.settings[name]));
    if (!every) return Infinity;
    return step < initial ? initial - step : (every - ((step - initial) % every)) % every;
  }
  // Whether all that is before a fit has been seen, and nothing yet of what comes after it.
  get due() { return this.frame !== undefined && this.share >= 1 && this.stepsToRefit(this.frame.step) === 0; }
  // Whether the model is seen to be fitted: as long as it takes, and for so long that an eye sees it.
  get fitting() { return this.due && (this.fitFor < 500 || (this.frames.length === 1 && !this.remote.fitted)); }
  // For how many seconds the next step is being waited for.
  get waited() { return this.asking && this.frames.length < 2 ? Math.floor((performance.now() - this.askedAt) / 1000) : 0; }
  // How fast the world is shown: 1 is real time. Smoothed, so that it can be read, and slow is not now one thing, now the other.
  get slowness() { return (this.about.secondsPerStep * 1000) / this.smoothed; }
  smooth(milliseconds) {
    this.smoothed = this.smoothed ? mix(this.smoothed, this.pace, Math.min(1, milliseconds / 3000)) : this.pace;
    if (this.about) this.slow = this.slowness < (this.slow ? 0.95 : 0.8);
  }
  get slowMotion() { return this.slow ? `Slow motion, ${this.slowness.toPrecision(1)} of real time` : ''; }
  // What is to be seen now, between two real steps.
  get drawing() {
    const [now, next] = this.frames, share = clamp(this.share, 0, 1), { pictures } = now;
    if (calm || !next || now.over) return now.drawing;
    return pictures.length > 1 ? pictures[Math.min(Math.floor(share * pictures.length), pictures.length - 1)] : between(now.drawing, next.drawing, share);
  }
}
