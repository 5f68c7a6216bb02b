// The page of one case: steps, findings, keys. Without it the page still shows everything and the clip plays.
"use strict";

const player = document.querySelector(".vb-player");
const clip = document.getElementById("clip");
const findings = [...document.querySelectorAll(".vb-finding")]
  .sort((one, other) => one.dataset.start - other.dataset.start);
const moments = [...document.querySelectorAll(".vb-moment")];
const frame = 1 / (Number(player.dataset.fps) || 24);
let visited = -1; // which of the findings was visited last

function seek(time) {
  const last = Math.max(0, (clip.duration || Number(player.dataset.duration)) - frame / 2);
  clip.currentTime = Math.min(Math.max(0, time), last);
  show(clip.currentTime);
}

function step(count) {
  clip.pause();
  // In the middle of a frame, so that rounding never shows the one before.
  seek((Math.floor(clip.currentTime / frame + 1e-3) + count + 0.5) * frame);
}

function visit(finding) {
  visited = findings.indexOf(finding);
  findings.forEach((other) => other.classList.toggle("vb-open", other === finding));
  if (!clip) return;
  clip.pause();
  seek(Number(finding.dataset.start) + frame / 2);
  if (matchMedia("(max-width: 760px)").matches) player.scrollIntoView();
}

function look(moment) {
  moments.forEach((other) => other.classList.toggle("vb-open", other === moment));
  clip.pause();
  seek(Number(moment.dataset.time) + frame / 2);
}

function jump(direction) {
  const now = clip ? clip.currentTime : 0;
  const starts = findings.map(({ dataset }) => Number(dataset.start));
  const from = direction > 0
    ? starts.filter((start) => start < now).length - 1
    : starts.findIndex((start) => start >= now) < 0 ? findings.length : starts.findIndex((start) => start >= now);
  const next = findings[(visited < 0 ? from : visited) + direction];
  if (!next) return;
  history.replaceState(null, "", `#${next.id}`);
  visit(next);
}

function play() {
  if (!clip.paused) return clip.pause();
  if (clip.ended || clip.currentTime >= clip.duration - frame) clip.currentTime = 0;
  return clip.play();
}

function slow() {
  clip.playbackRate = clip.playbackRate === 1 ? 0.25 : 1;
  document.querySelector("[data-do=slow]").setAttribute("aria-pressed", String(clip.playbackRate !== 1));
}

function show(time) {
  document.getElementById("clock").textContent = `${time.toFixed(2)} s, frame ${Math.floor(time / frame + 1e-3)}`;
  const duration = Number(player.dataset.duration);
  const head = document.getElementById("playhead");
  if (head && duration) {
    head.hidden = false;
    head.style.left = `${100 * Math.min(1, time / duration)}%`;
  }
  const boxes = findings.filter(({ dataset }) =>
    dataset.box && time >= Number(dataset.start) - frame && time <= Number(dataset.end) + frame);
  const looked = moments.filter(({ classList, dataset }) =>
    dataset.box && classList.contains("vb-open") && Math.abs(time - Number(dataset.time)) <= frame);
  document.getElementById("boxes").replaceChildren(...[...boxes, ...looked].map(({ dataset }) => {
    const [left, top, width, height] = dataset.box.split(" ").map((share) => `${100 * Number(share)}%`);
    const box = document.createElement("span");
    box.className = "vb-box";
    Object.assign(box.style, { left, top, width, height });
    return box;
  }));
}

const deeds = {
  previous: () => jump(-1), back: () => step(-1), play, forward: () => step(1), next: () => jump(1), slow,
};
const keys = {
  p: deeds.previous, ArrowLeft: deeds.back, " ": deeds.play, ArrowRight: deeds.forward, n: deeds.next, s: deeds.slow,
};
const ways = { j: "#after", k: "#before", i: "#all" };

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, video")) return;
  const onButton = event.key === " " && event.target.closest("button, a");
  const scrolls = event.key.startsWith("Arrow") && event.target.closest(".vb-scroll");
  if (ways[event.key]) document.querySelector(ways[event.key])?.click();
  else if (clip && keys[event.key] && !onButton && !scrolls) {
    event.preventDefault();
    keys[event.key]();
  }
});

if (clip) {
  const button = document.querySelector("[data-do=play]");
  ["play", "pause"].forEach((name) => clip.addEventListener(name, () => {
    button.textContent = clip.paused ? "play" : "pause";
  }));
  clip.addEventListener("timeupdate", () => show(clip.currentTime));
  clip.addEventListener("seeked", () => show(clip.currentTime));
  clip.addEventListener("error", () => { document.getElementById("mute").hidden = false; });
  document.querySelectorAll("[data-do]").forEach((control) => {
    control.addEventListener("click", deeds[control.dataset.do]);
  });
  moments.forEach((moment) => moment.addEventListener("click", () => look(moment)));
  document.querySelectorAll(".vb-frame").forEach((still) => {
    still.addEventListener("click", () => { clip.pause(); seek(Number(still.dataset.time) + frame / 2); });
  });
}

function follow() {
  const finding = location.hash && document.getElementById(location.hash.slice(1));
  if (!findings.includes(finding)) return;
  if (!clip || clip.readyState) visit(finding);
  else clip.addEventListener("loadedmetadata", () => visit(finding), { once: true });
}
window.addEventListener("hashchange", follow);
document.querySelectorAll(".vb-jump, .vb-span").forEach((link) => link.addEventListener("click", () => {
  if (link.hash === location.hash) follow(); // the address does not change then
}));
follow();

document.getElementById("together")?.addEventListener("click", ({ target }) => {
  const rolls = [...document.querySelectorAll(".vb-roll")];
  const run = rolls.some((roll) => roll.paused);
  rolls.forEach((roll) => { roll.currentTime = 0; run ? roll.play() : roll.pause(); });
  target.textContent = run ? "pause all" : "play all together";
});

// What a finding or a moment shows, before and after, is cut out of the clip itself.
function cut(reel, box, time) {
  const { videoWidth: width, videoHeight: height } = reel;
  const [x, y, w, h] = box ? box.split(" ").map(Number) : [0, 0, 1, 1];
  const least = 0.16; // of the width, so that small things are seen in their place
  const wide = Math.min(1, Math.max(1.3 * w, least)), high = Math.min(1, Math.max(1.3 * h, least * width / height));
  const left = Math.min(1 - wide, Math.max(0, x + w / 2 - wide / 2)), top = Math.min(1 - high, Math.max(0, y + h / 2 - high / 2));
  const scale = Math.min(2, 200 / Math.max(wide * width, high * height));
  const canvas = Object.assign(document.createElement("canvas"), { width: scale * wide * width, height: scale * high * height });
  canvas.getContext("2d").drawImage(reel, left * width, top * height, wide * width, high * height, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `at ${time.toFixed(2)} s`);
  canvas.title = `${time.toFixed(2)} s`;
  return canvas;
}

async function cutOut() {
  const marks = [...document.querySelectorAll("[data-before]")];
  if (!clip || !marks.length) return;
  const reel = Object.assign(document.createElement("video"), { muted: true, preload: "auto", src: clip.src });
  await new Promise((done) => { reel.onloadeddata = done; });
  for (const mark of marks) {
    const crops = document.createElement("p");
    crops.className = "vb-crops";
    for (const time of [Number(mark.dataset.before), Number(mark.dataset.after)]) {
      const seeked = new Promise((done) => { reel.onseeked = done; });
      reel.currentTime = Math.min(time, reel.duration - frame) + frame / 2;
      await seeked;
      crops.append(cut(reel, mark.dataset.box, time));
    }
    mark.append(crops);
  }
}
cutOut();

// Who came from a filtered table goes on through it, and back to it.
function neighbours() {
  const left = JSON.parse(sessionStorage.getItem("vb-table") || "null");
  const here = location.pathname.split("/").slice(-2).join("/");
  const at = left ? left.pages.indexOf(decodeURIComponent(here)) : -1;
  const all = document.getElementById("all");
  if (at < 0 || !all || new URL(all.href).pathname !== left.path) return;
  all.href += left.state;
  document.getElementById("place").textContent = `${at + 1} of ${left.pages.length} shown`;
  [["before", at - 1, "← previous"], ["after", at + 1, "next →"]].forEach(([id, index, words]) => {
    document.getElementById(id)?.remove();
    if (!left.pages[index]) return;
    const link = Object.assign(document.createElement("a"), { id, textContent: words, href: `../${encodeURI(left.pages[index])}` });
    link.rel = id === "before" ? "prev" : "next";
    all.parentElement.append(link);
  });
}
neighbours();
