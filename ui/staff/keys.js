// Links and fields that carry `data-key` answer to that key, unless somebody is typing.

// A verdict that was given leads to the next one, so that a clerk need not reach for anything else.
function nextGroup(radio) {
  const groups = [...document.querySelectorAll('fieldset:has([data-key])')];
  return groups[groups.indexOf(radio.closest('fieldset')) + 1]?.querySelector('input');
}

document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('textarea, input:not([type="radio"]), select');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const places = [...document.querySelectorAll('[data-key]')];
  // Of several with one key (a verdict on each citation), the one in the group with the focus.
  const group = document.activeElement?.closest('fieldset');
  const mine = places.filter((place) => place.dataset.key === event.key);
  const target = mine.find((place) => group?.contains(place)) ?? (mine.length === 1 ? mine[0] : null);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.click();
  if (target.type === 'radio') nextGroup(target)?.focus();
});
