/**
 * The stylesheet and the script of the console, served by the Worker itself.
 */

/** The stylesheet: light and dark, from a phone's width on. */
export const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3a4150);--soft:light-dark(#f3f5f8,#1d222c);--ink:light-dark(#1a1f29,#e7eaf0);
--dim:light-dark(#55606f,#a4aec0);--back:light-dark(#fff,#12161d);--link:light-dark(#0b57b0,#8ab8ff);--good:light-dark(#17693a,#7fd6a0);
--bad:light-dark(#a31621,#ff9a9a);--wait:light-dark(#7a4d00,#f1c46b)}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:.9375rem/1.5 system-ui,sans-serif}
header,.rooms,main{padding:.5rem clamp(.8rem,3vw,2rem)}
main{max-width:110rem}
header,nav{display:flex;flex-wrap:wrap;gap:.2rem;align-items:center}
header{border-bottom:1px solid var(--line)}
header form{margin-left:auto}
.rooms{background:var(--soft);border-bottom:1px solid var(--line)}
nav a{text-decoration:none;color:var(--ink);padding:.3rem .7rem;border-radius:.4rem}
nav a:hover{background:var(--line)}
.rooms{padding-left:calc(clamp(.8rem,3vw,2rem) - .7rem)}
.brand{font-weight:700;text-decoration:none;margin-right:.6rem}
a{color:var(--link)}
nav a[aria-current]{font-weight:650;color:var(--link);box-shadow:inset 0 -3px 0 var(--link);border-radius:.4rem .4rem 0 0}
.skip{position:absolute;left:-999rem}
.skip:focus{left:.5rem;top:.5rem;background:var(--back);padding:.5rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h1{font-size:1.5rem;line-height:1.3;margin:.8rem 0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2rem 0 .6rem}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--dim);padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line);max-width:32rem;overflow-wrap:anywhere}
th{white-space:nowrap;font-size:.8125rem;font-weight:600;color:var(--dim);background:var(--soft);border-top:1px solid var(--line)}
tbody tr:hover{background:var(--soft)}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
pre,code{font:.875rem/1.45 ui-monospace,monospace}
td button,td input{min-height:1.8rem;padding:.1rem .5rem;overflow-wrap:normal}
pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.8rem;overflow:auto;max-height:30rem;white-space:pre-wrap;overflow-wrap:anywhere}
code{overflow-wrap:anywhere}
dl>div{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.2rem 1rem;padding:.2rem 0}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
dl.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(8.5rem,100%),1fr));margin:.8rem 0;border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
dl.tiles>div{display:block;padding:.6rem .9rem;box-shadow:0 0 0 1px var(--line)}
.tiles dt{font-size:.8125rem}
.tiles dd{font-size:1.0625rem}
form.filters{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14rem,100%),1fr));gap:.5rem 1rem;align-items:end;margin-bottom:1rem}
.filters input,.filters select{width:100%}
.filters button{justify-self:start}
.filters p.row{margin:0}
.field{margin:0}
.field label{display:block;color:var(--dim);font-size:.8125rem}
input,select,button{font:inherit;color:inherit;background:var(--back);border:1px solid var(--dim);border-radius:.4rem;padding:.3rem .6rem;max-width:100%;min-height:2.3rem}
input[type=checkbox]{width:1.3rem;height:1.3rem;min-height:0}
button{background:var(--soft);cursor:pointer}
button:hover{border-color:var(--link);color:var(--link)}
.row{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
td .row{flex-wrap:nowrap}
.new{position:sticky;top:.6rem;z-index:1;height:0;margin:0;text-align:center}
.new button{background:var(--link);color:var(--back);border-color:var(--link);border-radius:2rem;padding:.3rem 1.1rem;box-shadow:0 2px 8px #0004}
.dim{color:var(--dim)}
.notice{border-left:4px solid var(--wait);background:var(--soft);padding:.6rem 1rem}
.badge{border:1px solid currentcolor;border-radius:1rem;padding:0 .6rem;white-space:nowrap;font-size:.8125rem;color:var(--wait)}
.delivered,.ok,.ready{color:var(--good)}
.dead,.unusable,.held{color:var(--bad)}
.ignored,.duplicate,.discarded,.replayed,.never{color:var(--dim)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem 2rem;margin:.8rem 0}
figure{margin:0;display:flex;flex-direction:column}
figcaption{color:var(--dim);margin-bottom:.3rem;flex:1}
.axis{display:flex;justify-content:space-between;color:var(--dim);font-size:.8125rem;margin:0}
svg{width:100%;height:5rem;flex:none;background:var(--soft);border-bottom:1px solid var(--dim)}
.kept,.sealed{fill:var(--link)}
rect.duplicate,rect.ignored{fill:var(--dim)}
rect.dead{fill:var(--bad)}
ol.timeline{list-style:none;padding:0;margin:0 0 0 .4rem;border-left:2px solid var(--line)}
ol.timeline li{position:relative;display:grid;grid-template-columns:5.5rem 15rem 5rem 1fr;gap:0 .8rem;padding:.25rem 0 .25rem 1.2rem}
ol.timeline li::before{content:"";position:absolute;left:-.4rem;top:.7rem;width:.7rem;height:.7rem;border-radius:50%;background:var(--link)}
ol.timeline li.waiting::before,ol.timeline li.waited::before{background:var(--wait)}
ol.timeline li.ended::before{background:var(--dim)}
ol.timeline .dim{text-align:right;font-variant-numeric:tabular-nums}
ol.timeline bdi{overflow-wrap:anywhere}
@media (max-width:48rem){dl:not(.tiles)>div{grid-template-columns:1fr}ol.timeline li{display:block}ol.timeline strong{margin-right:.4rem}ol.timeline bdi{display:block}}
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
