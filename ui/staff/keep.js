// What is filled in and not saved yet outlasts a search, another page and logging in again: it waits
// in this tab, under the account and where it is sent, until it is saved or its writer logs out.

const HELD = 'policyqa-unsaved ';
const SENT = 'policyqa-sent'; // the place of a form that is on its way
const held = window.sessionStorage;
const form = document.querySelector('form[data-keep]');
const place = `${HELD}${document.body.dataset.account} ${new URL(form?.action ?? location.href).pathname}`;
const isToggle = (field) => field.type === 'radio' || field.type === 'checkbox';
const fields = [...(form?.elements ?? [])].filter(
  (field) => field.name && !['hidden', 'submit', 'file', 'password'].includes(field.type),
);

const hidden = [...(form?.elements ?? [])].filter(
  (field) => field.type === 'hidden' && field.name !== 'csrf',
);

// Whether somebody filled it in otherwise than the page came. Of a page that came with what was
// typed (`data-typed`) nothing is saved.
function isChanged(field) {
  if ('typed' in form.dataset) return true;
  if (isToggle(field)) return field.checked !== field.defaultChecked;
  if (field.type === 'select-one') return ![...field.options].find((each) => each.selected)?.defaultSelected;
  return field.value.trim() !== field.defaultValue.trim();
}

function hold() {
  const now = fields.filter(isChanged).map((field) => ({
    name: field.name, value: field.value, type: field.type, checked: isToggle(field) && field.checked,
    words: isToggle(field) && field.checked ? field.closest('label')?.innerText : '',
  }));
  const seen = hidden.map((field) => [field.name, field.value]);
  if (now.length) held.setItem(place, JSON.stringify({ now, seen }));
  else held.removeItem(place);
}

// A passage that was picked out of a search, on a page that does not list it.
function addedBack({ name, value, type, words }) {
  const boxes = [...form.querySelectorAll('[data-picks]')];
  const box = boxes.find((each) => each.dataset.picks.split(' ').includes(name.split('-')[0]));
  if (!box) return null;
  const label = Object.assign(document.createElement('label'), { className: 'choice passage' });
  const input = Object.assign(document.createElement('input'), { type, name, value });
  label.append(input, Object.assign(document.createElement('span'), { textContent: words }));
  box.querySelector('legend').after(label);
  box.hidden = false;
  fields.push(input);
  return input;
}

// Puts back what is held, with what it was typed against, so that somebody else's changes since are
// told; whether that changed anything.
function putBack() {
  let changed = false;
  const { now, seen } = JSON.parse(held.getItem(place) ?? '{"now": [], "seen": []}');
  for (const was of now) {
    const { name, value, checked } = was;
    const field = fields.find((each) => each.name === name && (!isToggle(each) || each.value === value))
      ?? (checked ? addedBack(was) : null);
    if (!field || (isToggle(field) ? field.checked === checked : field.value === value)) continue;
    if (field.type === 'radio' && !checked) continue; // another one of its group is chosen
    if (isToggle(field)) field.checked = checked;
    else field.value = value;
    changed = true;
  }
  for (const [name, value] of changed ? seen : []) {
    const field = hidden.find((each) => each.name === name);
    if (field) field.value = value;
  }
  return changed;
}

// A form that was sent is saved when it led here, and this is neither its own page nor the log-in.
const sent = JSON.parse(held.getItem(SENT) ?? 'null');
const led = sent && document.referrer && new URL(document.referrer).pathname === sent.page;
if (led && sent.place !== place && !location.pathname.endsWith('/login')) held.removeItem(sent.place);
held.removeItem(SENT);

if (form) {
  const note = form.querySelector('.held');
  if ('typed' in form.dataset) {
    hold();
    history.replaceState(null, '', location.href); // going back here sends nothing again
  } else {
    note.hidden = !putBack();
  }
  note.querySelector('button').addEventListener('click', () => {
    held.removeItem(place);
    location.reload();
  });
  form.addEventListener('input', hold);
  form.addEventListener('submit', () => {
    hold();
    held.setItem(SENT, JSON.stringify({ place, page: location.pathname }));
  });
}

document.querySelector('form.leave')?.addEventListener('submit', () => {
  const ours = Object.keys(held).filter((name) => name.startsWith(HELD) || name === SENT);
  for (const name of ours) held.removeItem(name);
});
