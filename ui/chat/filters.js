// Runs once, in the component whose value is what the form beside it holds. The form is drawn by
// the server and may be drawn anew; what was chosen in it lasts as long as the tab.

const KEY = 'policyqa.filters';
const form = () => document.querySelector('#filters form');

function held() {
  const fields = new FormData(form());
  const found = {};
  for (const name of ['regions', 'kinds']) {
    if (fields.getAll(name).length) found[name] = fields.getAll(name);
  }
  for (const name of ['since', 'until', 'as_of']) {
    if (fields.get(name)) found[name] = fields.get(name);
  }
  return found;
}

function inWords(found) {
  const parts = [...form().querySelectorAll('input:checked + span')].map(
    (each) => each.firstChild.textContent.trim(),
  );
  if (found.since || found.until) parts.push(`${found.since ?? ''}—${found.until ?? ''}`);
  if (found.as_of) parts.push(say('截至 {}').replace('{}', found.as_of));
  return parts.join(' · ') || say('全部文件');
}

function changed() {
  const found = held();
  const chosen = document.querySelector('#filters .chosen');
  chosen.textContent = inWords(found);
  chosen.classList.toggle('set', Object.keys(found).length > 0);
  sessionStorage.setItem(KEY, JSON.stringify(found));
  props.value = found;
}

// What was chosen before, as far as the form still has it.
function refill() {
  if (!form() || form().dataset.filled) return;
  form().dataset.filled = 'yes';
  let found = {};
  try {
    found = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  } catch { /* nothing was chosen */ }
  for (const field of form().elements) {
    const value = found[field.name];
    if (field.type === 'checkbox') field.checked = Array.isArray(value) && value.includes(field.value);
    else if (field.name && typeof value === 'string') field.value = value;
  }
  changed();
}

function fold() {
  const details = document.querySelector('#filters details[open]');
  if (!details) return;
  details.open = false;
  if (details.contains(document.activeElement)) details.querySelector('summary').focus();
}

document.addEventListener('change', (event) => {
  if (form()?.contains(event.target)) changed();
});
document.addEventListener('reset', (event) => {
  if (event.target === form()) setTimeout(changed); // after the fields are empty
});
document.addEventListener('submit', (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  fold();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') fold();
});
document.addEventListener('click', (event) => {
  if (!event.target.closest?.('#filters')) fold();
});
// Gradio puts another element in the place of #filters when it draws the form.
new MutationObserver(refill).observe(document.body, { childList: true, subtree: true });
refill();
