// Filters, order, keys and playing in place for pytest-html's table of results. What is chosen stands in the
// address. pytest-html draws the whole table anew at every change, so everything here is put back after that.
"use strict";

const form = document.getElementById("vb-filter");
const known = (body) => body.querySelector("[data-case]")?.dataset;
const bodies = () => [...document.querySelectorAll("#results-table > tbody")];
const shown = () => bodies().filter((body) => !body.classList.contains("vb-out"));
const playing = new Map(); // clips that play in their row, by the row's id
let here = null; // id of the row that the keys are at
let focused = null; // what had the focus: [id of a row or nothing, what to look for in it]

function chosen() {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
}

function value(about, metric) {
  return about ? JSON.parse(about.values)[metric] ?? null : null;
}

function admits(about, wanted) {
  return Object.entries(wanted).every(([name, choice]) => {
    if (name === "order") return true;
    if (!about) return false;
    if (name === "words") {
      const text = `${about.text} ${about.case}`.toLowerCase();
      return choice.toLowerCase().split(/\s+/).every((word) => text.includes(word));
    }
    if (name === "metric") return value(about, choice) !== null;
    if (name === "from") return !wanted.metric || value(about, wanted.metric) >= Number(choice);
    if (name === "to") return !wanted.metric || value(about, wanted.metric) <= Number(choice);
    return name === "defect" || name === "tag" ? about[name].split(" ").includes(choice) : about[name] === choice;
  });
}

const GRAVEST = ["error", "fail", "unscored", "pass"];

function place(body, wanted) {
  const about = known(body);
  if (!about) return null;
  if (wanted.order === "up" || wanted.order === "down") {
    const number = value(about, wanted.metric);
    return number === null ? null : wanted.order === "up" ? number : -number;
  }
  if (wanted.order === "verdict") return GRAVEST.indexOf(about.verdict);
  return about[wanted.order] || null;
}

function sort(wanted) {
  if (!wanted.order || (["up", "down"].includes(wanted.order) && !wanted.metric)) return;
  const places = new Map(bodies().map((body) => [body, place(body, wanted)]));
  const sorted = bodies().sort((one, other) => {
    const [a, b] = [places.get(one), places.get(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return a < b ? -1 : Number(a > b);
  });
  document.getElementById("results-table").append(...sorted);
}

function apply() {
  const wanted = chosen();
  sort(wanted);
  const all = bodies();
  all.forEach((body) => body.classList.toggle("vb-out", !admits(known(body), wanted)));
  document.getElementById("vb-count").textContent = `${shown().length} of ${all.length} shown`;
  if (here) mark(here, false);
  leave();
}

// Pages of cases lead through what is shown here, and back to it.
function leave() {
  const pages = shown().map((body) => known(body)?.page).filter(Boolean);
  sessionStorage.setItem("vb-table", JSON.stringify({ path: location.pathname, state: location.search + location.hash, pages }));
}

function remember() {
  const text = new URLSearchParams(chosen()).toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  leave();
}

function recall() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const field of form.elements) if (field.name) field.value = wanted.get(field.name) || "";
  apply();
  if (["style", "defect"].some((name) => wanted.has(name))) document.getElementById("cases").scrollIntoView();
}

function mark(id, scroll) {
  here = id;
  bodies().forEach((body) => body.classList.toggle("vb-here", body.id === id));
  if (scroll) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const rows = shown();
  const at = rows.findIndex((body) => body.id === here);
  const next = rows[Math.min(Math.max(0, at < 0 ? 0 : at + by), rows.length - 1)];
  if (!next) return;
  mark(next.id, true);
  (next.querySelector(".col-testId a") || next).focus({ preventScroll: true });
}

// A table whose heads and rows can be reached by keyboard.
function furnish() {
  document.querySelectorAll("#results-table th.sortable").forEach((head) => {
    head.tabIndex = 0;
    const way = head.classList.contains("asc") ? "ascending" : head.classList.contains("desc") ? "descending" : "none";
    head.setAttribute("aria-sort", way);
  });
  document.querySelectorAll(".collapsible > .col-result").forEach((cell) => {
    cell.tabIndex = 0;
    cell.setAttribute("aria-expanded", String(!cell.classList.contains("collapsed")));
  });
  // A viewer for media that no case of ours has would only confuse who listens to the page.
  document.querySelectorAll("#results-table .media.hidden").forEach((media) => media.remove());
  document.querySelectorAll("#results-table .log").forEach((log) => { log.tabIndex = 0; });
  playing.forEach((clip, id) => {
    const link = document.getElementById(id)?.querySelector(".vb-play");
    if (!link) return;
    const ran = clip.dataset.ran;
    link.replaceWith(clip);
    if (ran) clip.play();
  });
  if (focused && document.activeElement === document.body) {
    const [id, what] = focused;
    (id ? document.getElementById(id) : document)?.querySelector(what)?.focus({ preventScroll: true });
  }
}

const main = document.createElement("main");
main.append(...[...document.body.children].filter(({ tagName }) => tagName !== "FOOTER"));
document.body.prepend(main);
document.querySelectorAll(".filters > input").forEach((box) => {
  const words = box.nextElementSibling;
  const label = document.createElement("label");
  box.replaceWith(label);
  label.append(box, words);
});
document.querySelectorAll("#environment ul > ul").forEach((list) => list.remove()); // a list holds items only
document.getElementById("environment-header").addEventListener("keydown", ({ key, currentTarget }) => {
  if (key === "Enter") currentTarget.click();
});

new MutationObserver((changes) => {
  const drawn = changes.some(({ addedNodes }) => [...addedNodes].some(({ id }) => id === "results-table"));
  if (drawn) { furnish(); apply(); }
}).observe(main, { childList: true });

form.addEventListener("input", () => { apply(); remember(); });
form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", recall);

document.addEventListener("focusin", ({ target }) => {
  const head = target.closest("#results-table th[data-column-type]");
  if (head) focused = [null, `#results-table th[data-column-type="${head.dataset.columnType}"]`];
  else if (target.matches(".col-result")) focused = [target.closest("tbody").id, ".col-result"];
  else focused = null;
});

// Before pytest-html hears of it: the order of its heads goes before ours, and its drawing stops what plays.
document.addEventListener("click", ({ target }) => {
  if (target.closest("#results-table th.sortable") && form.elements.order.value) {
    form.elements.order.value = "";
    remember();
  }
  playing.forEach((clip) => { clip.dataset.ran = clip.paused ? "" : "yes"; });
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".vb-play[data-clip]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const clip = Object.assign(document.createElement("video"), {
    src: link.dataset.clip, controls: true, loop: true, muted: true, autoplay: true, playsInline: true,
  });
  clip.setAttribute("aria-label", link.querySelector("img").alt);
  playing.set(link.closest("tbody").id, clip);
  link.replaceWith(clip);
  clip.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, video")) return;
  const { key, target } = event;
  if (key === "/") { event.preventDefault(); form.elements.words.focus(); }
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "o" && here) document.getElementById(here)?.querySelector(".col-result").click();
  else if (key === "Enter" && target.matches("th.sortable, .col-result")) target.click();
});

furnish();
recall();
