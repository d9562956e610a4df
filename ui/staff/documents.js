// Files that are dropped are chosen; what is too large is said before it is sent; while there is
// work to do, how far it is is asked for, and the page is shown anew when it is done.

const form = document.querySelector('form.drop');
const changes = document.getElementById('changes');

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
  form.addEventListener('submit', (event) => {
    said.textContent = refusal(input.files);
    said.hidden = !said.textContent;
    if (said.textContent) event.preventDefault();
  });
}

async function look() {
  const reply = await fetch(changes.dataset.api, { headers: { accept: 'application/json' } });
  if (!reply.ok) return;
  const { busy, step } = await reply.json();
  if (!busy) {
    location.replace(location.pathname);
    return;
  }
  const line = changes.querySelector('.step');
  if (line && step) {
    line.querySelector('progress').max = step.total;
    line.querySelector('progress').value = step.done;
    line.querySelector('span').textContent = `${step.stage} ${step.done}/${step.total}`;
  }
  setTimeout(look, 700);
}

if (changes?.hasAttribute('data-busy')) setTimeout(look, 500);
