// Runs once, when the hidden history is ready. The browser keeps of each conversation its name and
// the numbers of its answers, never their text: that is asked for again from the service.

const KEY = 'policyqa.conversations'; // [{id, title, answers: [answer id]}], the latest first
const CURRENT = 'policyqa.current'; // of this tab, so that a reload goes on with it
const MOST = 50;
const chat = document.body; // what is inside may not be there yet
const dialog = document.createElement('dialog');
let current = sessionStorage.getItem(CURRENT) ?? '';
let restoring = false;

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter((each) => Array.isArray(each?.answers)) : [];
  } catch {
    return [];
  }
}

function write(conversations) {
  try {
    localStorage.setItem(KEY, JSON.stringify(conversations.slice(0, MOST)));
  } catch { /* a browser that keeps nothing has no history */ }
}

function setCurrent(id) {
  current = id;
  sessionStorage.setItem(CURRENT, id);
}

function shownAnswers() {
  const receipts = [...chat.querySelectorAll('.acts a[href^="/receipt/"]')];
  return receipts.map((link) => link.getAttribute('href').split('/').pop());
}

// The conversation on the page becomes the latest one; an empty page is none.
function remember() {
  const answers = shownAnswers();
  if (restoring && !answers.length) return;
  restoring = false;
  if (!answers.length) {
    if (!chat.querySelector('.asked')) setCurrent('');
    return;
  }
  if (!current) setCurrent([...crypto.getRandomValues(new Uint32Array(3))].join('-'));
  const others = read().filter((each) => each.id !== current);
  const known = read().find((each) => each.id === current);
  const title = known?.title ?? chat.querySelector('.asked').textContent.slice(0, 60);
  if (String(known?.answers) === String(answers) && read()[0].id === current) return;
  write([{ id: current, title, answers }, ...others]);
}

function restore(conversation) {
  restoring = true;
  setCurrent(conversation.id);
  trigger('click', { answers: conversation.answers });
}

function button(words, act, name) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  if (name) made.setAttribute('aria-label', name);
  made.addEventListener('click', act);
  return made;
}

function named(words, title) {
  return say(words).replace('{}', () => title);
}

function rename(row, conversation) {
  const field = document.createElement('input');
  field.value = conversation.title;
  field.maxLength = 60;
  field.setAttribute('aria-label', say('对话名称'));
  let done = false;
  const save = (keep) => {
    if (done) return;
    done = true;
    const title = field.value.trim() || conversation.title;
    if (keep) write(read().map((each) => (each.id === conversation.id ? { ...each, title } : each)));
    show();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') save(true);
    if (event.key === 'Escape') {
      event.preventDefault();
      save(false);
    }
  });
  field.addEventListener('blur', () => save(true));
  row.firstChild.replaceWith(field);
  field.select();
}

function row(conversation) {
  const made = document.createElement('li');
  const title = conversation.title;
  const open = button(title, () => {
    dialog.close();
    restore(conversation);
  });
  open.className = 'open';
  if (conversation.id === current) open.setAttribute('aria-current', 'true');
  const renamed = button(say('改名'), () => rename(made, conversation), named('改名：{}', title));
  const deleted = button(say('删除'), () => {
    write(read().filter((each) => each.id !== conversation.id));
    if (conversation.id === current) document.querySelector('#clear').click();
    show();
  }, named('删除：{}', title));
  made.append(open, renamed, deleted);
  return made;
}

function show() {
  const head = document.createElement('div');
  head.className = 'bar';
  const name = document.createElement('h2');
  name.textContent = say('历史对话');
  head.append(name, button(say('关闭'), () => dialog.close()));
  const list = document.createElement('ul');
  list.append(...read().map(row));
  const note = document.createElement('p');
  note.textContent = list.childElementCount
    ? say('只有这个浏览器记得这些对话；回答在保存期限内可以重新打开。')
    : say('还没有对话。');
  dialog.replaceChildren(head, list, note);
  if (!dialog.open) dialog.showModal();
}

dialog.id = 'conversations';
dialog.className = 'sheet';
dialog.setAttribute('aria-label', say('历史对话'));
document.querySelector('.gradio-container').append(dialog);
document.addEventListener('click', (event) => {
  if (event.target.closest?.('#past')) show();
  const edit = event.target.closest?.('a[href^="#edit-"], a[href^="#forget-"]');
  if (!edit) return;
  event.preventDefault();
  trigger('submit', { link: edit.getAttribute('href').slice(1) });
  document.querySelector('#question textarea').focus();
});
new MutationObserver(remember).observe(chat, { childList: true, subtree: true });
const before = read().find((each) => each.id === current);
if (before) restore(before);
