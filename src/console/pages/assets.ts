/**
 * The stylesheet and the script of the console, served by the Worker itself.
 */

/** The stylesheet: light and dark, from a phone's width on. */
export const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3a4150);--soft:light-dark(#f3f5f8,#1d222c);--ink:light-dark(#1a1f29,#e7eaf0);
--dim:light-dark(#55606f,#a4aec0);--back:light-dark(#fff,#12161d);--link:light-dark(#0b57b0,#8ab8ff);--good:light-dark(#17693a,#7fd6a0);
--bad:light-dark(#a31621,#ff9a9a);--wait:light-dark(#7a4d00,#f1c46b)}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
header,.rooms,main{padding:.6rem clamp(.8rem,3vw,2rem)}
header,nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center}
header{border-bottom:1px solid var(--line)}
header form{margin-left:auto}
.rooms{background:var(--soft);border-bottom:1px solid var(--line)}
.brand{font-weight:700;text-decoration:none}
a{color:var(--link)}
[aria-current]{font-weight:700;text-decoration-thickness:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:.5rem;top:.5rem;background:var(--back);padding:.5rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h1{font-size:1.5rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin-top:2rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--dim);padding:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line);max-width:32rem;overflow-wrap:anywhere}
th{white-space:nowrap}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
pre,code{font:.875rem/1.45 ui-monospace,monospace}
td button{overflow-wrap:normal}
pre{background:var(--soft);padding:.8rem;overflow:auto;max-height:30rem;white-space:pre-wrap;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}
dl>div{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.2rem 1rem;padding:.2rem 0}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
form.filters{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:end}
.field{margin:0}
.field label{display:block;color:var(--dim);font-size:.875rem}
input,select,button{font:inherit;color:inherit;background:var(--back);border:1px solid var(--dim);border-radius:.3rem;padding:.35rem .6rem;max-width:100%}
input[type=checkbox]{width:1.3rem;height:1.3rem}
button{background:var(--soft);cursor:pointer;min-height:2.4rem}
.row{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
.new{min-height:2.4rem;margin:0}
.dim{color:var(--dim)}
.notice{border-left:4px solid var(--wait);background:var(--soft);padding:.6rem 1rem}
.badge{border:1px solid currentcolor;border-radius:1rem;padding:0 .6rem;white-space:nowrap;font-size:.875rem;color:var(--wait)}
.delivered,.ok,.ready{color:var(--good)}
.dead,.unusable,.held{color:var(--bad)}
.ignored,.duplicate,.discarded,.replayed{color:var(--dim)}
.never{color:var(--bad)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem}
figure{margin:.6rem 0}
figcaption{color:var(--dim)}
svg{width:100%;height:5rem;background:var(--soft);border-bottom:1px solid var(--dim)}
.kept,.sealed{fill:var(--link)}
rect.duplicate,rect.ignored{fill:var(--dim)}
rect.dead{fill:var(--bad)}
ol.timeline{list-style:none;padding:0;border-left:3px solid var(--line);margin-left:.4rem}
ol.timeline li{padding:.3rem 0 .3rem 1rem}
ol.timeline strong{display:inline-block;min-width:6rem}
@media (max-width:40rem){dl>div{grid-template-columns:1fr}}
`;

/**
 * The script: pages work without it. It copies addresses, ticks all boxes of a list, and keeps live pages up to date: it loads the page again, shows
 * what changed in its place, and counts new rows, which a button shows. Nothing on the page moves by itself.
 */
export const SCRIPT = `
const main = document.getElementById("main");
const more = main.querySelector("[data-new]");
let unseen = [], busy = false, stale = false;

function show(within) {
  for (const one of within.querySelectorAll("[data-copy],[data-all]")) one.hidden = false;
}
show(main);
main.addEventListener("click", async ({ target }) => {
  if (target.dataset.copy === undefined) return;
  await navigator.clipboard.writeText(target.dataset.copy);
  target.ariaLabel = target.textContent = "Copied";
});
main.addEventListener("change", ({ target }) => {
  if (target.dataset.all === undefined) return;
  for (const other of target.form.elements) if (other.name === target.dataset.all) other.checked = target.checked;
});

async function look() {
  stale = busy || document.hidden;
  if (stale) return;
  busy = true;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) merge(new DOMParser().parseFromString(await answer.text(), "text/html"));
  setTimeout(() => {
    busy = false;
    if (stale) look();
  }, 1000);
}
function merge(page) {
  show(page);
  const known = new Map();
  for (const own of main.querySelectorAll("[data-key]")) known.set(own.dataset.key, own);
  unseen = [];
  for (const other of page.querySelectorAll("[data-key]")) {
    const own = known.get(other.dataset.key);
    if (own === undefined) {
      if (other.closest("[data-grows]")) unseen.push(other);
    } else if (own.innerHTML !== other.innerHTML && !own.contains(document.activeElement)) own.replaceChildren(...other.childNodes);
  }
  if (more === null) return;
  more.textContent = unseen.length + (unseen.length < 50 ? " new" : " or more new");
  more.hidden = unseen.length === 0;
}
more?.addEventListener("click", () => {
  const list = main.querySelector("[data-grows]");
  if (list === null) return location.reload();
  list.prepend(...unseen);
  more.hidden = true;
});
function watch(path, wait) {
  const socket = new WebSocket(path);
  socket.onmessage = look;
  socket.onopen = () => {
    wait = 2000;
    look();
  };
  socket.onclose = () => setTimeout(watch, wait, path, Math.min(wait * 2, 300000));
}
for (const path of (main.dataset.live ?? "").split(" ")) if (path !== "") watch(path, 2000);
document.addEventListener("visibilitychange", () => {
  if (stale) look();
});
`;
