// The live page in headless Chromium: every scene loads, learns, and does what its sliders say, without an error.
// Run by tests/web/run; argument: the page. SHOTS=folder: screenshots of every scene go there.
const { chromium } = require('playwright-core');

const url = 'file://' + process.argv[2], only = process.env.ONLY;
let passed = 0, failed = 0;

async function test(browser, name, options, work) {
  if (only && !name.includes(only)) return;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  const begun = Date.now();
  try {
    await work(page);
    if (errors.length) throw new Error('the console says: ' + errors[0]);
    ++passed;
    console.log(`ok      ${name} (${((Date.now() - begun) / 1000).toFixed(0)} s)`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n        ${error.message.split('\n')[0]}`);
  }
  await page.close();
}

function check(holds, words) {
  if (!holds) throw new Error(words);
}
const data = (page, id) => page.$eval('#scene-' + id, (scene) => ({ ...scene.dataset }));
// Waits until what a scene says of itself fulfils a condition.
async function until(page, id, holds, words, seconds = 120) {
  let now;
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await page.waitForTimeout(100)) {
    now = await data(page, id);
    if (holds(now)) return now;
  }
  throw new Error(`${words}, not within ${seconds} s: ${JSON.stringify(now)}`);
}
async function open(page, id) {
  await page.goto(url + '#' + id);
  await page.waitForSelector('#scene-' + id);
}
const slide = (page, id, name, value) => page.$eval(`#scene-${id} input[name=${name}]`, (input, value) => {
  input.value = value;
  input.dispatchEvent(new Event('input'));
}, String(value));
const pick = (page, id, name, value) => page.click(`#scene-${id} input[name=${id}-${name}][value="${value}"]`);
const press = (page, id, button) => page.click(`#scene-${id} button.${button}`);

async function all(browser) {
  await test(browser, 'maze: Dyna finds the way of 14 steps', {}, async (page) => {
    await open(page, 'maze');
    await slide(page, 'maze', 'speed', 6);
    await until(page, 'maze', ({ best }) => Number(best) === 14, 'an episode of 14 steps');
  });
  await test(browser, 'maze: without imagined updates it takes far more episodes to a short way', {}, async (page) => {
    await open(page, 'maze');
    await slide(page, 'maze', 'speed', 6);
    const first = {};
    for (const [K, stop] of [[20, 5], [0, 0]]) {
      await slide(page, 'maze', 'planning-updates', stop);
      await press(page, 'maze', 'reset');
      await until(page, 'maze', ({ episodes }) => episodes === '0', 'a new run');
      first[K] = Number((await until(page, 'maze', ({ short }) => Number(short) > 0, 'a short way')).short);
    }
    check(first[0] > 2 * first[20], `K = 0: ${first[0]} episodes, K = 20: ${first[20]}`);
  });
  await test(browser, 'maze: pause holds, step takes one step, space plays, the same seed gives the same run', {}, async (page) => {
    await open(page, 'maze');
    await until(page, 'maze', ({ step }) => step > 20, 'some steps');
    await press(page, 'maze', 'play');
    await page.waitForTimeout(300);
    const { step } = await data(page, 'maze');
    await page.waitForTimeout(500);
    check((await data(page, 'maze')).step === step, 'it went on while paused');
    await press(page, 'maze', 'reset');
    await until(page, 'maze', ({ step }) => step === '1', 'the first step');
    for (const wanted of ['2', '3']) {
      await press(page, 'maze', 'step');
      await until(page, 'maze', ({ step }) => step === wanted, 'step ' + wanted, 5);
    }
    await page.$eval('#scene-maze button.step', (button) => button.blur());
    await slide(page, 'maze', 'speed', 6);
    const runs = [];
    for (const key of [' ', 'r']) {
      await page.keyboard.press(key);
      await until(page, 'maze', ({ episodes, step }) => (key === 'r' ? step < 1500 : true) && episodes === '0', 'a new run');
      runs.push((await until(page, 'maze', ({ episodes }) => Number(episodes) >= 1, 'an episode')).first);
    }
    check(runs[0] === runs[1], 'the first episode took ' + runs.join(' and then ') + ' steps');
  });
  await test(browser, 'planning: version 1.5 solves the pendulum', {}, async (page) => {
    await open(page, 'planning');
    await pick(page, 'planning', 'env', 'pendulum');
    await pick(page, 'planning', 'algorithm', 'v1.5');
    await until(page, 'planning', ({ futures, step }) => futures === '1' && step > 200, 'one imagined future');
    await until(page, 'planning', ({ best }) => Number(best) > -300, 'a return above -300', 240);
  });
  await test(browser, 'planning: PETS shows a fan; horizon, uncertainty and the pointer do what they say', {}, async (page) => {
    await open(page, 'planning');
    await slide(page, 'planning', 'candidates', 0);
    await until(page, 'planning', ({ futures, length }) => futures === '12' && length === '25', 'twelve futures of 25 steps');
    await slide(page, 'planning', 'horizon', 12);
    await until(page, 'planning', ({ length }) => length === '12', 'futures of 12 steps');
    await slide(page, 'planning', 'horizon', 30);
    await until(page, 'planning', ({ length }) => length === '30', 'futures of 30 steps');
    await pick(page, 'planning', 'propagation', 'E');
    await until(page, 'planning', ({ futures }) => futures === '1', 'one future, the mean');
    await pick(page, 'planning', 'propagation', 'TSinf');
    await until(page, 'planning', ({ futures }) => futures === '12', 'the fan again');
    const box = await (await page.$('#scene-planning canvas')).boundingBox();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.9 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.1 * box.height);
    await until(page, 'planning', ({ height }) => Number(height) > 0.5, 'the tip carried to the top', 20);
    await page.mouse.up();
  });
  await test(browser, 'uncertainties: the members part in the gap, and agree once there are points', {}, async (page) => {
    await open(page, 'uncertainties');
    const before = await until(page, 'uncertainties', ({ passes }) => Number(passes) >= 1000, '1000 passes');
    check(before.gap > 2 * before.known, `epistemic sd: ${before.gap} in the gap, ${before.known} among the points`);
    check(before.noisy > 2 * before.quiet, `aleatoric sd: ${before.noisy} on the noisy side, ${before.quiet} on the quiet one`);
    await page.click('#scene-uncertainties button:has-text("Add points")');
    const after = await until(page, 'uncertainties', ({ passes, points }) => Number(passes) >= 2000 && Number(points) > 150, '2000 passes');
    check(after.gap < before.gap / 2, `epistemic sd in the gap: ${before.gap}, and ${after.gap} with points there`);
  });
  await test(browser, 'cliff: three planners walk', {}, async (page) => {
    await open(page, 'cliff');
    await until(page, 'cliff', (d) => d.expectedWalks > 0 && d.pessimisticWalks > 0 && d.optimisticWalks > 0, 'a walk of each', 240);
  });
  await test(browser, 'errors: they grow faster than in a line; more data and short rollouts make them smaller', {}, async (page) => {
    await open(page, 'errors');
    const few = await until(page, 'errors', ({ long }) => long > 0, 'errors');
    check(few.long > 2 * few.epsilon * few.steps, 'the sum is ' + few.long);
    check(few.short < few.long / 2, `short rollouts: ${few.short}, long ones ${few.long}`);
    await slide(page, 'errors', 'T', 50);
    await until(page, 'errors', ({ steps }) => steps === '50', 'T = 50');
    await slide(page, 'errors', 'rows', 5);
    await until(page, 'errors', ({ epsilon }) => epsilon < few.epsilon / 2, 'a smaller epsilon');
  });
  await test(browser, 'mbpo: solves the pendulum while SAC does not yet', {}, async (page) => {
    await open(page, 'mbpo');
    const now = await until(page, 'mbpo', ({ mbpo }) => mbpo > -400, 'a return above -400', 600);
    check(!(now.sac > -400), 'SAC alone is at ' + now.sac);
  });
  await test(browser, 'a scene that fails says why, and reset begins again', {}, async (page) => {
    await open(page, 'planning');
    await page.evaluate(() => scene.player.set('horizon', 'far'));
    await page.waitForSelector('#scene-planning .status.failed');
    const words = await page.textContent('#scene-planning .status');
    check(words.includes('--horizon far: expected'), 'it says: ' + words);
    await press(page, 'planning', 'reset');
    await until(page, 'planning', ({ step }) => Number(step) > 100, 'a new run');
  });
  await test(browser, 'at phone width nothing is wider than the screen; with reduced motion it begins at rest', {
    viewport: { width: 390, height: 800 }, reducedMotion: 'reduce' }, async (page) => {
    for (const id of ['planning', 'uncertainties', 'cliff', 'errors', 'maze', 'mbpo']) {
      await open(page, id);
      await page.waitForTimeout(500);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      check(width <= 390, `${id} is ${width} wide`);
      const button = await page.$('#scene-' + id + ' button.play');
      check(!(await button.isVisible()) || (await button.textContent()) === 'Play', id + ' plays');
    }
  });
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  await all(browser);
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
})();
