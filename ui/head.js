// Before anything is drawn: what the reader has chosen of the page's looks, and its language.
// Gradio takes the words of its own buttons from `navigator.language`.

const policyqaEnglish = POLICYQA_ENGLISH; // {} where the page is Chinese

function say(words) {
  return policyqaEnglish[words] ?? words;
}

// In the frame of another site a browser may keep its stores from us: then they last as long as the
// page.
for (const name of ['localStorage', 'sessionStorage']) {
  try {
    window[name].length;
  } catch {
    const held = new Map();
    const value = {
      getItem: (key) => held.get(key) ?? null,
      setItem: (key, item) => held.set(key, String(item)),
      removeItem: (key) => held.delete(key),
    };
    Object.defineProperty(window, name, { value });
  }
}

function policyqaLooks() {
  try {
    return JSON.parse(localStorage.getItem('policyqa.looks') ?? '{}') ?? {};
  } catch {
    return {};
  }
}

// Size and contrast at once; light and dark again as soon as there is a body.
function policyqaShow(looks) {
  const root = document.documentElement;
  root.dataset.size = looks.size ?? '';
  root.dataset.contrast = looks.contrast ?? '';
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.body?.classList.toggle('dark', looks.theme ? looks.theme === 'dark' : dark);
}

Object.defineProperty(navigator, 'language', { value: document.documentElement.lang });
policyqaShow(policyqaLooks());

// Within another page, Escape closes the frame where it closes nothing here.
if (parent !== window) {
  addEventListener('keydown', (event) => {
    const open = 'dialog[open], #panel section, #filters details[open]';
    if (event.key !== 'Escape' || event.isComposing || document.querySelector(open)) return;
    parent.postMessage('policyqa:close', '*'); // says nothing that anybody could not know
  }, true);
}
