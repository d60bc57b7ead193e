// One row of the table of videos: its name, a person's word, its cells.

const LONG = new Set(["reason", "stands_out"]); // sentences, which on paper take more than a word's width

/** Return the row of the table that stands at this place. */
function rowLine(table, at) {
  const { videos } = table;
  const row = table.rows[at];
  const name = videos.names[row];
  const reach = at === table.active ? "0" : "-1";
  const open = make(
    "button",
    { type: "button", class: "open", tabindex: reach, title: shown(name), focus: () => table.activate(at) },
    thumbOf(row),
    nameInDay(name, videos.text("day", row)),
  );
  const line = make(
    "tr",
    { "aria-rowindex": at + 2, "data-row": row, click: (event) => table.clicked(event, row) },
    make("th", { scope: "row" }, open),
    make("td", { class: "word" }, table.words.canSay(row) ? wordBox(table, row, at) : null),
    table.head.columns.map((column) => cellOf(column, row)),
  );
  return line;
}

/** Return a name, its day in it apart: on a telephone the day's own column tells it. */
function nameInDay(name, dayOf) {
  const day = `${dayOf}/`;
  if (!name.startsWith(day)) return nameOf(name);
  return make("bdi", {}, make("span", { class: "in-day" }, shown(day)), shown(name.slice(day.length)));
}

function cellOf(column, row) {
  const text = column.textAt(row);
  if (column.isNumber) return make("td", { class: "number" }, text);
  if (column.name === "state") return make("td", {}, stateMark(text));
  return make(
    "td",
    { class: LONG.has(column.name) ? "long" : null, title: text.length > 14 ? shown(text) : null },
    text ? nameOf(text) : "",
  );
}

function wordBox(table, row, at) {
  const { videos, words } = table;
  const { word, lapsed } = words.of(row);
  const box = make(
    "select",
    {
      tabindex: at === table.active ? "0" : "-1",
      "aria-label": `Your word on ${shown(videos.names[row])}`,
      "data-word": word,
      title: lapsed ? `Was ${lapsed}; the result was made anew since.` : null,
      focus: () => table.activate(at),
      change: () => words.set(row, { word: box.value }),
    },
    make("option", { value: "" }, lapsed ? "lapsed" : "\u2013"),
    WORDS.map((known) => make("option", { value: known }, known)),
  );
  box.value = word;
  return box;
}

/** Return a state in words with its mark. */
function stateMark(state) {
  return make(
    "span",
    { class: "state" },
    make("span", { class: `mark ${stateClass(state)}`, "aria-hidden": "true" }),
    shown(state),
  );
}

const STATES = [
  "finished",
  "running",
  "queued",
  "to do",
  "failed",
  "waiting",
  "not ready",
  "set aside",
  "gone",
  "moved",
  "invalid",
  "archived",
];

/** Return the class by which a state has its colour; a word that the page does not know is grey. */
const stateClass = (state) => (STATES.includes(state) ? "is-" + state.replace(" ", "-") : "is-other");
