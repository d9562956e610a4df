// Runs once: the dialog of the page's looks (`head.js` applies them) and its language, which the
// server reads from a cookie.

const dialog = document.createElement('dialog');
const chinese = document.documentElement.lang !== 'en';
const CHOICES = [
  ['size', '字号', [['', '标准'], ['large', '大'], ['larger', '特大']]],
  ['contrast', '对比度', [['', '标准'], ['high', '高']]],
  ['theme', '外观', [['', '跟随系统'], ['light', '浅色'], ['dark', '深色']]],
];

function group(name, legend, choices, chosen, choose) {
  const set = document.createElement('fieldset');
  const head = document.createElement('legend');
  head.textContent = legend;
  set.append(head);
  for (const [value, words, lang] of choices) {
    const label = document.createElement('label');
    label.className = 'choice';
    const field = document.createElement('input');
    Object.assign(field, { type: 'radio', name, value, checked: value === chosen });
    field.addEventListener('change', () => choose(value));
    const text = document.createElement('span');
    text.textContent = words;
    if (lang) text.lang = lang;
    label.append(field, text);
    set.append(label);
  }
  return set;
}

function look(name, value) {
  const looks = { ...policyqaLooks(), [name]: value };
  try {
    localStorage.setItem('policyqa.looks', JSON.stringify(looks));
  } catch { /* lasts as long as the page */ }
  policyqaShow(looks);
}

function speak(language) {
  document.cookie = `policyqa_language=${language}; path=/; max-age=31536000; samesite=strict`;
  location.reload(); // the history brings the conversation back
}

function show() {
  const head = document.createElement('div');
  head.className = 'bar';
  const name = document.createElement('h2');
  name.textContent = say('显示设置');
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = say('关闭');
  close.addEventListener('click', () => dialog.close());
  head.append(name, close);
  const looks = policyqaLooks();
  const languages = [['zh', '中文', 'zh-CN'], ['en', 'English', 'en']];
  dialog.replaceChildren(
    head,
    group('language', say('语言'), languages, chinese ? 'zh' : 'en', speak),
    ...CHOICES.map(([key, legend, choices]) => group(
      key, say(legend), choices.map(([value, words]) => [value, say(words)]),
      looks[key] ?? '', (value) => look(key, value),
    )),
  );
  dialog.showModal();
}

dialog.id = 'display-settings';
dialog.className = 'sheet';
dialog.setAttribute('aria-label', say('显示设置'));
document.querySelector('.gradio-container').append(dialog);
document.addEventListener('click', (event) => {
  if (event.target.closest?.('#display')) show();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  setTimeout(() => policyqaShow(policyqaLooks())); // after Gradio has followed the system
});
policyqaShow(policyqaLooks());
