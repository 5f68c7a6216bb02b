// Filters, keys and playing in place for pytest-html's table of results. What is chosen stands in the address.
// pytest-html draws the whole table anew at every change, so everything here is put back after each drawing.
"use strict";

const form = document.getElementById("vb-filter");
const known = (body) => body.querySelector("[data-case]")?.dataset;
const bodies = () => [...document.querySelectorAll("#results-table > tbody")];
const shown = () => bodies().filter((body) => !body.classList.contains("vb-out"));
let here = null; // nodeid of the row that the keys are at

function chosen() {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
}

function admits(about, wanted) {
  return Object.entries(wanted).every(([name, value]) => {
    if (name === "order") return true;
    if (!about) return false;
    if (name === "words") {
      const text = `${about.text} ${about.case}`.toLowerCase();
      return value.toLowerCase().split(/\s+/).every((word) => text.includes(word));
    }
    return (about[name] || "").split(" ").includes(value);
  });
}

function apply() {
  const wanted = chosen();
  const all = bodies();
  all.forEach((body) => body.classList.toggle("vb-out", !admits(known(body), wanted)));
  document.getElementById("vb-count").textContent = `${shown().length} of ${all.length} shown`;
  if (here) mark(here, false);
}

function remember() {
  const text = new URLSearchParams(chosen()).toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function recall() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const field of form.elements) if (field.name) field.value = wanted.get(field.name) || "";
  order();
  apply();
  const row = wanted.get("case") && bodies().find((body) => known(body)?.case === wanted.get("case"));
  if (row) mark(row.id, true);
  else if (["style", "defect"].some((name) => wanted.has(name))) document.getElementById("cases").scrollIntoView();
}

// Sorting is pytest-html's own: a click on the column's head, until it points the way that is asked for.
function order() {
  const [column, way] = (form.elements.order.value || "result").split(":");
  const head = document.querySelector(`#results-table th[data-column-type="${column}"]`);
  if (!head) return;
  const pointing = way === "down" ? "desc" : "asc";
  for (let turn = 0; turn < 2 && !head.classList.contains(pointing); turn += 1) head.click();
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
    head.setAttribute("aria-sort", { asc: "ascending", desc: "descending" }[head.classList[1]] || "none");
  });
  document.querySelectorAll(".collapsible > .col-result").forEach((cell) => {
    cell.tabIndex = 0;
    cell.setAttribute("aria-expanded", String(!cell.classList.contains("collapsed")));
  });
  // A viewer for media that no case of ours has would only confuse who listens to the page.
  document.querySelectorAll("#results-table .media.hidden").forEach((media) => media.remove());
  document.querySelectorAll("#results-table .log").forEach((log) => { log.tabIndex = 0; });
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

form.addEventListener("input", ({ target }) => {
  if (target.name === "order") order();
  apply();
  remember();
});
form.addEventListener("reset", () => setTimeout(() => { order(); apply(); remember(); }));
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", recall);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".vb-play[data-clip]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const clip = Object.assign(document.createElement("video"), {
    src: link.dataset.clip, controls: true, loop: true, muted: true, autoplay: true, playsInline: true,
  });
  clip.setAttribute("aria-label", link.querySelector("img").alt);
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
