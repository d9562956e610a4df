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

// Whether somebody filled it in otherwise than the page came.
function isChanged(field) {
  if (isToggle(field)) return field.checked !== field.defaultChecked;
  if (field.type === 'select-one') return ![...field.options].find((each) => each.selected)?.defaultSelected;
  return field.value !== field.defaultValue;
}

function hold() {
  const now = fields.filter(isChanged).map((field) => [field.name, field.value, isToggle(field) && field.checked]);
  if (now.length) held.setItem(place, JSON.stringify(now));
  else held.removeItem(place);
}

// Puts back what is held; whether that changed anything.
function putBack() {
  let changed = false;
  for (const [name, value, checked] of JSON.parse(held.getItem(place) ?? '[]')) {
    const field = fields.find((each) => each.name === name && (!isToggle(each) || each.value === value));
    if (!field || (isToggle(field) ? field.checked === checked : field.value === value)) continue;
    if (field.type === 'radio' && !checked) continue; // another one of its group is chosen
    if (isToggle(field)) field.checked = checked;
    else field.value = value;
    changed = true;
  }
  return changed;
}

// A form that was sent is saved when what comes is neither its own page again nor the log-in.
const sent = held.getItem(SENT);
if (sent && sent !== place && !location.pathname.endsWith('/login')) held.removeItem(sent);
held.removeItem(SENT);

if (form) {
  const note = form.querySelector('.held');
  note.hidden = !putBack();
  note.querySelector('button').addEventListener('click', () => {
    held.removeItem(place);
    location.reload();
  });
  form.addEventListener('input', hold);
  form.addEventListener('submit', () => {
    hold();
    held.setItem(SENT, place);
  });
}

document.querySelector('form.leave')?.addEventListener('submit', () => held.clear());
