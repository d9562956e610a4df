// Puts the chat into another page: a button that opens our page in a frame. Its looks are its own
// (a shadow root), and come as a sheet of the script, which no `style-src` of that page forbids.
(() => {
  const service = new URL('.', document.currentScript.src);
  const SHEET = `
    button { font: 16px/1.5 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; }
    button:focus-visible { outline: 3px solid #1b1b1b; outline-offset: 2px; }
    .open { position: fixed; right: 20px; bottom: 20px; z-index: 2147483646; min-height: 48px;
      padding: 0 20px; border: 1px solid #fff; border-radius: 24px; background: #9f2428; color: #fff;
      box-shadow: 0 2px 10px rgb(0 0 0 / 30%); cursor: pointer; }
    .open:hover, .open[aria-expanded="true"] { background: #82191d; }
    dialog { position: fixed; inset: auto 20px 80px auto; z-index: 2147483647; box-sizing: border-box;
      width: 420px; height: min(680px, 100vh - 100px); margin: 0; padding: 0; flex-direction: column;
      overflow: hidden; border: 1px solid #767676; border-radius: 12px; background: #fff;
      box-shadow: 0 6px 30px rgb(0 0 0 / 30%); }
    dialog[open] { display: flex; }
    .close { align-self: flex-end; flex: none; min-width: 44px; min-height: 44px; padding: 0 16px;
      border: 0; background: none; color: #1b1b1b; cursor: pointer; }
    .close:focus-visible { outline-offset: -3px; }
    iframe { flex: 1; width: 100%; border: 0; border-top: 1px solid #ddd; }
    @media (max-width: 600px) {
      dialog { inset: 0; width: 100%; max-width: none; height: 100%; max-height: none; border: 0;
        border-radius: 0; }
    }
    @media print { .open, dialog { display: none !important; } }`;
  const NAME = '人才政策问答';
  const narrow = matchMedia('(max-width: 600px)');

  function element(kind, fields) {
    return Object.assign(document.createElement(kind), fields);
  }

  function put() {
    const host = element('div', { lang: 'zh-CN' });
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [sheet];
    const open = element('button', {
      type: 'button', className: 'open', textContent: '问人才政策', ariaHasPopup: 'dialog',
      ariaExpanded: 'false',
    });
    const dialog = element('dialog', { ariaLabel: NAME });
    const close = element('button', { type: 'button', className: 'close', textContent: '收起' });
    let frame;

    open.addEventListener('click', () => {
      if (dialog.open) return dialog.close();
      if (!frame) { // asked for only when somebody wants it
        frame = element('iframe', { src: service.href, title: NAME, allow: 'clipboard-write' });
        dialog.append(frame);
      }
      if (narrow.matches) dialog.showModal(); // it covers the page
      else dialog.show();
      open.ariaExpanded = 'true';
      close.focus();
    });
    close.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      open.ariaExpanded = 'false';
      open.focus();
    });
    dialog.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') dialog.close();
    });
    addEventListener('message', (event) => { // Escape within the frame
      if (event.source === frame?.contentWindow && event.origin === service.origin
        && event.data === 'policyqa:close') dialog.close();
    });
    dialog.append(close);
    root.append(open, dialog);
    document.body.append(host);
  }

  if (document.body) put();
  else addEventListener('DOMContentLoaded', put);
})();
