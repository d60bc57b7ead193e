// The part of the videos: what is searched, which columns are shown, the table, the words.

/** The part of the videos; `redo` chooses and draws the rows anew. */
class VideosPart {
  constructor(data, videos, words, files) {
    Object.assign(this, { data, videos, words });
    this.texts = null;
    this.one = new OneVideo(videos, words, files);
    this.table = new VideoTable(videos, words, (row) => this.one.open(row));
    this.one.order = () => this.table.rows;
    this.told = make("p", { id: "rows-told", role: "status", class: "quiet" });
    this.limits = make("span", { class: "limits" });
    this.fields = this.makeFields();
    byId("videos").append(
      this.bar(),
      wordsBar(words),
      this.told,
      this.table.view,
      make("p", { class: "print-only", id: "printed" }),
    );
    this.redo();
  }

  choice(id, first, values) {
    return make(
      "select",
      { id, change: () => this.redo() },
      make("option", { value: "" }, first),
      values.map((value) => make("option", { value: `=${value}` }, shown(value) || "(none)")),
    );
  }

  distinct(name) {
    const column = this.videos.told.get(name);
    if (!column) return [];
    const all =
      column.kind === "word" ? column.words.filter((_, at) => column.at.includes(at)) : [...new Set(column.values)];
    return all.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  makeFields() {
    const search = make("input", {
      type: "search",
      id: "search",
      autocomplete: "off",
      spellcheck: "false",
      input: () => this.redo(),
    });
    const columns = [...this.videos.columns].sort((a, b) => (sortKey(a.title) < sortKey(b.title) ? -1 : 1));
    const column = make(
      "select",
      {
        id: "by-column",
        change: () => {
          this.makeLimits();
          this.redo();
        },
      },
      make("option", { value: "" }, "any column"),
      columns.map((told) => make("option", { value: told.name }, shown(told.title))),
    );
    const word = make(
      "select",
      { id: "by-word", change: () => this.redo() },
      [["", "any word"], ...WORDS.map((known) => [known, known]), ["none", "no word yet"], ["lapsed", "lapsed"]].map(
        ([value, text]) => make("option", { value }, text),
      ),
    );
    return {
      search,
      column,
      word,
      day: this.choice("by-day", "all days", this.distinct("day")),
      state: this.choice("by-state", "all states", this.distinct("state")),
      odd: make("input", { type: "checkbox", id: "by-odd", change: () => this.redo() }),
    };
  }

  bar() {
    const { search, day, state, word, column, odd } = this.fields;
    const field = (label, control, ...more) =>
      make(
        "div",
        { class: [search, column].includes(control) ? "field wide" : "field" },
        make("label", { for: control.id }, label),
        control,
        ...more,
      );
    const reset = make("button", { type: "button", id: "show-all", click: () => this.reset() }, "Show all");
    const copy = copyButton(
      "Copy the rows",
      () => this.table.text(),
      "The rows are copied: paste them into a spreadsheet.",
      { id: "copy-rows", class: null },
    );
    return make(
      "div",
      { class: "choose", role: "search", "aria-label": "Choose videos" },
      field("Search", search),
      field("Day", day),
      field("State", state),
      field("Your word", word),
      field("Where", column, this.limits),
      make("div", { class: "field check" }, odd, make("label", { for: "by-odd" }, "only what stands out")),
      make("div", { class: "field" }, this.columnBox()),
      make("div", { class: "field wide buttons" }, reset, copy),
    );
  }

  columnBox() {
    const one = (column) => {
      const box = make("input", {
        type: "checkbox",
        change: () => {
          this.table.head.choose(column.name, box.checked);
        },
      });
      box.checked = this.table.head.chosen.has(column.name);
      return make("label", { title: shown(column.meaning) }, box, " ", nameOf(column.title));
    };
    return make(
      "details",
      { class: "columns" },
      make("summary", {}, "Columns"),
      make("fieldset", {}, make("legend", { class: "off" }, "Columns of the table"), this.table.head.all.map(one)),
    );
  }

  /** Offer what the chosen column can be asked for: between two numbers, or a part of a text. */
  makeLimits() {
    const column = this.videos.told.get(this.fields.column.value);
    const box = (id, label, type) =>
      make("input", {
        id,
        type,
        "aria-label": label,
        placeholder: label,
        step: "any",
        autocomplete: "off",
        input: () => this.redo(),
      });
    const title = column ? shown(column.title) : "";
    if (!column) this.limits.replaceChildren();
    else if (column.isNumber)
      this.limits.replaceChildren(box("low", `${title} at least`, "number"), box("high", `${title} at most`, "number"));
    else this.limits.replaceChildren(box("part", `${title} has in it`, "text"));
  }

  reset() {
    for (const field of Object.values(this.fields))
      field.type === "checkbox" ? (field.checked = false) : (field.value = "");
    this.makeLimits();
    this.redo();
  }

  tests() {
    const { search, day, state, word, column, odd } = this.fields;
    const tests = [];
    if (search.value.trim()) tests.push(searchTest((this.texts ??= searchTexts(this.videos)), search.value));
    for (const [field, name] of [
      [day, "day"],
      [state, "state"],
    ])
      if (field.value) tests.push(equalTest(this.videos.told.get(name), field.value.slice(1)));
    if (word.value)
      tests.push((row) => {
        const told = this.words.of(row);
        return word.value === "none"
          ? !told.word
          : word.value === "lapsed"
            ? told.lapsed !== ""
            : told.word === word.value;
      });
    if (odd.checked) tests.push((row) => this.videos.text("stands_out", row) !== "");
    if (column.value) tests.push(...this.columnTests(this.videos.told.get(column.value)));
    return tests;
  }

  columnTests(column) {
    const typed = (id) => byId(id)?.value.trim() ?? "";
    const limit = (id) => (typed(id) === "" ? NaN : Number(typed(id)));
    if (!(typed("low") || typed("high") || typed("part"))) return [];
    return [columnTest(column, { low: limit("low"), high: limit("high"), part: typed("part") })];
  }

  /** Make what the first sort and the first search need, while nobody waits for it. */
  prepare() {
    for (const column of this.videos.columns) column.ranks();
    this.texts ??= searchTexts(this.videos);
  }

  redo() {
    const rows = filterRows(this.videos.count, this.tests());
    this.table.show(rows);
    const of = countOf(this.videos.count, this.data.project.counts);
    this.told.textContent =
      rows.length === this.videos.count
        ? `${of}. A click on a name (or Enter) opens it.`
        : `${plain.format(rows.length)} of ${of}.`;
  }

  /** Before the page is printed: draw the rows that paper takes, and say how many it leaves out. */
  print() {
    this.table.drawForPaper();
    this.unfolded = [...document.querySelectorAll(".day-bars details:not([open])")];
    for (const part of this.unfolded) part.open = true;
    const left = this.table.rows.length - Math.min(PRINTED, this.table.rows.length);
    byId("printed").textContent = left
      ? `The first ${PRINTED} of ${plain.format(this.table.rows.length)} rows are printed. Search or choose fewer to print the others.`
      : "";
  }

  /** Make room for thumbnails, which were found beside the page. */
  showThumbs() {
    this.table.rowHeight = THUMB_HEIGHT + 8;
    this.table.view.style.setProperty("--row", `${this.table.rowHeight}px`);
    this.table.redraw();
  }

  afterPrint() {
    for (const part of this.unfolded ?? []) part.open = false;
    this.table.redraw();
  }
}
