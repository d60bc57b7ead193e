// The columns of the table of videos: which are shown, how wide they are, by which the rows are sorted.

const SHOWN_FIRST = [
  "day",
  "state",
  "frames",
  "frames_tracked",
  "animals",
  "fps_reached",
  "seconds",
  "memory",
  "node",
  "version",
  "says model",
  "says network",
  "made_with",
  "stands_out",
  "reason",
];
const WIDTHS = {
  video: 22,
  day: 7,
  state: 7.5,
  reason: 24,
  stands_out: 24,
  made_with: 12,
  word: 8,
  text: 9,
  word_kind: 7.5,
  number: 7,
  node: 8,
};

/** The head of the table; `redraw` is called when other columns are shown, `resort` when another one sorts. */
class TableHead {
  constructor(videos, words, redraw, resort) {
    Object.assign(this, { videos, words, redraw, resort });
    this.chosen = this.chooseColumns();
    this.sorted = { name: null, isDown: false };
    this.place = make("thead");
    this.sizes = make("colgroup");
  }

  chooseColumns() {
    const all = this.videos.columns.filter((column) => column.name !== "video");
    const isShown = (column) => column.shown ?? (column.isLab || SHOWN_FIRST.includes(column.name));
    const hasAny = (column) => column.ranks().some((rank) => rank !== -Infinity);
    const order = (column) => SHOWN_FIRST.indexOf(column.name) + 1 || 99;
    this.all = all.sort((a, b) => order(a) - order(b));
    return new Set(this.all.filter((column) => isShown(column) && hasAny(column)).map((column) => column.name));
  }

  get columns() {
    return this.all.filter((column) => this.chosen.has(column.name));
  }

  /** Write the headings; returns how wide the table is, in rem. */
  build() {
    const columns = [this.videos.told.get("video"), null, ...this.columns];
    this.place.replaceChildren(
      make(
        "tr",
        { "aria-rowindex": "1" },
        columns.map((column) => (column ? this.heading(column) : this.wordHeading())),
      ),
    );
    const width = (column) =>
      WIDTHS[column.name] ??
      (column.isNumber ? WIDTHS.number : column.kind === "word" ? WIDTHS.word_kind : WIDTHS.text);
    const widths = columns.map((column) => (column ? width(column) : WIDTHS.word));
    this.sizes.replaceChildren(
      ...widths.map((rem, at) => make("col", { class: at ? null : "first-column", style: `width:${rem}rem` })),
    );
    return widths.reduce((sum, rem) => sum + rem, 0);
  }

  heading(column) {
    const sort = () => this.sortBy(column.name);
    return make(
      "th",
      {
        scope: "col",
        "data-column": column.name,
        class: column.isNumber ? "number" : null,
        "aria-sort": this.sortWord(column.name),
      },
      make(
        "button",
        { type: "button", title: shown(column.meaning || column.title), click: sort },
        nameOf(column.title),
        column.unit ? make("small", {}, " ", shown(column.unit)) : null,
        make("span", { class: "arrow", "aria-hidden": "true" }),
      ),
    );
  }

  wordHeading() {
    const sort = () => this.sortBy("your word");
    return make(
      "th",
      { scope: "col", "data-column": "your word", "aria-sort": this.sortWord("your word") },
      make(
        "button",
        { type: "button", title: "Your word on the result", click: sort },
        "your word",
        make("span", { class: "arrow", "aria-hidden": "true" }),
      ),
    );
  }

  sortWord(name) {
    if (this.sorted.name !== name) return null;
    return this.sorted.isDown ? "descending" : "ascending";
  }

  sortBy(name) {
    const again = this.sorted.name === name;
    this.sorted = { name, isDown: again && !this.sorted.isDown };
    for (const cell of this.place.querySelectorAll("th")) {
      const word = this.sortWord(cell.dataset.column);
      if (word) cell.setAttribute("aria-sort", word);
      else cell.removeAttribute("aria-sort");
    }
    this.resort();
  }

  /** Show a column, or show it no more. */
  choose(name, isShown) {
    this.chosen[isShown ? "add" : "delete"](name);
    this.redraw();
  }

  /** Return rows in the order that is chosen. */
  sort(rows) {
    return this.sorted.name ? sortRows([...rows], this.ranks(), this.sorted.isDown) : [...rows].sort((a, b) => a - b);
  }

  ranks() {
    if (this.sorted.name !== "your word") return this.videos.told.get(this.sorted.name).ranks();
    const rank = (row) => WORDS.indexOf(this.words.of(row).word);
    return Float64Array.from({ length: this.videos.count }, (_, row) => emptyLast(rank(row)));
  }
}
