// The live page in headless Chromium: every scene loads, learns, and does what its sliders say, without an error.
// Run by tests/web/run; argument: the page. SLOW=3: three times as patient, on a machine that has other things to do.
const fs = require('fs');
const { chromium } = require('playwright-core');

const url = 'file://' + process.argv[2], only = process.env.ONLY, slow = Number(process.env.SLOW) || 1;
const scenes = ['planning', 'uncertainties', 'cliff', 'errors', 'maze', 'mbpo', 'cheetah'];
let passed = 0, failed = 0;

async function test(browser, name, options, work) {
  if (only && !name.includes(only)) return;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(30000 * slow);
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
  for (const end = Date.now() + 1000 * seconds * slow; Date.now() < end; await page.waitForTimeout(100)) {
    now = await data(page, id);
    if (holds(now)) return now;
  }
  throw new Error(`${words}, not within ${seconds * slow} s: ${JSON.stringify(now)}`);
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
const commands = (page, id) => page.$$eval(`#scene-${id} .command code`, (lines) => lines.map((line) => line.textContent));
const press = (page, id, button) => page.click(`#scene-${id} button.${button}`);
const says = (page, id) => page.textContent(`#scene-${id} .status`);
// What is lit (1 is the first of the list), and what the scene says, at the same moment.
const seen = (page, id) => page.$eval('#scene-' + id, (scene) => ({
  lit: [...scene.querySelectorAll('.steps li')].flatMap((item, i) => (item.classList.contains('lit') ? [i + 1] : [])).join(),
  says: scene.querySelector('.status').textContent, at: Date.now() }));

// What `look` finds in the page (a function of a scene), picture by picture, for so many seconds.
const record = (page, seconds, look) => page.evaluate(([milliseconds, look]) => new Promise((resolve) => {
  const found = [], of = eval(look), end = performance.now() + milliseconds;
  const next = () => {
    found.push({ says: scene.$('.status').textContent, lit: [...scene.$('.steps').children].flatMap((item, i) => (item.classList.contains('lit') ? [i + 1] : [])).join(), ...of(scene) });
    if (performance.now() < end) requestAnimationFrame(next);
    else resolve(found);
  };
  requestAnimationFrame(next);
}), [1000 * seconds, String(look)]);

// Those commands that do not have all settings of the run that is shown, in the order of the runs: a run is made of each. One that
// names several scores is that of several runs.
const unlike = (page, lines) => page.evaluate(async (lines) => {
  const settings = async (remote) => {
    const { steps, episodes, ...others } = (await remote.call('about')).settings;  // what is shown has no end
    return JSON.stringify(others);
  };
  const words = lines.filter((line) => line.startsWith('build/mbrl run ') && !line.includes(' --out ')).flatMap((line) => {
    const [, several = ''] = line.match(/ --score (\S+)/) || [];
    return several.split(',').map((score) => line.replace('build/mbrl run ', '').replace(several, score));
  });
  const shown = [], wrong = [];
  for (const { remote } of scene.players) if ((await settings(remote)) !== '{}') shown.push(remote);  // but not what is only played
  for (const [i, remote] of shown.entries()) {
    const other = new Remote('Run', words[i]);
    if ((await settings(remote)) !== (await settings(other))) wrong.push(words[i]);
    other.end();
  }
  return wrong;
}, lines);

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
    const { rows, heldOut } = await page.evaluate(() => scene.refit);
    check((rows + heldOut) % 50 === 0 && heldOut > 10, `${rows} transitions and ${heldOut} held out`);
    const way = await page.evaluate(() => scene.unrolled([0, 1, 0, 1, 1, 0]));
    check(way[1] === 1 && Math.abs(way[3] - 0.65) < 1e-9 && Math.abs(way[4] - 0.3) < 1e-9, 'the fan on the circle: ' + way);
  });
  await test(browser, 'planning: one step is lit at a time; more members begin the run again, and the page says so', {}, async (page) => {
    await open(page, 'planning');
    await until(page, 'planning', ({ futures }) => futures === '12', 'a fan');
    const lit = new Set();
    for (let i = 0; i < 40; ++i) {
      const now = (await seen(page, 'planning')).lit;
      check(now.length === 1, 'lit are the steps ' + now);
      lit.add(Number(now));
      await page.waitForTimeout(100);
    }
    check([3, 4, 5].every((step) => lit.has(step)) && !lit.has(1), 'in four seconds the steps ' + [...lit]);
    await slide(page, 'planning', 'members', 3);
    await page.waitForTimeout(400);
    check((await says(page, 'planning')).startsWith('Begun again, with 3 members.'), 'it says: ' + (await says(page, 'planning')));
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
  await test(browser, 'uncertainties: in the gap the disagreement is clearly above the noise, for five seeds', {}, async (page) => {
    await open(page, 'uncertainties');
    for (let seed = 1; seed <= 5; ++seed) {
      await page.fill('#scene-uncertainties .seed input', String(seed));
      await page.dispatchEvent('#scene-uncertainties .seed input', 'change');
      await until(page, 'uncertainties', ({ passes }) => Number(passes) < 200, 'a new beginning');
      const { gap, noiseInGap } = await until(page, 'uncertainties', ({ passes }) => Number(passes) >= 1200, '1200 passes');
      check(gap > 1.5 * noiseInGap, `seed ${seed}: epistemic sd ${gap} in the gap, aleatoric ${noiseInGap}`);
      check(noiseInGap < 0.5, `seed ${seed}: aleatoric sd ${noiseInGap} in the gap`);
    }
  });
  await test(browser, 'uncertainties: the members part in the gap, and agree once there are points', {}, async (page) => {
    await open(page, 'uncertainties');
    const before = await until(page, 'uncertainties', ({ passes }) => Number(passes) >= 1000, '1000 passes');
    check(before.gap > 2 * before.known, `epistemic sd: ${before.gap} in the gap, ${before.known} among the points`);
    check(before.noisy > 2 * before.quiet, `aleatoric sd: ${before.noisy} on the noisy side, ${before.quiet} on the quiet one`);
    await page.click('#scene-uncertainties button:has-text("Fill the gap")');
    const after = await until(page, 'uncertainties', ({ passes, points }) => Number(passes) >= 2000 && Number(points) > 150, '2000 passes');
    check(after.gap < before.gap / 2, `epistemic sd in the gap: ${before.gap}, and ${after.gap} with points there`);
  });
  await test(browser, 'cliff: three planners walk', {}, async (page) => {
    await open(page, 'cliff');
    await until(page, 'cliff', (d) => d.expectedWalks > 0 && d.pessimisticWalks > 0 && d.optimisticWalks > 0, 'a walk of each', 240);
    const shapes = () => page.evaluate(() => (scene.walkers[0].player.frame ? scene.walkers[0].player.frame.drawing.shapes.length : 0));
    const windy = await shapes();
    await slide(page, 'cliff', 'wind', 0);
    await page.waitForFunction((n) => scene.walkers[0].player.frame && scene.walkers[0].player.frame.drawing.shapes.length < n, windy - 20, { timeout: 60000 * slow });
    check((await says(page, 'cliff')).length > 0 && (await page.textContent('#scene-cliff .command')).includes('wind = 0 in envs/cliff.hpp'), 'the command does not know of the wind');
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
  await test(browser, 'cheetah: the policy that was learned before runs, and MBPO goes on beside it', {}, async (page) => {
    await open(page, 'cheetah');
    await slide(page, 'cheetah', 'speed', 5);
    const run = await until(page, 'cheetah', ({ last }) => last !== 'undefined' && last !== undefined, 'a whole episode', 240);
    check(run.last > 3000, 'its return is ' + run.last);
    const now = await until(page, 'cheetah', ({ step }) => step > 1020, 'twenty learned steps', 240);
    check(now.imagined === '100', now.imagined + ' imagined rollouts');
    check(Number(now.mbpo) < 1000, 'the return of random torques is ' + now.mbpo);
    let words = '';
    for (const end = Date.now() + 60000 * slow; Date.now() < end && !/At [\d.]+ of real time it will be 5 minutes old in [\d,]+ minutes\.$/.test(words);
      await page.waitForTimeout(100)) words = await says(page, 'cheetah');
    check(words.endsWith('minutes.') && words.length < 220, 'it says: ' + words);
  });
  for (const [id, every] of [['mbpo', 100], ['cheetah', 250]])
    await test(browser, id + ': while a model is fitted its steps are lit, then those of the rollouts, and the scene says how often', {}, async (page) => {
      await open(page, id);
      const fits = ({ says }) => says.includes('being fitted');
      let during = [], early = [], now = await seen(page, id);
      // Until a fit takes so long that it can be judged: what the scene says lags by 200 ms.
      for (const end = Date.now() + 120000 * slow; Date.now() < end && early.length === 0;) {
        for (; Date.now() < end && !fits(now); now = await seen(page, id)) await page.waitForTimeout(50);
        for (during = []; fits(now); now = await seen(page, id)) during.push(now), await page.waitForTimeout(50);
        early = during.filter(({ at }) => at < during[during.length - 1].at - 300).map(({ lit }) => lit);
      }
      check(during.length > 0, 'it never says that a model is being fitted');
      check(early.length > 0 && early.every((lit) => lit === '2'), 'meanwhile these are lit: ' + early);
      for (const end = Date.now() + 20000 * slow; Date.now() < end && now.lit === '3'; now = await seen(page, id)) during.push(now);
      check(during.some(({ lit }) => lit === '3'), 'the steps of the rollouts were not lit');
      check(['1', '4'].includes(now.lit), 'and then these are lit: ' + now.lit);
      check(during[0].says.includes(`every ${every} real steps`), 'it says: ' + during[0].says);
    });
  await test(browser, 'cheetah: who is pushed back is slower than who is not', { reducedMotion: 'reduce' }, async (page) => {
    await open(page, 'cheetah');
    const speeds = {};
    for (const pushed of [false, true]) {
      await until(page, 'cheetah', ({ length }) => length === '1', 'the first step');
      if (pushed) await press(page, 'cheetah', 'push');
      speeds[pushed] = [];
      for (let length = 2; length < 6; ++length) {
        await press(page, 'cheetah', 'step');
        speeds[pushed].push(Number((await until(page, 'cheetah', (now) => now.length === String(length), 'step ' + length, 20)).forward));
      }
      await press(page, 'cheetah', 'reset');
    }
    const slower = speeds[false].map((speed, i) => speed - speeds[true][i]);
    check(Math.max(...slower) > 2, 'it is slower by ' + slower);
  });
  for (const id of ['planning', 'cliff'])
    await test(browser, id + ': each fit, the first too, is lit and said', {}, async (page) => {
      await open(page, id);
      let all = 0, said = 0, before = '';
      for (const end = Date.now() + 60000 * slow; Date.now() < end && all < 3; await page.waitForTimeout(30)) {
        const { lit, says } = await seen(page, id);
        if (lit === '2' && before !== '2') ++all;
        if (all === 1 && lit === '2' && says.includes('being fitted')) said = 1;
        check(all > 0 || !lit.startsWith('3'), 'planning is lit before the first fit');
        before = lit;
      }
      check(all === 3, `only ${all} fits were lit`);
      check(said === 1, 'the first fit was not said');
    });
  for (const [id, counts] of Object.entries({ planning: ['step'], cliff: ['expectedStep', 'pessimisticStep', 'optimisticStep'], maze: ['step'],
    mbpo: ['step', 'sacStep'], cheetah: ['step', 'length'], uncertainties: ['passes'] }))
    await test(browser, id + ': a press of Step, or of the key, takes one real step and then rests', { reducedMotion: 'reduce' }, async (page) => {
      await open(page, id);
      const each = id === 'uncertainties' ? 20 : 1, now = async () => counts.map((name) => data(page, id).then((all) => Number(all[name])));
      const at = async () => Promise.all(await now());
      await until(page, id, (all) => counts.every((name) => all[name] > 0), 'a first step');
      for (let i = 0; i < 4; ++i) {
        const before = await at(), wanted = before.map((n) => n + each).join();
        if (i % 2) await page.keyboard.press('.');
        else await press(page, id, 'step');
        await page.$eval(`#scene-${id} button.step`, (button) => button.blur());
        await until(page, id, (all) => counts.every((name, k) => all[name] > before[k]), `a step after ${before}`, 10);
        await page.waitForTimeout(600);
        check((await at()).join() === wanted, `after ${before} it came to ${await at()}`);
      }
      const before = await at();
      for (let i = 0; i < 3 && each === 1; ++i) await press(page, id, 'step');
      await page.waitForTimeout(1500 * slow);
      check(each > 1 || (await at()).join() === before.map((n) => n + 3).join(), `three quick presses: after ${before} it came to ${await at()}`);
      check((await page.textContent(`#scene-${id} button.play`)) === 'Play', 'the button does not say Play');
    });
  for (const id of ['planning', 'cliff'])
    await test(browser, id + ': a fit is shown after the step before it was played, and before the one after it', {}, async (page) => {
      await open(page, id);
      await page.waitForFunction(() => scene.players.every(({ frame }) => frame));
      const seen = await record(page, 12 * slow, (scene) => ({ runs: scene.players.map(({ frame, about }, i) => ({ step: frame.step,
        name: scene.walkers ? scene.walkers[i].score : 'being', futures: (frame.futures || []).length,
        initial: Number(about.settings['initial-steps']), every: Number(about.settings['refit-every']) })) }));
      for (let i = 0; i < seen[0].runs.length; ++i) {
        const fits = new Set();
        for (const { says, runs } of seen) {
          const { step, name, futures, initial, every } = runs[i], fitting = says.includes('being fitted') && says.includes(name);
          check(!fitting || (step >= initial && (step - initial) % every === 0), `"${says}" at step ${step}`);
          if (fitting) fits.add(step);
          check(fits.size > 0 || futures === 0, `${futures} futures at step ${step}, before a fit was said`);
        }
        check(fits.size >= 2, `of ${seen[0].runs[i].name} these fits: ${[...fits]}`);
      }
    });
  await test(browser, 'at 1280 x 900 what is lit is in view, and the page does not move', { reducedMotion: 'reduce' }, async (page) => {
    for (const id of scenes.filter((id) => id !== 'errors')) {
      await open(page, id);
      const behaviours = await page.evaluate(() => {
        const scroll = Element.prototype.scrollTo, all = (window.behaviours = []);
        Element.prototype.scrollTo = function (to) { all.push(to.behavior); scroll.call(this, to); };
      });
      await press(page, id, 'play');
      const seen = await record(page, 3 * slow, (scene) => ({ page: scrollY, out: [...scene.$('.steps').children].filter((item) => {
        const first = item.firstChild.getBoundingClientRect(), column = scene.$('.code').getBoundingClientRect();
        return item.classList.contains('lit') && !(first.top >= Math.max(0, column.top) - 1 && first.bottom <= Math.min(innerHeight, column.bottom) + 1);
      }).map((item) => item.firstChild.textContent) }));
      // of what is lit twice for the same step, the first
      const out = seen.filter(({ out, lit }) => out.length === lit.split(',').length && lit !== '');
      check(out.length === 0, `${id}: in ${out.length} of ${seen.length} pictures below the fold: ${out[0] && out[0].out}`);
      check(seen.every(({ page }) => page === 0), id + ' moved the page');
      check((await page.evaluate(() => window.behaviours)).every((how) => how === 'auto'), id + ' scrolls smoothly, which the reader does not want');
    }
  });
  await test(browser, 'the code stays where a reader has it, and on a phone it has no scroll of its own', { viewport: { width: 1280, height: 560 } }, async (page) => {
    await open(page, 'maze');
    await slide(page, 'maze', 'speed', 5);
    const at = () => page.$eval('#scene-maze .code', (column) => column.scrollTop);
    for (const end = Date.now() + 10000 * slow; Date.now() < end && (await at()) < 50;) await page.waitForTimeout(30);
    check((await at()) >= 50, 'what is lit was not brought into view');
    await page.mouse.move(1000, 400);
    await page.waitForTimeout(500);
    await page.$eval('#scene-maze .code', (column) => (column.scrollTop = 3));
    for (let i = 0; i < 15; ++i) {
      await page.waitForTimeout(200);
      check((await at()) === 3, 'it moved under the pointer, to ' + (await at()));
    }
    await page.mouse.move(10, 10);
    for (const end = Date.now() + 10000 * slow; Date.now() < end && (await at()) < 50;) await page.waitForTimeout(30);
    check((await at()) >= 50, 'without the pointer it is not brought into view any more');
    check((await page.evaluate(() => scrollY)) === 0, 'the page moved');
    await page.setViewportSize({ width: 390, height: 844 });
    check(await page.$eval('#scene-maze .code', (column) => column.scrollHeight <= column.clientHeight), 'on a phone the code is cut');
  });
  await test(browser, 'the buttons are above the fold and above the pictures, on a phone too', { reducedMotion: 'reduce' }, async (page) => {
    for (const [width, height] of [[1280, 900], [390, 844]]) {
      await page.setViewportSize({ width, height });
      for (const id of scenes) {
        await open(page, id);
        const [row, stages] = await page.$$eval(`#scene-${id} .player, #scene-${id} .stages`, (all) => all.map((one) => one.getBoundingClientRect().toJSON()));
        check(row.bottom <= height && row.bottom <= stages.top, `${id} at ${width} x ${height}: the buttons end at ${row.bottom}, the pictures begin at ${stages.top}`);
      }
    }
  });
  for (const [size, some] of Object.entries({ '1280 x 900': scenes, '390 x 844': ['planning', 'cliff', 'maze', 'mbpo'] }))
    await test(browser, `at ${size} nothing moves when the words above the pictures change`, {}, async (page) => {
      const [width, height] = size.split(' x ').map(Number);
      await page.setViewportSize({ width, height });
      for (const id of some) {
        await open(page, id);
        await page.waitForFunction(() => (scene.players.length > 0 ? scene.players.every(({ frame }) => frame) : scene.look));
        await page.waitForTimeout(300);
        const seen = await record(page, (['errors', 'maze', 'uncertainties'].includes(id) ? 3 : 10) * slow, (scene) => ({
          places: [...scene.article.querySelectorAll('.player, .stages, canvas, .controls, .command')].map((one) =>
            (one.className || one.getAttribute('aria-label')) + ' ' + Math.round(one.getBoundingClientRect().top + (one.className === 'command' ? scene.$('.code').scrollTop : 0))).join('; ') }));
        const moved = seen.findIndex(({ places }) => places !== seen[0].places);
        check(moved < 0, `${id}: ${moved < 0 || seen[moved].places}, at first ${seen[0].places}; ${moved < 0 || seen[moved].says}`);
        const turns = seen.filter(({ says }, i) => i > 0 && says.includes('Slow motion') !== seen[i - 1].says.includes('Slow motion')).length;
        check(turns <= 2, `${id}: Slow motion came and went ${turns} times`);
      }
    });
  await test(browser, 'cliff: red ways are said once there is one, and a step is seen to be taken', {}, async (page) => {
    await open(page, 'cliff');
    await page.waitForFunction(() => scene.players.every(({ frame }) => frame));
    let fell = false;
    for (const end = Date.now() + 120000 * slow; Date.now() < end && !fell;) {
      const seen = await record(page, 1, (scene) => ({ fell: scene.walkers.some(({ ways }) => ways.some(({ fell }) => fell)) }));
      fell = seen[seen.length - 1].fell;
      check(seen.every(({ fell, says }) => fell || !says.includes('Red ways')), 'red ways are said before there is one');
    }
    await page.waitForTimeout(400);
    check((await says(page, 'cliff')).includes('Red ways'), 'after a fall it says: ' + (await says(page, 'cliff')));
    await press(page, 'cliff', 'play');
    const captions = () => page.$$eval('#scene-cliff .stages figcaption', (all) => all.slice(0, 3).map((one) => one.textContent));
    await page.waitForTimeout(300);
    const before = await captions();
    await press(page, 'cliff', 'step');
    await page.waitForTimeout(3000 * slow);
    const after = await captions();
    check(after.every((text, i) => text !== before[i]), `before the step: ${before}, after it: ${after}`);
  });
  await test(browser, 'uncertainties: when it is done it says so, and the button says Play', {}, async (page) => {
    const button = () => page.textContent('#scene-uncertainties button.play');
    await open(page, 'uncertainties');
    check((await button()) === 'Pause', 'at first the button says ' + (await button()));
    await until(page, 'uncertainties', ({ passes }) => Number(passes) >= 1200, '1200 passes');
    await page.waitForTimeout(500);
    check((await button()) === 'Play' && (await says(page, 'uncertainties')).includes('Done'), `the button says ${await button()}; ${await says(page, 'uncertainties')}`);
    await press(page, 'uncertainties', 'play');
    await until(page, 'uncertainties', ({ passes }) => Number(passes) > 1260, 'more passes');
    check((await button()) === 'Pause' && !(await says(page, 'uncertainties')).includes('Done'), 'it goes on and says ' + (await button()));
    await press(page, 'uncertainties', 'reset');
    await until(page, 'uncertainties', ({ passes }) => Number(passes) < 200, 'a new beginning');
    await until(page, 'uncertainties', ({ passes }) => Number(passes) >= 1200, '1200 passes again');
    await page.waitForTimeout(300);
    await page.click('#scene-uncertainties button:has-text("Fill the gap")');
    check((await button()) === 'Pause', 'with new points the button says ' + (await button()));
    for (const id of ['errors', 'uncertainties']) {
      await open(page, id);
      check((await page.textContent(`#scene-${id} .command`)).includes('draw the same, with fixed data'), id + ' does not say what the notebooks are');
    }
  });
  await test(browser, 'mbpo: neither is ahead by more than one real step, and one number is shown', {}, async (page) => {
    await open(page, 'mbpo');
    await page.waitForFunction(() => scene.players.every(({ frame }) => frame));
    const seen = await record(page, 8 * slow, (scene) => ({ steps: scene.runs.map(({ player }) => player.frame.step),
      captions: scene.runs.map(({ stage }) => stage.caption.textContent.match(/real step ([\d,]+)/)).filter((match) => match).map((match) => match[1]) }));
    const apart = seen.find(({ steps }) => Math.abs(steps[0] - steps[1]) > 1), other = seen.find(({ captions }) => captions[0] !== captions[1]);
    check(!apart, 'the real steps are ' + (apart && apart.steps));
    check(!other, 'the captions say ' + (other && other.captions));
    check(seen[seen.length - 1].says.includes('real step'), 'it says: ' + seen[seen.length - 1].says);
  });
  await test(browser, 'maze: in a pause each press of Step lights the steps of one real step in turn, within 0.6 s', {}, async (page) => {
    await open(page, 'maze');
    await until(page, 'maze', ({ step }) => step > 20, 'some steps');
    await press(page, 'maze', 'play');
    for (let i = 0; i < 3; ++i) {
      await page.evaluate(() => (window.pressed = false));
      const seen = await record(page, 0.6 * slow, (scene) => {
        if (!window.pressed) scene.$('.step').click();
        window.pressed = true;
        return {};
      });
      const lit = seen.slice(2).map(({ lit }) => Number(lit));
      check(lit[lit.length - 1] === 7 && lit.every((n, k) => k === 0 || n >= lit[k - 1]) && new Set(lit).size >= 4, `press ${i + 1} lights ${lit}`);
    }
  });
  for (const id of ['planning', 'cliff', 'maze', 'mbpo', 'cheetah'])
    await test(browser, id + ': whatever slider is moved, the command is that of the run', {}, async (page) => {
      await open(page, id);
      for (const name of ['', ...(await page.$$eval(`#scene-${id} .controls input[type=range]`, (all) => all.map(({ name }) => name)))]) {
        if (name) await page.$eval(`#scene-${id} input[name=${name}]`, (input) => { input.value = input.max; input.dispatchEvent(new Event('input')); });
        const wrong = await unlike(page, await commands(page, id));
        check(wrong.length === 0, `after ${name || 'nothing'} was moved, other settings than those of: ${wrong}`);
      }
    });
  await test(browser, 'cheetah: the command of the one above names its gusts, and the run that its policy is from', {}, async (page) => {
    await open(page, 'cheetah');
    const played = async () => (await commands(page, 'cheetah')).find((line) => line.startsWith('build/mbrl play runs/above'));
    check((await played()) === 'build/mbrl play runs/above --seed 1', 'without gusts: ' + (await played()));
    await slide(page, 'cheetah', 'noise', 3);
    check((await played()) === 'build/mbrl play runs/above --seed 1 --process-noise 0.5', 'with gusts: ' + (await played()));
    check((await commands(page, 'cheetah')).includes('build/mbrl run mbpo --env half_cheetah --seed 1 --out runs/above'), 'where does its policy come from?');
  });
  await test(browser, 'keys and buttons are promised where there are some, and above the code it is said what is lit', {}, async (page) => {
    for (const id of scenes) {
      await open(page, id);
      const playing = await page.isVisible(`#scene-${id} button.play`);
      check((await page.innerText('footer')).includes('Space plays') === playing, id + ' promises keys that do nothing, or does not name them');
      check((await page.textContent(`#scene-${id} .light`)).length > 40, id + ' does not say what is lit');
    }
  });
  await test(browser, 'words stand apart, on labels and below pictures', {}, async (page) => {
    for (const id of scenes) {
      await open(page, id);
      const words = await page.$$eval(`#scene-${id} label, #scene-${id} fieldset`, (all) => all.map((one) => one.textContent));
      const stuck = words.filter((text) => /[a-z]\d|[a-z][A-Z]/.test(text.replace('PETS', '')));
      check(stuck.length === 0, `${id}: ${stuck}`);
      const keys = await page.$$eval(`#scene-${id} .key`, (all) => all.filter(({ nextSibling }) => !/^\s/.test(nextSibling.textContent)).length);
      check(keys === 0, `${id}: ${keys} keys below pictures`);
      const seen = await page.$$eval(`#scene-${id} .slider`, (all) => all.map((one) => one.innerText));
      check(seen.every((text) => !/[a-z]\d/.test(text)), `${id}: ${seen}`);
    }
  });
  await test(browser, 'maze: with curiosity it is said what is blue before the first reward', {}, async (page) => {
    await open(page, 'maze');
    await until(page, 'maze', ({ step }) => step > 20, 'some steps');
    check((await says(page, 'maze')).includes('nothing is known'), 'without: ' + (await says(page, 'maze')));
    await slide(page, 'maze', 'kappa', 3);
    await page.waitForTimeout(500);
    check((await says(page, 'maze')).includes('the blue is'), 'with: ' + (await says(page, 'maze')));
  });
  await test(browser, 'numbers on an axis are round, and zero is among them where it is in range', {}, async (page) => {
    await open(page, 'maze');
    const names = (low, high, most) => page.evaluate((asked) => roundNumbers(...asked).map(({ name }) => name).join(' '), [low, high, most]);
    for (const [low, high, most, wanted] of [[0, 6, 5, '0 2 4 6'], [-1231, -139, 5, '\u22121,000 \u2212500'],
      [-500, 5000, 5, '0 2,000 4,000'], [0, 0.31, 4, '0 0.1 0.2 0.3'], [-1.3, 1.3, 3, '\u22121 0 1'], [0, 1, 3, '0 0.5 1.0'], [0, 0, 3, '']])
      check((await names(low, high, most)) === wanted, `from ${low} to ${high}: ${await names(low, high, most)}`);
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
    check(fs.statSync(process.argv[2]).size < 5e6, 'the page is larger than 5 MB');
    for (const id of scenes) {
      await open(page, id);
      await page.waitForTimeout(500);
      const header = await page.$eval('header', (one) => one.getBoundingClientRect().bottom);
      check(header < 200, `the header takes ${header} pixels of ${id}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      check(width <= 390, `${id} is ${width} wide`);
      const cut = await page.$$eval(`#scene-${id} pre, nav`, (all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
      check(cut === 0, id + ' cuts some of its code or of the tabs');
      const touched = await page.$$eval(`#scene-${id} canvas.held, #scene-${id} canvas.pointed`, (all) => all.map((one) => getComputedStyle(one).touchAction));
      check(touched.every((action) => action === 'none'), id + ' scrolls when its picture is dragged');
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
