// Runs once, when the side panel is ready. Gradio gives `element` (the panel), `trigger`, `props`
// and `watch`. Links are `#source-…` and `.acts` in the chat, `data-open` in the panel; forms in
// the panel are `data-send`.

const LINK = 'a[href^="#source-"]';
const narrow = window.matchMedia('(max-width: 900px)');
const talk = () => document.getElementById('talk'); // it may not be there yet
const pressed = new Map(); // turn: what was thought of its answer
let opener = '';

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
  talk().inert = isOpen() && narrow.matches;
}

function showQuote() {
  settle();
  for (const field of element.querySelectorAll('[data-address]')) {
    field.value = location.origin + field.dataset.address;
  }
  element.querySelector('.source')?.scrollTo(0, 0);
  const mark = element.querySelector('mark');
  const text = element.querySelector('.text');
  if (mark && text) text.scrollTop += mark.getBoundingClientRect().top
    - text.getBoundingClientRect().top - text.clientHeight / 4;
  element.querySelector('h2')?.focus({ preventScroll: true });
}

// Gradio strips aria-label from messages and reads their HTML out instead.
function nameThings() {
  for (const link of document.querySelectorAll(LINK)) {
    const [, passage, number] = link.getAttribute('href').match(/(h|x)?(\d+)$/);
    if (link.title.includes('\n')) {
      [link.dataset.about, link.dataset.quote] = link.title.split('\n');
      link.title = ''; // ours is shown on focus, too
    }
    const words = say(passage ? '相关段落{}，{}，可打开' : '来源{}，{}，可打开');
    const about = link.dataset.about ?? link.title;
    link.setAttribute('aria-label', words.replace('{}', number).replace('{}', () => about));
  }
  for (const act of document.querySelectorAll('.acts a[href^="#"]')) {
    const [name, turn] = act.getAttribute('href').slice(1).split('-');
    act.setAttribute('role', 'button');
    if (name === 'up' || name === 'down') {
      act.setAttribute('aria-pressed', String(pressed.get(turn) === name));
    }
  }
  const names = {
    '[role="log"]': say('对话'),
    '[data-testid="user"]': say('问题'),
    '[data-testid="bot"]': say('回答'),
    '.scroll-down-button-container button': say('回到最新'),
  };
  for (const [selector, name] of Object.entries(names)) {
    for (const thing of document.querySelectorAll(`#talk ${selector}`)) {
      thing.setAttribute('aria-label', name);
      if (thing.title) thing.title = name;
    }
  }
  const examples = document.querySelector('#talk .examples'); // a list of buttons is no list
  examples?.setAttribute('role', 'group');
  examples?.setAttribute('aria-label', say('可以这样问'));
  for (const example of document.querySelectorAll('#talk .example')) {
    example.removeAttribute('aria-label');
  }
  const display = document.querySelector('#display');
  if (display && !display.title) {
    display.title = say('显示设置');
    display.setAttribute('aria-label', say('显示设置'));
  }
}

// What Gradio says in English only.
const LOST = 'Connection to the server was lost. Attempting reconnection...';
const ours = { [LOST]: '与服务的连接断开了，正在重新连接…', Error: '提示' };

function translateToasts() {
  if (document.documentElement.lang === 'en') return;
  for (const toast of document.querySelectorAll('[data-testid="toast-body"]')) {
    const walker = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const said = ours[walker.currentNode.data.trim()];
      if (said) walker.currentNode.data = said;
    }
  }
}

// What a mark cites, while the pointer or the focus is on it.
const hint = document.createElement('div');
hint.id = 'hint';
hint.setAttribute('aria-hidden', 'true'); // the panel says the same to those who hear it
hint.append(document.createElement('b'), document.createElement('span'));
document.querySelector('.gradio-container').append(hint);

function showHint(mark) {
  hint.firstChild.textContent = mark.dataset.about;
  hint.lastChild.textContent = mark.dataset.quote;
  hint.classList.add('shown');
  const at = mark.getBoundingClientRect();
  const across = Math.min(at.left, window.innerWidth - hint.offsetWidth - 12);
  const above = at.top - hint.offsetHeight - 8;
  hint.style.left = `${Math.max(12, across)}px`;
  hint.style.top = `${above > 8 ? above : at.bottom + 8}px`;
}

function hideHint() {
  hint.classList.remove('shown');
}

for (const [shows, hides] of [['mouseover', 'mouseout'], ['focusin', 'focusout']]) {
  document.addEventListener(shows, (event) => {
    const mark = event.target.closest?.('a.mark[data-quote]');
    if (mark) showHint(mark);
  });
  document.addEventListener(hides, hideHint);
}
document.addEventListener('scroll', hideHint, true);

// A judgement is pressed, and taken back by pressing it again.
function judge(name, turn) {
  const again = pressed.get(turn) === name;
  if (again) pressed.delete(turn);
  else pressed.set(turn, name);
  nameThings();
  return again ? `withdraw-${turn}` : `${name}-${turn}`;
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say('已复制');
  } catch {
    button.textContent = say('复制不了');
  }
  setTimeout(() => { button.textContent = before; }, 2000);
}

// The answer as it is read, and the documents behind its marks.
function withSources(answer) {
  const sources = [...answer.querySelectorAll('.sources li')].map((item) => {
    const about = item.querySelector('.about').textContent;
    const marks = item.querySelector('.numbers').textContent;
    return `${marks} 《${item.querySelector('a.item').title}》${about && `（${about}）`}`;
  });
  const table = answer.querySelector('.compared')?.innerText ?? '';
  const parts = [answer.querySelector('.said').innerText, table, sources.join('\n')];
  return parts.filter(Boolean).join('\n\n');
}

document.addEventListener('click', (event) => {
  const section = event.target.closest?.('[data-goto]');
  if (section) {
    section.closest('details').open = false;
    const text = element.querySelector('.text');
    const place = document.getElementById(section.dataset.goto);
    text.scrollTop += place.getBoundingClientRect().top - text.getBoundingClientRect().top - 12;
    return text.focus({ preventScroll: true });
  }
  const address = event.target.closest?.('[data-copy="address"]');
  if (address) return void copy(element.querySelector('[data-address]').value, address);
  const target = event.target.closest?.(`${LINK}, .acts a[href^="#"], [data-open]`);
  if (!target) return;
  event.preventDefault();
  let link = target.dataset.open ?? target.getAttribute('href').slice(1);
  if (link === 'close') return close();
  const [name, turn] = link.split('-');
  if (name === 'copy') return void copy(withSources(target.closest('.answer')), target);
  if (!element.contains(target)) opener = link;
  if (name === 'up' || name === 'down') link = judge(name, turn);
  trigger('click', { link });
});

document.addEventListener('submit', (event) => {
  const link = event.target.dataset.send;
  if (!link) return;
  event.preventDefault();
  const form = new FormData(event.target);
  const fields = { reasons: form.getAll('reasons'), comment: form.get('comment') ?? '' };
  trigger('submit', { link, fields });
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    hideHint();
    close();
  }
});

narrow.addEventListener('change', settle);
watch('value', showQuote);
new MutationObserver(nameThings).observe(document.body, { childList: true, subtree: true });
new MutationObserver(translateToasts).observe(document.body, { childList: true, subtree: true });
nameThings();

// The box takes the focus once it is there, unless the reader has begun somewhere else.
function focusBox(tries) {
  if (document.activeElement !== document.body || !tries) return;
  talk()?.querySelector('textarea')?.focus();
  setTimeout(() => focusBox(tries - 1), 150);
}
if (!narrow.matches) focusBox(20);
