// The clips of several backends, played as one. What is shown stands in the address, so that it can be sent.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const choices = { style: find("style"), prompt: find("prompt"), roll: find("roll"), reference: find("reference") };
const sides = find("sides"), slider = find("time"), clock = find("clock"), speed = find("speed");
const playButton = document.querySelector("[data-do=play]");
const late = 0.08; // seconds by which a clip may lag before it is set right
let cells = []; // of the case that is shown, one per backend
let videos = []; // the same, without those that have no clip
let now = 0, playing = false, since = 0;

const make = (tag, fields = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children.filter((child) => child !== null));
  return element;
};
const length = () => Math.max(0, ...videos.map(({ cell }) => cell.duration || 0));
const frame = () => 1 / Math.max(1, ...videos.map(({ cell }) => cell.fps || 0));

// Choosing.

function differs(rolls) {
  const verdicts = new Set(Object.values(rolls).flat().filter(Boolean).map(({ verdict }) => verdict));
  return verdicts.size > 1;
}

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

function offer(wanted = {}) {
  const styles = [...new Set(Object.keys(data.cases).map((key) => key.split("/")[0]))];
  fill(choices.style, styles.map((style) => [style, style]), wanted.style);
  const prompts = Object.keys(data.cases).filter((key) => key.split("/")[0] === choices.style.value);
  const named = prompts.map((key) => {
    const id = key.slice(choices.style.value.length + 1);
    return [id, `${differs(data.cases[key]) ? "≠ " : ""}${id.replaceAll("-", " ")}`];
  });
  const telling = prompts.find((key) => differs(data.cases[key]));
  fill(choices.prompt, named, wanted.prompt ?? telling?.slice(choices.style.value.length + 1));
  const rolls = data.cases[`${choices.style.value}/${choices.prompt.value}`];
  const first = Object.keys(rolls).find((roll) => differs({ roll: rolls[roll] }));
  fill(choices.roll, Object.keys(rolls).map((roll) => [roll, roll]), wanted.roll ?? first);
  if (!choices.reference.options.length) {
    fill(choices.reference, data.backends.map(({ letter, label }) => [letter, `${letter} ${label}`]), wanted.reference);
  } else if (wanted.reference) {
    choices.reference.value = wanted.reference;
  }
}

function remember() {
  const state = Object.fromEntries(Object.entries(choices).map(([name, { value }]) => [name, value]));
  if (now > 0) state.time = now.toFixed(3);
  history.replaceState(null, "", `#${new URLSearchParams(state)}`);
}

function follow() {
  const wanted = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  offer(wanted);
  show(Number(wanted.time) || 0);
}

// Showing.

function chip(verdict) {
  return make("span", { className: `vb-chip vb-${verdict}`, textContent: `${data.marks[verdict]} ${verdict}` });
}

function screen(cell, backend) {
  if (!cell || !cell.played) {
    const why = !cell ? "no such roll" : backend.golden ? "a golden has no clips" : cell.why || "no clip";
    return make("div", { className: "vb-gone", textContent: why });
  }
  const video = make("video", { muted: true, playsInline: true, preload: "none" });
  if (cell.poster) video.poster = cell.poster;
  video.src = cell.played;
  video.style.aspectRatio = `${cell.width || 16} / ${cell.height || 9}`;
  video.setAttribute("aria-label", `Clip of ${backend.label}`);
  videos.push({ video, cell });
  return video;
}

function strips(cell, backend, reference) {
  if (!cell?.strip) return [];
  const own = make("img", { className: "vb-filmstrip", src: cell.strip, alt: `Frames of ${backend.label}` });
  if (backend.letter === choices.reference.value) return [own];
  if (!reference?.strip || reference.frames !== cell.frames) {
    return [own, make("p", { className: "vb-quiet", textContent: `No difference to ${choices.reference.value}: it has no such frames.` })];
  }
  const unlike = make("div", { className: "vb-unlike" },
    make("img", { src: reference.strip, alt: "" }), make("img", { src: cell.strip, alt: "" }));
  unlike.style.aspectRatio = `${cell.frames * (cell.width || 16)} / ${cell.height || 9}`;
  unlike.setAttribute("role", "img");
  unlike.setAttribute("aria-label", `Difference of ${backend.label} to ${choices.reference.value}`);
  return [own, make("p", { className: "vb-quiet vb-small", textContent: `difference to ${choices.reference.value}` }), unlike];
}

function side(cell, index) {
  const backend = data.backends[index];
  const reference = cells[data.backends.findIndex(({ letter }) => letter === choices.reference.value)];
  const title = make("h2", { title: backend.label },
    make("span", { className: "vb-letter", textContent: backend.letter }), ` ${backend.label}`);
  const told = make("p", {}, backend.synthetic ? make("span", { className: "vb-badge", textContent: "synthetic" }) : null, " ");
  if (cell) {
    told.append(chip(cell.verdict), ` ${cell.why || (cell.verdict === "pass" ? "nothing fails it" : "")} `);
    if (cell.page) told.append(make("a", { href: cell.page, textContent: "its page" }));
  }
  return make("section", { className: "vb-side" }, title, screen(cell, backend), told, ...strips(cell, backend, reference));
}

function show(time = 0) {
  pause();
  videos = [];
  const key = `${choices.style.value}/${choices.prompt.value}`;
  cells = data.cases[key][choices.roll.value];
  sides.replaceChildren(...cells.map(side));
  videos.forEach(({ video }) => video.addEventListener("error", () => {
    video.replaceWith(make("div", { className: "vb-gone", textContent: "this browser cannot play the clip, or it is not where it was" }));
  }));
  const text = find("text");
  text.textContent = data.texts[key] || "";
  text.hidden = !text.textContent;
  slider.max = String(length() || 1);
  now = 0;
  if (time) seek(time); else tell();
  remember();
}

// Playing: one clock for all, which every clip is held to.

function tell() {
  slider.value = String(now);
  clock.textContent = `${now.toFixed(2)} s, frame ${Math.floor(now / frame() + 1e-3)}`;
  playButton.textContent = playing ? "pause" : "play";
}

function ready(video) {
  if (video.readyState >= 1) return Promise.resolve();
  const loaded = new Promise((done) => {
    video.addEventListener("loadedmetadata", done, { once: true });
    video.addEventListener("error", done, { once: true });
  });
  if (video.preload !== "auto") {
    video.preload = "auto";
    video.load();
  }
  return loaded;
}

// A clip that is shorter than the others waits on its last frame.
const within = (video, time) => Math.min(time, Math.max(0, (video.duration || time) - frame() / 2));

async function seek(time) {
  now = Math.min(Math.max(0, time), Math.max(0, length() - frame() / 2));
  since = performance.now() - (1000 * now) / rate();
  tell();
  const target = now;
  await Promise.all(videos.map(async ({ video }) => {
    await ready(video);
    if (target === now) video.currentTime = within(video, now);
  }));
}

function rate() {
  return Number(speed.value);
}

async function play() {
  if (playing) {
    pause();
    seek(now).then(remember); // so that all show the same moment
    return;
  }
  if (!videos.length) return;
  playing = true;
  tell();
  if (now >= length() - frame()) now = 0;
  await Promise.all(videos.map(({ video }) => ready(video)));
  if (!playing) return;
  since = performance.now() - (1000 * now) / rate();
  videos.forEach(({ video }) => {
    video.playbackRate = rate();
    video.currentTime = within(video, now);
    if (now < video.duration) video.play().catch(() => {});
  });
  requestAnimationFrame(tick);
}

function pause() {
  playing = false;
  videos.forEach(({ video }) => video.pause());
  playButton.textContent = "play";
}

function tick() {
  if (!playing) return;
  now = ((performance.now() - since) / 1000) * rate();
  if (now >= length()) {
    pause();
    seek(length());
    return;
  }
  videos.forEach(({ video }) => {
    const lag = Math.abs(video.currentTime - within(video, now));
    if (!video.seeking && lag > Math.max(late, late * rate())) video.currentTime = within(video, now);
  });
  tell();
  requestAnimationFrame(tick);
}

function step(count) {
  pause();
  // In the middle of a frame, so that rounding never shows the one before.
  seek((Math.floor(now / frame() + 1e-3) + count + 0.5) * frame()).then(remember);
}

function choose(select, count) {
  const places = select.options.length;
  select.selectedIndex = (select.selectedIndex + count + places) % places;
  select.dispatchEvent(new Event("change"));
}

function slow() {
  speed.value = speed.value === "1" ? "0.25" : "1";
  speed.dispatchEvent(new Event("change"));
}

const deeds = { back: () => step(-1), play, forward: () => step(1) };
const keys = {
  ArrowLeft: deeds.back, ArrowRight: deeds.forward, " ": play, s: slow,
  n: () => choose(choices.prompt, 1), p: () => choose(choices.prompt, -1), r: () => choose(choices.roll, 1),
};

choices.style.addEventListener("change", () => { offer({ style: choices.style.value }); show(); });
choices.prompt.addEventListener("change", () => {
  offer({ style: choices.style.value, prompt: choices.prompt.value });
  show();
});
choices.roll.addEventListener("change", () => show());
choices.reference.addEventListener("change", () => show(now));
slider.addEventListener("input", () => { pause(); seek(Number(slider.value)); });
slider.addEventListener("change", remember);
speed.addEventListener("change", () => {
  since = performance.now() - (1000 * now) / rate();
  videos.forEach(({ video }) => { video.playbackRate = rate(); });
});
document.querySelectorAll("[data-do]").forEach((button) => button.addEventListener("click", deeds[button.dataset.do]));
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select")) return;
  if (event.key === " " && event.target.closest("button, a")) return;
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
window.addEventListener("hashchange", follow);
follow();
