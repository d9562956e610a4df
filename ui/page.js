// Runs once, when the source panel is ready. Gradio gives `element` (the panel), `trigger`,
// `props` and `watch`. Links are `#source-…` in the chat and `data-open` in the panel.

const LINK = 'a[href^="#source-"]';
const narrow = window.matchMedia('(max-width: 900px)');
const talk = document.getElementById('talk');
let opener = '';

document.documentElement.lang = 'zh-CN';

function isOpen() {
  return Boolean(props.value);
}

function close() {
  if (!isOpen()) return;
  props.value = '';
  settle();
  document.querySelector(`a[href="#${opener}"]`)?.focus();
}

// On a narrow screen the panel covers the conversation, so nothing behind it takes the focus.
function settle() {
  talk.inert = isOpen() && narrow.matches;
}

function showQuote() {
  settle();
  const mark = element.querySelector('mark');
  const text = element.querySelector('.text');
  if (mark && text) text.scrollTop += mark.getBoundingClientRect().top
    - text.getBoundingClientRect().top - text.clientHeight / 4;
  element.querySelector('h2')?.focus({ preventScroll: true });
}

// Gradio strips aria-label from messages and reads their HTML out instead.
function nameThings() {
  for (const link of document.querySelectorAll(LINK)) {
    const number = link.getAttribute('href').match(/\d+$/)[0];
    const kind = link.matches('.places a') ? `相关段落${number}` : `来源${number}`;
    link.setAttribute('aria-label', `${kind}，${link.title}，可打开`);
  }
  const names = {
    '[role="log"]': '对话',
    '[data-testid="user"]': '问题',
    '[data-testid="bot"]': '回答',
    '.scroll-down-button-container button': '回到最新',
  };
  for (const [selector, name] of Object.entries(names)) {
    for (const thing of talk.querySelectorAll(selector)) {
      thing.setAttribute('aria-label', name);
      if (thing.title) thing.title = name;
    }
  }
  for (const example of talk.querySelectorAll('.example')) example.removeAttribute('aria-label');
}

document.addEventListener('click', (event) => {
  const target = event.target.closest?.(`${LINK}, [data-open]`);
  if (!target) return;
  event.preventDefault();
  const link = target.dataset.open ?? target.getAttribute('href').slice(1);
  if (link === 'close') return close();
  if (!element.contains(target)) opener = link;
  trigger('click', { link });
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') close();
});

narrow.addEventListener('change', settle);
watch('value', showQuote);
new MutationObserver(nameThings).observe(talk, { childList: true, subtree: true });
nameThings();
if (!narrow.matches) talk.querySelector('textarea')?.focus();
