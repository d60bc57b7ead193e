"use strict";
// Elements of the page. Names are data: they become text nodes here, never HTML.

/** Return an element; attributes that are functions listen, children that are no elements become text. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const byId = (id) => document.getElementById(id);

// As ./rt shows names: what would steer a terminal, or turn the direction of text, is written out.
const STEERING = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const STEERING_IN_TEXT = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function writtenOut(mark) {
  const code = mark.charCodeAt(0);
  return code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u" + code.toString(16).padStart(4, "0");
}

/** Return a name as people see it. */
const shown = (text) => String(text).replace(STEERING, writtenOut);

/** Return lines as people see them. */
const shownLines = (text) => String(text).replace(STEERING_IN_TEXT, writtenOut);

/** Return an element with a name, whose direction does not reach the text around it. */
const nameOf = (text, attributes = {}) => make("bdi", attributes, shown(text));

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const DIGITS = 4;

/** Return a number as people read it: 10,000; 0.1234; 1.2e-7. */
function numberText(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return plain.format(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return value.toExponential(2);
  return new Intl.NumberFormat("en", { maximumSignificantDigits: size >= 1000 ? 6 : DIGITS }).format(value);
}

/** Return a count with its noun, as "6 videos" or "1 video". */
function countOf(count, many) {
  return `${plain.format(count)} ${count === 1 ? many.replace(/s$/, "") : many}`;
}

/** Tell what was done, to eyes and to screen readers. */
function say(text) {
  const place = byId("said");
  place.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    place.textContent = "";
  }, 6000);
}

/** Copy a text; a page in a file may have no clipboard but the old one. */
async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const around = document.querySelector("dialog[open]") || document.body; // what lies behind a dialog takes no focus
    const area = make("textarea", { "aria-hidden": "true", class: "off" });
    const before = document.activeElement;
    area.value = text;
    around.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus();
    if (!copied) return say("This browser does not let the page copy: select the text, and copy it.");
  }
  return say(done);
}

/** Return a button that copies a text; `text` may be a function that makes it. */
function copyButton(label, text, done = "Copied.", attributes = {}) {
  const copy = () => copyText(typeof text === "function" ? text() : text, done);
  return make("button", { type: "button", class: "small", click: copy, ...attributes }, label);
}

/** Return a line to type, with a button that copies it. */
function commandLine(command) {
  const code = make("code", {}, shown(command));
  return make(
    "span",
    { class: "command" },
    code,
    copyButton("Copy", command, "The command is copied.", { "aria-label": `Copy the command ${shown(command)}` }),
  );
}

/** Return a table of few rows. `columns`: [title, key or function, is a number]. */
function smallTable(caption, columns, rows, attributes = {}) {
  const cell = (row, [, read, isNumber], at) => {
    const value = typeof read === "function" ? read(row) : row[read];
    const inside = isNumber ? numberText(value) : value instanceof Node ? value : nameOf(value ?? "");
    return make(at ? "td" : "th", { class: isNumber ? "number" : null, scope: at ? null : "row" }, inside);
  };
  return make(
    "table",
    { class: "few", ...attributes },
    make("caption", { class: "off" }, caption),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        columns.map(([title, , isNumber]) => make("th", { scope: "col", class: isNumber ? "number" : null }, title)),
      ),
    ),
    make(
      "tbody",
      {},
      rows.map((row) =>
        make(
          "tr",
          {},
          columns.map((column, at) => cell(row, column, at)),
        ),
      ),
    ),
  );
}

/** Return what scrolls by itself where it is wide or long; keys reach it. */
function scrolling(label, ...children) {
  return make("div", { class: "scrolling", role: "group", "aria-label": label, tabindex: "0" }, ...children);
}

/** Return what unfolds. */
function folded(title, ...children) {
  return make("details", {}, make("summary", {}, title), ...children);
}

// What a spreadsheet would run begins so; a number behind a sign does no harm.
const FORMULA = /^[=+\-@\t\r]/;
const SIGNED_NUMBER = /^[+-][\d.]*(e[+-]?[\d.]*|inf|infinity|nan)?$/i;

/** Return a cell's text such that no spreadsheet runs it as a formula. */
function safeCell(text) {
  const cell = String(text);
  return FORMULA.test(cell) && !SIGNED_NUMBER.test(cell) ? "'" + cell : cell;
}

/** Return rows of cells as a spreadsheet takes them from the clipboard. */
function tabbed(rows) {
  return rows.map((cells) => cells.map((cell) => safeCell(cell).replace(/[\t\r\n]/g, " ")).join("\t")).join("\n");
}
