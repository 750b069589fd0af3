// What a web worker of the page does: holds one thing of page.cpp (a Run, a Curve), and calls on it what the
// page asks for. Questions that come while the library is still loading wait for it.

let thing = null;
const waiting = [];

function answer({ ticket, make, call, args }) {
  let result;
  try {
    if (make) {
      if (thing) thing.delete();
      thing = new Module[make](...args);
    } else {
      result = thing[call](...args);
      if (result && result.error) return postMessage({ ticket, error: result.error });
    }
    postMessage({ ticket, result });
  } catch (error) {
    postMessage({ ticket, error: String((error && error.message) || error) });
  }
}

// A browser without what the library needs (WebAssembly with vectors and exceptions, of 2022 or later) says so here.
Module.onAbort = (why) => {
  onmessage = ({ data }) => postMessage({ ticket: data.ticket, error: 'this browser cannot run it: ' + why });
  waiting.forEach((data) => onmessage({ data }));
};
Module.onRuntimeInitialized = () => {
  onmessage = ({ data }) => answer(data);
  waiting.forEach(answer);
};
onmessage = ({ data }) => waiting.push(data);
