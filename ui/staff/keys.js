// Links and fields that carry `data-key` answer to that key, unless somebody is typing, or presses
// Enter on something that has a use for it.

// A verdict that was given leads to the next one, so that a clerk need not reach for anything else.
function nextGroup(radio) {
  const groups = [...document.querySelectorAll('fieldset:has([data-key])')];
  return groups[groups.indexOf(radio.closest('fieldset')) + 1]?.querySelector('input');
}

// Focus without losing sight of what is judged: the quote stays on the screen with its verdicts.
function show(radio) {
  radio.focus({ preventScroll: true });
  (radio.closest('article') ?? radio.closest('fieldset')).scrollIntoView({ block: 'nearest' });
}

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('textarea, input:not([type="radio"]), select');
  const used = event.key === 'Enter' && event.target.closest?.('a, button, summary');
  if (typing || used || event.ctrlKey || event.metaKey || event.altKey) return;
  const places = [...document.querySelectorAll('[data-key]')];
  // Of several with one key (a verdict on each citation), the one in the group with the focus.
  const group = document.activeElement?.closest('fieldset');
  const mine = places.filter((place) => place.dataset.key === event.key);
  const target = mine.find((place) => group?.contains(place)) ?? (mine.length === 1 ? mine[0] : null);
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: target.type === 'radio' });
  target.click();
  if (target.type === 'radio') show(nextGroup(target) ?? target);
});

// Where the keys begin; the question above is to be read first.
const first = document.querySelector('[data-first]');
if (first?.closest('[data-picks]')) show(first);
else first?.focus({ preventScroll: true });
