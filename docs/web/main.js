// The tabs: which scene is shown, and that it is painted. A scene is made when it is first asked for, and rests while
// another is shown.
'use strict';

const kinds = {
  planning: [Planning, 'Version 1.5 and PETS'], uncertainties: [Uncertainties, 'Two uncertainties'], cliff: [CliffWalk, 'The cliff'],
  errors: [Errors, 'Error growth'], maze: [Maze, 'Dyna'], mbpo: [Mbpo, 'MBPO and SAC'], cheetah: [Cheetah, 'The half-cheetah'],
};
const nav = document.querySelector('nav'), main = document.querySelector('main');
const made = {};
let scene = null;

function open() {
  const id = kinds[location.hash.slice(1)] ? location.hash.slice(1) : Object.keys(kinds)[0];
  if (!made[id]) {
    made[id] = new kinds[id][0]();
    main.append(made[id].article);
  }
  scene = made[id];
  for (const other of Object.values(made)) other.article.hidden = other !== scene;
  scene.fitCode();
  document.getElementById('playing').hidden = scene.still;
  for (const link of nav.children) link.setAttribute('aria-current', link.hash === '#' + id ? 'page' : 'false');
}
for (const [id, [, name]] of Object.entries(kinds)) nav.append(make('a', { href: '#' + id, textContent: name }));
addEventListener('hashchange', open);
addEventListener('scroll', () => scene.fitCode(), { passive: true });
addEventListener('resize', () => scene.fitCode());
addEventListener('keydown', (event) => {
  if (event.target.closest('button, a, input:not([type=range])') || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = { ' ': () => scene.play(scene.paused), '.': () => !(event.repeat && scene.stepping) && scene.step(), r: () => scene.again() }[event.key];
  if (!act || (scene.still && event.key !== 'r')) return;
  event.preventDefault();
  act();
});

let before = performance.now();
const paints = [];  // when the last second's pictures were painted
function paint(now) {
  try {
    if (!scene.failed) scene.tick(Math.min(now - before, 100));
  } catch (error) {
    scene.fail(error);
    console.error(error);
  }
  before = now;
  paints.push(now);
  while (paints[0] < now - 1000) paints.shift();
  document.body.dataset.fps = paints.length;
  requestAnimationFrame(paint);
}
open();
requestAnimationFrame(paint);
