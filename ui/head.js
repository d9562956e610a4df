// Before anything is drawn: what the reader has chosen of the page's looks, and its language.
// Gradio takes the words of its own buttons from `navigator.language`.

const policyqaEnglish = POLICYQA_ENGLISH; // {} where the page is Chinese

function say(words) {
  return policyqaEnglish[words] ?? words;
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
