// Files that are dropped are chosen; what is too large is said before it is sent; while there is
// work to do, how far it is is asked for, and the lists are shown anew when it is done.

const form = document.querySelector('form.drop');
const changes = document.getElementById('changes');
const done = document.getElementById('done');

function refusal(files) {
  const most = Number(form.dataset.maxMb);
  const large = [...files].find((file) => file.size > most * 2 ** 20);
  if (large) return `${large.name} 超过 ${most} MB，请拆分后再试。`;
  const whole = [...files].reduce((sum, file) => sum + file.size, 0);
  const together = Number(form.dataset.maxTotalMb);
  if (whole > together * 2 ** 20) return `这些文件合计超过 ${together} MB，请分几次放入。`;
  return files.length > Number(form.dataset.maxFiles) ? `一次最多 ${form.dataset.maxFiles} 个文件。` : '';
}

if (form) {
  const input = form.querySelector('input[type="file"]');
  const said = form.querySelector('.wrong');
  for (const name of ['dragover', 'drop', 'dragleave']) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle('over', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    });
  }
  // A file that is dropped beside the form is not opened in place of the page.
  for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault());
  form.addEventListener('submit', (event) => {
    said.textContent = refusal(input.files);
    said.hidden = !said.textContent;
    if (said.textContent) event.preventDefault();
  });
}

// What is chosen in the form stays, and where somebody is in the lists: only they are shown anew.
async function renew() {
  const reply = await fetch(location.pathname);
  if (!reply.ok || new URL(reply.url).pathname !== location.pathname) throw new Error('logged out');
  const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
  const focused = document.activeElement?.closest('#changes, #files') ? nameOf(document.activeElement) : '';
  const words = document.activeElement?.textContent;
  const open = changes.querySelector('details')?.open;
  changes.replaceChildren(...page.getElementById('changes').childNodes);
  changes.toggleAttribute('data-busy', page.getElementById('changes').hasAttribute('data-busy'));
  document.getElementById('files').replaceChildren(...page.getElementById('files').childNodes);
  if (open) changes.querySelector('details')?.setAttribute('open', '');
  if (focused) {
    const places = [...document.querySelectorAll('#changes a, #changes summary, #files a, #files button')];
    const same = (each) => each.tagName === 'A' && each.textContent === words; // of a new version
    (places.find((each) => nameOf(each) === focused) ?? places.find(same) ?? document.querySelector('#main')).focus();
  }
  return changes.hasAttribute('data-busy');
}

const nameOf = (element) =>
  element.form?.querySelector('[name="version"]')?.value ?? element.getAttribute('href') ?? element.textContent;

function tell(words, step) {
  const line = changes.querySelector('.step');
  if (!line) return;
  line.hidden = false;
  line.querySelector('span').textContent = words;
  const bar = line.querySelector('progress');
  if (step) Object.assign(bar, { max: step.total, value: step.done });
  else bar.removeAttribute('value');
}

async function look() {
  let wait = 700;
  try {
    const reply = await fetch(changes.dataset.api, { headers: { accept: 'application/json' } });
    if (reply.status === 401) return tell('登录已过期，请刷新页面。');
    if (!reply.ok) throw new Error(reply.status);
    const { busy, step } = await reply.json();
    if (!busy && !(await renew())) {
      done.textContent = '改动已处理完。';
      return;
    }
    if (step) tell(`${step.stage} ${step.done}/${step.total}`, step);
  } catch {
    tell('暂时连不上服务器，稍后再看。');
    wait = 3000;
  }
  setTimeout(look, wait);
}

if (changes?.hasAttribute('data-busy')) setTimeout(look, 500);
